"""Looks every few seconds whether something came that nobody has looked at yet, and has all customers looked at anew.

A delivery of many feeds is waited for until it is quiet, and never long. One analysis is made after the other: first as of the
latest day, since people look at it; once nothing waits, the ends of months long past, backwards, from which models learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from services.analytics.model.analysis import Analysis, StaleDay
from services.analytics.rules import analyses
from services.analytics.rules.analyses import AnalysisKind, AnalysisState
from services.analytics.usecases.analyses import gathering, keeping, starting
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.table import ENDED, Operation, OperationState

EVERY_SECONDS = 2.0
# Of one look: what is left over comes with the next.
DAYS_AT_ONCE = 2_000
# After an analysis that failed by itself: the cause may be gone.
RETRY_AFTER = timedelta(minutes=15)
_ENDED_ILL = (AnalysisState.FAILED.value, AnalysisState.CANCELLED.value)


def look(work: UnitOfWork) -> None:
    """The timer's part: short, and no engine."""
    _settle(work)
    if starting.running(work) is not None:
        return
    latest = gathering.latest_day(work)
    if latest is None:
        return
    waiting = select(StaleDay).where(StaleDay.business_date <= latest).order_by(StaleDay.create_time, StaleDay.business_date)
    # Held before anything is looked at: what comes meanwhile is of the next look.
    stale = work.session.scalars(waiting.limit(DAYS_AT_ONCE).with_for_update()).all()
    if stale:
        if _quiet(work, stale, latest) and not _failed_lately(work, latest, max(each.change_time for each in stale)):
            _look_anew(work, latest, stale)
    else:
        _look_back(work, latest)


def _settle(work: UnitOfWork) -> None:
    """Ends the analyses whose long work ended before they did: it was stopped, or failed."""
    ended = (
        select(Analysis, Operation.state, Operation.error_reason)
        .join(Operation, Operation.operation_id == Analysis.operation_id)
        .where(Analysis.state == AnalysisState.RUNNING, Operation.state.in_(ENDED))
    )
    for analysis, state, reason in work.session.execute(ended).all():
        cancelled = state == OperationState.CANCELLED or reason == starting.CANCELLED
        analysis.end(AnalysisState.CANCELLED if cancelled else AnalysisState.FAILED, work.now, "" if cancelled else reason)
    work.session.flush()


def _quiet(work: UnitOfWork, stale: Sequence[StaleDay], latest: date) -> bool:
    """Whether a delivery is over, or has been waited for long enough.

    While a history comes in, whose last day is far from today, its end is waited for: nobody is warned of what is long over.
    """
    settings: Any = work.settings
    quiet, waited = timedelta(seconds=settings.quiet_seconds), timedelta(seconds=settings.quiet_seconds_max)
    first = min(each.create_time for each in stale)
    # Also of days that the bank has no balances of yet: they are of the same delivery.
    last = work.session.scalar(select(func.max(StaleDay.change_time))) or first
    coming_in = (work.business_date - latest).days > settings.carry_days_max
    return work.now - last >= quiet or (work.now - first >= waited and not coming_in)


def _failed_lately(work: UnitOfWork, as_of_date: date, change_time: datetime) -> bool:
    """Whether an analysis of the date failed by itself, or was stopped, just now, and nothing came since: another would too."""
    lately = select(Analysis.analysis_id).where(
        Analysis.as_of_date == as_of_date,
        Analysis.state.in_(_ENDED_ILL),
        Analysis.end_time > work.now - RETRY_AFTER,
        Analysis.end_time >= change_time,
    )
    return work.session.scalar(lately.limit(1)) is not None


def _look_anew(work: UnitOfWork, latest: date, stale: Sequence[StaleDay]) -> None:
    """Has the customers looked at as of the latest day, unless nothing that came makes a difference."""
    gathered = gathering.gather(work, latest, AnalysisKind.REGULAR)
    before = keeping.current(work)
    if before and before.as_of_date == latest and before.inputs_sha256 == analyses.signature(gathered.inputs):
        outdate(work, before, min(each.business_date for each in stale))
        for day in stale:
            work.session.delete(day)
        return
    taken = {day.business_date.isoformat(): day.number for day in stale}
    starting.begin(work, gathered, reason=stale[0].reason, stale=taken)


def outdate(work: UnitOfWork, analysis: Analysis, day: date) -> None:
    """Marks the ends of months before the analysis that have looked at the day: something else is known of it by now."""
    reach = timedelta(days=work.settings.look_back_days)
    looked = select(Analysis).where(
        Analysis.current, Analysis.month_end, Analysis.as_of_date >= day, Analysis.as_of_date < analysis.as_of_date
    )
    for each in work.session.scalars(looked):
        each.outdated = each.outdated or each.as_of_date - reach <= day


def _look_back(work: UnitOfWork, latest: date) -> None:
    """Has one end of a month looked at from which models learn, the latest that was not, or that others are known of now."""
    settings: Any = work.settings
    current, first = keeping.current(work), gathering.first_day(work)
    if current is None or first is None or not settings.history_months_max:
        return
    failed = and_(Analysis.state.in_(_ENDED_ILL), Analysis.end_time > work.now - RETRY_AFTER)
    stands = and_(Analysis.current, ~Analysis.outdated, Analysis.remove_time.is_(None))
    done = set(work.session.scalars(select(Analysis.as_of_date).where(Analysis.month_end, or_(stands, failed))))
    for day in analyses.month_ends_before(latest, first, settings.history_months_max):
        if day not in done:
            _begin_history(work, day)
            return


def _begin_history(work: UnitOfWork, day: date) -> None:
    gathered = gathering.gather(work, day, AnalysisKind.HISTORY)
    known = work.session.scalar(select(Analysis).where(Analysis.current, Analysis.as_of_date == day))
    if known and known.inputs_sha256 == analyses.signature(gathered.inputs):
        known.outdated = False
        return
    starting.begin(work, gathered, reason="history", kind=AnalysisKind.HISTORY)
