"""A worker process of head office: a nameko service made from a service's subscriptions and timers.

It differs from nameko's own consumer in what becomes of a message. Nothing is acknowledged before its effect has committed,
or before a retry queue or the parking queue has confirmed it; events of one subject are handled in order; and a stop hands
back what was not begun. The process serves no gRPC (`green`).
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import eventlet
import kombu
import structlog
from amqp.exceptions import AMQPError
from eventlet.event import Event
from kombu.message import Message
from nameko.amqp.publish import get_producer
from nameko.extensions import Entrypoint
from nameko.messaging import QueueConsumer
from nameko.runners import ServiceRunner
from nameko.timer import Timer as TimerEntrypoint

from services.chassis.bus import holds
from services.chassis.bus.broker import (
    ATTEMPTS_HEADER,
    ERROR_HEADER,
    HEARTBEAT_SECONDS,
    PARK_TIME_HEADER,
    PERSISTENT,
    kombu_tls,
)
from services.chassis.bus.failures import HandlerFailed, describe, note_failure
from services.chassis.bus.green import require_green
from services.chassis.bus.lanes import Lanes
from services.chassis.bus.port import RetryPolicy
from services.chassis.bus.topology import Topology
from services.chassis.db.session import Database
from services.chassis.inbox.receiver import Receiver
from services.chassis.kernel.backoff import doubling_seconds
from services.chassis.outbox.messages import CONTENT_TYPE, EventMessage
from services.chassis.service import Service, Timer
from services.chassis.settings import TlsSettings
from services.chassis.timers import tick

# Events handled at once, each of another subject; the database's pool has as many connections.
HANDLERS = 8
# Delivered ahead of being handled, so that a handler never waits for the broker.
PREFETCH_MESSAGES = 64
# How much later than planned an event may come back from a retry queue before it is taken for lost.
HOLD_SLACK = timedelta(minutes=10)
UNAVAILABLE_DELAY_SECONDS = 0.5
UNAVAILABLE_DELAY_MAX_SECONDS = 10.0
CLOSE_SECONDS_MAX = 5.0
# The first pause before the next try to connect, by how much it grows each time, and up to what.
RECONNECT_PAUSES_SECONDS = (0.2, 0.4, 5.0)

_log = structlog.get_logger(__name__)


def run_worker(
    service: Service,
    database: Database,
    amqp_url: str,
    timers: Iterable[Timer],
    *,
    tls: TlsSettings | None = None,
    retry: RetryPolicy | None = None,
) -> None:
    """Handles the service's events and runs the timers until SIGTERM or SIGINT; then lets running handlers end.

    Waits for a broker that is down, at the start as in between.
    """
    require_green()
    broker = Broker(amqp_url, kombu_tls(amqp_url, tls), Topology(service.name, retry or RetryPolicy()))
    runner = ServiceRunner(
        {
            "AMQP_URI": amqp_url,
            "AMQP_SSL": broker.tls,
            "HEARTBEAT": HEARTBEAT_SECONDS,
            "max_workers": HANDLERS + len(list(timers)),
        }
    )
    runner.add_service(nameko_service(service, Deliveries(Receiver(database, service.subscriptions), broker), database, timers))
    for number in (signal.SIGTERM, signal.SIGINT):
        # A signal handler may not wait; a greenlet may.
        signal.signal(number, lambda _number, _frame: eventlet.spawn_n(runner.stop))
    runner.start()
    _log.info("working", service=service.name, subscriptions=len(service.subscriptions))
    _wait(runner)


def nameko_service(service: Service, deliveries: Deliveries, database: Database, timers: Iterable[Timer]) -> type:
    """The class that nameko hosts: one entrypoint for the service's queue, one for each timer."""

    def handle(_self: Any, delivery: Delivery) -> bool:
        return deliveries.handle(delivery)

    members: dict[str, Any] = {"name": service.name}
    if service.subscriptions:
        members["handle"] = EventEntrypoint.decorator(deliveries)(handle)
    for number, timer in enumerate(timers):
        run = _timer_method(database, timer)
        members[f"timer_{number}"] = TimerEntrypoint.decorator(timer.every_seconds)(run)
    return type("Worker", (), members)


