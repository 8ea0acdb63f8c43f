"""Measures how often what rules see comes true: on the bank's own past, once the horizon has passed, whatever was done about it.

Of each month's end the rules in force are asked anew by the features of that day, and the customers' own balances after it say
who left. So a version that was approved today has its precision tomorrow.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from workbench.analytics.v1 import signal_pb2

from services.analytics.model.signal import SignalMeasure
from services.analytics.rules.precision import Precision
from services.analytics.rules.signals import SignalRule
from services.analytics.usecases.signals.rules import rules_in_force
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.kernel.money import fraction_digits
from services.chassis.longwork.asking import ask_of_itself
from services.chassis.longwork.table import ENDED, Operation
from services.chassis.longwork.task import Preparation, Task, Work

if TYPE_CHECKING:
    from services.analytics.rules.leaving import Leaving

LOOK_EVERY_SECONDS = 3_600.0
# Older behaviour says little of today's customers.
MONTHS_MAX = 24
KIND = "signals.measure"
_SHARE = "{:.4f}"
_COUNTS = ("raised_count", "left_count", "customer_count", "customer_left_count")


@dataclass(frozen=True, slots=True)
class _Due:
    """A month's end, its files, and the rules that have no measure of it yet."""

    as_of_date: date
    features: Path
    days: Sequence[Path]
    rules: Sequence[SignalRule]
    leaving: Leaving
    minor_unit_digits: int


def look(work: UnitOfWork) -> None:
    """The timer's part: asks for what is due, unless that is under way."""
    under_way = select(func.count()).where(Operation.kind == KIND, Operation.state.not_in(ENDED))
    if not work.session.scalar(under_way) and _due(work) is not None:
        ask_of_itself(work, KIND, {})


def precision_messages(work: UnitOfWork, rules: Sequence[SignalRule]) -> dict[str, signal_pb2.SignalPrecision]:
    """How often what each version saw came true, by the rule's code."""
    sums = [func.sum(getattr(SignalMeasure, name)) for name in _COUNTS]
    first, last = func.min(SignalMeasure.as_of_date), func.max(SignalMeasure.as_of_date)
    grouped = select(SignalMeasure.rule_code, SignalMeasure.rule_version, *sums, first, last)
    rows = work.session.execute(grouped.group_by(SignalMeasure.rule_code, SignalMeasure.rule_version)).all()
    measured = {(code, version): (Precision(*map(int, counts)), begin, end) for code, version, *counts, begin, end in rows}
    return {rule.code: _precision_message(*measured.get((rule.code, rule.version), (None, None, None))) for rule in rules}


def _precision_message(precision: Precision | None, first: date | None, last: date | None) -> signal_pb2.SignalPrecision:
    if precision is None:
        return signal_pb2.SignalPrecision(few=True)
    low, high = precision.interval
    return signal_pb2.SignalPrecision(
        raised_count=precision.raised_count,
        left_count=precision.left_count,
        precision="" if precision.value is None else _SHARE.format(precision.value),
        precision_low=_SHARE.format(low),
        precision_high=_SHARE.format(high),
        base_rate="" if precision.base_rate is None else _SHARE.format(precision.base_rate),
        noisy=precision.noisy,
        few=precision.few,
        start_date=first.isoformat() if first else "",
        end_date=last.isoformat() if last else "",
    )


def _due(work: UnitOfWork) -> _Due | None:
    """The latest month's end whose horizon has passed and of which a rule in force has no measure."""
    from services.analytics.usecases.analyses import keeping
    from services.analytics.usecases.models.settings import leaving

    analysis = keeping.current(work)
    if analysis is None:
        return None
    definition = leaving(work)
    passed = moved(analysis.as_of_date, -definition.horizon_days)
    dates = [day for day in keeping.history_dates(work) if day <= passed][-MONTHS_MAX:]
    rules = [rule for rule in rules_in_force(work) if rule.enabled]
    columns = (SignalMeasure.rule_code, SignalMeasure.rule_version, SignalMeasure.as_of_date)
    measured = {tuple(row) for row in work.session.execute(select(*columns))}
    for day in reversed(dates):
        if missing := [rule for rule in rules if (rule.code, rule.version, day) not in measured]:
            (features,) = keeping.history(work, [day])
            first, last = (moved(day, days) for days in (-definition.horizon_days, definition.horizon_days))
            days = keeping.files_of(work, analysis).days(first, last)
            digits = fraction_digits(work.settings.home_currency_code)
            return _Due(day, features, days, missing, definition, digits)
    return None


def _prepare(preparation: Preparation, _task: Task) -> list[dict[str, Any]]:
    """The measures of one month's end; none where nothing is due any more."""
    with preparation.transaction() as work:
        due, lake = _due(work), work.database.lake
    if due is None:
        return []
    with lake.connection() as connection, tempfile.TemporaryDirectory() as folder:
        return _measured(connection, due, Path(folder))


def _measured(connection: Any, due: _Due, folder: Path) -> list[dict[str, Any]]:
    from services.analytics.engine.labels import write_labels
    from services.analytics.engine.signal_truth import count_truth
    from services.analytics.engine.signals import write_signals

    labels, signals = folder / "labels.parquet", folder / "signals.parquet"
    definition = due.leaving
    known = write_labels(
        connection,
        due.days,
        due.as_of_date,
        definition.horizon_days,
        definition.kept_fraction,
        labels,
        leaving=definition,
    )
    everybody, found = Precision(0, 0, 0, 0), {}
    if known:
        write_signals(connection, due.features, due.rules, due.as_of_date, signals, minor_unit_digits=due.minor_unit_digits)
        everybody, found = count_truth(connection, signals, labels)
    nobody = Precision(0, 0, everybody.customer_count, everybody.customer_left_count)
    return [_row(rule, due.as_of_date, found.get((rule.code, rule.version), nobody)) for rule in due.rules]


def _row(rule: SignalRule, as_of_date: date, precision: Precision) -> dict[str, Any]:
    counts = {name: getattr(precision, name) for name in _COUNTS}
    return {"rule_code": rule.code, "rule_version": rule.version, "as_of_date": as_of_date, **counts}


def _step(work: UnitOfWork, task: Task, measures: Sequence[Mapping[str, Any]] | None) -> None:
    if not measures:
        task.finish(f"{task.done} months' ends were measured.")
        return
    for row in measures:
        work.session.merge(SignalMeasure(**row, create_time=work.now))
    task.done += 1


WORKS = (Work(KIND, "", _step, _prepare),)
