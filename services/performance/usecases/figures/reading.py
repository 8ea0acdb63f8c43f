"""Sums of prepared results: by product, by period, by unit or person; of whole periods, and of a month up to a day of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from services.chassis.db.session import UnitOfWork
from services.performance.model.result import Result
from services.performance.rules.figures import MEASURES, STANDING, Amounts, ComparisonKind, Period, compared_starts, same_day
from services.performance.rules.periods import PeriodKind
from services.performance.usecases.figures import periods

Column = InstrumentedAttribute[Any] | ColumnElement[Any]
_STANDS = tuple(name in STANDING for name in MEASURES)
_SUMS = (*(func.sum(getattr(Result, name)) for name in MEASURES), func.sum(Result.account_count))


def of_products(codes: Sequence[str]) -> list[ColumnElement[bool]]:
    """Only of those products; of all where none is named."""
    return [Result.product_code.in_(codes)] if codes else []


def sums(
    work: UnitOfWork, period: Period, rows: Sequence[ColumnElement[bool]], by: Sequence[Column]
) -> dict[tuple[Any, ...], Amounts]:
    """What the rows of a period sum up to, by the values of columns."""
    return _added(work, [Result.period_kind == period.kind, Result.start_date == period.start_date, *rows], by)


def sum_of(work: UnitOfWork, conditions: Sequence[ColumnElement[bool]]) -> Amounts:
    """What rows sum up to."""
    return _amounts(work.session.execute(select(*_SUMS).where(*conditions)).one())


def sums_to(
    work: UnitOfWork, period: Period, rows: Sequence[ColumnElement[bool]], by: Sequence[Column]
) -> dict[tuple[Any, ...], Amounts]:
    """The same of a month up to a day before the last that is computed: its days added up, and how things stood on that day."""
    of_days = [Result.period_kind == PeriodKind.DAY, Result.start_date <= period.as_of_date, *rows]
    accrued = _added(work, [*of_days, Result.start_date >= period.start_date], by)
    standing = _added(work, [*of_days, Result.start_date == period.as_of_date], by)
    return {key: _joined(standing.get(key, Amounts()), accrued[key]) for key in accrued}


def compared(
    work: UnitOfWork,
    period: Period,
    rows: Sequence[ColumnElement[bool]],
    by: Sequence[Column],
    kinds: Sequence[ComparisonKind] = tuple(ComparisonKind),
) -> dict[ComparisonKind, tuple[Period, dict[tuple[Any, ...], Amounts]]]:
    """What the rows of earlier periods sum up to, by kind of comparison; none of those of which the bank has no results."""
    found = {}
    for kind, start in compared_starts(period.kind, period.start_date).items():
        known = periods.of(work, period.kind, start) if kind in kinds and start < period.start_date else None
        if known is None:
            continue
        until = min(known.as_of_date, same_day(period, start))
        earlier = Period(period.kind, start, until)
        found[kind] = earlier, (sums if until == known.as_of_date else sums_to)(work, earlier, rows, by)
    return found


def run_ids(work: UnitOfWork, period: Period, rows: Sequence[ColumnElement[bool]]) -> list[str]:
    """The runs that made the rows of a period."""
    statement = select(Result.run_id).where(Result.period_kind == period.kind, Result.start_date == period.start_date, *rows)
    return sorted(set(work.session.scalars(statement.distinct())))


def points(
    work: UnitOfWork, kind: PeriodKind, start: date, end: date, rows: Sequence[ColumnElement[bool]], limit: int
) -> list[tuple[date, date, Amounts]]:
    """The earliest periods that begin from one day to another, each with its last day: at most so many."""
    conditions = [Result.period_kind == kind, Result.start_date >= start, Result.start_date <= end, *rows]
    statement = select(Result.start_date, func.max(Result.as_of_date), *_SUMS).where(*conditions)
    statement = statement.group_by(Result.start_date).order_by(Result.start_date).limit(limit)
    return [(row[0], row[1], _amounts(row[2:])) for row in work.session.execute(statement)]


def _added(work: UnitOfWork, conditions: Sequence[Any], by: Sequence[Column]) -> dict[tuple[Any, ...], Amounts]:
    statement = select(*by, *_SUMS).where(*conditions).group_by(*by)
    return {tuple(row[: len(by)]): _amounts(row[len(by) :]) for row in work.session.execute(statement)}


def _amounts(row: Sequence[Any]) -> Amounts:
    # PostgreSQL answers the sum of whole numbers as a decimal, and a sum of nothing is null.
    return Amounts(tuple(int(value or 0) for value in row[:-1]), int(row[-1] or 0))


def _joined(standing: Amounts, accrued: Amounts) -> Amounts:
    triples = zip(_STANDS, standing.values, accrued.values, strict=True)
    return Amounts(tuple(stood if stands else sum_ for stands, stood, sum_ in triples), standing.account_count)
