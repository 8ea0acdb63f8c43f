"""Makes a run, as long work of two steps: whose everything is, and what results from it.

What is slow writes nothing to the database; what a step commits is whole. A process that dies leaves files that the next try
finds whole, or clears away and makes again from the same pins: the figures are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.chassis.lake import folders
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Preparation, Task, Work
from services.performance.model.run import Run
from services.performance.rules.runs import RunState
from services.performance.usecases.runs import keeping, owning, preparing, publishing, starting
from services.performance.usecases.runs.preparing import Plan, Prepared
from services.performance.usecases.settings import SPARK

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_STEPS = 2


@dataclass(frozen=True, slots=True)
class _Owned:
    """Whose everything is: written, and by it which run this one may go on from (its id, or empty)."""

    sha256: str
    before_run_id: str


def _prepare(preparation: Preparation, task: Task) -> _Owned | Prepared:
    _close(task)
    beat = _watchful(preparation, task)
    with preparation.transaction() as work, work.whole_bank():
        plan = preparing.planned(work, task.parameters["run_id"], task.checkpoint.get("before_run_id", ""))
    if "before_run_id" not in task.checkpoint:
        return _own(Preparation(preparation.transaction, beat), plan)
    task.memory["stack"] = stack = ExitStack()
    connection = stack.enter_context(plan.lake.connection())
    return patiently(beat, lambda: _compute(connection, plan), connection.interrupt)


def _step(work: UnitOfWork, task: Task, prepared: _Owned | Prepared) -> None:
    run = work.session.get_one(Run, task.parameters["run_id"], with_for_update=True)
    if run.state != RunState.RUNNING:
        task.finish("It has ended already.")
        return
    if isinstance(prepared, _Owned):
        run.ownership_sha256 = prepared.sha256
        task.checkpoint, task.done, task.total = {"before_run_id": prepared.before_run_id}, 1, _STEPS
        task.message = f"Computing {run.month_date:%Y-%m} up to {run.as_of_date}."
        return
    with work.whole_bank():
        publishing.publish(work, run, prepared)
    _close(task)
    task.done = _STEPS
    task.finish(f"{run.account_day_count} account-days.")


WORKS = (
    Work(starting.ITSELF, "", _step, _prepare),
    Work(starting.ASKED, "performance.run.start", _step, _prepare),
)


def _own(preparation: Preparation, plan: Plan) -> _Owned:
    run = plan.run
    folder = folders.written(
        plan.lake.root,
        keeping.ownership_folder(plan.lake, run),
        lambda unfinished: owning.write(preparation, run.month_date, run.as_of_date, unfinished),
    )
    with plan.lake.connection() as connection:
        before = patiently(preparation.beat, lambda: preparing.goes_on_from(connection, plan), connection.interrupt)
    return _Owned(owning.sha256(folder), before)


def _compute(connection: DuckDBPyConnection, plan: Plan) -> Prepared:
    """The run's files, and the rows of results that come of them, in tables of the connection."""
    before = keeping.results_folder(plan.lake, plan.before) if plan.before else None
    folder = folders.written(
        plan.lake.root,
        keeping.results_folder(plan.lake, plan.run),
        lambda unfinished: _write(connection, plan, unfinished, before),
    )
    return preparing.prepared(connection, plan, folder, before)


def _write(connection: DuckDBPyConnection, plan: Plan, folder: Path, before: Path | None) -> None:
    from services.performance.engine import computing, periods

    computing.compute(connection, plan.lake, plan.inputs, folder, before=before, engine=_engine(plan))
    periods.write_issues_to_date(connection, folder, before)


def _engine(plan: Plan) -> Any:
    """What computes the run: an engine of the connection and a folder."""
    from services.chassis.engines.expressions import DuckDb

    if plan.run.engine != SPARK:
        return DuckDb
    from services.chassis.engines import spark, spark_sessions

    return partial(spark.Spark, spark_sessions.session(plan.spark_master_url, "workbench-performance"))


def _watchful(preparation: Preparation, task: Task) -> Callable[[], None]:
    """The beat, which also sees that somebody wants the run to stop: at once, not only before its next step."""

    def beat() -> None:
        preparation.beat()
        asked = select(Operation.cancel_requested).where(Operation.operation_id == task.operation_id)
        with preparation.transaction() as work:
            if work.session.scalar(asked):
                raise RuleBroken(starting.CANCELLED, "The run was cancelled.")

    return beat


def _close(task: Task) -> None:
    """Lets go of the engine of this step, or of one that failed."""
    if stack := task.memory.pop("stack", None):
        stack.close()
