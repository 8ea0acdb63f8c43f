"""The bus of a branch: from the outbox into the queue of each service that follows the event, and from there to its handlers.

Everything happens in one process. Each service has a thread that handles its queue in order, since SQLite lets one
transaction write at a time; the queue lies in the service's own database, so that a message leaves it in the transaction
of its effect.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.bus import queue
from services.chassis.bus.failures import HandlerFailed, describe, note_failure
from services.chassis.bus.port import ParkedMessage, RetryPolicy
from services.chassis.db.session import Database, UnitOfWork
from services.chassis.inbox.receiver import Receiver
from services.chassis.kernel.backoff import doubling_seconds
from services.chassis.outbox.columns import message_of
from services.chassis.outbox.messages import EventMessage
from services.chassis.service import Subscription, Timer
from services.chassis.timers import TimerThread

BATCH_MESSAGES = 100
# How long a message that another process put back (`workbench events redrive`) waits at most.
POLL_SECONDS = 2.0
UNAVAILABLE_DELAY_SECONDS = 0.5
UNAVAILABLE_DELAY_MAX_SECONDS = 30.0

_log = structlog.get_logger(__name__)


class EmbeddedBus:
    """The publisher for every relay of the process, and the threads that handle what was published and run timers."""

    def __init__(
        self,
        services: Mapping[str, tuple[Database, Iterable[Subscription]]],
        *,
        retry: RetryPolicy | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._consumers = [
            _Consumer(Receiver(database, subscriptions), retry or RetryPolicy(), poll_seconds)
            for database, subscriptions in services.values()
        ]
        self._timers: list[TimerThread] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.stop()

    def add_timers(self, database: Database, timers: Iterable[Timer]) -> None:
        """Runs a service's timers too, from `start` on."""
        self._timers.append(TimerThread(database, timers))

    def start(self) -> None:
        """Starts to handle events, beginning with what an earlier process left, and to run timers."""
        for thread in (*self._consumers, *self._timers):
            thread.start()

    def stop(self) -> None:
        """Lets the running handlers end; what is queued waits for the next start."""
        for thread in (*self._timers, *self._consumers):
            thread.stop()

    def publish(self, messages: Sequence[EventMessage]) -> frozenset[str]:
        """Keeps each message in the database of every service that follows it."""
        refused: set[str] = set()
        for consumer in self._consumers:
            refused.update(consumer.take(messages))
        return frozenset(refused)


class EmbeddedParking:
    """The parked events of one service, in its own database."""

    def depth(self, work: UnitOfWork) -> tuple[int, int]:
        """How many events wait to be handled, and how many are parked."""
        return queue.depth(work.session)

    def list(self, work: UnitOfWork, *, limit: int) -> list[ParkedMessage]:
        """The parked events, the oldest first."""
        return queue.parked(work.session, limit)

    def redrive(self, work: UnitOfWork, event_ids: Sequence[str] | None) -> int:
        """Puts parked events back into the queue, in the transaction of whoever asks."""
        return queue.redrive(work.session, event_ids)


class _Consumer:
    """One service's queue and the thread that handles it."""

    def __init__(self, receiver: Receiver, retry: RetryPolicy, poll_seconds: float) -> None:
        self._receiver = receiver
        self._database = receiver.database
        self._retry = retry
        self._poll_seconds = poll_seconds
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"events-{self._database.service_name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._awake.set()
        self._thread.join()

    def take(self, messages: Sequence[EventMessage]) -> list[str]:
        """Queues the messages that the service follows; answers the ids of those that could not be kept."""
        followed = [message for message in messages if message.type in self._receiver.subscriptions]
        if not followed:
            return []
        try:
            with self._database.transaction() as work:
                queue.enqueue(work.session, followed)
        except SQLAlchemyError as error:
            _log.error("queue_unavailable", service=self._database.service_name, error=describe(error))
            return [message.event_id for message in followed]
        self._awake.set()
        return []

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            # Cleared before the read, so that what is queued after the read wakes the next round.
            self._awake.clear()
            try:
                if not self._handle_batch():
                    self._awake.wait(self._pause_seconds())
            except Exception as error:  # noqa: BLE001 - the database is gone for now, not the messages
                failures += 1
                _log.error("queue_unavailable", service=self._database.service_name, failures=failures, error=describe(error))
                self._stopping.wait(doubling_seconds(failures, UNAVAILABLE_DELAY_SECONDS, UNAVAILABLE_DELAY_MAX_SECONDS))
            else:
                failures = 0

    def _handle_batch(self) -> int:
        with self._database.transaction(read_only=True) as work:
            rows = queue.due(work.session, work.now, BATCH_MESSAGES)
        held: set[str] = set()
        for row in rows:
            if self._stopping.is_set():
                break
            if row.subject not in held and not self._handle(row):
                held.add(row.subject)
        return len(rows)

    def _handle(self, row: Any) -> bool:
        message = message_of(row)
        try:
            self._receiver.receive(message, settle=lambda session: queue.remove(session, row.sequence))
        except HandlerFailed as error:
            self._put_back(row, message, error)
            return False
        return True

    def _put_back(self, row: Any, message: EventMessage, error: HandlerFailed) -> None:
        attempts = row.attempts + 1
        parks = self._retry.gives_up(attempts)
        note_failure(error, message, self._database.service_name, attempts, parks=parks)
        with self._database.transaction() as work:
            if parks:
                queue.park(work.session, row.sequence, attempts, describe(error), work.now)
            else:
                retry_time = work.now + timedelta(seconds=self._retry.delay_seconds(attempts))
                queue.retry_later(work.session, row.sequence, attempts, retry_time)

    def _pause_seconds(self) -> float:
        with self._database.transaction(read_only=True) as work:
            retry_time = queue.next_retry_time(work.session)
            if retry_time is None:
                return self._poll_seconds
            return min(max((retry_time - work.now).total_seconds(), 0.0), self._poll_seconds)
