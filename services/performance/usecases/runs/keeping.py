"""Where a run's files are, and what it was computed from: for whoever explains, exports or repeats its figures.

`<lake>/.performance/YYYY-MM/N/`, of the month's run of that number, has in `results` what `engine.computing.compute` wrote, and
in `ownership` whose things were. A folder has its name only once all of it is on the disk, and is never changed. It stands beside
the datasets, not among them: what is not in its manifest the integration service clears away.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import Lake, put_in_place
from services.performance.engine.computing import MonthInputs
from services.performance.model.run import Run
from services.performance.usecases.runs.gathering import month_inputs

ROOT = ".performance"
OWNERSHIP = "ownership"
RESULTS = "results"
_REMOVED = ".removed."


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


def written(lake: Lake, folder: Path, write: Callable[[Path], None]) -> Path:
    """The folder with what `write` puts into it: whole or not at all. What is there already is left as it is.

    A process that was killed in the midst leaves a folder with another name, which the next try clears away.
    """
    if folder.is_dir():
        return folder
    for left in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    unfinished = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
    unfinished.mkdir(parents=True)
    try:
        write(unfinished)
        put_in_place(unfinished, folder, lake.root)
    except FileExistsError:
        # Another process took the work for abandoned, and was faster; both computed the same.
        pass
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def remove(lake: Lake, run: Run) -> None:
    """Takes the run's files away, at once for whoever looks: a name that nobody reads, and then nothing."""
    folder = _folder(lake, run)
    with suppress(FileNotFoundError):
        folder.rename(folder.with_name(f"{_REMOVED}{secrets.token_hex(8)}"))
    # Also what a process left that died at it.
    for removed in folder.parent.glob(f"{_REMOVED}*"):
        shutil.rmtree(removed, ignore_errors=True)


def _folder(lake: Lake, run: Run) -> Path:
    return lake.root / ROOT / f"{run.month_date:%Y-%m}" / str(run.number)
