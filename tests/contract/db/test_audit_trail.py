"""The audit trail shows each change with who, before and after; it only grows, and a change to it is found."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from workbench.operations.v1 import operations_service_pb2

from services.chassis import operations
from services.chassis.db.audit import (
    CHANGES_PER_RECORD_MAX,
    REDACTED,
    AuditRecord,
    AuditResource,
    seal,
    touches,
    verify,
    write_act,
)
from services.chassis.db.session import Call
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import InvalidInput
from tests.contract.db.conftest import NOW, Note

RM = Caller("rm", "rm1.east")
CALL = Call("a.b.v1.Notes/Write", correlation_id="c-1", remote_address="10.0.0.1")


def write(database, note_id, **fields):
    with database.transaction(RM, CALL) as work:
        work.session.merge(Note(note_id=note_id, lead_person_id="rm", organisation_path="/HO/", **fields))
        work.audit()


def sealed(database):
    with database.transaction() as work:
        return seal(work.session, NOW)


def report(database):
    with database.transaction(read_only=True) as work:
        return verify(work.session)


def test_a_record_says_who_what_and_the_fields_before_and_after(database):
    write(database, "n1", text="first", due_date=date(2026, 1, 1), version=1)
    write(database, "n1", text="second", due_date=date(2026, 1, 1), version=1)
    with database.transaction(read_only=True) as work:
        first, second = work.session.scalars(select(AuditRecord).order_by(AuditRecord.sequence))
    assert (second.person_id, second.login, second.method, second.remote_address) == ("rm", "rm1.east", "Write", "10.0.0.1")
    assert second.resource == "notes/n1"
    assert json.loads(first.changes_json)[0]["fields"]["text"] == [None, "first"]
    assert json.loads(second.changes_json)[0]["fields"]["text"] == ["first", "second"]
    assert "due_date" not in json.loads(second.changes_json)[0]["fields"]


def note_row(note_id, **fields):
    return {"note_id": note_id, "lead_person_id": "rm", "organisation_path": "/HO/", **fields}


def records_of(database, note_id):
    with database.transaction(read_only=True) as work:
        return work.session.scalars(select(AuditRecord).where(touches(note_id))).all()


def page(database, **fields):
    with database.transaction(read_only=True) as work:
        return operations.list_audit_records(work, operations_service_pb2.ListAuditRecordsRequest(service="x", **fields))


def test_each_row_of_a_batch_is_found_by_its_id_in_a_record_that_stays_small(database):
    count = 2 * CHANGES_PER_RECORD_MAX + 50
    with database.transaction(RM, CALL) as work:
        work.insert_all(Note, [note_row(f"n{number}") for number in range(count)])
        work.audit()
    write(database, "n7", text="later")
    for number in (0, 1, CHANGES_PER_RECORD_MAX, count - 1):
        (record,) = records_of(database, f"n{number}")
        told = [change["resource"] for change in json.loads(record.changes_json)]
        assert f"notes/n{number}" in told
        assert len(told) <= CHANGES_PER_RECORD_MAX
    assert [record.method for record in page(database, resource_id="n7").audit_records] == ["Write", "Write"]
    assert not records_of(database, f"n{count}")
    assert sealed(database) == 4
    assert not report(database).fault


def test_a_write_of_one_row_costs_one_record_and_nothing_more(database):
    write(database, "n1")
    with database.transaction(read_only=True) as work:
        assert not work.session.scalars(select(AuditResource)).all()
    assert len(records_of(database, "n1")) == 1


def test_what_a_batch_that_failed_would_have_changed_is_not_to_be_found(database):
    with pytest.raises(ZeroDivisionError), database.transaction(RM, CALL) as work:
        work.insert_all(Note, [note_row("n1"), note_row("n2")])
        work.audit()
        raise ZeroDivisionError
    assert not records_of(database, "n2")


def test_a_page_of_long_records_ends_early_and_goes_on(database, monkeypatch):
    for number in range(5):
        write(database, f"n{number}", text="x" * 1_000)
    monkeypatch.setattr(operations, "PAGE_CHANGES_BYTES_MAX", 2_500)
    seen, token = [], ""
    while True:
        answer = page(database, page_size=100, page_token=token)
        assert len(answer.audit_records) in (1, 2)
        seen += [record.resource for record in answer.audit_records]
        if not (token := answer.next_page_token):
            break
    assert seen == [f"notes/n{number}" for number in reversed(range(5))]
    monkeypatch.setattr(operations, "PAGE_CHANGES_BYTES_MAX", 1)
    assert len(page(database).audit_records) == 1


def test_identifying_values_are_not_in_the_trail(database):
    write(database, "n1", phone="13812345678")
    with database.transaction(read_only=True) as work:
        changes = work.session.scalars(select(AuditRecord.changes_json)).one()
    assert "13812345678" not in changes
    assert json.loads(changes)[0]["fields"]["phone"] == [None, REDACTED]


def test_seals_cover_all_records_and_the_chain_is_proven(database):
    for i in range(5):
        write(database, f"n{i}")
        if i in (1, 3):
            assert sealed(database) == 2
    found = report(database)
    assert (found.fault, found.sealed_records, found.unsealed_records, found.seals) == ("", 4, 1, 2)
    assert sealed(database) == 1
    assert sealed(database) == 0
    assert report(database).chain_head != found.chain_head


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_records SET login = 'somebody' WHERE sequence = 1",
        "DELETE FROM audit_records WHERE sequence = 2",
        "UPDATE audit_seals SET chain_hash = 'x' WHERE seal = 1",
        "DELETE FROM audit_seals WHERE seal = 1",
    ],
)
def test_the_trail_only_grows_and_a_change_by_force_is_found(database, tampering):
    for i in range(4):
        write(database, f"n{i}")
        sealed(database)
    with pytest.raises(DBAPIError, match="only grows"), database.transaction() as work:
        work.session.execute(text(tampering))
    assert not report(database).fault
    by_force(database, tampering)
    assert report(database).fault


@pytest.mark.parametrize(
    "tampering", ["UPDATE audit_resources SET resource_id = 'x'", "DELETE FROM audit_resources", "TRUNCATE audit_resources"]
)
def test_what_finds_the_rows_of_a_batch_only_grows_too(database, tampering):
    if database.engine.dialect.name == "sqlite":
        tampering = tampering.replace("TRUNCATE", "DELETE FROM")
    with database.transaction(RM, CALL) as work:
        work.insert_all(Note, [note_row("n1"), note_row("n2")])
        work.audit()
    with pytest.raises(DBAPIError, match="only grows"), database.transaction() as work:
        work.session.execute(text(tampering))
    assert records_of(database, "n2")


def by_force(database, tampering):
    """As somebody does who owns the database and takes its guards away."""
    with database.transaction() as work:
        connection = work.session.connection()
        if connection.dialect.name == "sqlite":
            for trigger in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        else:
            for table in ("audit_records", "audit_seals"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.exec_driver_sql(tampering)


def act(database, note_id, *, at, person="rm", method="Write", refused=False):
    """A record of an act at a time of the test's choice, as `work.audit` writes it."""
    with database.transaction() as work:
        fields = {"act_time": at, "person_id": person, "login": person, "remote_address": "", "method": method}
        outcome = "NOTE_NOT_FOUND" if refused else "OK"
        write_act(work.session, fields | {"outcome": outcome, "purpose": "", "correlation_id": ""}, f"notes/{note_id}", [])


