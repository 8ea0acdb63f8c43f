"""The engine against the oracle: every row of the leaf, day by day, at once, from where an earlier run ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.chassis import keys
from services.chassis.lake.lake import Lake
from services.performance.engine.computing import compute
from services.performance.engine.measures import MEASURES
from tests.unit.performance.banks import AS_OF, MONTH, drawn

pytestmark = pytest.mark.timeout(900)
KEY = ("dataset", "source_system", "account_number", "currency_code", "product_version_id", "customer_number", "person_id", "organisation_unit_id")


def read(connection, path):
    relation = connection.sql(f"FROM read_parquet('{path}')")
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def leaf_of(connection, folder):
    rows = read(connection, folder / "account_results.parquet")
    leaf = {tuple(row[name] for name in KEY): {name: row[name] for name in (*MEASURES, "days_owned")} for row in rows}
    assert len(leaf) == len(rows)
    return leaf


def differing(found, told):
    return {key: (found.get(key), told.get(key)) for key in found.keys() | told.keys() if found.get(key) != told.get(key)}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    keys.create_keys(folder)
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    bank, lake = drawn(7), Lake(folder / "lake", memory_mb_max=256)
    inputs = bank.write(lake, folder / "ownership")
    with lake.connection() as connection:
        compute(connection, lake, inputs, folder / "by_day")
    return bank, lake, inputs, folder


def test_every_row_of_the_leaf_is_the_oracles(books):
    bank, lake, _, folder = books
    told, issues = bank.oracle().leaf(MONTH, AS_OF)
    with lake.connection() as connection:
        assert not differing(leaf_of(connection, folder / "by_day"), told)
        found = {(row["reason"], row["subject"]): row["row_count"] for row in read(connection, folder / "by_day" / "issues.parquet")}
    assert not differing({key: count for key, count in found.items() if not key[0].endswith("_UNKNOWN") or key[0] == "ACCOUNT_UNKNOWN"}, issues)
