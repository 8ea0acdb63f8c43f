"""A customer service with a whole bank in it, filled past the front door: a million customers in minutes, not a quarter hour.

The rows are those that the service's own use cases would write (`opened`, `entry_of`); what is left out is what no list and no
search reads: events and the audit trail.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from deploy.demonstration.bank import Bank
from deploy.demonstration.customers import BankCustomer
from deploy.demonstration.organisation import RELATIONSHIP_MANAGER
from services.chassis import keys
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.ids import uuid7
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.client import Client
from services.chassis.rpc.server import Hosted, Server
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, open_channel
from services.customer.__main__ import SERVICE
from services.customer.model import Base, Customer, CustomerKey, RelationshipManager
from services.customer.model.customer import Details, opened
from services.customer.model.key import keys_of
from services.customer.rules.tokens import entry_of
from services.customer.usecases import indexing

BATCH_CUSTOMERS = 5_000
PROCESSES = 2
NOW = datetime(2026, 1, 2, tzinfo=UTC)
BANK = Bank()
READS = "customer.record.read"


@dataclass(frozen=True, slots=True)
class Filled:
    """A running service with so many customers, and the way in to it."""

    customers: int
    database: Database
    channel: Any
    ring: keys.KeyRing

    def client(self, person_id: str, scope: Scope) -> Client:
        """The way in as somebody with that scope."""
        caller = Caller(person_id, grants=(Grant(frozenset({READS}), scope),))
        return Client(self.channel, {ASSERTION_KEY: self.ring.sign(caller.to_claims(), ASSERTION_AUDIENCE, 3_600)})


@contextmanager
def filled(url: str, customers: int, folder: Path) -> Iterator[Filled]:
    """The service on that database with so many customers of the demonstration bank."""
    fill(url, customers, folder)
    ring = keys.KeyRing.load(folder / keys.SIGNING_KEYS_FILE)
    with ExitStack() as stack:
        engine = create_engine(url)
        stack.callback(engine.dispose)
        database = Database(engine, "customer")
        server = Server({"customer": Hosted(SERVICE.rpcs, database)}, Admission(ring))
        port = server.start("127.0.0.1:0")
        stack.callback(server.stop, 1.0)
        yield Filled(customers, database, stack.enter_context(open_channel(f"127.0.0.1:{port}")), ring)


def fill(url: str, customers: int, folder: Path) -> None:
    """Fills an empty database."""
    keys.create_keys(folder)
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    engine = create_engine(url)
    migrations.migrate(engine, "services.customer")
    with Session(engine) as session:
        session.add_all(relationship_managers())
        if engine.dialect.name == "postgresql":
            # Built at the end it is half the size, and takes a tenth of the time.
            session.execute(text("DROP INDEX ix_search_entries_tokens"))
            # COPY takes no table whose owner is under its row scope.
            session.execute(text("ALTER TABLE customers NO FORCE ROW LEVEL SECURITY"))
        session.commit()
    _fill_customers(url, engine, customers, folder)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("SET maintenance_work_mem = '512MB'"))
            for index in Base.metadata.tables["search_entries"].indexes:
                index.create(connection)
            connection.execute(text("ALTER TABLE customers FORCE ROW LEVEL SECURITY"))
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("ANALYZE"))
    engine.dispose()


def relationship_managers() -> Iterator[RelationshipManager]:
    """Those of the bank."""
    people = {person.person_id: person for person in BANK.organisation.people}
    for post in BANK.organisation.posts:
        if post.role == RELATIONSHIP_MANAGER:
            person = people[post.person_id]
            yield RelationshipManager(
                person_id=person.person_id, staff_number=person.staff_number, display_name=person.display_name,
                organisation_path=person.organisation_path, in_office=True,
            )  # fmt: skip


def _fill_customers(url: str, engine: Engine, customers: int, folder: Path) -> None:
    spans = [(start, min(start + BATCH_CUSTOMERS, customers)) for start in range(0, customers, BATCH_CUSTOMERS)]
    if engine.dialect.name == "sqlite":
        for span in spans:
            _write(engine, *span)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES, _begin, (url, folder)) as pool:
        pool.map(_write_span, spans, chunksize=1)


_engine: Engine | None = None


def _begin(url: str, folder: Path) -> None:
    global _engine  # noqa: PLW0603 - one process of the pool
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    _engine = create_engine(url, pool_size=1)


def _write_span(span: tuple[int, int]) -> None:
    assert _engine
    _write(_engine, *span)


def _write(engine: Engine, start: int, stop: int) -> None:
    rows = [_row(customer) for customer in BANK.customers.between(start, stop)]
    with Session(engine) as session:
        _insert(session, Customer, rows)
        customers = [SimpleNamespace(**row) for row in rows]
        _insert(session, CustomerKey, _keys(customers))
        indexing.store(session, [(customer.customer_id, entry_of(indexing.findable(customer))) for customer in customers])
        session.commit()


def _insert(session: Session, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(insert(model), rows)
        return
    # COPY takes values as the column types would bind them.
    dialect = session.get_bind().dialect
    names = list(rows[0])
    processors = [model.__table__.c[name].type.dialect_impl(dialect).bind_processor(dialect) or _same for name in names]
    cursor = session.connection().connection.cursor()
    with cursor.copy(f"COPY {model.__tablename__} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([process(row[name]) for name, process in zip(names, processors, strict=True)])


def _same(value: Any) -> Any:
    return value


def _row(customer: BankCustomer) -> dict[str, Any]:
    lead = RelationshipManager(
        person_id=customer.lead_person_id, staff_number="", display_name="", organisation_path=customer.organisation_path
    )
    details = Details(customer.display_name, customer.identifier, customer.phone, customer.tier)
    row = opened(uuid7(), customer.customer_number, customer.kind, details, lead=lead, now=NOW, today=NOW.date())
    return row | {"version": 1}


def _keys(customers: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"customer_id": customer.customer_id, "name": key.name, "issuer": key.issuer, "value_index": key.value_index,
         "exclusive": key.exclusive}
        for customer in customers
        for key in keys_of(customer).values()
    ]  # fmt: skip
