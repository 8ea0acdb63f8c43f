"""Identity as the gateway meets it: over gRPC, on both databases, with a clock that tests move."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from workbench.identity.v1 import (
    directory_service_pb2,
    events_pb2,
    grant_service_pb2,
    session_service_pb2,
)

from gateway.identity.__main__ import SERVICE
from gateway.identity.rules.organisation import UnitKind
from gateway.identity.usecases.provisioning import PersonEntry, PostEntry, UnitEntry, provision
from services.chassis import keys, operations
from services.chassis.contract import methods
from services.chassis.db import migrations
from services.chassis.db.audit import AuditRecord
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.outbox.table import OutboxMessage
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.client import Client
from services.chassis.rpc.server import Hosted, Server
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, REMOTE_ADDRESS_KEY, open_channel

PASSWORD = "workbench-demo"
WEAK_HASHES = {"argon2_memory_kib": 8, "argon2_passes": 1}
GATEWAY = Caller(
    "gateway",
    "gateway",
    grants=(Grant(frozenset({"identity.revocations.read", "identity.sessions.federate"}), Scope(organisation_paths=("/",))),),
)

UNITS = (
    UnitEntry("HO", UnitKind.HEAD_OFFICE, "总行"),
    UnitEntry("EAST", UnitKind.BRANCH, "东区分行", "HO"),
    UnitEntry("E01", UnitKind.OUTLET, "一号网点", "EAST"),
    UnitEntry("WEST", UnitKind.BRANCH, "西区分行", "HO"),
    UnitEntry("W01", UnitKind.OUTLET, "二号网点", "WEST"),
)
# Login, role, unit.
STAFF = (
    ("rm1.east", "relationship_manager", "E01"),
    ("rm1.west", "relationship_manager", "W01"),
    ("manager.east", "branch_manager", "EAST"),
    ("auditor.ho", "auditor", "HO"),
    ("operator.ho", "operator", "HO"),
    ("useradmin.ho", "user_administrator", "HO"),
    ("second.ho", "user_administrator", "HO"),
    ("useradmin.east", "user_administrator", "EAST"),
    ("newcomer.east", "", "E01"),
)
PEOPLE = tuple(
    PersonEntry(f"{number:06}", login.title(), unit, login, PASSWORD) for number, (login, _, unit) in enumerate(STAFF, 1)
)
POSTS = tuple(PostEntry(f"{number:06}", role, unit) for number, (_, role, unit) in enumerate(STAFF, 1) if role)

_PB = {"SessionService": session_service_pb2, "DirectoryService": directory_service_pb2, "GrantService": grant_service_pb2}
_METHODS = {m.full_name.rpartition("/")[2]: m for name in _PB for m in methods(f"workbench.identity.v1.{name}")}


class MovableClock:
    """The real time, moved forward as a test asks."""

    def __init__(self):
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def forward(self, **duration) -> None:
        self.ahead += timedelta(**duration)


@dataclass
class As:
    """Calls identity's methods as one caller: `me.call("GetMe")`."""

    client: Client
    session: Any = None

    def call(self, method: str, **fields) -> Any:
        known = _METHODS[method]
        return self.client.call(known.full_name, known.request(**fields))

    def refusal(self, method: str, **fields) -> str:
        with pytest.raises(WorkbenchError) as caught:
            self.call(method, **fields)
        return caught.value.reason


