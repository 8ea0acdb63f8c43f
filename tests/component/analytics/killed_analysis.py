"""A process that is killed as it looks at customers: `python -m tests.component.analytics.killed_analysis FOLDER URL POINT`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from services.analytics.__main__ import SERVICE
from services.analytics.engine import customer_days, features
from services.analytics.usecases.analyses import exporting, finding, judging, publishing
from services.chassis import keys
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.lake.lake import Lake
from services.chassis.longwork.runner import Runner
from tests.component.analytics.analysis_builders import small_engine

LEASE_SECONDS = 1.0
# After what the process is killed: the function, and which of its calls.
POINTS = {
    "second month written": (customer_days, "write_month", 2),
    "exported": (exporting, "write", 1),
    "features": (features, "write_features", 1),
    "in place": (finding, "put_in_place", 1),
    "signs taken": (judging, "take", 2),
    "published": (publishing, "publish", 1),
}


def database(folder: Path, url: str) -> Database:
    """The service's database beside its lake, as the killed process and the one after it open it."""
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    settings = SERVICE.settings(quiet_seconds=0, history_months_max=0, history_days_min=7)
    return Database(create_engine(url), "analytics", settings=settings, lake=Lake(folder / "lake", memory_mb_max=256))


def main(folder: Path, url: str, point: str) -> None:
    """Gets on with what is asked for, until the point."""
    small_engine(setattr)
    _die_after(*POINTS[point])
    runner = Runner(database(folder, url), SERVICE.works, lease_seconds=LEASE_SECONDS)
    while runner.run_due():
        pass
    sys.exit("It was to be killed before this.")


def _die_after(module, name, times):
    kept, calls = getattr(module, name), []

    def watched(*arguments, **options):
        answer = kept(*arguments, **options)
        calls.append(name)
        if len(calls) == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(module, name, watched)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
