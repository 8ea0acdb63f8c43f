"""Finds opportunities to work on."""

from __future__ import annotations

from services.activity.model.opportunity import Opportunity
from services.activity.usecases import reaching
from services.activity.usecases.leads.charge import require_charge
from services.activity.usecases.opportunities import telling
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken


def in_charge_of(work: UnitOfWork, opportunity_id: str, etag: str = "") -> Opportunity:
    """One on which the caller works, whatever its state, held against other writers."""
    opportunity = reaching.found(work, Opportunity, opportunity_id, to_change=True, etag=etag)
    work.resource = telling.resource(opportunity)
    require_charge(work, opportunity)
    return opportunity


def to_work_on(work: UnitOfWork, opportunity_id: str, etag: str = "") -> Opportunity:
    """An open one on which the caller works; raises NotFound, StaleVersion, NotAllowed NOT_IN_CHARGE and OPPORTUNITY_CLOSED."""
    opportunity = in_charge_of(work, opportunity_id, etag)
    if not opportunity.is_open:
        raise RuleBroken("OPPORTUNITY_CLOSED", "The opportunity was won or lost; open it again first.")
    return opportunity
