"""Closes months: one person asks, another confirms. From then on a month's results stand for good.

Closing needs the whole bank in scope, because the results are the whole bank's.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from workbench.performance.v1 import run_events_pb2, run_service_pb2

from services.chassis.db import listing
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date, parse_date
from services.chassis.kernel.errors import NotAllowed, NotFound, RuleBroken
from services.chassis.kernel.paging import Page
from services.performance.model.run import ClosedMonth, MonthClosing, Run, StaleMark, StaleMonth
from services.performance.rules import runs
from services.performance.rules.periods import PeriodKind, month_start, period_end
from services.performance.rules.runs import ClosingState, RunState
from services.performance.usecases.runs import gathering, reading, starting
from services.performance.usecases.runs.keeping import current_run


def request(work: UnitOfWork, asked: run_service_pb2.RequestMonthClosingRequest) -> MonthClosing:
    """Asks for it; raises as `RequestMonthClosing` says."""
    reading.check_whole_bank(work)
    month = month_start(parse_date(asked.month_date, "monthDate"))
    starting.hold(work, month)
    run = _closable(work, month)
    waiting = select(MonthClosing.month_closing_id).where(
        MonthClosing.month_date == month, MonthClosing.state == ClosingState.REQUESTED
    )
    if work.session.scalar(waiting) is not None:
        raise RuleBroken("MONTH_CLOSING_REQUESTED", "Somebody has asked to close this month already.")
    closing = MonthClosing(
        month_closing_id=work.new_id(),
        month_date=month,
        run_id=run.run_id,
        state=ClosingState.REQUESTED.value,
        requester_person_id=work.caller.person_id,
        create_time=work.now,
    )
    work.session.add(closing)
    work.resource = f"monthClosings/{closing.month_closing_id}"
    work.record(
        run_events_pb2.MonthClosingRequested(
            month_date=month.isoformat(),
            month_closing_id=closing.month_closing_id,
            run_id=run.run_id,
            requester_person_id=closing.requester_person_id,
        )
    )
    return closing


def confirm(work: UnitOfWork, month_closing_id: str) -> MonthClosing:
    """Closes the month; raises as `ConfirmMonthClosing` says."""
    closing = _waiting(work, month_closing_id)
    if closing.requester_person_id == work.caller.person_id:
        raise NotAllowed("SECOND_PERSON_NEEDED", "Somebody else than whoever asked confirms it.")
    run = _closable(work, closing.month_date)
    if run.run_id != closing.run_id:
        raise RuleBroken("MONTH_CHANGED", "The month has other results than when it was asked; decline, and ask anew.")
    table: Any = ClosedMonth.__table__
    closed = {"run_id": run.run_id, "closer_person_id": work.caller.person_id, "create_time": work.now}
    if not insert_if_absent(work.session, table, month_date=closing.month_date, **closed):
        raise _closed()
    _decide(work, closing, ClosingState.CONFIRMED)
    work.record(
        run_events_pb2.MonthClosed(
            month_date=closing.month_date.isoformat(),
            month_closing_id=closing.month_closing_id,
            run_id=run.run_id,
            requester_person_id=closing.requester_person_id,
            decider_person_id=closing.decider_person_id,
        )
    )
    return closing


def decline(work: UnitOfWork, month_closing_id: str) -> MonthClosing:
    """Leaves the month open; raises as `DeclineMonthClosing` says."""
    closing = _waiting(work, month_closing_id)
    _decide(work, closing, ClosingState.DECLINED)
    work.record(
        run_events_pb2.MonthClosingDeclined(
            month_date=closing.month_date.isoformat(),
            month_closing_id=closing.month_closing_id,
            decider_person_id=closing.decider_person_id,
        )
    )
    return closing


def list_closings(work: UnitOfWork, asked: run_service_pb2.ListMonthClosingsRequest) -> Page:
    """A page of what was asked and decided, the latest first."""
    statement = select(MonthClosing)
    if day := optional_date(asked.month_date, "monthDate"):
        statement = statement.where(MonthClosing.month_date == month_start(day))
    if asked.state:
        statement = statement.where(MonthClosing.state == asked.state)
    return listing.read_page(work, statement, asked, ((MonthClosing.month_closing_id, listing.text),), downwards=True)


def _waiting(work: UnitOfWork, month_closing_id: str) -> MonthClosing:
    reading.check_whole_bank(work)
    work.resource = f"monthClosings/{month_closing_id}"
    closing = work.session.get(MonthClosing, month_closing_id.lower())
    if closing is None:
        raise NotFound("MONTH_CLOSING_NOT_FOUND", "Nobody has asked for this.")
    starting.hold(work, closing.month_date)
    # As it stands now that nobody else decides.
    work.session.refresh(closing, with_for_update=True)
    if closing.state != ClosingState.REQUESTED:
        raise RuleBroken("MONTH_CLOSING_DECIDED", "It is decided already.")
    return closing


def _closable(work: UnitOfWork, month: date) -> Run:
    """The run whose results would stand for good."""
    if work.session.get(ClosedMonth, month) is not None:
        raise _closed()
    run = current_run(work, month)
    if run is None:
        raise NotFound("MONTH_NOT_FOUND", "This month has no results.")
    if run.as_of_date != period_end(PeriodKind.MONTH, month):
        raise RuleBroken("MONTH_NOT_OVER", "The month's last day is not in its results yet.")
    if _stale(work, run):
        raise RuleBroken("MONTH_STALE", "Something has changed on which the results stand; they are computed anew first.")
    return run


def _stale(work: UnitOfWork, run: Run) -> bool:
    """Whether results stand on something that has changed, also where no timer has looked at it yet."""
    month, end = run.month_date, run.as_of_date
    under_way = select(Run.run_id).where(Run.month_date == month, Run.state == RunState.RUNNING)
    marks = select(StaleMark.stale_mark_id).where(
        StaleMark.ownership, StaleMark.start_date <= end, or_(StaleMark.end_date.is_(None), StaleMark.end_date >= month)
    )
    if work.session.get(StaleMonth, month) is not None or any(
        work.session.scalar(found.limit(1)) is not None for found in (under_way, marks)
    ):
        return True
    latest = gathering.latest_day(work)
    return latest is None or runs.signature(gathering.gather(work, month, latest)) != run.inputs_sha256


def _decide(work: UnitOfWork, closing: MonthClosing, state: ClosingState) -> None:
    closing.state, closing.decider_person_id, closing.decide_time = state.value, work.caller.person_id, work.now


def _closed() -> RuleBroken:
    return RuleBroken("MONTH_CLOSED", "The month is closed: its results stand for good.")