def _timer_method(database: Database, timer: Timer) -> Callable[[Any], None]:
    def run(_self: Any) -> None:
        tick(database, timer)

    return run


def _wait(runner: ServiceRunner) -> None:
    # A signal interrupts whatever the main greenlet waits on, so another one waits (as nameko's own command does).
    waiting = eventlet.spawn(runner.wait)
    while True:
        try:
            waiting.wait()
        except InterruptedError:
            continue
        return


@dataclass(slots=True)
class Delivery:
    """One message as the broker delivered it."""

    raw: Message
    event: EventMessage
    attempts: int

    @classmethod
    def read(cls, raw: Message) -> Delivery:
        """ValueError where the message is no event."""
        headers = raw.headers or {}
        return cls(raw, EventMessage.from_headers(headers, bytes(raw.body)), int(headers.get(ATTEMPTS_HEADER, 0)))

    @property
    def alive(self) -> bool:
        """Whether its channel still is; if not, the broker delivers the message again."""
        return bool(self.raw.channel.connection)

    def acknowledge(self) -> None:
        """The broker may forget the message."""
        if self.alive:
            with suppress(AMQPError, OSError):
                self.raw.ack()


class Broker:
    """What a worker sends: messages to a retry queue or to the parking queue, confirmed before this returns."""

    def __init__(self, url: str, tls: dict[str, Any] | None, topology: Topology) -> None:
        self.tls = tls
        self.topology = topology
        self._url = url

    def send(self, queue: str, body: bytes, headers: dict[str, Any], message_id: str) -> None:
        """Raises where the queue has not confirmed the message."""
        with get_producer(self._url, confirms=True, ssl=self.tls) as producer:
            # Mandatory: py-amqp raises where the message comes back because there is no such queue.
            producer.publish(
                body,
                exchange="",
                routing_key=queue,
                content_type=CONTENT_TYPE,
                content_encoding="binary",
                delivery_mode=PERSISTENT,
                headers=headers,
                message_id=message_id,
                mandatory=True,
            )


class Deliveries:
    """What becomes of each delivery."""

    def __init__(self, receiver: Receiver, broker: Broker) -> None:
        self._receiver = receiver
        self._database = receiver.database
        self.broker = broker
        self.topology = broker.topology
        self.subscriptions = [each for followed in receiver.subscriptions.values() for each in followed]
        self.draining = False

    def handle(self, delivery: Delivery) -> bool:
        """Whether the message is dealt with. If not, the broker keeps it, and delivers it again once the channel is closed."""
        failures = 0
        while delivery.alive and not self.draining:
            try:
                self._handle(delivery)
            except Exception as error:  # noqa: BLE001 - the database or the broker is gone for now, not the message
                failures += 1
                _log.error("worker_waits", service=self._database.service_name, failures=failures, error=describe(error))
                eventlet.sleep(doubling_seconds(failures, UNAVAILABLE_DELAY_SECONDS, UNAVAILABLE_DELAY_MAX_SECONDS))
            else:
                return True
        return False

    def _handle(self, delivery: Delivery) -> None:
        event = delivery.event
        try:
            self._receiver.receive(event, settle=lambda session: holds.take_turn(session, event, datetime.now(UTC)))
        except holds.NotItsTurn:
            self._retry_later(delivery, delivery.attempts, self.topology.retry.first_delay_seconds)
        except HandlerFailed as error:
            attempts = delivery.attempts + 1
            parks = self.topology.retry.gives_up(attempts)
            note_failure(error, event, self._database.service_name, attempts, parks=parks)
            if parks:
                self._park(delivery, attempts, describe(error))
            else:
                self._retry_later(delivery, attempts, self.topology.retry.delay_seconds(attempts))

    def _retry_later(self, delivery: Delivery, attempts: int, delay_seconds: float) -> None:
        # Noted before it is sent: after a crash in between it is delivered again, and finds itself first.
        with self._database.transaction() as work:
            holds.hold(work.session, delivery.event, work.now + timedelta(seconds=delay_seconds) + HOLD_SLACK)
        self._send(self.topology.retry_queue(delay_seconds), delivery.event, {ATTEMPTS_HEADER: attempts})

    def _park(self, delivery: Delivery, attempts: int, error: str) -> None:
        now = datetime.now(UTC).isoformat()
        self._send(
            self.topology.parked_queue,
            delivery.event,
            {ATTEMPTS_HEADER: attempts, ERROR_HEADER: error, PARK_TIME_HEADER: now},
        )
        # Released once it is parked: after a crash in between it is parked twice, and redriven takes effect once.
        with self._database.transaction() as work:
            holds.release(work.session, delivery.event)

    def _send(self, queue: str, event: EventMessage, headers: dict[str, Any]) -> None:
        self.broker.send(queue, event.data, {**event.to_headers(), **headers}, event.event_id)


