"""One suite over both buses: the embedded one on both databases, and RabbitMQ with a nameko worker."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select
from workbench.customer.v1 import events_pb2

from services.chassis.bus.embedded import EmbeddedBus, EmbeddedParking
from services.chassis.bus.port import RetryPolicy
from services.chassis.bus.rabbit import RabbitPublisher
from services.chassis.bus.rabbit_parking import RabbitParking
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.outbox.relay import Relay
from services.chassis.outbox.table import outbox_lag
from tests.contract.bus.host import RETRIES
from tests.contract.bus.ledger import LEDGER, Base, Entry, Switch

WAIT_SECONDS = 30


class Deployment:
    """Two services: `source` records events, `ledger` handles them in a process of its own."""

    def __init__(self, source_url: str, ledger_url: str, log: Path) -> None:
        self.source_url, self.ledger_url, self.log = source_url, ledger_url, log
        self.source = Database(create_engine(source_url), "source")
        self.ledger = Database(create_engine(ledger_url), "ledger")
        for database in (self.source, self.ledger):
            migrations.migrate(database.engine, migrations.CHASSIS_PACKAGE)
        Base.metadata.create_all(self.ledger.engine)
        self.host: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "tests.contract.bus.host", *self.host_arguments()]
            self.host = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self) -> None:
        self.host.kill()
        self.host.wait()

    def terminate(self) -> int:
        self.host.send_signal(signal.SIGTERM)
        return self.host.wait(WAIT_SECONDS)

    def close(self) -> None:
        if self.host.poll() is None:
            self.kill()
        for database in (self.source, self.ledger):
            database.engine.dispose()

    def record(self, customer_id: str, *reasons: str) -> None:
        """One transaction for all."""
        with self.source.transaction() as work:
            for reason in reasons:
                work.record(events_pb2.CustomerReassigned(customer_id=customer_id, reason=reason))

    def turn_on(self, switch: str) -> None:
        with self.ledger.transaction() as work:
            work.session.add(Switch(name=switch))

    def entries(self, customer_id: str) -> list[str]:
        with self.ledger.transaction(read_only=True) as work:
            return list(work.session.scalars(select(Entry.text).filter_by(customer_id=customer_id).order_by(Entry.sequence)))

    def await_entries(self, customer_id: str, *texts: str) -> None:
        """Waits until there are as many, and compares."""
        self.wait_until(lambda: len(self.entries(customer_id)) >= len(texts))
        assert self.entries(customer_id) == list(texts)

    def parked(self, customer_id: str) -> list:
        with self.ledger.transaction(read_only=True) as work:
            return [message for message in self.parking.list(work, limit=1_000) if message.subject == customer_id]

    def redrive(self, *event_ids: str) -> int:
        with self.ledger.transaction() as work:
            return self.parking.redrive(work, event_ids or None)

    def depth(self) -> tuple[int, int]:
        with self.ledger.transaction(read_only=True) as work:
            return self.parking.depth(work)

    def unpublished(self) -> int:
        with self.source.transaction(read_only=True) as work:
            return outbox_lag(work.session, work.now)[0]

    def wait_until(self, condition) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"Not in time. The host said:\n{self.log.read_text()[-4_000:]}")
            time.sleep(0.02)


class Embedded(Deployment):
    """A branch: the host also relays."""

    parking = EmbeddedParking()

    def host_arguments(self) -> list[str]:
        return ["embedded", self.ledger_url, self.source_url]

    @property
    def publisher(self) -> EmbeddedBus:
        # Its threads are not started: it only queues.
        return EmbeddedBus({"ledger": (self.ledger, LEDGER.subscriptions)})

    def crash_the_bus(self) -> None:
        self.kill()
        self.start()


class Rabbit(Deployment):
    """Head office: the worker is the host; the relay runs here, as in a server process."""

    def __init__(self, source_url: str, ledger_url: str, log: Path, server, amqp_url: str) -> None:
        super().__init__(source_url, ledger_url, log)
        self.server, self.amqp_url = server, amqp_url
        self.parking = RabbitParking(amqp_url, "ledger", retry=RetryPolicy(**RETRIES))
        self.publisher = RabbitPublisher(amqp_url)
        self.relay = Relay(self.source, self.publisher)
        self.start()
        # What is published before the worker has bound its queue reaches nobody.
        self.wait_until(lambda: "working" in self.log.read_text())
        self.publisher.start()
        self.relay.start()

    def close(self) -> None:
        self.relay.stop()
        self.publisher.stop()
        super().close()

    def host_arguments(self) -> list[str]:
        return ["worker", self.ledger_url, self.amqp_url]

    def crash_the_bus(self) -> None:
        self.server.kill()
        self.server.start()


@pytest.fixture(scope="module", params=["embedded-sqlite", "embedded-postgresql", "rabbitmq"])
def deployment(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bus")
    if request.param == "embedded-sqlite":
        urls = [f"sqlite:///{folder}/{name}.db" for name in ("source", "ledger")]
    else:
        new_url = request.getfixturevalue("new_postgresql_url")
        urls = [new_url(), new_url()]
    if request.param == "rabbitmq":
        server, amqp_url = request.getfixturevalue("rabbitmq_server"), request.getfixturevalue("new_amqp_url")()
        running = Rabbit(*urls, folder / "host.log", server, amqp_url)
    else:
        running = Embedded(*urls, folder / "host.log")
        running.start()
    yield running
    running.close()


_customers = itertools.count(1)


@pytest.fixture
def customer_id():
    """A subject that no other test has."""
    return f"customer-{next(_customers)}"
