"""A stream of changes: each once, in scope, also those whose transaction ended late."""

from __future__ import annotations

import queue
import threading
import time
from datetime import timedelta

import grpc
import pytest
from workbench.customer.v1 import customer_service_pb2

from services.customer.usecases import watching
from tests.component.customer.conftest import METHODS

WAIT_SECONDS = 5


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.05)


@pytest.fixture
def watch(service):
    """Opens a watch as a colleague; answers the queue into which its changes come."""
    calls = []

    def begin(colleague):
        invoke = service.channel.unary_stream(
            METHODS["WatchCustomers"].path,
            request_serializer=customer_service_pb2.WatchCustomersRequest.SerializeToString,
            response_deserializer=customer_service_pb2.WatchCustomersResponse.FromString,
        )
        call = invoke(customer_service_pb2.WatchCustomersRequest(), metadata=tuple(colleague.metadata.items()))
        calls.append(call)
        came: queue.Queue = queue.Queue()

        def read():
            try:
                for change in call:
                    came.put(change.customer)
            except grpc.RpcError as ended:
                came.put(ended)

        threading.Thread(target=read, daemon=True).start()
        time.sleep(0.3)
        return came

    yield begin
    for call in calls:
        call.cancel()


def test_changes_in_scope_come_each_once(town, watch):
    before = town.rm1_east.create()
    mine, others = watch(town.rm1_east), watch(town.rm1_west)
    made = town.rm1_east.create(phone="13812345678")
    assert mine.get(timeout=WAIT_SECONDS) == made
    edited = town.rm1_east.update(before, display_name="李四")
    assert mine.get(timeout=WAIT_SECONDS) == edited
    theirs = town.rm1_west.create()
    assert others.get(timeout=WAIT_SECONDS) == theirs
    time.sleep(0.3)
    assert mine.empty()
    assert others.empty()


def test_a_hand_over_shows_to_the_new_lead(town, watch):
    made = town.rm1_east.create()
    came = watch(town.rm2_east)
    moved = town.manager_east.reassign(made, town.rm2_east)
    assert came.get(timeout=WAIT_SECONDS) == moved


def test_more_changes_than_one_look_takes_all_come(town, watch, monkeypatch):
    monkeypatch.setattr(watching, "CHANGES_PER_POLL_MAX", 3)
    came = watch(town.rm1_east)
    made = [town.rm1_east.create().customer_number for _ in range(10)]
    assert [came.get(timeout=WAIT_SECONDS).customer_number for _ in made] == made


def test_a_transaction_that_ends_late_is_told_all_the_same(town, watch, service, monkeypatch):
    made = town.rm1_east.create()
    came = watch(town.rm1_east)
    clock = service.database.clock
    monkeypatch.setattr(service.database, "clock", lambda: clock() - timedelta(seconds=8))
    town.rm1_east.update(made, display_name="李四")
    monkeypatch.setattr(service.database, "clock", clock)
    assert came.get(timeout=WAIT_SECONDS).display_name == "李四"


def test_changes_older_than_the_window_are_forgotten(town, watch, monkeypatch):
    monkeypatch.setattr(watching, "OVERLAP", timedelta(seconds=0.2))
    came = watch(town.rm1_east)
    for name in ("李四", "李五"):
        town.rm1_east.create(display_name=name)
        assert came.get(timeout=WAIT_SECONDS).display_name == name
        time.sleep(0.5)
    assert came.empty()
