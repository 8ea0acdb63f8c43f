"""Leads as they are answered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from workbench.activity.v1 import lead_pb2, lead_service_pb2

from services.activity.model.lead import Lead
from services.activity.rules.leads.kinds import LEAD_OPEN
from services.activity.rules.leads.stages import whole_days
from services.activity.usecases import reaching
from services.activity.usecases.leads.charge import whose
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper, money_message

# As a change takes them: without what only the service knows.
DRAFT = Mapper(
    lead_pb2.Lead,
    computed={"expected_amount": lambda lead: money_message(lead.expected_amount)},
    omitted=("customer_name", "owner_name", "age_days", "overdue"),
)


def as_message(work: UnitOfWork, lead: Lead) -> lead_pb2.Lead:
    """One lead."""
    return as_messages(work, [lead])[0]


def as_messages(work: UnitOfWork, leads: Sequence[Lead]) -> list[lead_pb2.Lead]:
    """Leads with the names that the caller may know, and how old they are."""
    customers, owners = reaching.names_shown(work, leads)
    shown = []
    for lead in leads:
        message = DRAFT(lead)
        message.customer_name = customers.get(lead.customer_id or "", "")
        message.owner_name = owners.get(lead.owner_person_id, "")
        message.age_days = whole_days(lead.create_time, lead.close_time or work.now)
        message.overdue = lead.followed_time is None and lead.follow_deadline is not None and lead.follow_deadline < work.now
        shown.append(message)
    return shown


def page(work: UnitOfWork, request: lead_service_pb2.ListLeadsRequest) -> Page:
    """A page of the leads of a person, a customer or a unit, the newest first."""
    statement = select(Lead).where(whose(work, Lead, request))
    if request.states:
        statement = statement.where(Lead.state.in_(list(request.states)))
    if request.unassigned:
        statement = statement.where(Lead.owner_person_id == "", Lead.state.in_(LEAD_OPEN))
    if request.overdue:
        statement = statement.where(Lead.followed_time.is_(None), Lead.follow_deadline < work.now)
    order = ((Lead.create_time, listing.instant), (Lead.lead_id, listing.text))
    return listing.read_page(work, statement, request, order, downwards=True)
