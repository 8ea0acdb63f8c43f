"""Measures, as long work, how far what a model sees has moved from what it learned from, and how its estimates turned out."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.analytics.v1 import model_events_pb2

from services.analytics.model.analysis import Analysis
from services.analytics.model.learned_model import Model, ModelDrift
from services.analytics.rules.leaving import Leaving
from services.analytics.rules.models import DriftMark, drift_mark
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.models import championing, starting
from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import Lake
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.task import Preparation, Task, Work

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KIND = "analytics.model.drift"
SCORE = "score"
_OUTCOME = ".outcome."


@dataclass(frozen=True, slots=True)
class _Sources:
    lake: Lake
    model_folder: Path
    inputs: dict[str, Any]
    features: Path
    # The last date that the model did not learn from and whose outcome is known, with its features and days; none at first.
    tested_date: date | None = None
    tested_features: Path | None = None
    days: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Measured:
    as_of_date: date
    row_count: int
    indices: dict[str, dict[str, float]]
    outcome: dict[str, Any]


def _prepare(preparation: Preparation, task: Task) -> _Measured | None:
    with preparation.transaction() as work, work.whole_bank():
        model = work.session.get_one(Model, task.parameters["model_id"])
        analysis = work.session.get(Analysis, task.parameters["analysis_id"])
        if analysis is None or not keeping.files_of(work, analysis).features.exists():
            return None
        sources, as_of_date = _sources(work, model, analysis), analysis.as_of_date
    with sources.lake.connection() as connection:
        measured = patiently(preparation.beat, lambda: _measured(connection, sources), connection.interrupt)
    return _Measured(as_of_date, *measured)


def _step(work: UnitOfWork, task: Task, prepared: _Measured | None) -> None:
    task.finish("Measured.")
    model = work.session.get_one(Model, task.parameters["model_id"])
    # Another analysis may have taken the place of the one that was to be looked at: the next look is of that.
    if prepared is None or work.session.get(ModelDrift, (model.model_id, prepared.as_of_date)) is not None:
        return
    mark = worst(prepared.indices, [each["name"] for each in model.card["importance"]])
    work.session.add(
        ModelDrift(
            model_id=model.model_id,
            as_of_date=prepared.as_of_date,
            mark=mark.value if mark else 0,
            row_count=prepared.row_count,
            indices=prepared.indices,
            outcome=prepared.outcome,
            create_time=work.now,
        )
    )
    if mark is DriftMark.DRIFTED:
        work.record(model_events_pb2.ModelDrifted(model_id=model.model_id, as_of_date=prepared.as_of_date.isoformat()))


WORKS = (Work(KIND, "", _step, _prepare),)


def worst(indices: dict[str, dict[str, float]], important: list[str]) -> DriftMark | None:
    """The mark of the scores and of the features that move them; what a model hardly looks at may drift as it likes.

    None where there was nobody to look at.
    """
    marks = [drift_mark(indices[name]["index"], indices[name]["noise"]) for name in (SCORE, *important) if name in indices]
    return max(marks, default=None)


def _sources(work: UnitOfWork, model: Model, analysis: Analysis) -> _Sources:
    lake = work.database.lake
    folder, features = championing.folder_of(lake, model), keeping.files_of(work, analysis).features
    later = [day for day in starting.known_dates(work) if model.last_as_of_date is None or day > model.last_as_of_date]
    if not later:
        return _Sources(lake, folder, model.inputs, features)
    horizon = timedelta(days=model.inputs["leaving"]["horizon_days"])
    days = keeping.files_of(work, analysis).days(later[-1] - horizon, later[-1] + horizon)
    return _Sources(lake, folder, model.inputs, features, later[-1], keeping.history(work, [later[-1]])[0], tuple(days))


def _measured(connection: DuckDBPyConnection, sources: _Sources) -> tuple[int, dict[str, dict[str, float]], dict[str, Any]]:
    from services.analytics.engine.learning import drift, rows, training
    from services.analytics.engine.learning.estimators import Estimator

    estimator = Estimator.load(sources.model_folder)
    seen = rows.seen(connection, [sources.features], estimator.names, sources.inputs["rows_max"])
    then = json.loads((sources.model_folder / training.REFERENCE).read_text(encoding="utf-8"))
    indices = drift.compare(then, seen, estimator.names, estimator.predict(seen)) if len(seen) else {}
    return len(seen), indices, _outcome(connection, sources, estimator)


def _outcome(connection: DuckDBPyConnection, sources: _Sources, estimator: Any) -> dict[str, Any]:
    """How good the model is on a date that came after all that it learned from: nothing where no such horizon is over."""
    from tempfile import TemporaryDirectory

    from services.analytics.engine import labels
    from services.analytics.engine.learning import rows
    from services.analytics.engine.learning.measures import measured

    day, leaving = sources.tested_date, Leaving(**sources.inputs["leaving"])
    if day is None or sources.tested_features is None:
        return {}
    # Of a process that died at it: who left is kept nowhere longer than it is needed.
    for left in sources.model_folder.parent.glob(f"{_OUTCOME}*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_OUTCOME, dir=sources.model_folder.parent) as folder:
        path = Path(folder) / "labels.parquet"
        if not labels.write_labels(
            connection, sources.days, day, leaving.horizon_days, leaving.kept_fraction, path, leaving=leaving
        ):
            return {}
        origin = rows.Origin(day, sources.tested_features, path)
        found, _ = rows.read(connection, [origin], estimator.names, sources.inputs["rows_max"])
    if not len(found.target):
        return {}
    measures = measured(found.target, estimator.predict(found.features))
    return {
        "as_of_date": day.isoformat(),
        "rows": len(found.target),
        "leavers": int(found.target.sum()),
        "auc": measures.auc,
        "calibration_error": measures.calibration_error,
    }