class _Consumer(kombu.Consumer):
    """A consumer that ends only with its channel.

    The broker then takes back what is unacknowledged and passes the turn to another worker in one step. Cancelled first, the
    other would get later events while this one still holds earlier ones.
    """

    def cancel(self) -> None:
        """Nothing; see above."""


class EventQueueConsumer(QueueConsumer):
    """nameko's connection and its loop, with our topology and our order of stopping."""

    def get_consumers(self, _consumer_class: Any, channel: Any) -> list[kombu.Consumer]:
        """Called after each connect: a broker that came back empty has its queues again."""
        return [self._consumer(provider, channel) for provider in self._providers]

    def _consumer(self, provider: EventEntrypoint, channel: Any) -> kombu.Consumer:
        topology = provider.deliveries.topology
        topology.declare(channel, provider.deliveries.subscriptions)
        queue = kombu.Queue(topology.events_queue, channel=channel, no_declare=True)
        consumer = _Consumer(channel, [queue], on_message=provider.take, auto_declare=False)
        consumer.qos(prefetch_count=PREFETCH_MESSAGES)
        return consumer

    @contextmanager
    def establish_connection(self) -> Iterator[kombu.Connection]:
        """Tries for as long as it takes; kombu's own pauses grow to half a minute."""
        with self.create_connection() as connection:
            connection.ensure_connection(self.on_connection_error, None, *RECONNECT_PAUSES_SECONDS)
            yield connection

    def on_iteration(self) -> None:
        """Nothing: nameko's own would cancel consumers here."""

    def stop(self) -> None:
        """Closes the connection, or stops trying to make one."""
        self.should_stop = True
        with eventlet.Timeout(CLOSE_SECONDS_MAX, exception=False):
            self._gt.wait()
        self._gt.kill()


class EventEntrypoint(Entrypoint):
    """Takes deliveries from the service's queue and has up to HANDLERS of them handled at once."""

    def __init__(self, deliveries: Deliveries, **options: Any) -> None:
        self.deliveries = deliveries
        self._lanes: Lanes[Delivery] = Lanes()
        self._running = 0
        self._idle = Event()
        super().__init__(**options)

    # nameko finds its extensions by such attributes.
    queue_consumer = EventQueueConsumer()

    def setup(self) -> None:
        """Registers for deliveries."""
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        """Takes no more, and returns once the running handlers have ended."""
        self.deliveries.draining = True
        if self._running:
            self._idle.wait()

    def take(self, raw: Message) -> None:
        """Called for each delivery, and does not wait."""
        if self.deliveries.draining:
            # Left unacknowledged: it goes back into its place as the channel closes.
            return
        try:
            delivery = Delivery.read(raw)
        except ValueError:
            # The queue's dead letters are parked.
            raw.reject()
            return
        self._lanes.add(delivery.event.subject, delivery)
        self._fill()

    def _fill(self) -> None:
        while not self.deliveries.draining and self._running < HANDLERS and (following := self._lanes.take()):
            subject, delivery = following
            self._running += 1
            self.container.spawn_worker(self, (delivery,), {}, handle_result=partial(self._finish, subject, delivery))

    def _finish(self, subject: str, delivery: Delivery, _context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if result:
            delivery.acknowledge()
        self._running -= 1
        self._lanes.done(subject)
        self._fill()
        if self.deliveries.draining and not self._running:
            self._idle.send()
        return result, exc_info
