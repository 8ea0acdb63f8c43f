"""The steps around every call, over a real gRPC connection: who, may he, is it well formed, once, recorded, masked."""

import threading
import time
import uuid
from types import SimpleNamespace

import grpc
import pytest
from sqlalchemy import select
from workbench.customer.v1 import customer_pb2, customer_service_pb2, events_pb2
from workbench.operations.v1 import operations_service_pb2

from services.chassis import keys, operations
from services.chassis.contract import ContractFault, methods
from services.chassis.db import migrations
from services.chassis.db.audit import AuditRecord
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import (
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    RuleBroken,
    StaleVersion,
    Unavailable,
)
from services.chassis.outbox.table import OutboxMessage
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.client import Client
from services.chassis.rpc.errors import InternalFault
from services.chassis.rpc.server import STREAMS_MAX, Hosted, Server
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, open_channel

SERVICE = "workbench.customer.v1.CustomerService"
CREATE, GET, REVEAL, WATCH = (f"{SERVICE}/{m}" for m in ("CreateCustomer", "GetCustomer", "RevealCustomer", "WatchCustomers"))
ALL = frozenset({"customer.record.create", "customer.record.read", "customer.pii.read", "operations.audit.read"})
RM = Caller("0194c8f0-7b1a-7c3e-9f55-1f2e3d4c5b6a", "rm1.east", "s", "/HO/", (Grant(ALL, Scope(own=True)),))
VALID = customer_pb2.Customer(customer_number="C1", kind=1, display_name="王芳", phone="13812345678")


def functions(**given):
    """A module that serves the contract; what a test does not care for answers an empty customer."""
    names = [method.function for method in methods(SERVICE)]
    return SimpleNamespace(__name__="fake", **dict.fromkeys(names, lambda *_: customer_pb2.Customer()) | given)


@pytest.fixture
def database(tmp_path):
    keys.create_keys(tmp_path)
    engine = create_engine(f"sqlite:///{tmp_path}/rpc.db")
    migrations.migrate(engine, migrations.CHASSIS_PACKAGE)
    yield Database(engine, "customer")
    engine.dispose()


@pytest.fixture
def serving(tmp_path, database):
    """Serves the functions; answers a client for a caller."""
    stack = []
    private = keys.KeyRing.load(tmp_path / keys.SIGNING_KEYS_FILE)
    admission = Admission(keys.KeyRing.load(tmp_path / keys.PUBLIC_KEYS_FILE))

    def serve(caller=RM, threads=16, **given):
        if not stack:
            rpcs = {SERVICE: functions(**given), "workbench.operations.v1.AuditService": operations}
            server = Server({"customer": Hosted(rpcs, database)}, admission, threads=threads)
            stack.append((server, server.start("127.0.0.1:0")))
        metadata = {"x-correlation-id": "c-1", "x-remote-address": "10.0.0.1"}
        if caller:
            metadata[ASSERTION_KEY] = (
                caller if isinstance(caller, str) else private.sign(caller.to_claims(), ASSERTION_AUDIENCE, 60)
            )
        channel = open_channel(f"127.0.0.1:{stack[0][1]}")
        stack.append(channel)
        return Client(channel, metadata)

    serve.server = lambda: stack[0][0]
    yield serve
    for channel in stack[1:]:
        channel.close()
    stack[0][0].stop(0)


def create(**fields):
    return customer_service_pb2.CreateCustomerRequest(customer=VALID, **fields)


def get():
    return customer_service_pb2.GetCustomerRequest(customer_id=str(uuid.uuid4()))


def rows(database, table):
    with database.transaction(read_only=True) as work:
        return work.session.scalars(select(table)).all()


@pytest.mark.parametrize("assertion", [None, "garbage", "a.b.c"])
def test_without_a_proven_assertion_nobody_gets_in(serving, assertion):
    with pytest.raises(NotAuthenticated):
        serving(assertion).call(GET, get())


def test_an_access_token_is_no_assertion(serving, tmp_path):
    ring = keys.KeyRing.load(tmp_path / keys.SIGNING_KEYS_FILE)
    serving()
    with pytest.raises(NotAuthenticated):
        serving(ring.sign(RM.to_claims(), "workbench", 60)).call(GET, get())


def test_a_permission_that_no_post_gives_is_refused_by_name(serving):
    stranger = Caller("p", grants=(Grant(frozenset({"customer.record.update"}), Scope(own=True)),))
    with pytest.raises(NotAllowed) as refusal:
        serving(stranger).call(GET, get())
    assert refusal.value.metadata == {"permission": "customer.record.read"}


def test_every_field_that_does_not_fit_is_named_and_no_value_repeated(serving):
    bad = customer_pb2.Customer(customer_number="a b", kind=1, display_name="", phone="secret!")
    with pytest.raises(InvalidInput) as refusal:
        serving().call(CREATE, customer_service_pb2.CreateCustomerRequest(customer=bad))
    fields = {violation.field for violation in refusal.value.violations}
    assert fields == {"customer.customer_number", "customer.display_name", "customer.phone"}
    assert "secret" not in str(refusal.value) + str(refusal.value.violations)


def test_what_breaks_inside_is_not_told(serving, capsys):
    def broken(*_):
        # Put together here, because a stack shows the lines of the programme.
        raise ZeroDivisionError("the secret of " + "138".ljust(11, "9"))

    with pytest.raises(InternalFault) as refusal:
        serving(get_customer=broken).call(GET, get())
    assert "secret" not in str(refusal.value)
    logged = capsys.readouterr()
    assert "ZeroDivisionError at" in logged.out + logged.err
    assert "13899999999" not in logged.out + logged.err


