"""Features: the engine's expressions against the plain oracle, and what must hold whatever the data."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.analytics.engine import feature_staging
from services.analytics.engine.features import write_features
from services.analytics.engine.tables import FEATURES
from services.analytics.rules import features as rules
from services.chassis.lake.lake import Lake
from tests.unit.analytics.analysis_files import inputs_of, random_bank
from tests.unit.analytics.feature_oracle import Oracle

AS_OF = date(2026, 11, 24)
CYCLES = {1: 90, 2: 45}


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    """An engine as services have it."""
    with Lake(tmp_path_factory.mktemp("lake"), memory_mb_max=256, threads=1).connection() as found:
        yield found


def computed(connection, folder, bank, as_of=AS_OF, **fields):
    """The features by customer's number."""
    inputs = inputs_of(folder, bank, as_of, **fields)
    write_features(connection, inputs, folder / "features.parquet")
    found = connection.sql(f"FROM read_parquet('{folder / 'features.parquet'}')")
    names = found.columns
    assert names == list(FEATURES)
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert [row["customer_number"] for row in rows] == sorted(row["customer_number"] for row in rows)
    return {row["customer_number"]: row for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_features_are_what_the_oracle_says(connection, tmp_path, monkeypatch, seed):
    monkeypatch.setattr(feature_staging, "_ROWS", 485 * 5)
    bank = random_bank(seed, AS_OF)
    found = computed(connection, tmp_path, bank)
    oracle = Oracle(bank, AS_OF, cycles=CYCLES)
    assert len(found) == 12
    for customer in bank["customers"]:
        row, expected = found[customer["customer_number"]], oracle.features(customer)
        differing = {name: (row[name], expected[name]) for name in FEATURES if not _same(row[name], expected[name])}
        assert not differing, customer["customer_number"]


def _same(one, other):
    return one == (pytest.approx(other, rel=1e-12) if isinstance(other, float) else other)
