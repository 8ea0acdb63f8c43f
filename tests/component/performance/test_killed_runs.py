"""A run whose process is killed at any point comes to the same figures."""

import os
import signal
import subprocess
import sys
import time
from datetime import date

import pytest
from sqlalchemy import select
from workbench.integration.v1 import events_pb2

from services.chassis import keys
from services.chassis.db import migrations
from services.chassis.longwork.runner import Runner
from services.performance.__main__ import SERVICE
from services.performance.engine import computing
from services.performance.model import Result, Run
from services.performance.rules.runs import RunState
from services.performance.usecases import pinning
from services.performance.usecases.runs import keeping, looking
from tests.component.books import Books
from tests.component.performance.killed_run import LEASE_SECONDS, database
from tests.component.performance.run_builders import SmallEngine

DAYS = (date(2026, 11, 1), date(2026, 11, 2))


@pytest.fixture(params=["sqlite", "postgresql"])
def alone(request, tmp_path):
    """A database and a lake that nothing runs in; answers its folder and its URL."""
    keys.create_keys(tmp_path)
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/performance.db" if sqlite else request.getfixturevalue("new_postgresql_url")()
    kept = database(tmp_path, url)
    migrations.migrate(kept.engine, "services.performance")
    books = Books(kept.lake, source_system="core")
    for day in DAYS:
        pin = books.balances(day, {"1": 1_000_003, "2": -7})
        told = {"feed": pin.feed, "dataset": pin.dataset, "source_system": pin.source_system, "revision": 1}
        with kept.transaction() as work:
            pinning.take_dataset(work, events_pb2.DatasetPublished(**told, business_date=str(day)))
    with kept.transaction() as work:
        looking.look(work)
    yield tmp_path, url, kept
    kept.engine.dispose()


@pytest.mark.parametrize(
    "point", ["ownership written", "ownership in place", "results written", "results in place", "results published"]
)
def test_a_run_that_is_killed_comes_to_the_same_figures(alone, monkeypatch, point):
    folder, url, kept = alone
    arguments = [sys.executable, "-m", "tests.component.performance.killed_run", str(folder), str(url), point]
    killed = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with kept.transaction(read_only=True) as work:
        assert work.session.scalars(select(Run.state)).all() == [RunState.RUNNING]
        assert work.session.scalars(select(Result.run_id)).all() == []
    monkeypatch.setattr(computing, "compute", SmallEngine().compute)
    runner = Runner(kept, SERVICE.works, lease_seconds=LEASE_SECONDS)
    until = time.monotonic() + 60
    while not runner.run_due() and time.monotonic() < until:
        time.sleep(0.05)
    with kept.transaction(read_only=True) as work:
        (run,) = work.session.scalars(select(Run)).all()
        assert (run.state, run.current, run.totals["balance"]) == (RunState.SUCCEEDED, True, "999996")
        rows = work.session.execute(select(Result.period_kind, Result.start_date, Result.ftp_profit)).all()
    assert sorted((kind, day.isoformat(), profit) for kind, day, profit in rows) == [
        (1, "2026-11-01", 999),
        (1, "2026-11-02", 1_000),
        (2, "2026-11-01", 1_999),
        (3, "2026-10-01", 1_999),
        (4, "2026-01-01", 1_999),
    ]
    # Nothing is left of what the killed one had not finished.
    left = [path for path in (kept.lake.root / keeping.ROOT).rglob(".*") if path.is_dir()]
    assert left == []