@dataclass
class Identity:
    database: Database
    clock: MovableClock
    secrets: Path
    address: str
    channels: list = field(default_factory=list)

    def as_caller(self, caller: Caller | None = None, session: Any = None) -> As:
        metadata = {REMOTE_ADDRESS_KEY: "10.0.0.1"}
        if caller:
            metadata[ASSERTION_KEY] = self.ring.sign(caller.to_claims(), ASSERTION_AUDIENCE, 60)
        channel = open_channel(self.address)
        self.channels.append(channel)
        return As(Client(channel, metadata), session)

    @property
    def nobody(self) -> As:
        return self.as_caller()

    @property
    def gateway(self) -> As:
        return self.as_caller(GATEWAY)

    def sign_in(self, login: str, password: str = PASSWORD, **more) -> As:
        """Signs in and calls from then on with the posts of the access token, as the gateway would."""
        tokens = self.nobody.call("CreateSession", login=login, password=password, **more)
        return self.with_tokens(tokens)

    def with_tokens(self, tokens: Any) -> As:
        return self.as_caller(Caller.from_claims(self.claims(tokens)), tokens)

    def claims(self, tokens: Any) -> dict[str, Any]:
        return self.ring.verify(tokens.access_token, "workbench")

    @property
    def ring(self) -> keys.KeyRing:
        return keys.KeyRing.load(self.secrets / keys.SIGNING_KEYS_FILE)

    def person_id(self, login: str) -> str:
        return self.sign_in_free("useradmin.ho").call("ListPeople", login=login).people[0].person_id

    def unit_id(self, code: str) -> str:
        units = self.sign_in_free("useradmin.ho").call("ListOrganisationUnits").organisation_units
        return next(unit.organisation_unit_id for unit in units if unit.code == code)

    def sign_in_free(self, login: str) -> As:
        """As somebody with wide posts, without a session of his: for looking things up."""
        scope = Scope(organisation_paths=("/",))
        reads = frozenset({"identity.people.read", "identity.organisation.read", "identity.grants.read"})
        return self.as_caller(Caller("looker", login, grants=(Grant(reads, scope),)))

    def void(self, tokens: Any) -> bool:
        """Whether the gateway would refuse the access token."""
        issued = float(self.claims(tokens)["iat"])
        listed = self.gateway.call("ListRevocations").revocations
        return any(
            r.session_id == tokens.session_id and issued <= r.revoke_time.seconds + r.revoke_time.nanos / 1e9 for r in listed
        )

    def events(self) -> list[Any]:
        """The events recorded so far, as messages."""
        with self.database.transaction(read_only=True) as work:
            rows = work.session.scalars(select(OutboxMessage).order_by(OutboxMessage.sequence)).all()
        return [getattr(events_pb2, row.type.rpartition(".")[2]).FromString(row.data) for row in rows]

    def trail(self) -> list[AuditRecord]:
        with self.database.transaction(read_only=True) as work:
            return list(work.session.scalars(select(AuditRecord).order_by(AuditRecord.sequence)))


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request):
    return request.param


@pytest.fixture(scope="session")
def bank_secrets(tmp_path_factory) -> Path:
    """The keys with which the small bank is written: each test has a copy, and may replace them."""
    folder = tmp_path_factory.mktemp("secrets")
    keys.create_keys(folder)
    return folder


@pytest.fixture
def settings(tmp_path) -> dict[str, Any]:
    """Hashes as weak as they go: what is tested is not how long they take."""
    return {"secrets": tmp_path, **WEAK_HASHES}


@pytest.fixture
def opened(bank_secrets, copy_of, dialect, tmp_path, settings) -> Iterator[Callable[..., Database]]:
    """Opens a database of the test's own, as `prepare` leaves it."""
    shutil.copytree(bank_secrets, tmp_path, dirs_exist_ok=True)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    with ExitStack() as stack:

        def open_database(prepare: Callable[[str], None]) -> Database:
            engine = create_engine(copy_of(dialect, prepare, tmp_path))
            stack.callback(engine.dispose)
            return Database(engine, "identity", settings=SERVICE.settings(**settings), clock=MovableClock())

        yield open_database


def make_tables(url: str) -> None:
    engine = create_engine(url)
    migrations.migrate(engine, SERVICE.package)
    engine.dispose()


@pytest.fixture(scope="session")
def make_bank(bank_secrets) -> Callable[[str], None]:
    """Fills an empty database with the small bank."""
    settings = SERVICE.settings(secrets=bank_secrets, **WEAK_HASHES)

    def make(url: str) -> None:
        make_tables(url)
        keys.use_data_keys(keys.DataKeys.load(bank_secrets / keys.DATA_KEYS_FILE))
        engine = create_engine(url)
        with Database(engine, "identity", settings=settings).transaction() as work:
            provision(work, UNITS, PEOPLE, POSTS)
        engine.dispose()

    return make


@pytest.fixture
def database(opened):
    """Without anybody."""
    return opened(make_tables)


@pytest.fixture
def identity(opened, make_bank, tmp_path):
    """A running identity service with a small bank in it."""
    database = opened(make_bank)
    admission = Admission(keys.KeyRing.load(tmp_path / keys.PUBLIC_KEYS_FILE))
    hosted = Hosted({**SERVICE.rpcs, "workbench.operations.v1.AuditService": operations}, database)
    server = Server({"identity": hosted}, admission, threads=16)
    port = server.start("127.0.0.1:0")
    running = Identity(database, database.clock, tmp_path, f"127.0.0.1:{port}")
    yield running
    for channel in running.channels:
        channel.close()
    server.stop(0.1)


@pytest.fixture
def grant(identity) -> Callable[..., str]:
    """Proposes and approves a post; answers the grant's id."""

    def give(login: str, role: str, unit: str, scope: int) -> str:
        proposed = identity.sign_in("useradmin.ho").call(
            "ProposeGrant", person_id=identity.person_id(login), role=role, organisation_unit_id=identity.unit_id(unit),
            scope=scope, reason="test",
        )  # fmt: skip
        identity.sign_in("second.ho").call("ApproveGrant", grant_id=proposed.grant_id)
        return proposed.grant_id

    return give
