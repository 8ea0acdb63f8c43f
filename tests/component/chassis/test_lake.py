"""Datasets are written whole, read as they were pinned, and unreadable at rest where they hold personal data."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.chassis import keys
from services.chassis.kernel.errors import NotFound, StaleVersion
from services.chassis.lake.lake import SPILL, Lake, Pin
from services.chassis.lake.leftovers import clear, feeds_found, revisions_found, take_away
from services.chassis.lake.packs import PackDiffers, pack_folder, packs_found, point, unpoint, write_pack
from services.chassis.lake.rewrapping import files_by_key, rewrap_below
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.lake.sealed_files import BLOCK_BYTES, SealedFileBroken, SealedReader, SealedWriter, key_of
from services.chassis.lake.verification import faults_of

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


def rows_of(schema, count, **columns):
    """A query that answers so many rows of the schema; what is not said is left out."""
    values = dict.fromkeys(schema.names, "NULL") | columns
    return "SELECT " + ", ".join(f"{value} AS {name}" for name, value in values.items()) + f" FROM range({count}) t(i)"


@pytest.mark.parametrize("dataset", ["balances", "customers"])
def test_what_is_large_is_several_files_and_one_dataset(lake, dataset):
    schema, pin = SCHEMAS[dataset], replace(PIN, dataset=dataset)
    query = rows_of(schema, 300_000, **{schema.key[0]: "md5(i::VARCHAR)"})
    with lake.connection() as connection:
        parts = lake.write(connection, query, schema, pin, part_bytes_max=1_000_000)
        assert [part.name for part in parts] == [f"part-{number}.parquet" for number in range(len(parts))]
        assert len(parts) > 1
        found = lake.relation(connection, schema, [pin]).aggregate(f"count(*), count(DISTINCT {schema.key[0]})")
        assert found.fetchall() == [(300_000, 300_000)] == [(sum(part.rows for part in parts),) * 2]
        assert faults_of(lake, connection, schema, pin, parts, {}) == []
        (nothing,) = lake.write(connection, rows_of(schema, 0), schema, replace(pin, revision=2))
        assert nothing.rows == 0


def test_totals_are_exact_beyond_what_a_column_holds(lake):
    schema = SCHEMAS["balances"]
    currency = "CASE WHEN i < 3 THEN 'CNY' WHEN i < 4 THEN 'USD' END"
    query = rows_of(schema, 5, account_number="i", currency_code=currency, balance_minor_units="9223372036854775807")
    with lake.connection() as connection:
        lake.write(connection, query, schema, PIN)
        expected = {"CNY": str(3 * (2**63 - 1)), "USD": str(2**63 - 1), "": str(2**63 - 1)}
        assert lake.totals_of(connection, schema, PIN) == {"balance_minor_units": expected}


def test_a_revision_is_never_replaced_and_of_two_writers_one_has_it(lake):
    schema = SCHEMAS["balances"]
    outcomes, at_once = [], threading.Barrier(4)

    def write(number):
        with lake.connection() as connection:
            at_once.wait()
            try:
                outcomes.append(lake.write(connection, f"{BALANCES} FROM range({number}) t(i)", schema, PIN)[0].rows)
            except StaleVersion as refusal:
                outcomes.append(refusal.reason)

    threads = [threading.Thread(target=write, args=(number,)) for number in (10, 20, 30, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = [outcome for outcome in outcomes if outcome != "REVISION_TAKEN"]
    assert len(outcomes) == 4
    assert len(written) == 1
    with lake.connection() as connection:
        assert lake.relation(connection, schema, [PIN]).aggregate("count(*)").fetchall() == [(written[0],)]
    assert [path.name for path in lake.folder(PIN).parent.iterdir()] == ["rev=1"]
    assert lake.revisions(PIN.feed, PIN.business_date) == [1]
    assert list((lake.root / SPILL).iterdir()) == []


WRITES = """
import sys
from datetime import date
from pathlib import Path
from services.chassis import keys
from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS
folder = Path(sys.argv[1])
keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
lake, schema = Lake(folder / "lake"), SCHEMAS["employees"]
columns = dict.fromkeys(schema.names, "md5(i::VARCHAR)") | {"hire_date": "NULL", "leave_date": "NULL"}
query = "SELECT " + ", ".join(f"{value} AS {name}" for name, value in columns.items()) + " FROM range(40000) t(i)"
with lake.connection() as connection:
    for revision in range(1, 1000):
        pin = Pin("hr.employees", "employees", "hr", date(2026, 11, 24), revision)
        lake.write(connection, query, schema, pin, part_bytes_max=500_000)
        print(revision, flush=True)
