"""Finds leads to read, and to work on."""

from __future__ import annotations

from services.activity.model.lead import Lead
from services.activity.usecases import reaching
from services.activity.usecases.leads import telling
from services.activity.usecases.leads.charge import require_charge
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken


def in_charge_of(work: UnitOfWork, lead_id: str, etag: str = "") -> Lead:
    """A lead on which the caller works, whatever its state, held against other writers."""
    lead = reaching.found(work, Lead, lead_id, to_change=True, etag=etag)
    work.resource = telling.resource(lead)
    require_charge(work, lead)
    return lead


def to_work_on(work: UnitOfWork, lead_id: str, etag: str = "", *, owned: bool = False) -> Lead:
    """An open lead on which the caller works, held against other writers; with `owned` one that somebody has.

    Raises NotFound, StaleVersion, NotAllowed NOT_IN_CHARGE, RuleBroken LEAD_CLOSED and LEAD_UNASSIGNED.
    """
    lead = in_charge_of(work, lead_id, etag)
    if not lead.is_open:
        raise RuleBroken("LEAD_CLOSED", "The lead was converted or disqualified.")
    if owned and not lead.owner_person_id:
        raise RuleBroken("LEAD_UNASSIGNED", "The lead waits to be assigned; give it to somebody first.")
    return lead


def revealed(work: UnitOfWork, lead_id: str, purpose: str) -> Lead:
    """A lead with the prospect's numbers, for whoever works on it; who read it and why stays in the audit trail."""
    lead = reaching.found(work, Lead, lead_id)
    require_charge(work, lead)
    work.resource, work.purpose = telling.resource(lead), purpose
    return lead
