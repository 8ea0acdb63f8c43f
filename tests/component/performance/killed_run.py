"""A process that makes results and is killed at a point: `python -m tests.component.performance.killed_run FOLDER URL POINT`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from services.chassis import keys
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.lake import folders
from services.chassis.lake.lake import Lake
from services.chassis.longwork.runner import Runner
from services.performance.__main__ import SERVICE
from services.performance.engine import computing as engine
from services.performance.usecases.runs import owning, publishing
from tests.component.performance.run_builders import SmallEngine

LEASE_SECONDS = 1.0


def database(folder: Path, url: str) -> Database:
    """The service's database beside its lake, as the killed process and the one after it open it."""
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    lake = Lake(folder / "lake", memory_mb_max=256)
    return Database(create_engine(url), "performance", settings=SERVICE.settings(quiet_seconds=0, quiet_seconds_max=0), lake=lake)


def main(folder: Path, url: str, point: str) -> None:
    """Gets on with what is asked for, until the point."""
    engine.compute = SmallEngine().compute
    _die_at(point)
    runner = Runner(database(folder, url), SERVICE.works, lease_seconds=LEASE_SECONDS)
    while runner.run_due():
        pass
    sys.exit("It was to be killed before this.")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at(point: str) -> None:
    """Has the process killed after the named thing was done, and nothing after it."""
    places = {
        "ownership written": (owning, "write", 1),
        "ownership in place": (folders, "put_in_place", 1),
        "results written": (engine, "compute", 1),
        "results in place": (folders, "put_in_place", 2),
        "results published": (publishing, "publish", 1),
    }
    module, name, times = places[point]
    kept, calls = getattr(module, name), []

    def watched(*arguments, **options):
        answer = kept(*arguments, **options)
        calls.append(name)
        if len(calls) == times:
            _die()
        return answer

    setattr(module, name, watched)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