def sought(database, **fields):
    """The resources that a search finds, read page by page."""
    found, token = [], ""
    while True:
        answer = page(database, page_size=2, page_token=token, **fields)
        found += [record.resource.partition("/")[2] for record in answer.audit_records]
        if not (token := answer.next_page_token):
            return found


@pytest.fixture
def acts(database):
    """Acts of two people on five days, written in another order than they were done."""
    for number in (2, 1, 3, 5, 4):
        act(
            database,
            f"n{number}",
            at=NOW + timedelta(days=number),
            person="rm" if number % 2 else "leader",
            method="Read" if number == 3 else "Write",
            refused=number in (1, 4),
        )
    # At the same instant, the later written is the later.
    act(database, "n6", at=NOW + timedelta(days=5))


@pytest.mark.usefixtures("acts")
def test_the_trail_is_read_by_time_and_within_a_period(database):
    assert sought(database) == ["n6", "n5", "n4", "n3", "n2", "n1"]
    start, end = NOW + timedelta(days=2), NOW + timedelta(days=5)
    assert sought(database, start_time=start) == ["n6", "n5", "n4", "n3", "n2"]
    assert sought(database, end_time=end) == ["n4", "n3", "n2", "n1"]
    assert sought(database, start_time=start, end_time=end) == ["n4", "n3", "n2"]
    with pytest.raises(InvalidInput, match="PERIOD_INVALID"):
        sought(database, start_time=end, end_time=start)


