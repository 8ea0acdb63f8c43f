"""The same expressions on a Spark cluster: every row of what a run writes is the one that DuckDB writes."""

from __future__ import annotations

import warnings
from datetime import date
from functools import partial

import pytest

from services.chassis import keys
from services.chassis.engines import spark_sessions
from services.chassis.engines.spark import Spark
from services.chassis.lake.lake import Lake
from services.performance.engine.computing import DAYS_FILE, ISSUES_FILE, LEAF_FILE, compute
from tests.spark import cluster
from tests.unit.performance.banks import BASE, MONTH
from tests.unit.performance.test_engine import leaf_of, same_rows, small

pytestmark = pytest.mark.timeout(900)
# Two of three thirds, and what they leave to the pool; an increment, a negative balance, one that no 64-bit product holds.
LINES = [{"person_id": person, "basis_points": 3333} for person in "ab"]
BALANCES = {BASE: {"A": 5_000, "B": 77}, MONTH: {"A": 10_000_001, "B": -55_555, "C": 10**14 + 7}}


@pytest.fixture
def session(tmp_path):
    """The product's own session on a cluster of a master and a worker."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    with cluster(folder) as master_url, warnings.catch_warnings():
        # Of pyspark's own sockets and files.
        warnings.simplefilter("ignore")
        started = spark_sessions.session(master_url, "workbench-tests")
        yield started
        started.stop()


@pytest.mark.filterwarnings("ignore")
def test_spark_writes_the_rows_that_duckdb_writes(session, tmp_path):
    keys.create_keys(tmp_path)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    lake = Lake(tmp_path / "lake", memory_mb_max=256)
    bank = small(BALANCES, lines=LINES, accounts={BASE: {number: {} for number in "ABC"}})
    inputs = bank.write(lake, tmp_path / "ownership", MONTH, date(2026, 12, 3))
    with lake.connection() as connection:
        compute(connection, lake, inputs, tmp_path / "duckdb", by_day=False)
        compute(connection, lake, inputs, tmp_path / "spark", by_day=False, engine=partial(Spark, session))
        assert len(leaf_of(connection, tmp_path / "spark")) == 9
        for name in (LEAF_FILE, DAYS_FILE, ISSUES_FILE):
            assert same_rows(connection, tmp_path / "duckdb" / name, tmp_path / "spark" / name)
