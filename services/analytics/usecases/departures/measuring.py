"""Foresees what goes with somebody who left, from an analysis of before, and measures 90 and 180 days later what went.

Both are long work of the service's own: the engine reads, and one short step keeps what it found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from workbench.analytics.v1 import departure_events_pb2

from services.analytics.model.departure import Departure, DepartureCustomer
from services.analytics.rules import departures as rules
from services.analytics.rules.departures import (
    AVERAGED_DAYS,
    MEASURED_AFTER_DAYS,
    SETTLED_AFTER_DAYS,
    AtRisk,
    DepartureState,
    Outcome,
)
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.departures import calibrating, sources
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.longwork.task import Preparation, Task, Work

if TYPE_CHECKING:
    from services.analytics.engine.balances import Averages
    from services.analytics.engine.dependence import Dependence, Source

FORESEE, MEASURE = "departures.foresee", "departures.measure"
# Of a departure so many customers are followed by themselves, those with most at risk first.
CUSTOMERS_MAX = 5_000
# By how a departure stands, after how many days it is measured next.
_MEASURED_AFTER = {DepartureState.FORESEEN: MEASURED_AFTER_DAYS, DepartureState.MEASURED: SETTLED_AFTER_DAYS}


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What depends on somebody."""

    as_of_date: date
    at_risk: AtRisk
    customers: Sequence[Dependence]


@dataclass(frozen=True, slots=True)
class Before:
    """What there is to measure."""

    left_date: date
    after_date: date
    customer_numbers: Sequence[str]
    days: Sequence[Path]


def _foresee(preparation: Preparation, task: Task) -> Foreseen | None:
    with preparation.transaction() as work:
        departure = work.session.get_one(Departure, task.parameters["departure_id"])
        source = sources.before(work, departure.left_date)
        present, lake = sources.present_people(work), work.database.lake
    if source is None:
        return None
    with lake.connection() as connection:
        return _depending(connection, source, present, departure.person_id)


def _depending(connection: Any, source: Source, present: Sequence[str], person_id: str) -> Foreseen:
    from services.analytics.engine.dependence import Dependences

    asked = Dependences(connection, source, present, [person_id])
    return Foreseen(source.as_of_date, asked.at_risk(), asked.page(CUSTOMERS_MAX))


def _keep_foreseen(work: UnitOfWork, task: Task, found: Foreseen | None) -> None:
    departure = work.session.get_one(Departure, task.parameters["departure_id"], with_for_update=True)
    task.finish("")
    if departure.state != DepartureState.WAITING:
        return
    if found is None or not found.customers:
        departure.state = DepartureState.UNKNOWN.value
        return
    keep = calibrating.keep_rate(work)
    loss = rules.expected_loss(found.at_risk, keep)
    departure.state, departure.as_of_date = DepartureState.FORESEEN.value, found.as_of_date
    departure.currency_code, departure.keep_rate_e4 = work.settings.home_currency_code, keep.rate_e4
    departure.customer_count = found.at_risk.customer_count
    departure.balance_minor_units = found.at_risk.balance_minor_units
    departure.at_risk_minor_units = found.at_risk.at_risk_minor_units
    departure.expected_minor_units = loss.expected_minor_units
    departure.low_minor_units, departure.high_minor_units = loss.low_minor_units, loss.high_minor_units
    departure.operation_id = ""
    rows = [_customer(departure, each) for each in found.customers]
    # Past the audit trail: nobody acts here.
    work.session.execute(insert(DepartureCustomer).execution_options(render_nulls=True), rows)
    work.record(
        departure_events_pb2.DepartureForeseen(
            departure_id=departure.departure_id,
            person_id=departure.person_id,
            organisation_path=departure.organisation_path,
            left_date=departure.left_date.isoformat(),
            customer_count=departure.customer_count,
        )
    )


def _customer(departure: Departure, each: Dependence) -> dict[str, Any]:
    return {
        "departure_id": departure.departure_id,
        "customer_id": each.customer_id,
        "customer_number": each.customer_number,
        "person_id": departure.person_id,
        "organisation_path": departure.organisation_path,
        "dependence_e4": each.dependence_e4,
        "balance_minor_units": each.balance_minor_units,
        "at_risk_minor_units": each.at_risk_minor_units,
        "after_minor_units": None,
    }


def _measure(preparation: Preparation, task: Task) -> Averages | None:
    from services.analytics.engine.balances import averages

    with preparation.transaction() as work:
        before, lake = _before(work, task.parameters["departure_id"]), work.database.lake
    if before is None:
        return None
    with lake.connection() as connection:
        return averages(
            connection,
            before.days,
            before.customer_numbers,
            before_date=before.left_date,
            after_date=before.after_date,
            days=AVERAGED_DAYS,
        )


def _before(work: UnitOfWork, departure_id: str) -> Before | None:
    departure, analysis = work.session.get_one(Departure, departure_id), keeping.current(work)
    if analysis is None:
        return None
    statement = select(DepartureCustomer.customer_number).where(DepartureCustomer.departure_id == departure_id)
    after_date = due_date(departure)
    days = keeping.files_of(work, analysis).days(moved(departure.left_date, -AVERAGED_DAYS), after_date)
    return Before(departure.left_date, after_date, work.session.scalars(statement).all(), days) if days else None


def _keep_measured(work: UnitOfWork, task: Task, found: Averages | None) -> None:
    departure = work.session.get_one(Departure, task.parameters["departure_id"], with_for_update=True)
    task.finish("")
    if departure.state not in _MEASURED_AFTER:
        return
    departure.operation_id, settled = "", departure.state == DepartureState.MEASURED
    if found is None:
        departure.state = DepartureState.UNKNOWN.value
        return
    departure.measured_date = due_date(departure)
    departure.state = (DepartureState.SETTLED if settled else DepartureState.MEASURED).value
    of_departure = DepartureCustomer.departure_id == departure.departure_id
    customers = work.session.scalars(select(DepartureCustomer).where(of_departure)).all()
    after = {each.customer_id: found.after.get(each.customer_number, 0) for each in customers}
    losses = [max(each.balance_minor_units - after[each.customer_id], 0) for each in customers]
    departure.lost_minor_units, departure.background_e4 = sum(losses), found.background_e4
    if not settled:
        departure.early_lost_minor_units = departure.lost_minor_units
    departure.gone_count = sum(rules.gone(each.balance_minor_units, after[each.customer_id]) for each in customers)
    outcome = Outcome(
        departure.balance_minor_units, departure.at_risk_minor_units, departure.lost_minor_units, found.background_e4
    )
    departure.measured_keep_rate_e4 = outcome.keep_rate_e4
    told = [
        {"departure_id": departure.departure_id, "customer_id": customer_id, "after_minor_units": amount}
        for customer_id, amount in after.items()
    ]
    work.session.execute(update(DepartureCustomer), told)
    work.record(
        departure_events_pb2.DepartureMeasured(
            departure_id=departure.departure_id,
            person_id=departure.person_id,
            organisation_path=departure.organisation_path,
            gone_count=departure.gone_count,
            settled=settled,
        )
    )


def due_date(departure: Departure) -> date:
    """Up to when it is measured next what went."""
    return moved(departure.left_date, _MEASURED_AFTER[DepartureState(departure.state)])


WORKS = (
    Work(FORESEE, "", _keep_foreseen, _foresee),
    Work(MEASURE, "", _keep_measured, _measure),
)
