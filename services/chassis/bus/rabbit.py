"""The bus of head office, as a service's server process sees it: publishing to RabbitMQ, and looking after what is parked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import pika
import structlog
from pika.adapters.blocking_connection import BlockingChannel
from pika.channel import Channel
from pika.exceptions import AMQPError, ChannelClosedByBroker
from prometheus_client import Counter

from services.chassis.bus.failures import describe
from services.chassis.bus.port import BusUnavailable, ParkedMessage, RetryPolicy
from services.chassis.bus.topology import EXCHANGE, EXCHANGE_TYPE, Topology
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.backoff import doubling_seconds
from services.chassis.outbox.messages import CONTENT_TYPE, EventMessage
from services.chassis.settings import TlsSettings

# Messages on their way to the broker whose confirmation is still to come.
WINDOW_MESSAGES = 500
CONFIRM_SECONDS_MAX = 15.0
HEARTBEAT_SECONDS = 30
SOCKET_SECONDS_MAX = 5.0
# How long a call waits for a connection that is just being made.
CONNECT_WAIT_SECONDS = 2.0
RECONNECT_DELAY_SECONDS = 0.2
RECONNECT_DELAY_MAX_SECONDS = 10.0

# What a retried or parked message carries beside the event's own headers.
ATTEMPTS_HEADER = "x-workbench-attempts"
ERROR_HEADER = "x-workbench-error"
PARK_TIME_HEADER = "x-workbench-park-time"

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
