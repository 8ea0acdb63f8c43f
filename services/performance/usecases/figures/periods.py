"""Which periods have results: by the months' current runs, which are put in place together with their results."""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, func, select

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import NotFound
from services.performance.model.run import ClosedMonth, Run, StaleMonth
from services.performance.rules.figures import Period
from services.performance.rules.periods import PeriodKind, month_start, period_end, period_start


def asked(work: UnitOfWork, kind: int, day_date: str) -> Period:
    """The period of that kind, or the month, in which the day lies; the last day that is computed where it is empty.

    Raises InvalidInput DATE_INVALID and NotFound RESULTS_MISSING.
    """
    day = optional_date(day_date, "day_date") or work.session.scalar(select(func.max(Run.as_of_date)).where(Run.current))
    wanted = PeriodKind(kind or PeriodKind.MONTH)
    found = day and of(work, wanted, period_start(wanted, day))
    if not found:
        raise NotFound("RESULTS_MISSING", "There are no results of this period.")
    return found


def of(work: UnitOfWork, kind: PeriodKind, start: date) -> Period | None:
    """The period of that kind that begins on that day, as far as it is computed; None where there are no results of it."""
    months = (Run.month_date >= month_start(start), Run.month_date <= period_end(kind, start))
    latest = work.session.scalar(select(func.max(Run.as_of_date)).where(Run.current, *months))
    if latest is None or latest < start:
        return None
    return Period(kind, start, start if kind is PeriodKind.DAY else latest)


def run_of(work: UnitOfWork, month: date) -> Run:
    """The run whose results are a month's, which has some."""
    return work.session.scalars(select(Run).where(Run.month_date == month, Run.current)).one()


def is_stale(work: UnitOfWork, period: Period) -> bool:
    """Whether one of its months is to be computed anew."""
    months = (StaleMonth.month_date >= month_start(period.start_date), StaleMonth.month_date <= period.as_of_date)
    return bool(work.session.scalar(select(exists().where(*months))))


def is_closed(work: UnitOfWork, period: Period) -> bool:
    """Whether the month of its last day stands for good."""
    return work.session.get(ClosedMonth, month_start(period.as_of_date)) is not None
