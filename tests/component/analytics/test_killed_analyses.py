"""An analysis whose process is killed at any point comes to the same."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime

import pytest
from pyarrow import parquet
from sqlalchemy import select
from workbench.integration.v1 import events_pb2

from services.analytics.__main__ import SERVICE
from services.analytics.model import Analysis, Customer, StaleDay
from services.analytics.rules.analyses import AnalysisState
from services.analytics.usecases import pinning
from services.analytics.usecases.analyses import keeping, looking
from services.chassis import keys
from services.chassis.db import migrations
from services.chassis.longwork.runner import Runner
from tests.component.analytics.analysis_builders import small_engine
from tests.component.analytics.killed_analysis import LEASE_SECONDS, POINTS, database
from tests.component.books import Books

DAYS = (date(2026, 10, 31), date(2026, 11, 1))
# Each costs the start of a process; what a stage leaves in files is the same on both databases.
ON_POSTGRESQL = ("published",)


@pytest.fixture
def alone(request, tmp_path, monkeypatch):
    """A database and a lake that nothing runs in; answers its folder and its URL."""
    small_engine(monkeypatch.setattr)
    keys.create_keys(tmp_path)
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/analytics.db" if sqlite else request.getfixturevalue("new_postgresql_url")()
    kept = database(tmp_path, url)
    migrations.migrate(kept.engine, "services.analytics")
    with kept.transaction() as work:
        told = {"kind": 1, "tier": 1, "display_name": "欧阳芳", "organisation_path": "/HO/", "create_time": datetime.now(UTC)}
        work.session.add_all(Customer(customer_id=f"id-{number}", customer_number=number, **told) for number in ("1", "2"))
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
    ("alone", "point"),
    [*(("sqlite", point) for point in POINTS if point not in ON_POSTGRESQL), *(("postgresql", point) for point in ON_POSTGRESQL)],
    indirect=["alone"],
)
def test_an_analysis_that_is_killed_comes_to_the_same(alone, point):
    folder, url, kept = alone
    arguments = [sys.executable, "-m", "tests.component.analytics.killed_analysis", str(folder), str(url), point]
    killed = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with kept.transaction(read_only=True) as work:
        assert work.session.scalars(select(Analysis.state)).all() == [AnalysisState.RUNNING]
        assert keeping.current(work) is None
    runner = Runner(kept, SERVICE.works, lease_seconds=LEASE_SECONDS)
    until = time.monotonic() + 60
    while not runner.run_due() and time.monotonic() < until:
        time.sleep(0.05)
    with kept.transaction(read_only=True) as work:
        (analysis,) = work.session.scalars(select(Analysis)).all()
        assert (analysis.state, analysis.current, analysis.customer_count) == (AnalysisState.SUCCEEDED, True, 2)
        assert work.session.scalars(select(StaleDay.business_date)).all() == []
        files = keeping.files_of(work, keeping.current(work))
    found = parquet.read_table(files.features).select(["customer_number", "assets_now", "history_days"]).to_pylist()
    assert [tuple(row.values()) for row in found] == [("1", 1_000_003, 2), ("2", -7, 2)]
    assert len(files.days()) == 2
    # Nothing is left of what the killed one had not finished.
    left = list((kept.lake.root / keeping.ROOT).rglob(".*"))
    assert left == []
