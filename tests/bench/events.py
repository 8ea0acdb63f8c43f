"""Events: how fast the relay publishes on both buses, against one confirmation per event, and how soon an event takes effect."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pika
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from workbench.customer.v1 import events_pb2

from services.chassis.bus.broker import connection_parameters
from services.chassis.bus.embedded import EmbeddedBus
from services.chassis.bus.port import Publisher
from services.chassis.bus.rabbit import RabbitPublisher
from services.chassis.bus.topology import EXCHANGE, declare_queues
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.outbox.relay import BATCH_MESSAGES, Relay
from tests import servers
from tests.contract.bus.conftest import Deployment, Embedded, Rabbit
from tests.contract.bus.ledger import LEDGER, Entry

EMBEDDED, RABBIT = "embedded, SQLite", "RabbitMQ, PostgreSQL"
ROUNDS = 5
RELAYED_EVENTS = 5_000
CONFIRMED_EVENTS = 500
EFFECTS = 1_000
# With it an event is 1 KiB on the wire.
FILLING = "x" * 650
LATENCY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Latency:
    """From the commit of an event to the transaction of its effect, at a steady load."""

    events_per_second: float
    p50_ms: float
    p99_ms: float


_LATENCY_ROWS: tuple[tuple[str, Callable[[Latency], float]], ...] = (
    ("commit to effect at half of that, events/s", lambda found: found.events_per_second),
    ("  p50, ms", lambda found: found.p50_ms),
    ("  p99, ms", lambda found: found.p99_ms),
)


def run(console: Console, rounds: int = ROUNDS) -> None:
    """Prints the table; the variants take turns within each round, and a figure is the median of the rounds."""
    with servers.postgresql() as postgresql, servers.rabbitmq() as rabbitmq:
        rates = _relay_rates(postgresql, rabbitmq, rounds)
        with _deployments(postgresql, rabbitmq) as deployments:
            effects = {name: effect_rate(deployment) for name, deployment in deployments.items()}
            latencies = {name: latency(deployments[name], effects[name] / 2) for name in deployments}
    table = Table("events", *effects)
    table.add_row("relay, events/s", *(f"{rates[name]:,.0f}" for name in effects))
    table.add_row("  against a relay that takes one by one", "", f"{rates[RABBIT] / rates['one by one']:.1f} times")
    table.add_row("  against a bare client, confirmed one by one", "", f"{rates[RABBIT] / rates['confirm each']:.1f} times")
    table.add_row("effects/s of one service", *(f"{effects[name]:,.0f}" for name in effects))
    for label, figure in _LATENCY_ROWS:
        table.add_row(label, *(f"{figure(latencies[name]):,.0f}" for name in effects))
    console.print(table)


def _relay_rates(postgresql: servers.PostgreSQL, rabbitmq: servers.RabbitMQ, rounds: int) -> dict[str, float]:
    amqp_url = rabbitmq.virtual_host()
    with tempfile.TemporaryDirectory() as folder, RabbitPublisher(amqp_url) as publisher:
        declare_queues(LEDGER, amqp_url)
        ledger = database(f"sqlite:///{folder}/ledger.db", "ledger")
        office = database(postgresql.create_database(), "source")
        variants = {
            EMBEDDED: partial(
                relay_rate,
                database(f"sqlite:///{folder}/source.db", "source"),
                EmbeddedBus({"ledger": (ledger, LEDGER.subscriptions)}),
            ),
            RABBIT: partial(relay_rate, office, publisher),
            "one by one": partial(relay_rate, office, publisher, CONFIRMED_EVENTS, 1),
            "confirm each": partial(confirm_each_rate, amqp_url),
        }
        found: dict[str, list[float]] = {name: [] for name in variants}
        for _ in range(rounds):
            for name, measure in variants.items():
                found[name].append(measure())
    return {name: statistics.median(rates) for name, rates in found.items()}


def relay_rate(source: Database, bus: Publisher, events: int = RELAYED_EVENTS, batch_messages: int = BATCH_MESSAGES) -> float:
    """Events per second that leave a full outbox; nothing else runs meanwhile."""
    for start in range(0, events, 500):
        with source.transaction() as work:
            for number in range(start, start + 500):
                work.record(events_pb2.CustomerReassigned(customer_id=f"c{number}", reason=FILLING))
    relay = Relay(source, bus, batch_messages=batch_messages)
    relayed = 0
    began = time.perf_counter()
    while relayed < events:
        relayed += relay.publish_once()
    return relayed / (time.perf_counter() - began)


def confirm_each_rate(amqp_url: str) -> float:
    """Messages per second where each is confirmed before the next is sent; without any database."""
    connection = pika.BlockingConnection(connection_parameters(amqp_url))
    channel = connection.channel()
    channel.confirm_delivery()
    properties = pika.BasicProperties(delivery_mode=2)
    began = time.perf_counter()
    for _ in range(CONFIRMED_EVENTS):
        channel.basic_publish(EXCHANGE, "customer.customer.reassigned.v1", FILLING.encode(), properties, mandatory=True)
    rate = CONFIRMED_EVENTS / (time.perf_counter() - began)
    connection.close()
    return rate


def effect_rate(deployment: Deployment) -> float:
    """Effects per second of a service that has a backlog."""
    with deployment.source.transaction() as work:
        for number in range(EFFECTS):
            work.record(events_pb2.CustomerReassigned(customer_id=f"c{number}", reason="effect"))
    times = _effect_times(deployment, "effect", EFFECTS)
    return (EFFECTS - 1) / ((max(times) - min(times)) / 1e9)


def latency(deployment: Deployment, events_per_second: float) -> Latency:
    """Commits one event at a time at a steady rate."""
    count = int(events_per_second * LATENCY_SECONDS)
    committed = []
    began = time.perf_counter()
    for number in range(count):
        time.sleep(max(began + number / events_per_second - time.perf_counter(), 0.0))
        deployment.record(f"l{number}", "latency")
        committed.append(time.time_ns())
    times = _effect_times(deployment, "latency", count)
    waited = sorted((effect - commit) / 1e6 for effect, commit in zip(times, committed, strict=True))
    return Latency(events_per_second, statistics.median(waited), waited[int(len(waited) * 0.99)])


def _effect_times(deployment: Deployment, text: str, count: int) -> list[int]:
    """When the effects were, in the order in which their events were recorded."""

    def found() -> dict[str, int]:
        with deployment.ledger.transaction(read_only=True) as work:
            rows = work.session.execute(select(Entry.customer_id, Entry.enter_time_ns).filter_by(text=text)).all()
        return {row.customer_id: row.enter_time_ns for row in rows}

    deployment.wait_until(lambda: len(found()) >= count)
    times = found()
    return [times[key] for key in sorted(times, key=lambda key: int(key[1:]))]


@contextmanager
def _deployments(postgresql: servers.PostgreSQL, rabbitmq: servers.RabbitMQ) -> Iterator[dict[str, Deployment]]:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        embedded = Embedded(f"sqlite:///{folder}/source.db", f"sqlite:///{folder}/ledger.db", folder / "embedded.log")
        embedded.start()
        stack.callback(embedded.close)
        urls = postgresql.create_database(), postgresql.create_database()
        office = Rabbit(*urls, folder / "office.log", rabbitmq, rabbitmq.virtual_host())
        stack.callback(office.close)
        yield {EMBEDDED: embedded, RABBIT: office}


def database(url: str, service: str) -> Database:
    """A database with the chassis' tables."""
    engine = create_engine(url)
    migrations.migrate(engine, migrations.CHASSIS_PACKAGE)
    return Database(engine, service)
