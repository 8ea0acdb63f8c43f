"""Looks which departures can be foreseen or measured by now, and how far plans are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select, update
from workbench.analytics.v1 import departure_events_pb2

from services.analytics.model.departure import Departure, DeparturePlan, DeparturePlanItem
from services.analytics.model.happening import Happening
from services.analytics.rules import succession
from services.analytics.rules.departures import DepartureState
from services.analytics.rules.happenings import HappeningKind
from services.analytics.rules.succession import ItemState, PlanState
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.departures import measuring, plans, sources
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.asking import ask_of_itself
from services.chassis.longwork.table import Operation

EVERY_SECONDS = 60.0
# Of one look: what is left over comes with the next.
DEPARTURES_AT_ONCE = 500
PLANS_AT_ONCE = 50
# An analysis of before may come late, as a history is read in; from so many days after on it comes no more.
WAIT_DAYS = 7
# After work that failed by itself: the cause may be gone.
RETRY_AFTER = timedelta(hours=6)


def look(work: UnitOfWork) -> None:
    """The timer's part: short, and no engine."""
    analysis = keeping.current(work)
    if analysis is None:
        return
    for departure in _open(work):
        if not _free(work, departure):
            continue
        if departure.state == DepartureState.WAITING:
            _foresee(work, departure, analysis.as_of_date)
        elif measuring.due_date(departure) <= analysis.as_of_date:
            _ask(work, departure, measuring.MEASURE)


def follow(work: UnitOfWork) -> None:
    """Counts for plans that run how often whoever is assigned has met the customers; ends those that are done."""
    running = select(DeparturePlan).where(DeparturePlan.state == PlanState.RUNNING).order_by(DeparturePlan.look_time)
    for plan in work.session.scalars(running.limit(PLANS_AT_ONCE).with_for_update(skip_locked=True)).all():
        _follow(work, plan)


def _open(work: UnitOfWork) -> Sequence[Departure]:
    """Those not looked up yet, and those to be measured, the first first."""
    states = (DepartureState.WAITING, DepartureState.FORESEEN, DepartureState.MEASURED)
    statement = select(Departure).where(Departure.state.in_(states)).order_by(Departure.left_date, Departure.departure_id)
    return work.session.scalars(statement.limit(DEPARTURES_AT_ONCE).with_for_update()).all()


def _free(work: UnitOfWork, departure: Departure) -> bool:
    """Whether no long work is at it, nor was just now in vain."""
    if not departure.operation_id:
        return True
    operation = work.session.get(Operation, departure.operation_id)
    return operation is None or (operation.end_time is not None and operation.end_time < work.now - RETRY_AFTER)


def _foresee(work: UnitOfWork, departure: Departure, as_of_date: date) -> None:
    if sources.before(work, departure.left_date) is not None:
        _ask(work, departure, measuring.FORESEE)
    elif as_of_date > departure.left_date + timedelta(days=WAIT_DAYS):
        departure.state = DepartureState.UNKNOWN.value


def _ask(work: UnitOfWork, departure: Departure, kind: str) -> None:
    subject = f"departures/{departure.departure_id}"
    operation = ask_of_itself(work, kind, {"departure_id": departure.departure_id}, subject=subject)
    departure.operation_id = operation.operation_id


def _follow(work: UnitOfWork, plan: DeparturePlan) -> None:
    statement = select(DeparturePlanItem).where(DeparturePlanItem.plan_id == plan.plan_id)
    items = work.session.scalars(statement.order_by(DeparturePlanItem.place)).all()
    met = _met(work, plan, [each.customer_id for each in items])
    for item in items:
        days = met[item.customer_id, item.person_id] if item.person_id else []
        if _count(item, days):
            work.record(departure_events_pb2.DeparturePlanItemDone(plan_id=plan.plan_id, item_id=item.item_id))
    # Past the version: that somebody looked is no change.
    looked = update(DeparturePlan).where(DeparturePlan.plan_id == plan.plan_id).values(look_time=work.now)
    work.session.execute(looked.execution_options(synchronize_session=False))
    if all(each.state != ItemState.OPEN for each in items):
        plan.end(work.now)
        work.session.flush()
        plans.tell_ended(work, plan, items)


def _count(item: DeparturePlanItem, days: Sequence[date]) -> bool:
    """Takes over how often they met; answers whether it is done by that."""
    if (item.contact_count, item.last_contact_date) != (len(days), max(days, default=None)):
        item.contact_count, item.last_contact_date = len(days), max(days, default=None)
    state = ItemState.DONE if succession.done(item.contact_count) else ItemState.OPEN
    if item.state in (ItemState.DROPPED, state):
        return False
    item.state = state.value
    return state is ItemState.DONE


def _met(work: UnitOfWork, plan: DeparturePlan, customer_ids: list[str]) -> dict[tuple[str, str], list[date]]:
    """By customer and person the days of contacts since the plan runs."""
    statement = select(Happening.customer_id, Happening.person_id, Happening.other_person_ids, Happening.start_date).where(
        among(Happening.customer_id, customer_ids),
        Happening.kind == HappeningKind.CONTACT,
        Happening.start_date >= plan.start_date,
    )
    met: dict[tuple[str, str], list[date]] = defaultdict(list)
    for customer_id, person_id, others, day in work.session.execute(statement):
        for each in {person_id, *others}:
            met[customer_id, each].append(day)
    return met
