"""Publishing to RabbitMQ, the bus of head office; handling what arrives there is the business of `worker`."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import pika
import structlog
from pika.channel import Channel
from prometheus_client import Counter

from services.chassis.bus.broker import CONFIRM_SECONDS_MAX, PERSISTENT, connection_parameters
from services.chassis.bus.port import BusUnavailable
from services.chassis.bus.topology import EXCHANGE, EXCHANGE_TYPE
from services.chassis.kernel.backoff import doubling_seconds
from services.chassis.outbox.messages import CONTENT_TYPE, EventMessage
from services.chassis.settings import TlsSettings

# Messages on their way to the broker whose confirmation is still to come.
WINDOW_MESSAGES = 500
# How long a call waits for a connection that is just being made.
CONNECT_WAIT_SECONDS = 2.0
RECONNECT_DELAY_SECONDS = 0.2
RECONNECT_DELAY_MAX_SECONDS = 10.0

UNROUTABLE = Counter("workbench_bus_unroutable_total", "Events published that no service follows.")
RECONNECTS = Counter("workbench_bus_reconnects_total", "Connections to the broker that were lost.")

_log = structlog.get_logger(__name__)


class RabbitPublisher:
    """Publishes with confirms, a window of messages at a time, on a connection with a thread of its own.

    A lost connection is made anew for as long as it takes; what was not confirmed by then counts as refused. An event that
    nobody follows comes back from the broker, is counted, and counts as published.
    """

    def __init__(self, url: str, tls: TlsSettings | None = None, *, window_messages: int = WINDOW_MESSAGES) -> None:
        self._parameters = connection_parameters(url, tls)
        self._window_messages = window_messages
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._link = _Link(window_messages)
        self._connection: pika.SelectConnection | None = None
        self._thread = threading.Thread(target=self._run, name="rabbit-publisher", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Begins to connect."""
        self._thread.start()

    def stop(self) -> None:
        """Closes the connection; a call that still waits is answered as if it were lost."""
        self._stopping.set()
        connection = self._connection
        if connection is not None:
            connection.ioloop.add_callback_threadsafe(lambda: _close(connection))
        self._thread.join()

    def publish(self, messages: Sequence[EventMessage]) -> frozenset[str]:
        """Returns once the broker has confirmed or refused each message, or the time for it is over."""
        batch = _Batch(messages)
        with self._turn:
            self._link.send(batch, CONNECT_WAIT_SECONDS)
            batch.finished.wait(CONFIRM_SECONDS_MAX)
            return self._link.give_up(batch)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._connection = pika.SelectConnection(
                self._parameters,
                on_open_callback=self._opened,
                on_open_error_callback=self._lost,
                on_close_callback=self._lost,
            )
            self._connection.ioloop.start()
            self._connection.ioloop.close()
            failures = 1 if self._link.was_open() else failures + 1
            self._stopping.wait(doubling_seconds(failures, RECONNECT_DELAY_SECONDS, RECONNECT_DELAY_MAX_SECONDS))

    def _opened(self, connection: pika.SelectConnection) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Channel) -> None:
        channel.add_on_close_callback(_channel_closed)
        channel.add_on_return_callback(lambda *_returned: UNROUTABLE.inc())
        channel.confirm_delivery(self._link.confirm)
        channel.exchange_declare(EXCHANGE, EXCHANGE_TYPE, durable=True, callback=lambda _frame: self._link.open(channel))

    def _lost(self, connection: pika.SelectConnection, error: BaseException) -> None:
        self._link.close()
        if not self._stopping.is_set():
            RECONNECTS.inc()
            _log.warning("broker_lost", error=type(error).__name__)
        connection.ioloop.stop()


