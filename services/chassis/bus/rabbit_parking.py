"""What is parked in the broker: counted, listed and handed back without losing any of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pika
import structlog
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker

from services.chassis.bus.broker import ATTEMPTS_HEADER, DELIVERY_HEADERS, ERROR_HEADER, PARK_TIME_HEADER, connection_parameters
from services.chassis.bus.failures import describe
from services.chassis.bus.port import BusUnavailable, ParkedMessage, RetryPolicy
from services.chassis.bus.topology import Topology
from services.chassis.db.session import UnitOfWork
from services.chassis.settings import TlsSettings

# AMQP's reply where a queue does not exist: no worker of the service has ever run.
NOT_FOUND_CODE = 404
# Whoever else looks at the moment, or takes some away, is not waited for longer.
_GIVEN_BACK_SECONDS_MAX = 2.0
_LOOK_AGAIN_SECONDS = 0.02

_log = structlog.get_logger(__name__)


class RabbitParking:
    """The parked events of one service, in the broker. What a worker has in hand at the moment is not counted."""

    def __init__(self, url: str, service: str, tls: TlsSettings | None = None, retry: RetryPolicy | None = None) -> None:
        self._parameters = connection_parameters(url, tls)
        self._topology = Topology(service, retry or RetryPolicy())

    def depth(self, _work: UnitOfWork) -> tuple[int, int]:
        """How many events wait to be handled, retries included, and how many are parked."""
        with self._connection() as connection:
            waiting = sum(_depth(connection, name) for name in (self._topology.events_queue, *self._topology.retry_queues))
            return waiting, _depth(connection, self._topology.parked_queue)

    def list(self, _work: UnitOfWork, *, limit: int) -> list[ParkedMessage]:
        """The parked events, the oldest first. They are taken without acknowledgement, and given back."""
        with self._connection() as connection:
            channel = connection.channel()
            found = [_parked(delivery) for delivery in self._take(channel, limit)]
            self._give_back(channel, len(found))
            return found

    def redrive(self, _work: UnitOfWork, event_ids: Sequence[str] | None) -> int:
        """Publishes parked events to the service's queue; each leaves the parking only when that has confirmed it."""
        wanted = None if event_ids is None else set(event_ids)
        redriven = kept = 0
        with self._connection() as connection:
            channel, target = connection.channel(), connection.channel()
            target.confirm_delivery()
            for delivery in self._take(channel, _depth(connection, self._topology.parked_queue)):
                properties = delivery.properties
                if wanted is not None and properties.message_id not in wanted:
                    kept += 1
                    continue
                properties.headers = {k: v for k, v in (properties.headers or {}).items() if k not in DELIVERY_HEADERS}
                target.basic_publish("", self._topology.events_queue, delivery.body, properties, mandatory=True)
                channel.basic_ack(delivery.tag)
                redriven += 1
            self._give_back(channel, kept)
        return redriven

    @contextmanager
    def _connection(self) -> Iterator[pika.BlockingConnection]:
        try:
            connection = pika.BlockingConnection(self._parameters)
            try:
                yield connection
            finally:
                if connection.is_open:
                    connection.close()
        except (AMQPError, OSError) as error:
            _log.warning("broker_unavailable", error=describe(error))
            raise BusUnavailable from error

    def _take(self, channel: BlockingChannel, limit: int) -> Iterator[_Delivery]:
        try:
            for _ in range(limit):
                method, properties, body = channel.basic_get(self._topology.parked_queue)
                if method is None or properties is None:
                    return
                yield _Delivery(method.delivery_tag, properties, body or b"")
        except ChannelClosedByBroker as error:
            if error.reply_code != NOT_FOUND_CODE:
                raise

    def _give_back(self, channel: BlockingChannel, count: int) -> None:
        """Gives back what was looked at and not acknowledged, and returns once it is there: whoever looked next would miss it."""
        if not count:
            return
        channel.basic_nack(0, multiple=True)
        deadline = time.monotonic() + _GIVEN_BACK_SECONDS_MAX
        while _ready(channel, self._topology.parked_queue) < count and time.monotonic() < deadline:
            channel.connection.sleep(_LOOK_AGAIN_SECONDS)


@dataclass(frozen=True, slots=True)
class _Delivery:
    tag: int
    properties: pika.BasicProperties
    body: bytes


def _depth(connection: pika.BlockingConnection, queue: str) -> int:
    try:
        return _ready(connection.channel(), queue)
    except ChannelClosedByBroker as error:
        if error.reply_code != NOT_FOUND_CODE:
            raise
        return 0


def _ready(channel: BlockingChannel, queue: str) -> int:
    return int(channel.queue_declare(queue, passive=True).method.message_count)


def _parked(delivery: _Delivery) -> ParkedMessage:
    headers = delivery.properties.headers or {}
    return ParkedMessage(
        event_id=str(delivery.properties.message_id or ""),
        type=str(headers.get("cloudEvents:type", "")),
        subject=str(headers.get("cloudEvents:subject", "")),
        attempts=int(headers.get(ATTEMPTS_HEADER, 0)),
        error=str(headers.get(ERROR_HEADER) or _REASONS.get(_death_reason(headers), "")),
        park_time=datetime.fromisoformat(headers.get(PARK_TIME_HEADER) or headers.get("cloudEvents:time") or _UNKNOWN_TIME),
    )


# What the broker parked by itself, by the reason that it notes.
_REASONS = {
    "delivery_limit": "The worker ended each time that it had this event in hand.",
    "rejected": "The message is no event: it lacks attributes of a CloudEvent.",
}
_UNKNOWN_TIME = "1970-01-01T00:00:00+00:00"


def _death_reason(headers: dict[str, Any]) -> str:
    deaths = headers.get("x-death") or [{}]
    return str(deaths[0].get("reason", ""))
