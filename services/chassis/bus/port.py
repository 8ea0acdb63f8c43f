"""What a bus is to the rest: it takes events from the outbox, brings them to the inbox, and parks what cannot be handled.

Delivery is at least once, and in order for the events of one subject: a later one waits while an earlier one is retried,
until that one is handled or parked. Two adapters keep this promise: `embedded` and `rabbit` (with `worker`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.backoff import doubling_seconds
from services.chassis.kernel.errors import Unavailable
from services.chassis.outbox.messages import EventMessage


class BusUnavailable(Unavailable):
    """The bus cannot be reached; nothing of the call was taken."""

    def __init__(self) -> None:
        super().__init__("BUS_UNAVAILABLE", "The event bus does not answer; try again in a moment.")


class Publisher(Protocol):
    """Where the outbox relay hands events to."""

    def publish(self, messages: Sequence[EventMessage]) -> frozenset[str]:
        """Returns once the bus holds the messages safely; answers the ids of those that it did not take.

        A message that nobody subscribes to counts as taken. Raises BusUnavailable where none was taken.
        """


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """An event that a service could not handle. The error says what kind and where, never what the event held."""

    event_id: str
    type: str
    subject: str
    attempts: int
    error: str
    park_time: datetime


class Parking(Protocol):
    """The events that one service could not handle. Whoever asks has a transaction of that service open."""

    def depth(self, work: UnitOfWork) -> tuple[int, int]:
        """How many events wait to be handled, retries included, and how many are parked."""

    def list(self, work: UnitOfWork, *, limit: int) -> list[ParkedMessage]:
        """The parked events, the oldest first."""

    def redrive(self, work: UnitOfWork, event_ids: Sequence[str] | None) -> int:
        """Hands parked events back to their handlers, all where no ids are given; answers how many."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often an event is tried, and how long a bus waits in between: doubling, up to a cap."""

    attempts_max: int = 8
    first_delay_seconds: float = 1.0
    delay_max_seconds: float = 60.0

    def delay_seconds(self, attempts: int) -> float:
        """How long to wait after so many failed attempts, from 1 on."""
        return doubling_seconds(attempts, self.first_delay_seconds, self.delay_max_seconds)

    def gives_up(self, attempts: int) -> bool:
        """Whether so many failed attempts are enough."""
        return attempts >= self.attempts_max

    @property
    def delays_seconds(self) -> tuple[float, ...]:
        """Every delay that occurs, each once, the shortest first."""
        return tuple(sorted({self.delay_seconds(attempts) for attempts in range(1, max(self.attempts_max, 2))}))
