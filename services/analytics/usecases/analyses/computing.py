"""Makes an analysis, as long work of several stages, each of which leaves files that the next one reads.

What is slow writes nothing to the database. A process that dies leaves whole files, which the next try finds, and one that is not
whole, which it writes anew from the same pins. Only the last step lets the analysis take its place: until then all that is shown
stands on the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
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

# What a stage leaves in files; the stages after them write to the database, portion by portion.
_FILES = ("days", "standing", "features", "relations", "signals", "scores")
_STAGES: Mapping[int, tuple[str, ...]] = {
    AnalysisKind.REGULAR: (*_FILES, "place", "take", "warn", "publish"),
    AnalysisKind.HISTORY: ("days", "standing", "features", "place", "publish"),
}
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


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a stage needs in the step that ends it."""

    plan: Plan
    # Of portions; stages that write files have one of their own.
    connection: Any = None
    # What the stage itself says of what it used or found.
    said: Any = None
    # Whether the stage goes on in another step.
    more: bool = False


def _prepare(preparation: Preparation, task: Task) -> _Prepared:
    beat = _watchful(preparation, task)
    with preparation.transaction() as work, work.whole_bank():
        plan = planning.planned(work, task.parameters["analysis_id"], task.checkpoint.get("used", {}))
    stage = _stage(plan.analysis, task)
    if stage in ("take", "warn"):
        return _Prepared(plan, _kept_connection(task, plan))
    _close(task)
    if stage == "standing":
        finding.export(Preparation(preparation.transaction, beat), plan)
    with plan.lake.connection() as connection:
        said, more = patiently(beat, lambda: finding.STAGES[stage](connection, plan), connection.interrupt)
    return _Prepared(plan, None, said, more)


def _step(work: UnitOfWork, task: Task, prepared: _Prepared) -> None:
    analysis = work.session.get_one(Analysis, task.parameters["analysis_id"], with_for_update=True)
    if analysis.state != AnalysisState.RUNNING:
        _close(task)
        task.finish("It has ended already.")
        return
    stages, stage = _STAGES[analysis.kind], _stage(analysis, task)
    if stage == "publish":
        with work.whole_bank():
            publishing.publish(work, analysis, prepared.said, task.checkpoint.get("used", {}), task.parameters["stale"])
        _close(task)
        task.done = task.total
        task.finish(f"{analysis.customer_count} customers, of whom {analysis.touched_count} were looked at anew.")
        return
    checkpoint = dict(task.checkpoint)
    if stage in ("take", "warn"):
        with work.whole_bank():
            take_in = judging.take if stage == "take" else judging.warn
            after = checkpoint.get("after", "")
            checkpoint["after"] = take_in(work, prepared.connection, prepared.plan.files, analysis, after)
        more = bool(checkpoint["after"])
    else:
        more = prepared.more
        if prepared.said:
            checkpoint["used"] = {**checkpoint.get("used", {}), **prepared.said}
    place = stages.index(stage) + (0 if more else 1)
    task.checkpoint = {**checkpoint, "stage": stages[place]}
    task.done, task.total, task.message = place, len(stages), _WORDS[stages[place]]


WORKS = (
    Work(starting.ITSELF, "", _step, _prepare),
    Work(starting.ASKED, "analytics.analysis.start", _step, _prepare),
)


def _stage(analysis: Analysis, task: Task) -> str:
    return str(task.checkpoint.get("stage") or _STAGES[analysis.kind][0])


def _kept_connection(task: Task, plan: Plan) -> DuckDBPyConnection:
    """One engine for all portions that one process takes."""
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
    """Lets go of the engine of portions."""
    task.memory.pop("connection", None)
    if stack := task.memory.pop("stack", None):
        stack.close()
