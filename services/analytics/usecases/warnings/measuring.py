"""Measures what became of customers who were warned of, by their money: beside what people said, and without looking at it.

Warnings of one date are measured together, once their time is over and an analysis has looked that far.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select, update

from services.analytics.model.analysis import Analysis
from services.analytics.model.customer import Customer
from services.analytics.model.warning import CustomerWarning
from services.analytics.rules.leaving import Leaving
from services.analytics.rules.warnings import MeasuredOutcome, measured
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.analyses.keeping import Files
from services.analytics.usecases.models.settings import leaving
from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import SPILL, Lake
from services.chassis.longwork import asking
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.table import ENDED, Operation
from services.chassis.longwork.task import Preparation, Task, Work

WORK = "analytics.warnings.measure"
EVERY_SECONDS = 600.0
# Of one date and one step.
AT_ONCE = 2_000
_DAYS_BEFORE = 120


@dataclass(frozen=True, slots=True)
class _Due:
    """Warnings of one date whose time is over: their ids, each with the number of its customer."""

    raise_date: date
    horizon_date: date
    numbers: Mapping[str, str]
    files: Files
    lake: Lake
    leaving: Leaving


def look(work: UnitOfWork) -> None:
    """The timer's part: asks for the work where there is some, and none is under way."""
    under_way = select(Operation.operation_id).where(Operation.kind == WORK, Operation.state.not_in(ENDED)).limit(1)
    if _first(work) is not None and work.session.scalar(under_way) is None:
        asking.ask_of_itself(work, WORK, {}, subject="warnings")


def _prepare(preparation: Preparation, _task: Task) -> dict[str, MeasuredOutcome] | None:
    with preparation.transaction() as work, work.whole_bank():
        due = _due(work)
    if due is None:
        return None
    with due.lake.connection() as connection:
        return patiently(preparation.beat, lambda: _measured(connection, due), connection.interrupt)


def _step(work: UnitOfWork, task: Task, found: dict[str, MeasuredOutcome] | None) -> None:
    if not found:
        task.finish(f"{task.done} warnings measured.")
        return
    table: Any = CustomerWarning.__table__
    by_id = update(table).where(table.c.warning_id == bindparam("row_id")).values(measured_outcome=bindparam("measured"))
    with work.whole_bank():
        rows = [{"row_id": warning_id, "measured": outcome.value} for warning_id, outcome in found.items()]
        work.session.connection().execute(by_id, rows)
    task.done += len(found)
    task.checkpoint = {"done": task.done}


WORKS = (Work(WORK, "", _step, _prepare),)


def _first(work: UnitOfWork) -> tuple[Analysis, date, date] | None:
    """The newest analysis, and of what is due the first date with its horizon; None where nothing is."""
    analysis = keeping.current(work)
    if analysis is None:
        return None
    due = (
        select(CustomerWarning.raise_date, CustomerWarning.horizon_date)
        .where(
            CustomerWarning.measured_outcome == MeasuredOutcome.UNSPECIFIED.value,
            CustomerWarning.horizon_date <= analysis.as_of_date,
        )
        .order_by(CustomerWarning.horizon_date, CustomerWarning.raise_date)
        .limit(1)
    )
    row = work.session.execute(due).first()
    return (analysis, row.raise_date, row.horizon_date) if row else None


def _due(work: UnitOfWork) -> _Due | None:
    first = _first(work)
    if first is None:
        return None
    analysis, raise_date, horizon_date = first
    rows = (
        select(CustomerWarning.warning_id, Customer.customer_number)
        .outerjoin(Customer, Customer.customer_id == CustomerWarning.customer_id)
        .where(
            CustomerWarning.measured_outcome == MeasuredOutcome.UNSPECIFIED.value,
            CustomerWarning.horizon_date == horizon_date,
            CustomerWarning.raise_date == raise_date,
        )
        .order_by(CustomerWarning.warning_id)
        .limit(AT_ONCE)
    )
    numbers = {warning_id: number or "" for warning_id, number in work.session.execute(rows)}
    return _Due(raise_date, horizon_date, numbers, keeping.files_of(work, analysis), work.database.lake, leaving(work))


def _measured(connection: Any, due: _Due) -> dict[str, MeasuredOutcome]:
    """What each customer did; of one of whom there are no days that nobody knows it."""
    from services.analytics.engine.labels import write_labels

    days = due.files.days(due.raise_date - timedelta(days=_DAYS_BEFORE), due.horizon_date)
    horizon_days = (due.horizon_date - due.raise_date).days
    spill = due.lake.root / SPILL
    spill.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=spill) as folder:
        path = Path(folder) / "labels.parquet"
        # The horizon is that of the day on which it was raised, also where the bank has set another one since.
        definition = due.leaving if due.leaving.horizon_days == horizon_days else None
        kept_fraction = due.leaving.kept_fraction
        if not write_labels(connection, days, due.raise_date, horizon_days, kept_fraction, path, leaving=definition):
            # Days are missing at the end, and no analysis goes back for them.
            return dict.fromkeys(due.numbers, MeasuredOutcome.UNKNOWN)
        labels = _labels(connection, path, list(due.numbers.values()))
    return {warning_id: labels.get(number, MeasuredOutcome.UNKNOWN) for warning_id, number in due.numbers.items()}


def _labels(connection: Any, path: Path, numbers: Sequence[str]) -> dict[str, MeasuredOutcome]:
    query = 'SELECT customer_number, "left", gone FROM read_parquet($path) WHERE customer_number IN (SELECT unnest($numbers))'
    rows = connection.execute(query, {"path": str(path), "numbers": numbers}).fetchall()
    return {number: measured(left=left, gone=bool(gone)) for number, left, gone in rows}
