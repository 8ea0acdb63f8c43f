"""Opportunities as they are answered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from workbench.activity.v1 import opportunity_pb2, opportunity_service_pb2

from services.activity.model.opportunity import Opportunity
from services.activity.rules.leads.kinds import OpportunityState
from services.activity.rules.leads.stages import whole_days
from services.activity.usecases import reaching
from services.activity.usecases.leads.charge import whose
from services.activity.usecases.opportunities.outcomes import History
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper, money_message

_CERTAIN = {OpportunityState.WON.value: "100.00", OpportunityState.LOST.value: "0.00"}

_member = Mapper(opportunity_pb2.OpportunityMember, omitted=("display_name",))
# As a change takes them: without what only the service knows.
DRAFT = Mapper(
    opportunity_pb2.Opportunity,
    computed={
        "expected_amount": lambda opportunity: money_message(opportunity.expected_amount),
        "members": lambda opportunity: list(map(_member, opportunity.members)),
    },
    omitted=("customer_name", "owner_name", "probability", "days_in_stage", "age_days", "overdue"),
)


def as_message(work: UnitOfWork, opportunity: Opportunity) -> opportunity_pb2.Opportunity:
    """One opportunity."""
    return as_messages(work, [opportunity])[0]


def as_messages(work: UnitOfWork, opportunities: Sequence[Opportunity]) -> list[opportunity_pb2.Opportunity]:
    """Opportunities with the names that the caller may know, how old they are, and how likely they are won."""
    customers, _ = reaching.names_shown(work, opportunities)
    people = {each.owner_person_id for each in opportunities}
    people |= {member.person_id for each in opportunities for member in each.members}
    names = reaching.person_names(work, people)
    history = History(work, [each for each in opportunities if each.is_open])
    shown = []
    for opportunity in opportunities:
        message = DRAFT(opportunity)
        end = opportunity.close_time or work.now
        message.customer_name = customers.get(opportunity.customer_id or "", "")
        message.owner_name = names.get(opportunity.owner_person_id, "")
        for member in message.members:
            member.display_name = names.get(member.person_id, "")
        message.age_days = whole_days(opportunity.create_time, end)
        message.days_in_stage = whole_days(opportunity.stage_enter_time, end)
        due = opportunity.stage_due_date
        message.overdue = opportunity.is_open and due is not None and due < work.clock_date
        message.probability.CopyFrom(_probability(opportunity, history))
        shown.append(message)
    return shown


def page(work: UnitOfWork, request: opportunity_service_pb2.ListOpportunitiesRequest) -> Page:
    """A page of the opportunities of a person, a customer or a unit, the newest first."""
    statement = select(Opportunity).where(whose(work, Opportunity, request))
    if request.states:
        statement = statement.where(Opportunity.state.in_(list(request.states)))
    if request.pipeline_id:
        statement = statement.where(Opportunity.pipeline_id == request.pipeline_id.lower())
    if request.stage_code:
        statement = statement.where(Opportunity.stage_code == request.stage_code)
    if request.overdue:
        due = Opportunity.stage_due_date < work.clock_date
        statement = statement.where(Opportunity.state == OpportunityState.OPEN.value, due)
    order = ((Opportunity.create_time, listing.instant), (Opportunity.opportunity_id, listing.text))
    return listing.read_page(work, statement, request, order, downwards=True)


def _probability(opportunity: Opportunity, history: History) -> opportunity_pb2.Probability:
    if not opportunity.is_open:
        return opportunity_pb2.Probability(percent=_CERTAIN[opportunity.state])
    likelihood, guess = history.likelihood(opportunity)
    return opportunity_pb2.Probability(
        percent=likelihood.percent,
        case_count=likelihood.cases.count,
        won_count=likelihood.cases.won_count,
        pipeline_percent=guess,
        days_min=likelihood.days_min,
    )
