"""Lists cycles and the visits that are proposed, and shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from workbench.activity.v1 import visit_cycle_pb2, visit_cycle_service_pb2

from services.activity.model.visit_cycle import VisitCycle, VisitProposal
from services.activity.rules.tasks import NO_DATE
from services.activity.rules.visit_cycles import CycleState
from services.activity.usecases import reaching
from services.activity.usecases.visit_cycles.planning import week_of
from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.money import Money
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper, money_message

_plain_cycle = Mapper(
    visit_cycle_pb2.VisitCycle,
    omitted=("customer_name", "overdue_days"),
    computed={
        "paused": lambda cycle: cycle.state == CycleState.PAUSED,
        "value": lambda cycle: money_message(_value(cycle)),
        "due_date": lambda cycle: "" if cycle.due_date == NO_DATE else cycle.due_date.isoformat(),
    },
)
_plain_proposal = Mapper(visit_cycle_pb2.VisitProposal, omitted=("customer_name", "overdue_days", "place"))


def list_cycles(work: UnitOfWork, request: visit_cycle_service_pb2.ListVisitCyclesRequest) -> Page:
    """A page of cycles, whoever is due first before the others."""
    if sum(map(bool, (request.person_id, request.customer_id, request.organisation_path))) > 1:
        raise InvalidInput("SUBJECT_UNCLEAR", "Name a person, a customer or a unit: one of them.")
    statement: Any = select(VisitCycle)
    if request.customer_id:
        statement = statement.where(VisitCycle.customer_id == reaching.customer(work, request.customer_id).customer_id)
    elif request.organisation_path:
        statement = statement.where(below(VisitCycle.organisation_path, reaching.unit_path(work, request.organisation_path)))
    else:
        statement = statement.where(VisitCycle.owner_person_id == reaching.person(work, request.person_id).person_id)
    if request.overdue:
        statement = statement.where(VisitCycle.due_date < work.business_date, VisitCycle.state == CycleState.ACTIVE.value)
    if request.key:
        statement = statement.where(VisitCycle.key)
    order = ((VisitCycle.due_date, listing.day), (VisitCycle.visit_cycle_id, listing.text))
    return listing.read_page(work, statement, request, order)


def list_proposals(work: UnitOfWork, request: visit_cycle_service_pb2.ListVisitProposalsRequest) -> Page:
    """A page of what is proposed to somebody for a week, by day."""
    person = reaching.person(work, request.person_id)
    statement = select(VisitProposal).where(
        VisitProposal.owner_person_id == person.person_id,
        VisitProposal.week_start_date == week_of(work, request.week_start_date),
    )
    order = ((VisitProposal.planned_date, listing.day), (VisitProposal.visit_proposal_id, listing.text))
    return listing.read_page(work, statement, request, order)


def cycles_of(work: UnitOfWork, customer_ids: Iterable[str]) -> dict[str, VisitCycle]:
    """The cycles of customers, by customer."""
    asked = sorted(set(customer_ids))
    statement = select(VisitCycle).where(among(VisitCycle.customer_id, asked)).order_by(VisitCycle.visit_cycle_id.desc())
    return {str(cycle.customer_id): cycle for cycle in work.session.scalars(statement)} if asked else {}


def cycle_messages(work: UnitOfWork, cycles: Sequence[VisitCycle]) -> list[visit_cycle_pb2.VisitCycle]:
    """Cycles as they are shown."""
    names = reaching.customer_names(work, (each.customer_id for each in cycles))
    shown = []
    for cycle in cycles:
        message = _plain_cycle(cycle)
        message.customer_name = names.get(str(cycle.customer_id), "")
        if cycle.state == CycleState.ACTIVE:
            message.overdue_days = _days_over(cycle.due_date, work.business_date)
        shown.append(message)
    return shown


def proposal_messages(work: UnitOfWork, proposals: Sequence[VisitProposal]) -> list[visit_cycle_pb2.VisitProposal]:
    """Proposals as they are shown."""
    names = reaching.customer_names(work, (each.customer_id for each in proposals))
    cycles = cycles_of(work, (each.customer_id for each in proposals if each.customer_id))
    shown = []
    for proposal in proposals:
        message = _plain_proposal(proposal)
        message.customer_name = names.get(str(proposal.customer_id), "")
        message.overdue_days = _days_over(proposal.due_date, proposal.planned_date)
        if cycle := cycles.get(str(proposal.customer_id)):
            message.place = cycle.place
        shown.append(message)
    return shown


def _days_over(due_date: date, day: date) -> int:
    return max(0, (day - due_date).days)


def _value(cycle: VisitCycle) -> Money | None:
    return None if cycle.value_minor_units is None else Money(cycle.value_minor_units, cycle.value_currency_code)
