"""Begins a run: its inputs are pinned in the transaction that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound, RuleBroken
from services.chassis.longwork import asking
from services.performance.model.run import ClosedMonth, Run, StaleMonth
from services.performance.rules import runs
from services.performance.rules.periods import month_start
from services.performance.rules.runs import RunKind, RunState
from services.performance.usecases.runs import gathering

# Long work of the service itself, and of somebody who asked for it.
ITSELF = "performance.run"
ASKED = "performance.run.asked"
# With which the work ends of a run that somebody stopped while it computed.
CANCELLED = "RUN_CANCELLED"


def begin(
    work: UnitOfWork,
    month: date,
    inputs: Mapping[str, Any],
    *,
    kind: RunKind,
    reason: str,
    stale_number: int = 0,
    asked: bool = False,
) -> Run:
    """A new run of the month; raises RuleBroken RUN_UNDER_WAY where there is one."""
    hold(work, month)
    under_way = select(Run.run_id).where(Run.month_date == month, Run.state == RunState.RUNNING)
    if work.session.scalar(under_way.limit(1)) is not None:
        raise RuleBroken("RUN_UNDER_WAY", "This month is being computed just now; wait for it, or cancel it.")
    run = Run(
        run_id=work.new_id(),
        month_date=month,
        as_of_date=date.fromisoformat(inputs["as_of_date"]),
        number=(work.session.scalar(select(func.max(Run.number)).where(Run.month_date == month)) or 0) + 1,
        kind=kind.value,
        reason=reason,
        requester_person_id=work.caller.person_id if asked else "",
        stale_number=stale_number,
        inputs=dict(inputs),
        inputs_sha256=runs.signature(inputs),
        engine=work.settings.engine,
        create_time=work.now,
    )
    work.session.add(run)
    parameters, subject = {"run_id": run.run_id}, f"runs/{run.run_id}"
    if asked:
        run.operation_id = asking.ask(work, ASKED, parameters, subject=subject).operation_id
    else:
        run.operation_id = asking.ask_of_itself(work, ITSELF, parameters, subject=subject).operation_id
    work.session.flush()
    return run


def start(work: UnitOfWork, day: date, *, comparison: bool) -> Run:
    """A run that somebody asks for, of the month of that day.

    Raises NotFound MONTH_WITHOUT_DATA, RuleBroken MONTH_CLOSED where results would change, and RUN_UNDER_WAY.
    """
    month = month_start(day)
    latest = gathering.latest_day(work)
    if latest is None or month not in gathering.months(work):
        raise NotFound("MONTH_WITHOUT_DATA", "No feed has brought anything of this month.")
    hold(work, month)
    if not comparison and work.session.get(ClosedMonth, month) is not None:
        raise RuleBroken("MONTH_CLOSED", "The month is closed: its results stand for good. A comparison can be made.")
    stale = work.session.get(StaleMonth, month)
    return begin(
        work,
        month,
        gathering.gather(work, month, latest),
        kind=RunKind.COMPARISON if comparison else RunKind.REGULAR,
        reason="asked",
        stale_number=stale.number if stale and not comparison else 0,
        asked=True,
    )


def hold(work: UnitOfWork, month: date) -> None:
    """Nobody else begins a run of the month, puts results in its place or closes it until the transaction ends."""
    work.hold(f"performance.month|{month}")
