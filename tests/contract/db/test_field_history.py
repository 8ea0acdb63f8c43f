"""What a field held before and after each change is kept below the use cases, only grows, and is readable with the keys alone."""

import json
import time
from datetime import date

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from services.chassis import keys
from services.chassis.db import field_history
from services.chassis.db.audit import AuditRecord
from services.chassis.db.field_history import FieldChange, changes_of
from services.chassis.db.session import Call
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import RuleBroken
from tests.contract.db.conftest import Note

RM = Caller("p-1", "rm1.east")
CALL = Call("a.b.v1.Notes/Write", correlation_id="c-1")


@pytest.fixture(autouse=True)
def notes_have_a_history(monkeypatch):
    monkeypatch.setattr(Note, "__history__", ("text", "phone", "due_date"), raising=False)


def write(database, caller=RM, restored_from="", **fields):
    with database.transaction(caller, CALL) as work:
        work.restored_from = restored_from
        note = work.session.get(Note, "n1")
        if note is None:
            note = Note(note_id="n1", lead_person_id="rm", organisation_path="/HO/")
            work.session.add(note)
        for name, value in fields.items():
            setattr(note, name, value)
        work.audit()


def history(database):
    with database.transaction(read_only=True) as work:
        return work.session.scalars(changes_of("notes", "n1")).all()


def values(database):
    return [(change.field, change.value(after=False), change.value(after=True)) for change in history(database)]


def test_a_change_is_kept_with_who_when_before_and_after_and_opening_is_none(database):
    write(database, text="first", phone="13812345678")
    assert not history(database)
    write(database, text="second", lead_person_id="other")
    (change,) = history(database)
    assert (change.field, change.value(after=False), change.value(after=True)) == ("text", "first", "second")
    assert (change.person_id, change.login, change.method, change.correlation_id) == ("p-1", "rm1.east", "Write", "c-1")
    assert (change.restored_from, change.is_erased) == ("", False)


def test_empty_to_value_and_value_to_empty_are_changes_and_equal_values_are_none(database):
    write(database)
    write(database, phone="13812345678", due_date=date(2026, 1, 31))
    write(database, phone="13812345678", due_date=date(2026, 1, 31))
    write(database, phone=None)
    latest, *first = values(database)
    assert latest == ("phone", "13812345678", None)
    assert sorted(first) == [("due_date", None, "2026-01-31"), ("phone", None, "13812345678")]


def test_nobody_in_particular_leaves_a_trace_too(database):
    write(database)
    write(database, caller=Caller("command:import", "import"), text="by a script")
    assert history(database)[0].login == "import"


def test_what_was_rolled_back_left_no_history(database):
    write(database, text="first")
    with pytest.raises(RuleBroken), database.transaction(RM, CALL) as work:
        work.session.get(Note, "n1").text = "second"
        work.session.flush()
        raise RuleBroken("NO", "no")
    assert not history(database)


def test_values_are_not_readable_in_the_database_nor_in_the_audit_trail(database):
    write(database, text="王雅婷", phone="13812345678")
    write(database, text="李小龙", phone="13912345678")
    with database.transaction(read_only=True) as work:
        rows = work.session.execute(text("SELECT value_before, value_after FROM field_changes"))
        kept = json.dumps([list(row) for row in rows])
        trail = " ".join(work.session.scalars(select(AuditRecord.changes_json)))
    assert not any(value in kept for value in ("13812345678", "王雅婷", "李小龙"))
    assert "13912345678" not in trail


def test_a_statement_that_would_leave_no_history_is_refused(database):
    write(database, text="first")
    for change in (update(Note).values(text="x"), update(Note).values({Note.phone: "1"})):
        with pytest.raises(TypeError, match="no history"), database.transaction(RM) as work:
            work.session.execute(change)
    with pytest.raises(TypeError, match="no history"), database.transaction(RM) as work:
        work.session.execute(update(Note), [{"note_id": "n1", "text": "x"}])
    with database.transaction(RM) as work:
        work.session.execute(update(Note).values(organisation_path="/HO/WEST/"))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE field_changes SET login = 'somebody'",
        "UPDATE field_changes SET value_after = value_before",
        "UPDATE field_changes SET restored_from = 'x', value_after = NULL",
        "DELETE FROM field_changes",
        "TRUNCATE field_changes",
    ],
)
def test_the_history_only_grows(database, tampering):
    if database.engine.dialect.name == "sqlite":
        tampering = tampering.replace("TRUNCATE", "DELETE FROM")
    write(database, text="first")
    write(database, text="second")
    with pytest.raises(DBAPIError, match="only grows"), database.transaction() as work:
        work.session.execute(text(tampering))
    assert values(database) == [("text", "first", "second")]


def test_erased_values_are_gone_for_good_and_the_change_is_not(database):
    write(database, text="first")
    write(database, text="second")
    with database.transaction(RM) as work:
        work.session.get(Note, "n1").text = ""
        field_history.erase(work.session, "notes", "n1")
    assert [(change.field, change.is_erased, change.value(after=True)) for change in history(database)] == [
        ("text", True, None),
        ("text", True, None),
    ]
    with pytest.raises(DBAPIError, match="only grows"), database.transaction() as work:
        work.session.execute(update(FieldChange).values(before="invented"))


def test_values_can_be_encrypted_anew_with_another_key(database, tmp_path):
    write(database, text="first")
    write(database, text="second")
    newer = keys.rotate_data(tmp_path)
    content = json.loads((tmp_path / keys.DATA_KEYS_FILE).read_text())
    content["keys"][1]["encrypts_from"] = time.time()
    (tmp_path / keys.DATA_KEYS_FILE).write_text(json.dumps(content))
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    (change,) = history(database)
    with database.transaction(RM) as work:
        work.session.execute(update(FieldChange).values(before=change.before, after=change.after))
        assert keys.data_keys().current == newer.key_id
    assert values(database) == [("text", "first", "second")]


def test_a_change_that_puts_a_value_back_says_from_which_entry(database):
    write(database, text="first")
    write(database, text="second")
    (change,) = history(database)
    write(database, text="first", restored_from=change.change_id)
    assert [entry.restored_from for entry in history(database)] == [change.change_id, ""]
