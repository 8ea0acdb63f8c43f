"""The customer service over real gRPC, on SQLite and on PostgreSQL; each test has a bank of its own inside it."""

from __future__ import annotations

import itertools
import threading
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from stdnum.cn import ric
from workbench.customer.v1 import customer_pb2
from workbench.identity.v1 import events_pb2

from services.chassis import keys, runtime
from services.chassis.contract import methods
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.lake.lake import Lake
from services.chassis.longwork.runner import Runner
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.client import Client
from services.chassis.rpc.server import Hosted, Server
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, open_channel
from services.customer.__main__ import SERVICE

SERVES_CUSTOMERS = (
    "customer.record.create", "customer.record.read", "customer.record.update", "customer.pii.read", "customer.coverage.assign",
)  # fmt: skip
LEADS_PEOPLE = (*SERVES_CUSTOMERS, "customer.record.import")
# Names of methods are unique among the RPC services of one service.
RPCS = {**SERVICE.rpcs, **runtime.OPERATIONS}
METHODS = {each.full_name.rpartition("/")[2]: each for name in RPCS for each in methods(name)}
ID_CARD_DIGITS = itertools.count(1)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def service(request, tmp_path_factory):
    """A running service: its database, its keys, and the channel to it."""
    folder = tmp_path_factory.mktemp("customer")
    keys.create_keys(folder)
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    ring = keys.KeyRing.load(folder / keys.SIGNING_KEYS_FILE)
    sqlite = request.param == "sqlite"
    engine = create_engine(f"sqlite:///{folder}/customer.db" if sqlite else request.getfixturevalue("new_postgresql_url")())
    migrations.migrate(engine, "services.customer")
    lake = Lake(folder / "lake", memory_mb_max=256)
    database = Database(engine, "customer", settings=SERVICE.settings(), lake=lake, on_record=SERVICE.on_record)
    server = Server({"customer": Hosted(RPCS, database)}, Admission(ring))
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        stack.enter_context(Runner(database, SERVICE.works))
        port = server.start("127.0.0.1:0")
        stack.callback(server.stop, 1.0)
        channel = stack.enter_context(open_channel(f"127.0.0.1:{port}"))
        yield SimpleNamespace(database=database, channel=channel, ring=ring)


@dataclass
class Colleague:
    """Somebody of the bank, and the way in to the service as that person."""

    service: SimpleNamespace
    caller: Caller

    @property
    def person_id(self):
        return self.caller.person_id

    def call(self, method, request=None, **fields):
        """Calls a method of any of the service's RPC services; keywords are the request's fields."""
        called = METHODS[method]
        return self.client.call(called.full_name, request or called.request(**fields))

    @property
    def client(self):
        return Client(self.service.channel, self.metadata)

    @property
    def metadata(self):
        return {ASSERTION_KEY: self.service.ring.sign(self.caller.to_claims(), ASSERTION_AUDIENCE, 60)}

    def create(self, **fields):
        record = customer_record(**{name: fields.pop(name) for name in list(fields) if name in RECORD_FIELDS})
        return self.call("CreateCustomer", customer=record, **fields)

    def get(self, customer):
        return self.call("GetCustomer", customer_id=customer.customer_id)

    def update(self, customer, etag="", **fields):
        sent = customer_pb2.Customer(customer_id=customer.customer_id, etag=etag, **fields)
        return self.call("UpdateCustomer", customer=sent, update_mask={"paths": list(fields)})

    def reassign(self, customer, lead, **fields):
        fields = {"reason": "rotation"} | fields
        return self.call("ReassignCustomer", customer_id=customer.customer_id, lead_person_id=lead.person_id, **fields)

    def pages(self, size, **filters):
        """All customers of the list, page by page."""
        token = ""
        while True:
            page = self.call("ListCustomers", page_size=size, page_token=token, **filters)
            yield from page.customers
            if not (token := page.next_page_token):
                return

    def numbers(self, **filters):
        return [customer.customer_number for customer in self.pages(100, **filters)]


RECORD_FIELDS = {f.name for f in customer_pb2.Customer.DESCRIPTOR.fields} - {"lead_person_id"}


def customer_record(**fields):
    """A record that is fit to be opened, but for the fields given."""
    number = uuid.uuid4().hex[:16]
    return customer_pb2.Customer(
        **{"customer_number": number, "kind": customer_pb2.CUSTOMER_KIND_RETAIL, "display_name": f"王{number}"} | fields
    )


def new_id_card():
    """A valid ID card number that no other test uses."""
    number = next(ID_CARD_DIGITS)
    digits = f"33010619{80 + number // 1_000 % 20}0115{number % 1_000:03d}"
    return digits + ric.calc_check_digit(digits + "0")


@dataclass
class Town:
    """A head office with two branches, apart from those of every other test."""

    service: SimpleNamespace
    root: str = field(default_factory=lambda: f"/HO{uuid.uuid4().hex[:8].upper()}/")

    def __post_init__(self):
        self.rm1_east = self.relationship_manager("EAST/E01/")
        self.rm2_east = self.relationship_manager("EAST/E02/")
        self.rm1_west = self.relationship_manager("WEST/W01/")
        self.manager_east = self.colleague(LEADS_PEOPLE, Scope(organisation_paths=(f"{self.root}EAST/",)))
        self.manager_west = self.colleague(LEADS_PEOPLE, Scope(organisation_paths=(f"{self.root}WEST/",)))
        self.analyst = self.colleague(("customer.record.read",), Scope(organisation_paths=(self.root,)))

    def colleague(self, permissions, scope, person_id="", organisation_path=""):
        grants = (Grant(frozenset(permissions), scope),)
        caller = Caller(person_id or str(uuid.uuid4()), organisation_path=organisation_path, grants=grants)
        return Colleague(self.service, caller)

    def relationship_manager(self, place):
        """Somebody whom identity announced in that place."""
        manager = self.colleague(SERVES_CUSTOMERS, Scope(own=True), organisation_path=f"{self.root}{place}")
        self.announce(post_granted(manager, f"{self.root}{place}"))
        return manager

    def announce(self, event):
        """Lets the service handle an event, as its inbox would."""
        handle = next(s.handle for s in SERVICE.subscriptions if s.event is type(event))
        with self.service.database.transaction() as work:
            handle(work, event)


def run_together(function, arguments):
    """Calls the function with each argument in a thread of its own, and waits for all."""
    threads = [threading.Thread(target=function, args=(argument,)) for argument in arguments]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


def post_granted(person, organisation_path, **fields):
    """The event that somebody came to a post."""
    told = {"staff_number": person.person_id[:6], "display_name": "王雅婷", "grant_id": str(uuid.uuid4())}
    told |= {"person_id": person.person_id, "role": "relationship_manager", "organisation_path": organisation_path}
    return events_pb2.PostGranted(**told | fields)


@pytest.fixture
def town(service):
    return Town(service)
