"""Makes an analysis, as long work of several stages, each of which leaves files that the next one reads.

What is slow writes nothing to the database. A process that dies leaves whole files, which the next try finds, and one that is not
whole, which it writes anew from the same pins. Only the last step lets the analysis take its place: until then all that is shown
stands on the one before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.analytics.model.analysis import Analysis
from services.analytics.rules.analyses import AnalysisKind, AnalysisState
from services.analytics.usecases.analyses import finding, judging, planning, publishing, starting
from services.analytics.usecases.analyses.planning import Plan
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Preparation, Task, Work

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What the stages before "take" leave is in files; those after write to the database, portion by portion.
_STAGES: Mapping[int, tuple[str, ...]] = {
    AnalysisKind.REGULAR: (
        "days", "standing", "features", "relations", "signals", "scores", "place", "take", "warn", "publish",
    ),
    AnalysisKind.HISTORY: ("days", "standing", "features", "place", "publish"),
}  # fmt: skip
_WORDS = {
    "days": "Reading the days of each month.",
    "standing": "Reading customers, accounts and what happened.",
    "features": "Working out features.",
    "relations": "Looking who knows whom.",
    "signals": "Looking for signs.",
    "scores": "Scoring.",
    "place": "Putting the files in place.",
    "take": "Taking in signs.",
    "warn": "Raising warnings.",
    "publish": "Letting it take its place.",
}
_PORTIONS = ("take", "warn")
# Of a small bank several stages are one step: a step costs more than they do.
_STEP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a step needs."""

    plan: Plan
    connection: DuckDBPyConnection
    # Which stage is next, of those that leave files.
    stage: str
    # What the stages said that they used and found.
    used: Mapping[str, Any]


def _prepare(preparation: Preparation, task: Task) -> _Prepared:
    beat = _watchful(preparation, task)
    with preparation.transaction() as work, work.whole_bank():
        plan = planning.planned(work, task.parameters["analysis_id"], task.checkpoint.get("used", {}))
    connection = _kept_connection(task, plan)
    try:
        return _written(Preparation(preparation.transaction, beat), plan, connection, _stage(plan.analysis, task))
    # Whatever ended it, a stop too: the engine's memory and files are let go before somebody tries again.
    except BaseException:
        _close(task)
        raise


def _written(preparation: Preparation, plan: Plan, connection: DuckDBPyConnection, stage: str) -> _Prepared:
    """Goes through the stages that leave files, as many as are done in a moment."""
    until, used = time.monotonic() + _STEP_SECONDS, dict(plan.used)
    while stage in finding.STAGES:
        if stage == "standing":
            finding.export(preparation, plan)
        # Its own names for what a stage keeps in the engine.
        with connection.cursor() as own:
            run = partial(finding.STAGES[stage], own, replace(plan, used=used))
            said, more = patiently(preparation.beat, run, own.interrupt)
        used |= said
        stage = stage if more else _following(plan.analysis, stage)
        if time.monotonic() > until:
            break
    return _Prepared(plan, connection, stage, used)


def _step(work: UnitOfWork, task: Task, prepared: _Prepared) -> None:
    analysis = work.session.get_one(Analysis, task.parameters["analysis_id"], with_for_update=True)
    if analysis.state != AnalysisState.RUNNING:
        _close(task)
        task.finish("It has ended already.")
        return
    before, stage, after = _stage(analysis, task), prepared.stage, str(task.checkpoint.get("after", ""))
    with work.whole_bank():
        if before in _PORTIONS:
            # Looked up as it is called, so that a test can put something in its place.
            take_in = judging.take if before == "take" else judging.warn
            after = take_in(work, prepared.connection, prepared.plan.files, analysis, after)
            stage = before if after else _following(analysis, before)
        elif before == "publish":
            publishing.publish(work, analysis, prepared.used, task.parameters["stale"])
            _close(task)
            task.done = task.total
            task.finish(f"{analysis.customer_count} customers, of whom {analysis.touched_count} were looked at anew.")
            return
    stages = _STAGES[analysis.kind]
    task.checkpoint = {"stage": stage, "after": after, "used": dict(prepared.used)}
    task.done, task.total, task.message = stages.index(stage), len(stages), _WORDS[stage]


WORKS = (
    Work(starting.ITSELF, "", _step, _prepare),
    Work(starting.ASKED, "analytics.analysis.start", _step, _prepare),
)


def _stage(analysis: Analysis, task: Task) -> str:
    return str(task.checkpoint.get("stage") or _STAGES[analysis.kind][0])


def _following(analysis: Analysis, stage: str) -> str:
    stages = _STAGES[analysis.kind]
    return stages[stages.index(stage) + 1]


def _kept_connection(task: Task, plan: Plan) -> DuckDBPyConnection:
    """One engine for as long as one process is at it."""
    if "stack" not in task.memory:
        task.memory["stack"] = stack = ExitStack()
        task.memory["connection"] = stack.enter_context(plan.lake.connection())
    connection: DuckDBPyConnection = task.memory["connection"]
    return connection


def _watchful(preparation: Preparation, task: Task) -> Callable[[], None]:
    """The beat, which also sees that somebody wants the analysis to stop: at once, not only before its next step."""

    def beat() -> None:
        preparation.beat()
        asked = select(Operation.cancel_requested).where(Operation.operation_id == task.operation_id)
        with preparation.transaction() as work:
            if work.session.scalar(asked):
                raise RuleBroken(starting.CANCELLED, "The analysis was cancelled.")

    return beat


def _close(task: Task) -> None:
    """Lets go of the engine."""
    task.memory.pop("connection", None)
    if stack := task.memory.pop("stack", None):
        stack.close()