@pytest.mark.parametrize("refusal", [RuleBroken, NotFound, StaleVersion])
def test_a_refusal_arrives_as_it_was_raised(serving, refusal):
    def refuse(*_):
        raise refusal("SOME_REASON", "Some words.", metadata={"limit": "3"})

    with pytest.raises(refusal) as arrived:
        serving(get_customer=refuse).call(GET, get())
    assert (arrived.value.reason, arrived.value.message, arrived.value.metadata) == ("SOME_REASON", "Some words.", {"limit": "3"})


def test_answers_are_masked_except_where_the_method_reveals(serving):
    full = lambda *_: customer_pb2.Customer(phone="13812345678")  # noqa: E731
    client = serving(get_customer=full, reveal_customer=full)
    assert client.call(GET, get()).phone == "138****5678"
    revealed = customer_service_pb2.RevealCustomerRequest(customer_id=str(uuid.uuid4()), purpose="call back")
    assert client.call(REVEAL, revealed).phone == "13812345678"


def test_a_repeated_request_id_happens_once_and_gets_the_masked_answer(serving, database):
    made = []

    def make(work, request):
        made.append(request)
        return customer_pb2.Customer(customer_id=work.new_id(), phone=request.customer.phone)

    client = serving(create_customer=make)
    request = create(request_id=str(uuid.uuid4()))
    first, second = client.call(CREATE, request), client.call(CREATE, request)
    assert first == second
    assert first.phone == "138****5678"
    assert len(made) == 1
    assert len(rows(database, AuditRecord)) == 1


def test_a_write_is_recorded_with_who_from_where_and_purpose(serving, database):
    def reveal(work, request):
        work.resource, work.purpose = f"customers/{request.customer_id}", request.purpose
        return customer_pb2.Customer()

    request = customer_service_pb2.RevealCustomerRequest(customer_id=str(uuid.uuid4()), purpose="call back")
    serving(reveal_customer=reveal).call(REVEAL, request)
    (record,) = rows(database, AuditRecord)
    assert (record.person_id, record.login, record.remote_address) == (RM.person_id, "rm1.east", "10.0.0.1")
    assert (record.method, record.purpose, record.correlation_id) == ("RevealCustomer", "call back", "c-1")
    assert record.resource_id == request.customer_id


def test_a_refusal_that_keeps_its_changes_is_recorded_with_its_reason(serving, database):
    def refuse(work, _request):
        work.record(events_pb2.CustomerUpdated(customer_id="c"))
        raise RuleBroken("COUNTED", "Counted.", keeps_changes=True)

    with pytest.raises(RuleBroken):
        serving(create_customer=refuse).call(CREATE, create())
    assert [record.outcome for record in rows(database, AuditRecord)] == ["COUNTED"]
    assert len(rows(database, OutboxMessage)) == 1


def test_a_read_is_tried_again_and_a_plain_write_is_not(serving):
    tries = []

    def flaky(*_):
        tries.append(1)
        if len(tries) % 3:
            raise Unavailable("DOWN", "Down.")
        return customer_pb2.Customer(display_name="up")

    client = serving(get_customer=flaky, create_customer=flaky)
    assert client.call(GET, get()).display_name == "up"
    assert len(tries) == 3
    with pytest.raises(Unavailable):
        client.call(CREATE, create())
    assert len(tries) == 4


def test_a_method_of_every_service_goes_to_the_service_that_is_named(serving):
    client = serving()
    path = "workbench.operations.v1.AuditService/ListAuditRecords"
    client.call(path, operations_service_pb2.ListAuditRecordsRequest(service="customer"))
    with pytest.raises(NotFound, match="SERVICE_NOT_FOUND"):
        client.call(path, operations_service_pb2.ListAuditRecordsRequest(service="nosuch"))


def test_streams_are_bounded_and_leave_room_for_calls(serving):
    def watch(stream, _request):
        while stream.wait(0.05):
            yield customer_service_pb2.WatchCustomersResponse()

    client = serving(watch_customers=watch)
    method = client._channel.unary_stream(
        f"/{WATCH}",
        request_serializer=customer_service_pb2.WatchCustomersRequest.SerializeToString,
        response_deserializer=customer_service_pb2.WatchCustomersResponse.FromString,
    )
    streams = [method(customer_service_pb2.WatchCustomersRequest(), metadata=client._metadata) for _ in range(STREAMS_MAX)]
    for stream in streams:
        next(stream)
    with pytest.raises(grpc.RpcError) as refusal:
        next(method(customer_service_pb2.WatchCustomersRequest(), metadata=client._metadata))
    assert refusal.value.code() == grpc.StatusCode.UNAVAILABLE
    client.call(GET, get())
    for stream in streams:
        stream.cancel()


def test_a_stop_lets_running_calls_end(serving):
    entered = threading.Event()

    def slow(*_):
        entered.set()
        time.sleep(0.3)
        return customer_pb2.Customer(display_name="whole")

    client, answers = serving(get_customer=slow), []
    calling = threading.Thread(target=lambda: answers.append(client.call(GET, get())))
    calling.start()
    entered.wait(5)
    serving.server().stop()
    calling.join()
    assert answers[0].display_name == "whole"


def test_a_method_that_nobody_serves_stops_the_start(database):
    module = SimpleNamespace(__name__="fake", get_customer=lambda *_: None)
    with pytest.raises(ContractFault, match="create_customer"):
        Server({"customer": Hosted({SERVICE: module}, database)}, Admission(None))