@pytest.mark.usefixtures("acts")
def test_a_period_goes_with_who_what_and_how_it_ended(database):
    end = NOW + timedelta(days=5)
    assert sought(database, person_id="rm", end_time=end) == ["n3", "n1"]
    assert sought(database, method="Write", end_time=end) == ["n4", "n2", "n1"]
    assert sought(database, refused=True) == sought(database, outcome="NOTE_NOT_FOUND") == ["n4", "n1"]
    assert sought(database, outcome="OK", end_time=end) == ["n3", "n2"]
    assert sought(database, refused=True, person_id="rm") == ["n1"]
    assert sought(database, resource_id="n2", start_time=NOW) == ["n2"]
    assert not sought(database, resource_id="n2", end_time=NOW)


@pytest.mark.parametrize(
    ("fields", "index"),
    [
        ({}, "ix_audit_records_act_time_sequence"),
        ({"person_id": "leader"}, "ix_audit_records_person_id_act_time_sequence"),
        ({"method": "Read"}, "ix_audit_records_method_act_time_sequence"),
        ({"refused": True}, "ix_audit_records_refused_act_time_sequence"),
        ({"outcome": "NOTE_NOT_FOUND"}, "ix_audit_records_refused_act_time_sequence"),
    ],
    ids=["time", "person", "method", "refused", "outcome"],
)
def test_a_search_walks_an_index_in_its_order(database, fields, index):
    request = operations_service_pb2.ListAuditRecordsRequest(
        service="x", start_time=NOW, end_time=NOW + timedelta(days=30), page_size=50, **fields
    )
    with database.transaction() as work:
        rows = [
            {
                "act_time": NOW + timedelta(minutes=number),
                "person_id": "leader" if number % 50 == 0 else f"p{number % 40}",
                "method": "Read" if number % 50 == 0 else f"Write{number % 40}",
                "outcome": "NOTE_NOT_FOUND" if number % 50 == 0 else "OK",
                **dict.fromkeys(("login", "remote_address", "resource", "resource_id", "purpose", "correlation_id"), ""),
                "changes_json": "[]",
            }
            for number in range(20_000)
        ]
        work.session.execute(insert(AuditRecord), rows)
    with database.transaction() as work:
        work.session.execute(text("ANALYZE audit_records"))
        plan = plan_of(work, operations.sought(request).order_by(*(each.desc() for each in operations.BY_TIME)).limit(51))
    assert index in plan
    # Of one reason PostgreSQL expects so few that it sorts them.
    assert "outcome" in fields or "SORT" not in plan.upper().replace("TEMP B-TREE", "SORT")


def plan_of(work, statement):
    dialect = work.session.get_bind().dialect
    asked = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    words = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row) for row in work.session.connection().exec_driver_sql(f"{words} {asked}"))
