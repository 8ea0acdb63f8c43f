"""A service over real gRPC, on SQLite and on PostgreSQL; each test has a bank of its own inside it.

A service's `conftest.py` has the fixture `service`, which `running` makes of it; `town` and `at` stand on that.
"""

from __future__ import annotations

import threading
import uuid
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from workbench.customer.v1 import customer_pb2
from workbench.customer.v1 import events_pb2 as customer_events_pb2
from workbench.identity.v1 import events_pb2

from gateway.identity.rules.roles import ROLES
from services.chassis import keys, runtime
from services.chassis.contract import methods
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database, UnitOfWork
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.lake.lake import Lake
from services.chassis.longwork.runner import Runner
from services.chassis.outbox.table import OutboxMessage
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.client import Client
from services.chassis.rpc.server import Hosted, Server
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, open_channel


class MovableClock:
    """The clock of the service: the system's, until a test sets an instant for what it does."""

    def __init__(self):
        self.fixed = None

    def __call__(self):
        return self.fixed or datetime.now(UTC)


def running(definition, request, tmp_path_factory):
    """Runs the service of that definition: its database, its keys, its clock, and the channel to it."""
    name = definition.name
    folder = tmp_path_factory.mktemp(name)
    keys.create_keys(folder)
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    ring = keys.KeyRing.load(folder / keys.SIGNING_KEYS_FILE)
    sqlite = request.param == "sqlite"
    engine = create_engine(f"sqlite:///{folder}/{name}.db" if sqlite else request.getfixturevalue("new_postgresql_url")())
    migrations.migrate(engine, definition.package)
    clock, settings = MovableClock(), definition.settings()
    lake = Lake(folder / "lake", memory_mb_max=256)
    database = Database(engine, name, settings=settings, lake=lake, clock=clock, on_record=definition.on_record)
    rpcs = {**definition.rpcs, **runtime.OPERATIONS}
    # Names of methods are unique among the RPC services of one service.
    named = {each.full_name.rpartition("/")[2]: each for rpc in rpcs for each in methods(rpc)}
    server = Server({name: Hosted(rpcs, database)}, Admission(ring))
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        stack.enter_context(Runner(database, definition.works))
        port = server.start("127.0.0.1:0")
        stack.callback(server.stop, 1.0)
        channel = stack.enter_context(open_channel(f"127.0.0.1:{port}"))
        yield SimpleNamespace(database=database, channel=channel, ring=ring, clock=clock, definition=definition, methods=named)


@dataclass
class Colleague:
    """Somebody of the bank, and the way in to the service as that person."""

    service: SimpleNamespace
    caller: Caller

    @property
    def person_id(self):
        return self.caller.person_id

    @property
    def organisation_path(self):
        return self.caller.organisation_path

    def call(self, method, request=None, **fields):
        """Calls a method of any of the service's RPC services; keywords are the request's fields."""
        called = self.service.methods[method]
        return self.client.call(called.full_name, request or called.request(**fields))

    @property
    def client(self):
        metadata = {ASSERTION_KEY: self.service.ring.sign(self.caller.to_claims(), ASSERTION_AUDIENCE, 60)}
        return Client(self.service.channel, metadata)


@dataclass
class Town:
    """A head office with two branches, apart from those of every other test; people hold posts with their roles' permissions."""

    service: SimpleNamespace
    root: str = field(default_factory=lambda: f"/HO{uuid.uuid4().hex[:8].upper()}/")
    # In which all arrive with whom a town begins: their transactions would cost more than the test.
    _arrival: UnitOfWork | None = field(default=None, repr=False)

    def __post_init__(self):
        with self.service.database.transaction() as self._arrival:
            self._settle()
        self._arrival = None

    def _settle(self):
        self.rm1_east = self.colleague("relationship_manager", "EAST/E01/")
        self.rm2_east = self.colleague("relationship_manager", "EAST/E02/")
        self.rm1_west = self.colleague("relationship_manager", "WEST/W01/")
        self.leader_east = self.colleague("team_leader", "EAST/E01/")
        self.manager_east = self.colleague("branch_manager", "EAST/")
        self.manager_west = self.colleague("branch_manager", "WEST/")
        self.product_manager = self.colleague("product_manager", "")
        self.analyst = self.colleague("performance_analyst", "")
        self.steward = self.colleague("data_steward", "")
        self.auditor = self.colleague("auditor", "")

    def colleague(self, role, place, display_name="王雅婷"):
        """Somebody whom identity announced as that in that place: an RM with his own customers, others with their unit."""
        path = f"{self.root}{place}"
        scope = Scope(own=True) if role == "relationship_manager" else Scope(organisation_paths=(path,))
        grants = (Grant(ROLES[role].permissions, scope),)
        person = Colleague(self.service, Caller(str(uuid.uuid4()), organisation_path=path, grants=grants))
        told = {"person_id": person.person_id, "staff_number": person.person_id[:8], "display_name": display_name}
        self.announce(events_pb2.PersonCreated(**told, organisation_path=path))
        self.announce(events_pb2.PostGranted(**told, grant_id=str(uuid.uuid4()), role=role, organisation_path=path))
        return person

    def customer(self, lead, **fields):
        """The id of a new customer whom that person leads."""
        customer_id = str(uuid.uuid4())
        told = {
            "customer_id": customer_id,
            "customer_number": customer_id[:12],
            "kind": customer_pb2.CUSTOMER_KIND_RETAIL,
            "display_name": "欧阳芳",
            "tier": customer_pb2.CUSTOMER_TIER_MASS,
            "lead_person_id": lead.person_id,
            "organisation_path": lead.organisation_path,
            "create_time": datetime.now(UTC),
        }
        self.announce(customer_events_pb2.CustomerCreated(**told | fields))
        return customer_id

    def reassign(self, customer_id, former, lead, **fields):
        """Gives a customer to another lead, as the customer service announces it."""
        self.announce(
            customer_events_pb2.CustomerReassigned(
                customer_id=customer_id,
                former_lead_person_id=former.person_id,
                lead_person_id=lead.person_id,
                former_organisation_path=former.organisation_path,
                organisation_path=lead.organisation_path,
                start_date="2026-11-25",
                **fields,
            )
        )

    def announce(self, event):
        """Lets the service handle an event, as its inbox would."""
        handlers = [s.handle for s in self.service.definition.subscriptions if s.event is type(event)]
        assert handlers, f"The service does not follow {type(event).__name__}."
        for handle in handlers:
            with nullcontext(self._arrival) if self._arrival else self.service.database.transaction() as work:
                handle(work, event)

    def run_timer(self, name):
        """Lets a timer have its turn."""
        (timer,) = (timer for timer in self.service.definition.timers if timer.name == name)
        with self.service.database.transaction() as work:
            timer.run(work)

    def recorded(self, event_type, **fields):
        """The events of a type that the service recorded with these values, the oldest first."""
        with self.service.database.transaction(read_only=True) as work:
            rows = work.session.scalars(select(OutboxMessage).order_by(OutboxMessage.sequence)).all()
        name = event_type.DESCRIPTOR.full_name
        events = [event_type.FromString(row.data) for row in rows if row.type == name]
        return [event for event in events if all(getattr(event, key) == value for key, value in fields.items())]


def run_together(function, arguments):
    """Calls the function with each argument in a thread of its own, and waits for all."""
    threads = [threading.Thread(target=function, args=(argument,)) for argument in arguments]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


@pytest.fixture
def town(service):
    return Town(service)


@pytest.fixture
def at(service):
    """Sets the service's clock for a test."""

    def set_clock(moment):
        service.clock.fixed = moment

    yield set_clock
    service.clock.fixed = None
