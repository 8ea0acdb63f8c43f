"""Looks every few seconds which months are stale, and has those computed whose inputs are others than those of their results.

A delivery of many feeds is waited for until it is quiet, and never long; a history, a little longer. Months of one year are
computed one after the other: first those that have no results, the latest before all others, since people look at it; then the
earliest first. Until a year has all its months, its figures are those of the months that it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.chassis.longwork.table import ENDED, Operation, OperationState
from services.performance.model.run import ClosedMonth, Run, StaleMark, StaleMonth
from services.performance.rules import runs
from services.performance.rules.runs import RunKind, RunState
from services.performance.usecases.runs import gathering, starting
from services.performance.usecases.runs.keeping import current_run

EVERY_SECONDS = 2.0
# Of one look: what is left over comes with the next.
MARKS_AT_ONCE = 5_000
# After a run that failed by itself: the cause may be gone.
RETRY_AFTER = timedelta(minutes=15)


def look(work: UnitOfWork) -> None:
    """The timer's part: short, and no engine."""
    # Held before anything is looked at: a run that ends does away with its month's row, or waits until this is over.
    held = work.session.scalars(select(StaleMonth).order_by(StaleMonth.month_date).with_for_update()).all()
    months = {each.month_date: each for each in held}
    _settle(work, months)
    _take_marks(work, months)
    due = [each for _, each in sorted(months.items()) if each.due_time is not None and each.due_time <= work.now]
    stale = _in_order(work, due)
    latest = gathering.latest_day(work) if stale else None
    if latest is None:
        return
    busy = {month.year for month in work.session.scalars(select(Run.month_date).where(Run.state == RunState.RUNNING))}
    for month in stale:
        if month.month_date > latest:
            # Other facts came before the balances, by which days are counted; they make it stale again once they are so far.
            work.session.delete(month)
        elif month.month_date.year not in busy and _begin(work, month, latest):
            busy.add(month.month_date.year)


def _in_order(work: UnitOfWork, due: Sequence[StaleMonth]) -> list[StaleMonth]:
    """In which order they are computed: a history that is just coming in keeps nobody from the month that he looks at."""
    computed = set(work.session.scalars(select(Run.month_date).where(Run.current))) if due else set()
    fresh = [month for month in reversed(due) if month.month_date not in computed]
    return [*fresh, *(month for month in due if month.month_date in computed)]


def _settle(work: UnitOfWork, months: Mapping[date, StaleMonth]) -> None:
    """Ends the runs whose long work ended before they did: it was stopped, or failed."""
    ended = (
        select(Run, Operation.state, Operation.error_reason)
        .join(Operation, Operation.operation_id == Run.operation_id)
        .where(Run.state == RunState.RUNNING, Operation.state.in_(ENDED))
    )
    for run, state, reason in work.session.execute(ended).all():
        cancelled = state == OperationState.CANCELLED or reason == starting.CANCELLED
        run.end(RunState.CANCELLED if cancelled else RunState.FAILED, work.now, "" if cancelled else reason)
        stale = months.get(run.month_date)
        if stale is not None and stale.number == run.stale_number:
            stale.due_time = None if cancelled else work.now + RETRY_AFTER
    work.session.flush()


def _take_marks(work: UnitOfWork, stale: dict[date, StaleMonth]) -> None:
    """Makes the months stale that the marks are of, once it is quiet."""
    told = func.min(StaleMark.start_date).filter(~StaleMark.ownership)
    first, last, earliest = work.session.execute(
        select(func.min(StaleMark.create_time), func.max(StaleMark.create_time), told)
    ).one()
    if first is None or not _quiet(work, first, last, earliest):
        return
    marks = work.session.scalars(select(StaleMark).order_by(StaleMark.stale_mark_id).limit(MARKS_AT_ONCE)).all()
    worked = gathering.months(work)
    for mark in marks:
        for month in runs.within(worked, mark.start_date, mark.end_date):
            if month not in stale:
                stale[month] = _fresh(work, month)
            _add(stale[month], mark, work.now)
    gone = [mark.stale_mark_id for mark in marks]
    work.session.execute(
        delete(StaleMark).where(among(StaleMark.stale_mark_id, gone)).execution_options(synchronize_session=False)
    )
    work.session.flush()


def _quiet(work: UnitOfWork, first: datetime, last: datetime, earliest: date | None) -> bool:
    """Whether a delivery, whose earliest day is that one, is over or has been waited for long enough.

    A history comes in feed by feed: a month of it that is computed before all of them are there is computed for nothing.
    """
    settings: Any = work.settings
    is_history = earliest is not None and (work.business_date - earliest).days > settings.carry_days_max
    quiet, longest = settings.quiet_seconds, settings.quiet_seconds_max
    if is_history:
        # Between two of its files as long may pass as a day's delivery is waited for in all.
        quiet, longest = max(quiet, longest), settings.quiet_history_seconds_max
    return work.now - last >= timedelta(seconds=quiet) or work.now - first >= timedelta(seconds=longest)


def _fresh(work: UnitOfWork, month: date) -> StaleMonth:
    stale = StaleMonth(month_date=month, number=0, ownership=False, reason="", create_time=work.now, due_time=work.now)
    work.session.add(stale)
    return stale


def _add(stale: StaleMonth, mark: StaleMark, now: datetime) -> None:
    stale.number += 1
    stale.ownership = stale.ownership or mark.ownership
    stale.reason = stale.reason or mark.reason
    stale.due_time = now


def _begin(work: UnitOfWork, stale: StaleMonth, latest: date) -> bool:
    """Has the month computed, beside its results where it is closed; False where there is nothing to compute."""
    inputs = gathering.gather(work, stale.month_date, latest)
    closed = work.session.get(ClosedMonth, stale.month_date) is not None
    kind = RunKind.COMPARISON if closed else RunKind.REGULAR
    if not stale.ownership and runs.signature(inputs) in _computed_from(work, stale.month_date, closed=closed):
        work.session.delete(stale)
        return False
    try:
        starting.begin(work, stale.month_date, inputs, kind=kind, reason=stale.reason, stale_number=stale.number)
    except RuleBroken:
        # Somebody has just asked for it.
        return False
    return True


def _computed_from(work: UnitOfWork, month: date, *, closed: bool) -> Sequence[str]:
    """The inputs of the month's results; of a closed month also of what was held against them last."""
    current = current_run(work, month)
    known = [current.inputs_sha256] if current else []
    if closed:
        last = select(Run.inputs_sha256).where(
            Run.month_date == month, Run.kind == RunKind.COMPARISON, Run.state == RunState.SUCCEEDED
        )
        known += work.session.scalars(last.order_by(Run.number.desc()).limit(1)).all()
    return known
