"""What stands in the broker: one exchange for all events, and for each service that follows some a set of queues.

`<service>.events` has what is to be handled, `<service>.retry.<delay>` what failed and waits (its messages go back when their
time is over), `<service>.parked` what failed for good. All are quorum queues: what they confirmed survives the loss of a
node. Whatever passes from one to another by itself passes at least once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import kombu

from services.chassis.bus.broker import SOCKET_SECONDS_MAX, kombu_tls
from services.chassis.bus.port import BusUnavailable, RetryPolicy
from services.chassis.outbox.messages import address
from services.chassis.service import Service, Subscription
from services.chassis.settings import TlsSettings

EXCHANGE = "workbench.events"
EXCHANGE_TYPE = "topic"
# A delivery that ends neither well nor badly this often killed its worker each time, and is parked. It is not lower, because
# it also counts for messages that merely were with a worker that died.
DELIVERIES_MAX = 100
# Listing what is parked delivers it; RabbitMQ 4 would drop it after 20 times.
PARKED_DELIVERIES_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Topology:
    """The queues of one service."""

    service: str
    retry: RetryPolicy = field(default_factory=RetryPolicy)

    @property
    def events_queue(self) -> str:
        """What is to be handled."""
        return f"{self.service}.events"

    @property
    def parked_queue(self) -> str:
        """What failed for good."""
        return f"{self.service}.parked"

    def retry_queue(self, delay_seconds: float) -> str:
        """What comes back after the given delay, one of `retry.delays_seconds`."""
        # The delay stands in the name, so that another policy makes other queues instead of clashing with these.
        return f"{self.service}.retry.{round(delay_seconds * 1_000)}"

    @property
    def retry_queues(self) -> list[str]:
        """All that wait for a retry."""
        return [self.retry_queue(delay) for delay in self.retry.delays_seconds]

    def queue_arguments(self) -> dict[str, dict[str, Any]]:
        """The queues by name, with the arguments by which they are declared."""
        queues = {
            self.parked_queue: {"x-queue-type": "quorum", "x-delivery-limit": PARKED_DELIVERIES_MAX},
            self.events_queue: {
                **_dead_letters_to(self.parked_queue),
                "x-delivery-limit": DELIVERIES_MAX,
                # One worker process at a time: otherwise two of them would handle two events of one subject at once.
                "x-single-active-consumer": True,
            },
        }
        for delay in self.retry.delays_seconds:
            queues[self.retry_queue(delay)] = {
                **_dead_letters_to(self.events_queue),
                "x-message-ttl": round(delay * 1_000),
            }
        return queues

    def declare(self, channel: Any, subscriptions: Iterable[Subscription]) -> None:
        """Declares all of it on a channel of kombu, and binds the service's queue to what it follows; may be repeated."""
        channel.exchange_declare(exchange=EXCHANGE, type=EXCHANGE_TYPE, durable=True, auto_delete=False)
        for name, arguments in self.queue_arguments().items():
            channel.queue_declare(queue=name, durable=True, auto_delete=False, arguments=arguments)
        for subscription in subscriptions:
            routing_key = address(subscription.event.DESCRIPTOR).routing_key
            channel.queue_bind(queue=self.events_queue, exchange=EXCHANGE, routing_key=routing_key)


def declare_queues(service: Service, amqp_url: str, tls: TlsSettings | None = None) -> None:
    """Makes the service's queues before anybody publishes: an event that no queue takes counts as followed by nobody.

    May be repeated. Raises BusUnavailable where the broker does not answer.
    """
    if not service.subscriptions:
        return
    with kombu.Connection(amqp_url, ssl=kombu_tls(amqp_url, tls) or False, connect_timeout=SOCKET_SECONDS_MAX) as connection:
        try:
            Topology(service.name).declare(connection.default_channel, service.subscriptions)
        except (*connection.connection_errors, OSError):
            raise BusUnavailable from None


def _dead_letters_to(queue: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue,
        # The default forgets a message once it has sent it on, whether or not it arrives.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
