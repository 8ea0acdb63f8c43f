"""Rows, events, audit record and answer commit together or not at all."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from workbench.customer.v1 import events_pb2

from services.chassis.db.audit import AuditRecord
from services.chassis.db.idempotency import AnsweredBefore, IdempotencyKey, claim, forget_old, keep_answer
from services.chassis.db.session import Call
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import RuleBroken
from services.chassis.outbox.table import OutboxMessage
from tests.contract.db.conftest import NOW, Note

RM = Caller("rm", "rm1.east")
EVENT = events_pb2.CustomerUpdated(customer_id="c1", changed_fields=["tier"])


def note(note_id="n1", **fields):
    return Note(note_id=note_id, lead_person_id="rm", organisation_path="/HO/EAST/", **fields)


def count(database, table):
    with database.transaction(read_only=True) as work:
        return work.session.scalar(select(func.count()).select_from(table))


def test_state_event_and_audit_record_commit_together(database):
    woken = []
    database.on_events = lambda: woken.append(True)
    with database.transaction(RM, Call("a.b.v1.Notes/Write")) as work:
        work.session.add(note(phone="13812345678"))
        work.record(EVENT)
        work.audit()
    assert [count(database, table) for table in (Note, OutboxMessage, AuditRecord)] == [1, 1, 1]
    assert woken == [True]


def test_an_exception_leaves_nothing(database):
    woken = []
    database.on_events = lambda: woken.append(True)
    with pytest.raises(RuleBroken), database.transaction(RM) as work:
        work.session.add(note())
        work.record(EVENT)
        work.audit()
        raise RuleBroken("NO", "no")
    assert [count(database, table) for table in (Note, OutboxMessage, AuditRecord)] == [0, 0, 0]
    assert not woken


def test_a_refusal_that_keeps_its_changes_commits_them_with_their_events(database):
    woken = []
    database.on_events = lambda: woken.append(True)
    with pytest.raises(RuleBroken), database.transaction(RM) as work:
        work.session.add(note())
        work.record(EVENT)
        raise RuleBroken("NO", "no", keeps_changes=True)
    assert [count(database, table) for table in (Note, OutboxMessage)] == [1, 1]
    assert woken == [True]


def test_every_type_reads_back_as_it_was_written(database):
    written = datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=8)))
    with database.transaction() as work:
        work.session.add(note(text="𠮷野家 👍", phone="+86 138", written=written, due_date=date(2028, 2, 29)))
    with database.transaction(read_only=True) as work:
        read = work.session.get(Note, "n1")
    assert (read.text, read.phone, read.due_date) == ("𠮷野家 👍", "+86 138", date(2028, 2, 29))
    assert read.written == written
    assert read.written.tzinfo == UTC


def test_an_instant_needs_its_zone(database):
    with pytest.raises(Exception, match="time zone"), database.transaction() as work:
        work.session.add(note(written=datetime(2026, 1, 1)))  # noqa: DTZ001
        work.session.flush()


def test_encrypted_text_is_not_readable_at_rest(database):
    with database.transaction() as work:
        work.session.add(note(phone="13812345678"))
    with database.transaction(read_only=True) as work:
        stored = work.session.execute(text("SELECT phone FROM notes")).scalar_one()
    assert "13812345678" not in stored


def test_text_is_ordered_by_code_point(database):
    names = ["b", "B", "a", "é", "王", "𠮷", "Z", "_"]
    with database.transaction() as work:
        work.session.add_all(note(str(i), text=name) for i, name in enumerate(names))
    with database.transaction(read_only=True) as work:
        assert list(work.session.scalars(select(Note.text).order_by(Note.text))) == sorted(names)


def test_a_reader_cannot_write(database):
    with pytest.raises(DBAPIError), database.transaction(read_only=True) as work:
        work.session.add(note())
        work.session.flush()


def test_of_two_writers_who_saw_the_same_version_one_wins(database):
    with database.transaction() as work:
        work.session.add(note())
    barrier, outcomes = threading.Barrier(2), []

    def edit(text):
        with database.transaction(read_only=True) as work:
            seen = work.session.get(Note, "n1")
        barrier.wait()
        try:
            with database.transaction() as work:
                merged = work.session.merge(seen)
                merged.text = text
            outcomes.append("won")
        except StaleDataError:
            outcomes.append("told")

    threads = [threading.Thread(target=edit, args=(text,)) for text in "ab"]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["told", "won"]


def test_a_repeated_request_id_gets_the_first_answer(database):
    key = ("rm", "a.b.v1.Notes/Write", "6b1f")
    with database.transaction() as work:
        claim(work.session, *key, b"request", NOW)
        keep_answer(work.session, *key, b"answer")
    with pytest.raises(AnsweredBefore) as before, database.transaction() as work:
        claim(work.session, *key, b"request", NOW)
    assert before.value.answer == b"answer"
    with pytest.raises(RuleBroken, match="REQUEST_ID_REUSED"), database.transaction() as work:
        claim(work.session, *key, b"another request", NOW)


def test_a_request_id_is_the_callers_own(database):
    for person in ("rm", "manager"):
        with database.transaction() as work:
            claim(work.session, person, "m", "6b1f", b"request", NOW)
    assert count(database, IdempotencyKey) == 2


def test_concurrent_repeats_happen_once(database):
    barrier, outcomes = threading.Barrier(4), []

    def write(i):
        barrier.wait()
        try:
            with database.transaction() as work:
                claim(work.session, "rm", "m", "same", b"request", NOW)
                work.session.add(note(f"n{i}"))
                keep_answer(work.session, "rm", "m", "same", b"answer")
            outcomes.append("wrote")
        except AnsweredBefore as before:
            outcomes.append(before.answer.decode())

    threads = [threading.Thread(target=write, args=(i,)) for i in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["answer", "answer", "answer", "wrote"]
    assert count(database, Note) == 1


def test_old_request_ids_are_forgotten(database):
    with database.transaction() as work:
        claim(work.session, "rm", "m", "old", b"", NOW - timedelta(days=8))
        claim(work.session, "rm", "m", "new", b"", NOW)
        forget_old(work.session, NOW)
    assert count(database, IdempotencyKey) == 1
