"""Contacts and the calendar of somebody with a hundred times as many: a page, a month and a week, asked for in turns."""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session
from workbench.activity.v1.contact_service_pb2 import ListContactsRequest
from workbench.activity.v1.schedule_service_pb2 import ListCalendarRequest

from services.activity.__main__ import SERVICE
from services.activity.model import Contact, Customer, Person
from services.activity.rules.contacts import ContactChannel, ContactKind, ContactState
from services.chassis import keys
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.client import Client
from services.chassis.rpc.server import Hosted, Server
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, open_channel
from tests import servers

FEW, MANY = 1_000, 100_000
ROUNDS = 15
CALLS_PER_ROUND = 10
CUSTOMERS = 100
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PATH = "/HO/EAST/E01/"
READS = frozenset({"activity.contact.read", "activity.schedule.read"})
_ROWS_AT_ONCE = 5_000
_SCHEDULE = "workbench.activity.v1.ScheduleService"
_CONTACTS = "workbench.activity.v1.ContactService"


@dataclass(frozen=True, slots=True)
class Manager:
    """A relationship manager with so many contacts, and the way in as that person."""

    contacts: int
    person_id: str
    client: Client


def run(console: Console) -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as name, servers.postgresql() as postgresql:
        folder = Path(name)
        keys.create_keys(folder)
        keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
        table = Table(
            "database", "asked for", "contacts", "ms", "contacts", "ms", "times", title=f"{ROUNDS} rounds in turns, medians"
        )
        for database, url in {"SQLite": f"sqlite:///{folder}/activity.db", "PostgreSQL": postgresql.create_database()}.items():
            with managers(url, folder) as (few, many):
                for asked, call in calls().items():
                    small, large = _medians(call, few, many)
                    table.add_row(
                        database, asked, f"{few.contacts:,}", f"{small:.2f}", f"{many.contacts:,}", f"{large:.2f}",
                        f"{large / small:.2f}",
                    )  # fmt: skip
        console.print(table)


def calls() -> Mapping[str, Callable[[Manager], Any]]:
    """What is asked for, each answered with as many rows by both."""

    def listed(**fields: Any) -> Callable[[Manager], Any]:
        def call(manager: Manager) -> Any:
            answer = manager.client.call(f"{_CONTACTS}/ListContacts", ListContactsRequest(page_size=50, **fields))
            assert len(answer.contacts) == 50
            return answer

        return call

    def calendar(days: int) -> Callable[[Manager], Any]:
        def call(manager: Manager) -> Any:
            request = ListCalendarRequest(page_size=50)
            request.start_time.FromDatetime(NOW - timedelta(days=days))
            request.end_time.FromDatetime(NOW)
            answer = manager.client.call(f"{_SCHEDULE}/ListCalendar", request)
            assert len(answer.entries) == min(50, days * 48)
            return answer

        return call

    days = {"start_date": "2026-11-01", "end_date": "2026-11-25", "order_by": "start_time"}
    return {
        "the latest 50": listed(),
        "50 of a month": listed(**days),
        "the first 50 ever": listed(order_by="start_time"),
        "a day of the calendar": calendar(1),
        "50 of a week of it": calendar(7),
    }


@contextmanager
def managers(url: str, folder: Path) -> Iterator[tuple[Manager, Manager]]:
    """One service in which two relationship managers have few and many contacts."""
    engine = create_engine(url)
    migrations.migrate(engine, "services.activity")
    people = {count: str(uuid.UUID(int=count)) for count in (FEW, MANY)}
    _fill(engine, people)
    ring = keys.KeyRing.load(folder / keys.SIGNING_KEYS_FILE)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        database = Database(engine, "activity", settings=SERVICE.settings(), clock=lambda: NOW)
        server = Server({"activity": Hosted(SERVICE.rpcs, database)}, Admission(ring))
        port = server.start("127.0.0.1:0")
        stack.callback(server.stop, 1.0)
        channel = stack.enter_context(open_channel(f"127.0.0.1:{port}"))

        def client(person_id: str) -> Client:
            caller = Caller(person_id, organisation_path=PATH, grants=(Grant(READS, Scope(own=True)),))
            return Client(channel, {ASSERTION_KEY: ring.sign(caller.to_claims(), ASSERTION_AUDIENCE, 3_600)})

        few, many = (Manager(count, person_id, client(person_id)) for count, person_id in people.items())
        yield few, many


def _fill(engine: Engine, people: Mapping[int, str]) -> None:
    tables = ("customers", "contacts")
    with Session(engine) as session:
        if engine.dialect.name == "postgresql":
            for table in tables:
                session.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
        for count, person_id in people.items():
            session.add(Person(person_id=person_id, staff_number=str(count), display_name="王雅婷", organisation_path=PATH))
            session.execute(insert(Customer), list(_customers(person_id)))
            rows = list(_contacts(count, person_id))
            for start in range(0, count, _ROWS_AT_ONCE):
                session.execute(insert(Contact), rows[start : start + _ROWS_AT_ONCE])
        if engine.dialect.name == "postgresql":
            for table in tables:
                session.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def _customers(person_id: str) -> Iterator[dict[str, Any]]:
    for number in range(CUSTOMERS):
        yield {
            "customer_id": _customer_id(person_id, number), "customer_number": f"{person_id[-6:]}{number:06}",
            "display_name": "欧阳芳", "kind": 1, "tier": 1, "lead_person_id": person_id, "organisation_path": PATH,
            "merged_into_customer_id": "", "gone": False, "create_time": NOW,
        }  # fmt: skip


def _contacts(count: int, person_id: str) -> Iterator[dict[str, Any]]:
    """So many, one half hour apart, back from now."""
    empty = {column.key: None for column in Contact.__mapper__.column_attrs}
    for number in range(count):
        start_time = NOW - timedelta(minutes=30 * number)
        yield empty | {
            "contact_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{person_id}/{number}")),
            "customer_id": _customer_id(person_id, number % CUSTOMERS), "owner_person_id": person_id,
            "organisation_path": PATH, "kind": ContactKind.CALL.value, "state": ContactState.DONE.value,
            "channel": ContactChannel.TELEPHONE.value, "purpose": 2, "outcome": 1, "subject": "年度回访", "summary": "",
            "place": "", "start_time": start_time, "minutes": 20, "business_date": start_time.date(), "people_met": [],
            "colleague_person_ids": [], "products": [], "customer_began": False, "plan_minutes": 0, "cancel_reason": "",
            "former_version_count": 0, "attachment_count": 0, "create_person_id": person_id, "create_time": start_time,
            "update_time": start_time, "version": 1,
        }  # fmt: skip


def _customer_id(person_id: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{person_id}/customer/{number}"))


def _medians(call: Callable[[Manager], Any], *asked: Manager) -> list[float]:
    rounds: list[list[float]] = [[] for _ in asked]
    for _ in range(ROUNDS):
        for measured, manager in zip(rounds, asked, strict=True):
            measured.append(statistics.median(_timed(lambda m=manager: call(m)) for _ in range(CALLS_PER_ROUND)))
    return [statistics.median(measured) for measured in rounds]


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000