"""


def test_a_writer_that_is_killed_leaves_whole_revisions_and_what_is_cleared_away(lake, tmp_path):
    schema = SCHEMAS["employees"]
    with subprocess.Popen([sys.executable, "-c", WRITES, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout.readline() == "1\n"
        time.sleep(0.15)
        os.kill(writer.pid, signal.SIGKILL)
    pin = Pin("hr.employees", "employees", "hr", date(2026, 11, 24), 1)
    with lake.connection() as connection:
        for revision in lake.revisions(pin.feed, pin.business_date):
            found = lake.relation(connection, schema, [replace(pin, revision=revision)]).aggregate("count(*)")
            assert found.fetchall() == [(40_000,)]
    # As a day later: the killed writer's spill is gone too.
    clear(lake, datetime.now(UTC) + timedelta(seconds=1), lambda: None)
    assert all(path.name.startswith("rev=") for path in lake.folder(pin).parent.iterdir())
    assert list((lake.root / SPILL).iterdir()) == []


def test_what_is_taken_away_is_gone_at_once_and_what_a_writer_is_at_stays(lake):
    schema, second = SCHEMAS["balances"], replace(PIN, revision=2)
    with lake.connection() as connection:
        for pin in (PIN, second):
            lake.write(connection, f"{BALANCES} FROM range(10) t(i)", schema, pin)
        unfinished = lake.folder(PIN).with_name(".rev=3.0123456789abcdef")
        unfinished.mkdir()
        assert [found.revision for found in revisions_found(lake, PIN.feed)] == [1, 2]
        take_away(lake, PIN)
        take_away(lake, PIN)
        with pytest.raises(NotFound):
            lake.relation(connection, schema, [PIN])
        assert clear(lake, datetime.now(UTC) - timedelta(hours=1), lambda: None) == 1
        assert unfinished.is_dir()
        assert clear(lake, datetime.now(UTC) + timedelta(hours=1), lambda: None) == 2
        take_away(lake, second)
    assert feeds_found(lake) == [PIN.feed]
    assert list((lake.root / PIN.feed).iterdir()) == []


def damaged(lake, path, damage):
    if damage == "PART_MISSING":
        path.unlink()
    elif damage == "PART_UNKNOWN":
        path.with_name("part-9.parquet").write_bytes(path.read_bytes())
    elif damage == "REVISION_MISSING":
        take_away(lake, PIN)
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("dataset", "damage", "reasons"),
    [
        ("balances", "PART_MISSING", ["PART_MISSING"]),
        ("balances", "PART_UNKNOWN", ["PART_UNKNOWN"]),
        ("balances", "REVISION_MISSING", ["REVISION_MISSING"]),
        ("balances", "a bit", ["PART_CHANGED"]),
        ("customers", "a bit", ["PART_UNREADABLE"]),
    ],
)
def test_every_damage_is_found_and_named(lake, dataset, damage, reasons):
    schema = SCHEMAS[dataset]
    with lake.connection() as connection:
        query = rows_of(schema, 10_000, **{schema.key[0]: "md5(i::VARCHAR)"})
        parts = lake.write(connection, query, schema, PIN)
        damaged(lake, lake.folder(PIN) / parts[0].name, damage)
        assert [fault.reason for fault in faults_of(lake, connection, schema, PIN, parts, {})] == reasons


def test_rows_and_sums_are_held_against_the_manifest(lake):
    schema = SCHEMAS["balances"]
    with lake.connection() as connection:
        (part,) = lake.write(connection, f"{BALANCES} FROM range(10) t(i)", schema, PIN)
        totals = {"balance_minor_units": {"CNY": "4500"}}
        assert faults_of(lake, connection, schema, PIN, [part], totals) == []
        for told in ({"balance_minor_units": {"CNY": "4501"}}, {}, {"balance_minor_units": {"CNY": "4500", "USD": "1"}}):
            (fault,) = faults_of(lake, connection, schema, PIN, [part], told)
            assert fault.reason == "TOTAL_DIFFERS"
            assert "4500" not in fault.description
        (fault,) = faults_of(lake, connection, schema, PIN, [replace(part, rows=11)], totals)
        assert fault.reason == "ROWS_DIFFER"


def test_a_new_data_key_changes_the_beginning_of_each_file_and_nothing_else(lake, tmp_path):
    schema = SCHEMAS["employees"]
    pin = Pin("hr.employees", "employees", "hr", date(2026, 11, 24), 1)
    with lake.connection() as connection:
        parts = lake.write(connection, rows_of(schema, 1_000, staff_number="i", display_name="'王芳'"), schema, pin)
        lake.write(connection, f"{BALANCES} FROM range(10) t(i)", SCHEMAS["balances"], PIN)
    path = lake.folder(pin) / parts[0].name
    former, before = key_of(path), path.read_bytes()
    # One that is being read and one that is being written go on.
    reader, writer = SealedReader(path), SealedWriter(tmp_path / "lake" / "landing")
    writer.write(b"half ")
    newest = renewed_key(tmp_path)
    assert files_by_key([lake.root], [former, newest]) == {former: 2, newest: 0, "": 0}
    assert list(rewrap_below([lake.root])) == [True, True]
    assert list(rewrap_below([lake.root])) == [False, False]
    assert files_by_key([lake.root], [newest]) == {newest: 2, "": 0}
    writer.write(b"and whole")
    writer.close()
    keys.retire_data(tmp_path, [former])
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    after = path.read_bytes()
    assert len(after) == len(before)
    assert after[512:] == before[512:]
    assert len(reader.read()) == parts[0].size_bytes
    reader.close()
    with SealedReader(tmp_path / "lake" / "landing") as file:
        assert file.read() == b"half and whole"
    with lake.connection() as connection:
        assert faults_of(lake, connection, schema, pin, parts, {}) == []


def renewed_key(folder):
    """Adds a data key that is in use, as two minutes after `rotate_data`; answers its id."""
    key_id = keys.rotate_data(folder).key_id
    content = json.loads((folder / keys.DATA_KEYS_FILE).read_text())
    max(content["keys"], key=lambda key: key["encrypts_from"])["encrypts_from"] = time.time() - 2 * keys.SETTLING_SECONDS
    (folder / keys.DATA_KEYS_FILE).write_text(json.dumps(content))
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    return key_id


def test_what_a_writer_gave_up_is_no_sealed_file(tmp_path):
    with pytest.raises(OSError, match="gone"), SealedWriter(tmp_path / "f") as file:
        file.write(b"x" * (BLOCK_BYTES + 1))
        raise OSError("gone")
    with pytest.raises(SealedFileBroken), SealedReader(tmp_path / "f") as file:
        file.read()


@pytest.mark.parametrize("dataset", ["balances", "transactions"])
def test_a_pin_finds_the_same_rows_in_a_pack_as_before(lake, dataset):
    schema, feed = SCHEMAS[dataset], f"core.{dataset}"
    pins = [Pin(feed, dataset, "core", date(2026, 10, day), revision) for day in (1, 2, 3) for revision in (1, 2)]
    with lake.connection() as connection:
        for number, pin in enumerate(pins):
            currency = {"currency_code": "'CNY'"}
            lake.write(connection, rows_of(schema, number + 1, **{schema.key[0]: f"'{number}-'||i"} | currency), schema, pin)

        def seen(*wanted):
            return sorted(lake.relation(connection, schema, wanted).fetchall(), key=str)

        before = [seen(pin) for pin in pins]
        latest, counts = pins[1::2], [2, 4, 6]
        place, parts = write_pack(lake, connection, schema, latest, counts)
        with pytest.raises(PackDiffers):
            write_pack(lake, connection, schema, latest, [2, 4, 5])
        assert list(packs_found(lake, feed)) == [place]
        assert sum(part.rows for part in parts) == 12
        point(lake, latest, place, len(latest))
        for pin in latest:
            take_away(lake, pin)
        # A former revision of a packed date has rows of its own.
        assert [seen(pin) for pin in pins] == before
        assert seen(*latest, latest[0]) == sorted((row for rows in before[1::2] for row in rows), key=str)
        assert seen(*pins) == sorted((row for rows in before for row in rows), key=str)
        assert lake.revisions(feed, date(2026, 10, 1)) == [1, 2]
        with pytest.raises(StaleVersion):
            lake.write(connection, rows_of(schema, 1), schema, latest[0])
        magic = (pack_folder(lake, feed, place) / parts[0].name).read_bytes()[:4]
        assert magic == (b"WBS1" if schema.personal else b"PAR1")
        unpoint(lake, latest[0])
        with pytest.raises(NotFound):
            seen(latest[0])


def test_a_dataset_that_is_older_than_a_column_has_it_empty(lake):
    schema = SCHEMAS["balances"]
    older = replace(schema, columns=schema.columns[:-1])
    with lake.connection() as connection:
        lake.write(connection, rows_of(older, 2, account_number="i"), older, PIN)
        found = lake.relation(connection, schema, [PIN])
        assert found.columns == ["source_system", "business_date", *schema.names]
        assert found.project(schema.names[-1]).fetchall() == [(None,), (None,)]


def test_what_does_not_fit_into_memory_spills_to_files_that_end_with_the_connection(tmp_path):
    lake = Lake(tmp_path / "lake", memory_mb_max=60, threads=1)
    with lake.connection() as connection:
        numbered = "SELECT hash(i)::VARCHAR AS name, row_number() OVER (ORDER BY hash(i)) FROM range(3_000_000) rows(i)"
        assert connection.execute(f"SELECT count(*) FROM ({numbered} ORDER BY name)").fetchall() == [(3_000_000,)]
    assert not list((tmp_path / "lake" / SPILL).iterdir())
