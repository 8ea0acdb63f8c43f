"""What a hand-over of a customer means for its leads and opportunities, which went along with it.

The new owner has a deadline of his own for what nobody has followed yet, and the trace of an opportunity says since when it is
his.
"""

from __future__ import annotations

from sqlalchemy import select
from workbench.customer.v1 import events_pb2

from services.activity.model.lead import Lead, LeadAssignment
from services.activity.model.opportunity import Opportunity
from services.activity.rules.leads.kinds import LEAD_OPEN, OPPORTUNITY_OPEN, TouchKind
from services.activity.rules.leads.touching import OWNING
from services.activity.usecases.leads.dealing import Dealer, note_assignment
from services.activity.usecases.opportunities import steps
from services.chassis.db.session import UnitOfWork


def go_along(work: UnitOfWork, event: events_pb2.CustomerReassigned) -> None:
    """Called once what is open has its new owner; told twice, it finds nothing more to do."""
    dealer = Dealer(work)
    of_lead = select(Lead).where(
        Lead.customer_id == event.customer_id,
        Lead.owner_person_id == event.lead_person_id,
        Lead.state.in_(LEAD_OPEN),
        Lead.followed_time.is_(None),
    )
    for lead in work.session.scalars(of_lead.execution_options(populate_existing=True)):
        if _came_from(work, lead, event.former_lead_person_id):
            deadline = dealer.deadline(lead.organisation_path)
            lead.give(lead.owner_person_id, lead.organisation_path, deadline=deadline, now=work.now)
            note_assignment(work, lead, event.former_lead_person_id)
    of_opportunity = select(Opportunity).where(
        Opportunity.customer_id == event.customer_id,
        Opportunity.owner_person_id == event.lead_person_id,
        Opportunity.state.in_(OPPORTUNITY_OPEN),
    )
    for opportunity in work.session.scalars(of_opportunity.execution_options(populate_existing=True)):
        _note_owner(work, opportunity)


def _came_from(work: UnitOfWork, lead: Lead, former_person_id: str) -> bool:
    latest = select(LeadAssignment.to_person_id).where(LeadAssignment.lead_id == lead.lead_id)
    order = (LeadAssignment.assign_time.desc(), LeadAssignment.lead_assignment_id.desc())
    return work.session.scalar(latest.order_by(*order).limit(1)) == former_person_id


def _note_owner(work: UnitOfWork, opportunity: Opportunity) -> None:
    owners = [step.person_id for step in steps.of(work, opportunity) if step.kind in OWNING]
    if owners and owners[-1] == opportunity.owner_person_id:
        return
    for member in [each for each in opportunity.members if each.person_id == opportunity.owner_person_id]:
        steps.add(work, opportunity, TouchKind.MEMBER_REMOVED, person_id=member.person_id, role=member.role)
        opportunity.members.remove(member)
    steps.add(work, opportunity, TouchKind.REASSIGNED)
