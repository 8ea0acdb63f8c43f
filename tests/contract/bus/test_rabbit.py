"""What only RabbitMQ has: routes that lead nowhere, a broker that is away, strangers' messages, several workers."""

from __future__ import annotations

import subprocess
import sys

import pika
import pytest
from amqp.exceptions import AMQPError
from prometheus_client import REGISTRY
from workbench.customer.v1 import events_pb2
from workbench.integration.v1.events_pb2 import BusinessDateOpened

from services.chassis import runtime
from services.chassis.bus.port import BusUnavailable
from services.chassis.bus.rabbit import RabbitPublisher
from services.chassis.bus.rabbit_parking import RabbitParking
from services.chassis.bus.topology import EXCHANGE, Topology, declare_queues
from services.chassis.bus.worker import Broker
from services.chassis.outbox.messages import EventMessage, address
from services.chassis.service import Service
from tests.contract.bus.conftest import Rabbit
from tests.contract.bus.ledger import LEDGER
from tests.contract.db.conftest import NOW
from tests.servers import free_port


@pytest.fixture(scope="module")
def amqp_url(new_amqp_url):
    return new_amqp_url()


@pytest.fixture(scope="module")
def declared(amqp_url):
    """The ledger's queues, without a worker."""
    declare_queues(LEDGER, amqp_url)


@pytest.fixture(scope="module")
def publisher(amqp_url):
    with RabbitPublisher(amqp_url) as publisher:
        yield publisher


def message(event_id, event=events_pb2.CustomerReassigned):
    return EventMessage(
        event_id=event_id,
        type=event.DESCRIPTOR.full_name,
        source="customer",
        subject="c1",
        routing_key=f"customer.customer.{event.DESCRIPTOR.name.removeprefix('Customer').lower()}.v1",
        time=NOW,
        data=event(customer_id="c1").SerializeToString(),
    )


def unroutable():
    return REGISTRY.get_sample_value("workbench_bus_unroutable_total")


def test_more_messages_than_the_window_are_confirmed(publisher, amqp_url, declared):
    assert publisher.publish([message(f"e{number}") for number in range(1_300)]) == frozenset()
    assert RabbitParking(amqp_url, "ledger").depth(None) == (1_300, 0)


def test_an_event_that_nobody_follows_counts_as_published(publisher, declared):
    before = unroutable()
    assert publisher.publish([message("nobody", events_pb2.CustomerCreated)]) == frozenset()
    assert unroutable() == before + 1


def test_a_service_that_follows_nothing_of_its_own_has_the_business_date(publisher, amqp_url):
    declare_queues(runtime.following(Service(name="quiet", package="quiet", rpcs={})), amqp_url)
    opened = BusinessDateOpened(calendar="bank", business_date="2026-11-25")
    told = EventMessage(
        event_id="opened",
        type=opened.DESCRIPTOR.full_name,
        source="integration",
        subject="bank",
        routing_key=address(opened.DESCRIPTOR).routing_key,
        time=NOW,
        data=opened.SerializeToString(),
    )
    assert publisher.publish([told]) == frozenset()
    assert RabbitParking(amqp_url, "quiet").depth(None) == (1, 0)


def test_a_broker_that_is_not_there_takes_nothing():
    with RabbitPublisher(f"amqp://guest:guest@127.0.0.1:{free_port()}/none") as publisher, pytest.raises(BusUnavailable):
        publisher.publish([message("e1")])
    with pytest.raises(BusUnavailable):
        RabbitParking(f"amqp://guest:guest@127.0.0.1:{free_port()}/none", "ledger").depth(None)


def test_a_service_without_queues_has_nothing_waiting(amqp_url):
    parking = RabbitParking(amqp_url, "nobody")
    assert parking.depth(None) == (0, 0)
    assert parking.list(None, limit=10) == []
    assert parking.redrive(None, None) == 0


def test_a_retry_that_no_queue_takes_is_a_failure_and_not_a_loss(amqp_url, declared):
    with pytest.raises(AMQPError):
        Broker(amqp_url, None, Topology("ledger")).send("no.such.queue", b"", {}, "e1")


@pytest.fixture(scope="module")
def office(new_postgresql_url, new_amqp_url, rabbitmq_server, tmp_path_factory):
    log = tmp_path_factory.mktemp("office") / "host.log"
    running = Rabbit(new_postgresql_url(), new_postgresql_url(), log, rabbitmq_server, new_amqp_url())
    yield running
    running.close()


def test_a_message_that_is_no_event_is_parked(office):
    with pika.BlockingConnection(pika.URLParameters(office.amqp_url)) as connection:
        channel = connection.channel()
        channel.basic_publish(EXCHANGE, "customer.customer.reassigned.v1", b"hello", pika.BasicProperties(message_id="stranger"))
    office.wait_until(lambda: office.depth() == (0, 1))
    (parked,) = office.parked("")
    assert (parked.event_id, parked.attempts) == ("stranger", 0)
    assert parked.error == "The message is no event: it lacks attributes of a CloudEvent."


def test_workers_that_take_over_from_each_other_keep_the_order(office):
    texts = [f"{number}" for number in range(120)]
    with office.log.open("ab") as log:
        command = [sys.executable, "-m", "tests.contract.bus.host", *office.host_arguments()]
        second = subprocess.Popen(command, stdout=log, stderr=log)
    office.wait_until(lambda: office.log.read_text().count('"working"') == 2)
    for number, text in enumerate(texts):
        office.record("c1", text)
        office.record("c2", text)
        if number == 40:
            # The first one stops, the second goes on, and is killed once the first is back.
            office.terminate()
            office.start()
        if number == 80:
            second.kill()
            second.wait()
    for customer_id in ("c1", "c2"):
        office.await_entries(customer_id, *texts)
