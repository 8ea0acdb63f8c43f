"""Lets cycles and proposals follow what becomes of contacts: a customer who was seen is due a cycle later."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from workbench.activity.v1 import contact_events_pb2

from services.activity.model.contact import Contact
from services.activity.model.customer import Customer
from services.activity.model.visit_cycle import VisitCycle, VisitProposal
from services.activity.rules.contacts import ContactState
from services.activity.rules.visit_cycles import DeclineReason, ProposalState
from services.activity.usecases.visit_cycles import assessing, ruling
from services.chassis.db.session import UnitOfWork

_WEEK = timedelta(days=6)


def take_contact(work: UnitOfWork, event: contact_events_pb2.ContactRecorded) -> None:
    """A contact was planned, took place, was put off or called off: looked at as it stands, so that it may come in any order."""
    contact = work.session.get(Contact, event.contact_id)
    if contact is None or contact.customer_id is None:
        return
    _follow_proposal(work, contact)
    cycle = _cycle(work, contact.customer_id)
    if cycle is not None:
        follow_contacts(work, cycle)


def take_history(work: UnitOfWork, event: contact_events_pb2.ContactsTakenOver) -> None:
    """Contacts of the past came from another system."""
    cycle = _cycle(work, event.customer_id)
    if cycle is not None:
        follow_contacts(work, cycle)


def follow_contacts(work: UnitOfWork, cycle: VisitCycle) -> None:
    """When the customer was seen last, and is due next, by all his contacts."""
    customer = work.session.get(Customer, str(cycle.customer_id))
    if customer is None:
        return
    rules = {customer.customer_id: ruling.read(work).of(customer.organisation_path)}
    last_contact = assessing.last_contacts(work, rules).get(customer.customer_id)
    if last_contact == cycle.last_contact_date:
        return
    cycle.last_contact_date, cycle.update_time = last_contact, work.now
    cycle.due_date = assessing.due_date(work, customer, cycle.cycle_days, last_contact)
    _settle(work, cycle)


def _follow_proposal(work: UnitOfWork, contact: Contact) -> None:
    """The proposal that became this contact."""
    statement = select(VisitProposal).where(VisitProposal.contact_id == contact.contact_id)
    for proposal in work.session.scalars(statement.with_for_update()):
        state, reason = _STATES[ContactState(contact.state)]
        proposal.state, proposal.decline_reason = state.value, reason
        proposal.planned_date, proposal.update_time = contact.business_date, work.now


def _settle(work: UnitOfWork, cycle: VisitCycle) -> None:
    """What is proposed and needed no more, since the customer was seen."""
    statement = select(VisitProposal).where(
        VisitProposal.customer_id == cycle.customer_id, VisitProposal.state == ProposalState.PROPOSED.value
    )
    for proposal in work.session.scalars(statement.with_for_update()):
        if cycle.last_contact_date and cycle.due_date > proposal.week_start_date + _WEEK:
            proposal.state, proposal.update_time = ProposalState.DONE.value, work.now


def _cycle(work: UnitOfWork, customer_id: str) -> VisitCycle | None:
    statement = select(VisitCycle).where(VisitCycle.customer_id == customer_id).order_by(VisitCycle.visit_cycle_id)
    cycle: VisitCycle | None = work.session.scalars(statement.limit(1).with_for_update()).one_or_none()
    return cycle


_STATES = {
    ContactState.PLANNED: (ProposalState.ACCEPTED, 0),
    ContactState.DONE: (ProposalState.DONE, 0),
    ContactState.CANCELLED: (ProposalState.DECLINED, DeclineReason.OTHER.value),
    ContactState.NO_SHOW: (ProposalState.DECLINED, DeclineReason.CUSTOMER_AWAY.value),
}
