"""Gives leads to people: one or many, by name or by the rules, and back to wait."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from workbench.activity.v1 import lead_service_pb2

from services.activity.model.lead import Lead, LeadAssignment
from services.activity.model.person import Person
from services.activity.usecases import reaching
from services.activity.usecases.leads import finding
from services.activity.usecases.leads.dealing import Dealer
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken, located

# A lead that went from hand to hand more often is shown with the last of them.
ASSIGNMENTS_SHOWN_MAX = 500


def assign(work: UnitOfWork, request: lead_service_pb2.AssignLeadRequest) -> Lead:
    """Gives one lead to somebody, to whoever is next by the rules, or back to wait."""
    if request.release and request.person_id:
        violation = FieldViolation("release", "Nobody is named where it goes back to wait.")
        raise InvalidInput("WHO_UNCLEAR", "Say who is to have it, or that nobody is.", violations=(violation,))
    lead = finding.to_work_on(work, request.lead_id, request.etag)
    receiver = _receiver(work, request.person_id)
    if request.release:
        _refuse_owner(lead, "")
        Dealer(work).give(lead, None)
    else:
        _give(Dealer(work), lead, receiver)
    work.session.flush()
    return lead


def assign_all(work: UnitOfWork, request: lead_service_pb2.BatchAssignLeadsRequest) -> list[Lead]:
    """Gives many away, all or none, in the order in which they are named."""
    receiver, dealer = _receiver(work, request.person_id), Dealer(work)
    # Held in the order of their ids, so that two who give many away never wait for each other.
    held: dict[str, Lead] = {}
    for lead_id in sorted(each.lower() for each in request.lead_ids):
        with located(f"lead_ids[{_place(request.lead_ids, lead_id)}]"):
            held[lead_id] = finding.to_work_on(work, lead_id)
    leads = [held[each.lower()] for each in request.lead_ids]
    for lead in leads:
        _give(dealer, lead, receiver)
    work.resource = ""
    work.session.flush()
    return leads


def assignments(work: UnitOfWork, lead_id: str) -> Sequence[LeadAssignment]:
    """To whom a lead went, from the first; the last of very many."""
    lead = reaching.found(work, Lead, lead_id)
    order = (LeadAssignment.assign_time.desc(), LeadAssignment.lead_assignment_id.desc())
    of_lead = select(LeadAssignment).where(LeadAssignment.lead_id == lead.lead_id).order_by(*order)
    return list(reversed(work.session.scalars(of_lead.limit(ASSIGNMENTS_SHOWN_MAX)).all()))


def _give(dealer: Dealer, lead: Lead, receiver: Person | None) -> None:
    if receiver:
        _refuse_owner(lead, receiver.person_id)
        dealer.give(lead, receiver)
    elif not dealer.by_rule(lead):
        raise RuleBroken("NO_RULE_FITS", "No rule of the unit has anybody for this lead; name somebody.")


def _refuse_owner(lead: Lead, person_id: str) -> None:
    if lead.owner_person_id == person_id:
        raise RuleBroken("ALREADY_OWNER", "It is just there already.")


def _receiver(work: UnitOfWork, person_id: str) -> Person | None:
    if not person_id:
        return None
    receiver = reaching.person(work, person_id)
    if receiver.disabled:
        raise NotFound("PERSON_NOT_FOUND", "There is no such person in your scope.")
    return receiver


def _place(lead_ids: Sequence[str], lead_id: str) -> int:
    return [each.lower() for each in lead_ids].index(lead_id)