class _Batch:
    """The messages of one call, and which of them the broker has confirmed."""

    def __init__(self, messages: Sequence[EventMessage]) -> None:
        self.messages = messages
        self.sent = 0
        self.answered = 0
        self.refused = {message.event_id for message in messages}
        self.finished = threading.Event()

    def answer(self, event_id: str, *, confirmed: bool) -> None:
        """The broker's word on one message."""
        self.answered += 1
        if confirmed:
            self.refused.discard(event_id)
        if self.answered == len(self.messages):
            self.finished.set()


class _Link:
    """The open channel, if there is one, and what is on its way over it. The lock guards what both threads touch."""

    def __init__(self, window_messages: int) -> None:
        self._window_messages = window_messages
        self._lock = threading.RLock()
        self._ready = threading.Event()
        self._channel: Channel | None = None
        self._batch: _Batch | None = None
        self._last_tag = 0
        # By delivery tag, which grows: so the first entry is the oldest.
        self._unconfirmed: dict[int, tuple[_Batch, str]] = {}
        self._was_open = False

    def open(self, channel: Channel) -> None:
        """A new channel confirms from now on."""
        with self._lock:
            self._channel, self._last_tag, self._was_open = channel, 0, True
            self._ready.set()

    def close(self) -> None:
        """The channel is gone, and with it every confirmation that has not come."""
        with self._lock:
            self._channel = None
            self._unconfirmed.clear()
            self._ready.clear()
            if self._batch:
                self._batch.finished.set()

    def was_open(self) -> bool:
        """Whether there was a channel since the last time this was asked."""
        with self._lock:
            was_open, self._was_open = self._was_open, False
            return was_open

    def send(self, batch: _Batch, wait_seconds: float) -> None:
        """Begins to send; BusUnavailable where there is no channel."""
        self._ready.wait(wait_seconds)
        with self._lock:
            if self._channel is None:
                raise BusUnavailable
            self._batch = batch
            self._channel.connection.ioloop.add_callback_threadsafe(self._fill_window)

    def give_up(self, batch: _Batch) -> frozenset[str]:
        """Ends the call: what is not confirmed by now is refused, and what is not sent stays unsent."""
        with self._lock:
            self._batch = None
            return frozenset(batch.refused)

    def confirm(self, frame: Any) -> None:
        """The broker's word on one message, or on all up to it."""
        tag, confirmed = frame.method.delivery_tag, isinstance(frame.method, pika.spec.Basic.Ack)
        with self._lock:
            for number in self._tags_up_to(tag) if frame.method.multiple else (tag,):
                batch, event_id = self._unconfirmed.pop(number, (None, ""))
                if batch:
                    batch.answer(event_id, confirmed=confirmed)
            self._fill_window()

    def _tags_up_to(self, tag: int) -> list[int]:
        return list(itertools.takewhile(lambda number: number <= tag, self._unconfirmed))

    def _fill_window(self) -> None:
        with self._lock:
            while (
                self._channel is not None
                and self._batch is not None
                and self._batch.sent < len(self._batch.messages)
                and len(self._unconfirmed) < self._window_messages
            ):
                message = self._batch.messages[self._batch.sent]
                self._last_tag += 1
                self._unconfirmed[self._last_tag] = (self._batch, message.event_id)
                self._batch.sent += 1
                self._channel.basic_publish(EXCHANGE, message.routing_key, message.data, properties_of(message), mandatory=True)


def properties_of(message: EventMessage) -> pika.BasicProperties:
    """The message's properties on the wire: CloudEvents, binary mode, kept on disk."""
    return pika.BasicProperties(
        content_type=CONTENT_TYPE, delivery_mode=PERSISTENT, message_id=message.event_id, headers=message.to_headers()
    )


def _channel_closed(channel: Channel, error: BaseException) -> None:
    # The broker refused something: a new connection starts with a clean slate.
    if channel.connection.is_open:
        _log.warning("channel_lost", error=type(error).__name__)
        channel.connection.close()


def _close(connection: pika.SelectConnection) -> None:
    if connection.is_closed or connection.is_closing:
        connection.ioloop.stop()
    else:
        connection.close()
