"""Datasets are written whole, read as they were pinned, and unreadable at rest where they hold personal data."""

from datetime import date

import pytest

from services.chassis import keys
from services.chassis.kernel.errors import NotFound
from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.lake.sealed_files import BLOCK_BYTES, SealedFileBroken, SealedReader, SealedWriter

BALANCES = "SELECT 'A'||i AS account_number, 'CNY' AS currency_code, i * 100 AS balance_minor_units, " + ", ".join(
    f"NULL AS {name}" for name in ("available_minor_units", "product_code", "unit_number", "interest_rate_e8")
)
PIN = Pin("core.balances", "balances", "core", date(2026, 11, 24), 1)


@pytest.fixture(autouse=True)
def data_keys(tmp_path):
    keys.create_data_keys(tmp_path)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake")


def test_a_dataset_is_read_as_it_was_pinned(lake):
    schema = SCHEMAS["balances"]
    with lake.connection() as connection:
        (part,) = lake.write(connection, f"{BALANCES} FROM range(1000) t(i)", schema, PIN)
        second = Pin(PIN.feed, PIN.dataset, PIN.source_system, PIN.business_date, 2)
        lake.write(connection, f"{BALANCES} FROM range(10) t(i)", schema, second)
        total = lake.relation(connection, schema, [PIN]).aggregate("count(*), sum(balance_minor_units), min(business_date)")
        assert total.fetchall() == [(1000, 49_950_000, date(2026, 11, 24))]
        assert lake.relation(connection, schema, [second]).aggregate("count(*)").fetchall() == [(10,)]
        assert lake.relation(connection, schema, []).fetchall() == []
    assert part.rows == 1000
    with pytest.raises(NotFound), lake.connection() as connection:
        lake.relation(connection, schema, [Pin("core.balances", "balances", "core", date(2026, 11, 23), 1)])


def test_personal_data_is_sealed_and_the_engine_reads_it_in_several_threads(lake):
    schema = SCHEMAS["customers"]
    columns = dict.fromkeys(schema.names, "NULL") | {
        "customer_number": "'C'||i",
        "display_name": "'王芳'||md5(i::VARCHAR)",
        "kind": "'RETAIL'",
    }
    query = "SELECT " + ", ".join(f"{value} AS {name}" for name, value in columns.items()) + " FROM range(300000) t(i)"
    pin = Pin("core.customers", "customers", "core", date(2026, 11, 24), 1)
    with lake.connection() as connection:
        (part,) = lake.write(connection, query, schema, pin)
        found = lake.relation(connection, schema, [pin]).aggregate("count(DISTINCT display_name), max(customer_number)")
        assert found.fetchall() == [(300_000, "C99999")]
    assert part.size_bytes > BLOCK_BYTES
    content = (lake.folder(pin) / part.name).read_bytes()
    assert b"PAR1" not in content
    assert "王芳".encode() not in content


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES])
def test_a_sealed_file_gives_back_what_was_written_wherever_one_reads(tmp_path, size):
    content = bytes(i % 251 for i in range(size))
    with SealedWriter(tmp_path / "f") as file:
        file.write(content)
    with SealedReader(tmp_path / "f") as file:
        assert (file.size, file.read()) == (size, content)
        file.seek(max(0, size - 7))
        assert file.read(100) == content[-7:]


def test_a_sealed_file_that_was_changed_or_cut_is_refused(tmp_path):
    with SealedWriter(tmp_path / "f") as file:
        file.write(b"x" * (2 * BLOCK_BYTES))
    sealed = (tmp_path / "f").read_bytes()
    for broken in (
        sealed[:-BLOCK_BYTES],
        sealed[: -BLOCK_BYTES - 16],
        sealed[:-1] + b"\0",
        b"PAR1" + sealed[4:],
        sealed[:5],
        b"",
    ):
        (tmp_path / "f").write_bytes(broken)
        with pytest.raises(SealedFileBroken), SealedReader(tmp_path / "f") as file:
            file.read()
