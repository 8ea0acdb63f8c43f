"""The relay: order within an aggregate, patience with a bus that refuses, one at work at a time."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select
from workbench.customer.v1 import events_pb2

from services.chassis.bus.port import BusUnavailable
from services.chassis.outbox.relay import RETRY_DELAY_MAX_SECONDS, Relay
from services.chassis.outbox.table import RETENTION, OutboxMessage, forget_published, outbox_lag
from tests.contract.db.conftest import NOW

FAR_SECONDS = 60.0


class FakeBus:
    """Takes what it is not told to refuse."""

    def __init__(self):
        self.taken = []
        self.refuses = set()
        self.is_down = False

    def publish(self, messages):
        if self.is_down:
            raise BusUnavailable
        refused = {message.event_id for message in messages if message.subject in self.refuses}
        self.taken += [text_of(message) for message in messages if message.event_id not in refused]
        return frozenset(refused)


def text_of(message):
    return f"{message.subject}{events_pb2.CustomerReassigned.FromString(message.data).reason}"


@pytest.fixture
def bus():
    return FakeBus()


@pytest.fixture
def relay(database, bus):
    database.clock = lambda: NOW
    return Relay(database, bus, retry_delay_seconds=1.0)


def record(database, *texts):
    """`a1` is the event 1 of the aggregate a."""
    with database.transaction() as work:
        for text in texts:
            work.record(events_pb2.CustomerReassigned(customer_id=text[0], reason=text[1:]))


def advance(database, seconds):
    then = database.clock() + timedelta(seconds=seconds)
    database.clock = lambda: then


def lag(database):
    with database.transaction(read_only=True) as work:
        return outbox_lag(work.session, work.now)


def test_events_leave_once_in_their_order(database, bus, relay):
    record(database, "a1", "b1", "a2")
    record(database, "a3")
    assert lag(database) == (4, 0.0)
    assert relay.publish_once() == 4
    assert relay.publish_once() == 0
    assert [text for text in bus.taken if text[0] == "a"] == ["a1", "a2", "a3"]
    assert sorted(bus.taken) == ["a1", "a2", "a3", "b1"]
    assert lag(database) == (0, 0.0)


def test_a_refused_event_holds_back_its_aggregate_only(database, bus, relay):
    bus.refuses = {"a"}
    record(database, "a1", "b1", "a2", "b2")
    relay.publish_once()
    relay.publish_once()
    assert bus.taken == ["b1", "b2"]
    bus.refuses = set()
    assert relay.publish_once() == 0
    advance(database, 1)
    relay.publish_once()
    assert bus.taken == ["b1", "b2", "a1", "a2"]


def test_refusals_are_retried_after_a_doubling_delay_up_to_a_cap(database, bus, relay):
    bus.refuses = {"a"}
    record(database, "a1")
    delays = []
    for _ in range(8):
        relay.publish_once()
        with database.transaction(read_only=True) as work:
            row = work.session.scalars(select(OutboxMessage)).one()
        delays.append((row.retry_time - database.clock()).total_seconds())
        advance(database, delays[-1])
    assert delays == [1, 2, 4, 8, 16, 32, RETRY_DELAY_MAX_SECONDS, RETRY_DELAY_MAX_SECONDS]


def test_nothing_is_noted_of_a_bus_that_is_down(database, bus, relay):
    bus.is_down = True
    record(database, "a1")
    with pytest.raises(BusUnavailable):
        relay.publish_once()
    bus.is_down = False
    assert relay.publish_once() == 1


def test_an_event_that_commits_late_is_not_passed_over(database, bus, relay):
    if database.engine.dialect.name == "sqlite":
        return  # Writers wait for each other: none commits out of order.
    with database.transaction() as late:
        late.record(events_pb2.CustomerReassigned(customer_id="a", reason="1"))
        late.session.flush()
        record(database, "b1")
        relay.publish_once()
    relay.publish_once()
    assert bus.taken == ["b1", "a1"]


def test_one_relay_is_at_work_at_a_time(database, bus, relay):
    if database.engine.dialect.name == "sqlite":
        return  # One process has the file, and one relay in it.
    record(database, "a1")

    class Busy(FakeBus):
        def publish(self, messages):
            # While this one publishes, another finds nothing to do.
            assert relay.publish_once() == 0
            return super().publish(messages)

    busy = Busy()
    assert Relay(database, busy).publish_once() == 1
    assert (busy.taken, bus.taken) == (["a1"], [])


def test_a_commit_wakes_the_relay_and_a_stop_drains_it(database, bus):
    published = threading.Event()

    class Telling(FakeBus):
        def publish(self, messages):
            refused = super().publish(messages)
            published.set()
            return refused

    telling = Telling()
    relay = Relay(database, telling, poll_seconds=FAR_SECONDS)
    with relay:
        record(database, "a1")
        assert published.wait(5)
        database.on_events = lambda: None
        record(database, "a2")
    assert telling.taken == ["a1", "a2"]


def test_what_other_processes_record_leaves_without_a_word_of_theirs(database, bus):
    """Also what comes after a while in which nothing waited."""
    with Relay(database, bus, poll_seconds=0.01):
        database.on_events = lambda: None
        for number in (1, 2):
            time.sleep(0.1)
            record(database, f"a{number}")
            deadline = time.monotonic() + 5
            while len(bus.taken) < number and time.monotonic() < deadline:
                time.sleep(0.01)
    assert bus.taken == ["a1", "a2"]


def test_published_events_are_kept_for_a_while(database, bus, relay):
    record(database, "a1")
    relay.publish_once()
    record(database, "a2")
    for waited, left in ((RETENTION, 2), (timedelta(seconds=1), 1)):
        advance(database, waited.total_seconds())
        with database.transaction() as work:
            forget_published(work.session, work.now)
            assert len(work.session.scalars(select(OutboxMessage)).all()) == left
