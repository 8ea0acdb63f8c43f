"""Trains a model, as long work of one step: its files are whole or not there, and the step says that they are.

A process that dies leaves files that the next try finds whole, or clears away and makes again from the same analyses: the model
is the same in every byte.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from workbench.analytics.v1 import model_events_pb2

from services.analytics.model.analysis import Analysis
from services.analytics.model.learned_model import Model
from services.analytics.rules.leaving import Leaving
from services.analytics.rules.models import ModelState
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.models import championing, starting
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.chassis.lake import folders
from services.chassis.lake.lake import Lake
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Abandoned, Preparation, Task, Work

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LABELS = ".labels"


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where what a model learns from is."""

    lake: Lake
    folder: Path
    inputs: dict[str, Any]
    features: tuple[Path, ...]
    days: tuple[Path, ...]

    @property
    def dates(self) -> list[date]:
        return [date.fromisoformat(text) for text in self.inputs["as_of_dates"]]


@dataclass(frozen=True, slots=True)
class _Trained:
    card: dict[str, Any]
    sha256: str


def _prepare(preparation: Preparation, task: Task) -> _Trained | RuleBroken:
    """The model's files, or why there are none: a refusal is the model's, not the work's."""
    try:
        with preparation.transaction() as work, work.whole_bank():
            sources = _sources(work, work.session.get_one(Model, task.parameters["model_id"]))
        stopped = threading.Event()
        with sources.lake.connection() as connection:

            def interrupt() -> None:
                stopped.set()
                connection.interrupt()

            return patiently(_watchful(preparation, task), lambda: _made(connection, sources, stopped), interrupt)
    except RuleBroken as refusal:
        return refusal


def _watchful(preparation: Preparation, task: Task) -> Callable[[], None]:
    """The beat, which also sees that somebody wants the training to stop: at once, not only once it is through."""

    def beat() -> None:
        preparation.beat()
        asked = select(Operation.cancel_requested).where(Operation.operation_id == task.operation_id)
        with preparation.transaction() as work:
            if work.session.scalar(asked):
                raise RuleBroken(starting.CANCELLED, "The training was cancelled.")

    return beat


def _step(work: UnitOfWork, task: Task, prepared: _Trained | RuleBroken) -> None:
    model = work.session.get_one(Model, task.parameters["model_id"], with_for_update=True)
    if model.state != ModelState.TRAINING:
        task.finish("It has ended already.")
        return
    model.end_time = work.now
    model.version += 1
    if isinstance(prepared, RuleBroken):
        model.state, model.error_reason = ModelState.FAILED.value, prepared.reason
        model.error_detail = prepared.metadata.get("features", "")
        task.finish(prepared.message)
        return
    model.state, model.card, model.sha256 = ModelState.CHALLENGER.value, prepared.card, prepared.sha256
    model.row_count, model.leaver_count = prepared.card["data"]["rows"], prepared.card["data"]["leavers"]
    work.record(
        model_events_pb2.ModelTrained(
            model_id=model.model_id,
            number=model.number,
            kind=model.kind,
            last_as_of_date=model.last_as_of_date.isoformat() if model.last_as_of_date else "",
            sha256=model.sha256,
        )
    )
    task.finish(f"Model {model.number} is trained.")


WORKS = (
    Work(starting.ITSELF, "", _step, _prepare),
    Work(starting.ASKED, "analytics.model.train", _step, _prepare),
)


def _sources(work: UnitOfWork, model: Model) -> _Sources:
    """Raises RuleBroken MODEL_INPUTS_GONE where files were taken away meanwhile that it was to learn from."""
    inputs, lake = model.inputs, work.database.lake
    features = [keeping.Files(keeping.folder(lake, _found(work, each)), {}).features for each in inputs["analysis_ids"]]
    horizon = timedelta(days=inputs["leaving"]["horizon_days"])
    dates = [date.fromisoformat(text) for text in inputs["as_of_dates"]]
    days = keeping.files_of(work, _found(work, inputs["days_analysis_id"])).days(dates[0] - horizon, dates[-1] + horizon)
    if not all(path.exists() for path in (*features, *days)):
        raise _gone()
    return _Sources(lake, championing.folder_of(lake, model), inputs, tuple(features), tuple(days))


def _found(work: UnitOfWork, analysis_id: str) -> Analysis:
    analysis = work.session.get(Analysis, analysis_id)
    if analysis is None or analysis.remove_time is not None:
        raise _gone()
    return analysis


def _gone() -> RuleBroken:
    return RuleBroken("MODEL_INPUTS_GONE", "Files that it was to learn from are there no more; train anew.")


def _made(connection: DuckDBPyConnection, sources: _Sources, stopped: threading.Event) -> _Trained:
    from services.analytics.engine.learning import training

    def beat() -> None:
        if stopped.is_set():
            raise Abandoned

    folder = folders.written(sources.lake.root, sources.folder, lambda unfinished: _write(connection, sources, unfinished, beat))
    return _Trained(training.read_card(folder), digest(folder))


def _write(connection: DuckDBPyConnection, sources: _Sources, folder: Path, beat: Any) -> None:
    from services.analytics.engine import labels
    from services.analytics.engine.learning import training
    from services.analytics.engine.learning.rows import Origin

    inputs, leaving = sources.inputs, Leaving(**sources.inputs["leaving"])
    # Who left stays in no model's folder: only what was learned from it does.
    labelled = folder / _LABELS
    labelled.mkdir()
    origins = []
    for day, features in zip(sources.dates, sources.features, strict=True):
        path = labelled / f"{day}.parquet"
        beat()
        if labels.write_labels(connection, sources.days, day, leaving.horizon_days, leaving.kept_fraction, path, leaving=leaving):
            origins.append(Origin(day, features, path))
    if not origins:
        raise RuleBroken("MODEL_HISTORY_TOO_SHORT", "The days after the dates are not there; the rules rank instead.")
    plan = training.Plan(
        inputs["kind"],
        tuple(origins),
        leaving,
        tuple(inputs["features"]),
        leavers_min=inputs["leavers_min"],
        rows_max=inputs["rows_max"],
        seed=inputs["seed"],
        parameters=inputs.get("parameters", {}),
    )
    training.train(connection, plan, folder, beat)
    shutil.rmtree(labelled)


def digest(folder: Path) -> str:
    """SHA-256 over the folder's files, their names among it."""
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        whole.update(f"{path.name} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()
