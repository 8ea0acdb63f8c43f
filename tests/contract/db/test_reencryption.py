"""Data keys are renewed below the use cases: every value comes under the new key, and nothing else of a row changes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import Text, insert, select, text, type_coerce, update

from services.chassis import keys, runtime  # noqa: F401 - the runtime brings every table of the chassis
from services.chassis.db import reencryption
from services.chassis.db.audit import AuditRecord
from services.chassis.db.field_history import FieldChange
from services.chassis.db.reencryption import Reencryption, with_encrypted_columns
from services.chassis.db.tables import ChassisBase
from services.chassis.files.table import FilePart, StoredFile
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import RuleBroken
from tests.contract.db.conftest import NOW, Base, Note

ROWS = 1_200
NOTES = Base.metadata.tables["notes"]
RAW_PHONE = type_coerce(NOTES.c.phone, Text())


@pytest.fixture
def notes(database):
    rows = [
        {"note_id": f"n{i:05}", "lead_person_id": f"p{i}", "organisation_path": "/HO/", "text": "t", "phone": f"138{i:08}"}
        for i in range(ROWS)
    ]
    with database.transaction() as work:
        work.session.execute(insert(Note), [*rows, {**rows[0], "note_id": "without", "phone": None}])
        work.session.add(
            StoredFile(file_id="f", file_name="名单.csv", media_type="text/csv", person_id="p", create_time=NOW, expire_time=NOW)
        )
        work.session.flush()
        work.session.add_all(FilePart(file_id="f", start=i, content=bytes([i]) * 1_000) for i in range(40))
    return rows


def let_the_newest_key_encrypt(folder, seconds_ago=0.0):
    """As a while later: the instant in the key file moves, by a new file as `keys` itself writes it."""
    content = json.loads((folder / keys.DATA_KEYS_FILE).read_text())
    max(content["keys"], key=lambda key: key["encrypts_from"])["encrypts_from"] = time.time() - seconds_ago
    (folder / "moved").write_text(json.dumps(content))
    (folder / "moved").replace(folder / keys.DATA_KEYS_FILE)
    keys.data_keys()._looked_at = -1e9


def rotated(folder, seconds_ago=0.0):
    """The ids of the keys before and after a rotation that took effect."""
    former = keys.data_keys().current
    new = keys.rotate_data(folder).key_id
    let_the_newest_key_encrypt(folder, seconds_ago)
    assert keys.data_keys().current == new
    return former, new


def run(database, tables):
    with database.transaction() as work:
        reencryption.begin(work, tables)
    for table in tables:
        ended = False
        while not ended:
            with database.transaction() as work:
                ended = reencryption.step(work, table).ended


def counted(database, *key_ids):
    tables = [*with_encrypted_columns(ChassisBase.metadata), NOTES]
    with database.transaction(read_only=True) as work:
        each = [reencryption.values_by_key(work.session, table, key_ids) for table in tables]
    return {kid: sum(counts[kid] for counts in each) for kid in (*key_ids, "")}


def test_every_value_comes_under_the_new_key_and_nothing_else_changes(database, notes, tmp_path):
    former, new = rotated(tmp_path)
    assert counted(database, former, new) == {former: ROWS + 41, new: 0, "": 0}
    run(database, [*with_encrypted_columns(ChassisBase.metadata), NOTES])
    assert counted(database, former, new) == {former: 0, new: ROWS + 41, "": 0}
    with database.transaction(read_only=True) as work:
        found = work.session.scalars(select(Note).order_by(Note.note_id)).all()
        assert [note.phone for note in found] == [*(row["phone"] for row in notes), None]
        assert {note.version for note in found} == {1}
        assert [part.content for part in work.session.scalars(select(FilePart).order_by(FilePart.start))][7] == b"\7" * 1_000
        assert work.session.scalars(select(AuditRecord)).all() == work.session.scalars(select(FieldChange)).all() == []


def test_a_second_run_rewrites_nothing(database, notes, tmp_path):
    rotated(tmp_path)
    run(database, [NOTES])
    with database.transaction() as work:
        before = work.session.execute(select(NOTES.c.note_id, RAW_PHONE)).all()
        reencryption.again(work, NOTES)
    run(database, [NOTES])
    with database.transaction(read_only=True) as work:
        assert work.session.execute(select(NOTES.c.note_id, RAW_PHONE)).all() == before


def test_a_field_history_is_encrypted_anew_though_it_only_grows(database, tmp_path, monkeypatch):
    monkeypatch.setattr(Note, "__history__", ("phone",), raising=False)
    with database.transaction(Caller("p-1")) as work:
        note = Note(note_id="n", lead_person_id="p", organisation_path="/HO/", phone="13800138000")
        work.session.add(note)
        work.session.flush()
        note.phone = "13900139000"
    former, new = rotated(tmp_path)
    run(database, [FieldChange.__table__])
    assert counted(database, former, new)[new] == 2
    with database.transaction(read_only=True) as work:
        (change,) = work.session.scalars(select(FieldChange))
        assert (change.value(after=False), change.value(after=True)) == ("13800138000", "13900139000")


def test_an_edit_at_the_same_moment_is_not_lost(database, notes, tmp_path):
    rotated(tmp_path)
    with database.transaction() as work:
        reencryption.begin(work, [NOTES])
    barrier = threading.Barrier(2)
    errors = []

    def edit():
        barrier.wait()
        try:
            for place in range(0, ROWS, 40):
                with database.transaction() as work:
                    note = work.session.get(Note, f"n{place:05}", with_for_update=True)
                    note.phone = f"edited{place}"
        except Exception as error:  # noqa: BLE001 - told by the assertion
            errors.append(error)

    thread = threading.Thread(target=edit)
    thread.start()
    barrier.wait()
    run(database, [NOTES])
    thread.join()
    with database.transaction(read_only=True) as work:
        phones = dict(work.session.execute(select(Note.note_id, Note.phone)).all())
    assert not errors
    assert all(phones[f"n{i:05}"] == (f"edited{i}" if i % 40 == 0 else f"138{i:08}") for i in range(ROWS))


def test_a_value_that_a_slow_process_wrote_with_the_old_key_is_found_and_rewritten(database, notes, tmp_path):
    former, new = keys.data_keys().current, None
    late = keys.data_keys().encrypt("note.phone", "13700137000")
    _, new = rotated(tmp_path)
    run(database, [NOTES])
    with database.transaction() as work:
        work.session.execute(update(NOTES).where(NOTES.c.note_id == "n00000").values(phone=type_coerce(late, Text())))
    assert counted(database, former, new)[former] == 42
    with database.transaction() as work:
        reencryption.again(work, NOTES)
    run(database, [NOTES])
    assert counted(database, former, new)[former] == 41
    with database.transaction(read_only=True) as work:
        assert work.session.get(Note, "n00000").phone == "13700137000"


def test_a_run_that_is_killed_goes_on_where_it_was(database, notes, tmp_path, monkeypatch):
    former, new = rotated(tmp_path)
    command = [sys.executable, "-m", "tests.contract.db.rewriting", str(database.engine.url), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout.readline() == "20\n"
        os.kill(killed.pid, signal.SIGKILL)
    with database.transaction(read_only=True) as work:
        done = work.session.get(Reencryption, (new, "notes")).done
        assert 0 < done < ROWS
        assert work.session.scalar(select(Note.phone).where(Note.note_id == "n00001")) == "13800000001"
    assert counted(database, new)[new] == done
    finished = subprocess.run([*command, "to the end"], capture_output=True, text=True, check=True)
    # Nothing is done twice: the second process begins behind the last batch that committed.
    assert int(finished.stdout.split()[0]) == done + 20
    assert counted(database, former, new)[former] == 41
    with database.transaction(read_only=True) as work:
        assert set(work.session.scalars(select(Note.phone))) == {*(row["phone"] for row in notes), None}


def test_running_processes_follow_the_file_and_no_key_is_retired_too_early(database, notes, tmp_path):
    other = keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE)
    former = other.current
    fresh = keys.rotate_data(tmp_path)
    assert keys.rotate_data(tmp_path) == fresh, "a second rotation goes on with the first"
    other._looked_at = -1e9
    # Published, and not used yet.
    assert other.current == former
    let_the_newest_key_encrypt(tmp_path)
    value = keys.data_keys().encrypt("x", "y")
    assert value.startswith(fresh.key_id)
    assert other.decrypt("x", value) == "y"
    with pytest.raises(RuleBroken):
        keys.retire_data(tmp_path, [former])
    let_the_newest_key_encrypt(tmp_path, seconds_ago=keys.SETTLING_SECONDS + 1)
    with pytest.raises(RuleBroken):
        keys.retire_data(tmp_path, [fresh.key_id])
    keys.retire_data(tmp_path, [former])
    assert [key.key_id for key in keys.known_data_keys(tmp_path)] == [fresh.key_id]
    other._looked_at = -1e9
    assert other.current == fresh.key_id
    with pytest.raises(ValueError, match="does not have"):
        other.decrypt("x", f"{former}.AAAA")


def test_each_service_has_its_encrypted_columns_found_and_they_can_be_walked(database):
    for package, wanted in (("services.customer", "customers"), ("gateway.identity", "accounts")):
        tables = {table.name: table for table in reencryption.encrypted_tables(package)}
        assert {wanted, "field_changes", "operations", "stored_files", "stored_file_parts"} <= tables.keys()
        for table in tables.values():
            # A place in a table is noted as JSON: its key is text or whole numbers.
            assert {column.type.python_type for column in table.primary_key} <= {str, int}, table.name
    with database.transaction() as work:
        assert work.session.scalar(text("SELECT count(*) FROM reencryptions")) == 0
