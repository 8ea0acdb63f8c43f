"""The inbox: an event takes effect once, whoever delivers it and however often."""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select
from workbench.customer.v1 import events_pb2

from services.chassis.bus.failures import HandlerFailed, describe
from services.chassis.db.audit import AuditRecord
from services.chassis.inbox.receiver import Outcome, Receiver
from services.chassis.inbox.table import InboxMessage
from services.chassis.kernel.errors import RuleBroken
from services.chassis.outbox.messages import EventMessage
from services.chassis.outbox.table import OutboxMessage
from services.chassis.service import Subscription
from tests.contract.db.conftest import NOW, Note

EVENT = events_pb2.CustomerReassigned(customer_id="c1", reason="why")
THREADS = 6


def message(event=EVENT, event_id="e1"):
    return EventMessage(
        event_id=event_id,
        type=event.DESCRIPTOR.full_name,
        source="customer",
        subject="c1",
        routing_key="customer.customer.reassigned.v1",
        time=NOW,
        data=event.SerializeToString(),
        correlation_id="correlation-1",
        causation_id="",
        person_id="rm",
    )


def receiver(database, handle):
    return Receiver(database, [Subscription(events_pb2.CustomerReassigned, handle)])


def write_note(work, event):
    work.session.add(Note(note_id=work.new_id(), lead_person_id="rm", organisation_path="/HO/", text=event.reason))


def test_several_handlers_of_one_event_take_effect_together_or_not_at_all(database):
    def refuse(_work, _event):
        raise RuleBroken("NO", "no")

    def two(second):
        return Receiver(database, [Subscription(events_pb2.CustomerReassigned, each) for each in (write_note, second)])

    with pytest.raises(HandlerFailed):
        two(refuse).receive(message(event_id="several"))
    assert count(database, Note) == 0
    assert two(write_note).receive(message(event_id="several")) is Outcome.HANDLED
    assert count(database, Note) == 2


def count(database, table):
    with database.transaction(read_only=True) as work:
        return work.session.scalar(select(func.count()).select_from(table))


def test_deliveries_at_the_same_moment_have_one_effect(database):
    barrier = threading.Barrier(THREADS)
    outcomes = []

    def deliver():
        barrier.wait()
        outcomes.append(receiver(database, write_note).receive(message()))

    threads = [threading.Thread(target=deliver) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(outcomes) == {Outcome.HANDLED: 1, Outcome.DUPLICATE: THREADS - 1}
    assert count(database, Note) == 1


@pytest.mark.parametrize("keeps_changes", [False, True])
def test_a_failure_leaves_nothing_even_where_a_call_would_keep_its_changes(database, keeps_changes):
    def fail(work, event):
        write_note(work, event)
        work.record(event)
        raise RuleBroken("NO", "no", keeps_changes=keeps_changes)

    with pytest.raises(HandlerFailed) as failed:
        receiver(database, fail).receive(message())
    assert describe(failed.value).startswith("RuleBroken[NO] at tests.contract.db.test_receiver:")
    assert [count(database, table) for table in (Note, OutboxMessage, InboxMessage, AuditRecord)] == [0, 0, 0, 0]
    assert receiver(database, write_note).receive(message()) is Outcome.HANDLED


def test_what_settles_the_delivery_commits_with_the_effect_whatever_the_outcome(database):
    settled = []
    for expected in (Outcome.HANDLED, Outcome.DUPLICATE):
        assert receiver(database, write_note).receive(message(), settle=settled.append) is expected
    assert len(settled) == 2


def test_a_type_that_nobody_follows_is_ignored(database):
    unknown = message(events_pb2.CustomerCreated(customer_id="c1"))
    assert receiver(database, write_note).receive(unknown) is Outcome.IGNORED
    assert count(database, InboxMessage) == 0


def test_an_unreadable_event_is_a_failure_of_its_own(database):
    broken = EventMessage(**{name: getattr(message(), name) for name in EventMessage.__slots__} | {"data": b"\xff\xff"})
    with pytest.raises(HandlerFailed):
        receiver(database, write_note).receive(broken)


def test_an_effect_is_in_the_audit_trail_and_its_own_events_say_what_caused_them(database):
    def forward(work, event):
        write_note(work, event)
        work.record(events_pb2.CustomerUpdated(customer_id="c1"))

    receiver(database, forward).receive(message())
    with database.transaction(read_only=True) as work:
        record = work.session.scalars(select(AuditRecord)).one()
        event = work.session.scalars(select(OutboxMessage)).one()
    assert (record.person_id, record.method) == ("rm", "workbench.customer.v1.CustomerReassigned")
    assert (event.causation_id, event.correlation_id, event.person_id) == ("e1", "correlation-1", "rm")
