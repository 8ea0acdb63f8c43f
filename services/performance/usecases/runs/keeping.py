"""Where a run's files are, and what it was computed from: for whoever explains, exports or repeats its figures.

`<lake>/.performance/YYYY-MM/N/`, of the month's run of that number, has in `results` what `engine.computing.compute` wrote, and
in `ownership` whose things were. A folder has its name only once all of it is on the disk, and is never changed. It stands beside
the datasets, not among them: what is not in its manifest the integration service clears away.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.chassis.lake import folders
from services.chassis.lake.lake import Lake
from services.performance.engine.computing import MonthInputs
from services.performance.model.run import Run
from services.performance.usecases.runs.gathering import month_inputs

ROOT = ".performance"
OWNERSHIP = "ownership"
RESULTS = "results"


def current_run(work: UnitOfWork, month: date) -> Run | None:
    """The run whose results are the month's; None where it was not computed yet."""
    return work.session.scalar(select(Run).where(Run.month_date == month, Run.current))


def ownership_folder(lake: Lake, run: Run) -> Path:
    """Where the run's `engine.computing.OWNERSHIP` is."""
    return _folder(lake, run) / OWNERSHIP


def results_folder(lake: Lake, run: Run) -> Path:
    """Where `account_results.parquet`, `day_results.parquet` and `issues.parquet` of the run are."""
    return _folder(lake, run) / RESULTS


def inputs_of(work: UnitOfWork, run: Run) -> MonthInputs:
    """All that the run was computed from, to compute it again or to look at some of its accounts."""
    return month_inputs(work, run.inputs, ownership_folder(work.database.lake, run))


def remove(lake: Lake, run: Run) -> None:
    """Takes the run's files away."""
    folders.remove(_folder(lake, run))


def _folder(lake: Lake, run: Run) -> Path:
    return lake.root / ROOT / f"{run.month_date:%Y-%m}" / str(run.number)
