"""The relay: carries events from a service's outbox to the bus, in the order of each aggregate.

Of all processes of a service one relays at a time. An event that the bus refuses holds back its own aggregate only. Events
are found by their empty `publish_time`, never by a number greater than the last, because commits finish out of order.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import zip_longest
from types import TracebackType
from typing import Any, Self

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from services.chassis.bus.failures import describe
from services.chassis.bus.port import BusUnavailable, Publisher
from services.chassis.db.session import Database
from services.chassis.kernel.backoff import doubling_seconds
from services.chassis.outbox.columns import message_columns, message_of
from services.chassis.outbox.messages import EventMessage
from services.chassis.outbox.table import OutboxMessage, outbox_lag

BATCH_MESSAGES = 500
# How long an event that nobody announced to this relay waits at most: on PostgreSQL other processes commit events as well.
POLL_SECONDS = {"sqlite": 2.0, "postgresql": 0.1}
RETRY_DELAY_SECONDS = 0.5
RETRY_DELAY_MAX_SECONDS = 60.0
DRAIN_SECONDS = 5.0
MEASURE_EVERY_SECONDS = 1.0
# Any number that nothing else in these databases locks.
_LOCK = 7_301_552

LAG = Gauge("workbench_outbox_lag_seconds", "How long the oldest event has waited to be published.", ("service",))
DEPTH = Gauge("workbench_outbox_depth_messages", "Events that wait to be published.", ("service",))
PUBLISHED = Counter("workbench_outbox_published_total", "Events published.", ("service",))
REFUSED = Counter("workbench_outbox_refused_total", "Events that the bus refused, to be tried again.", ("service",))

_log = structlog.get_logger(__name__)


class Relay:
    """A thread that publishes what the database's transactions record."""

    def __init__(
        self,
        database: Database,
        publisher: Publisher,
        *,
        batch_messages: int = BATCH_MESSAGES,
        poll_seconds: float | None = None,
        retry_delay_seconds: float = RETRY_DELAY_SECONDS,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._batch_messages = batch_messages
        self._poll_seconds = POLL_SECONDS[database.engine.dialect.name] if poll_seconds is None else poll_seconds
        self._retry_delay_seconds = retry_delay_seconds
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._drain_until = 0.0
        self._measure_due = 0.0
        self._thread = threading.Thread(target=self._run, name=f"relay-{database.service_name}", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Starts to publish, and takes over `database.on_events` to wake at each commit of this process."""
        self._database.on_events = self.wake
        self._thread.start()

    def wake(self) -> None:
        """There is something to publish."""
        self._awake.set()

    def stop(self, drain_seconds: float = DRAIN_SECONDS) -> None:
        """Publishes what is recorded, within the given time, and ends; the rest waits for the next start."""
        self._database.on_events = lambda: None
        self._drain_until = time.monotonic() + drain_seconds
        self._stopping.set()
        self._awake.set()
        self._thread.join()

    def publish_once(self) -> int:
        """One batch: answers how many events it dealt with; 0 where none is due or another relay is at work.

        Raises BusUnavailable where the bus takes none.
        """
        # The transaction that reads holds the lock, and stays open until the marks have committed.
        with self._database.transaction(read_only=True) as reading:
            if not _relays_alone(reading.session):
                return 0
            rows = reading.session.execute(_due(reading.now, self._batch_messages)).all()
            if not rows:
                return 0
            published, refused = self._publish([message_of(row) for row in rows])
            sequences = {row.event_id: row.sequence for row in rows}
            attempts = {row.sequence: row.attempts + 1 for row in rows if row.event_id in refused}
            self._mark([sequences[event_id] for event_id in published], attempts)
        PUBLISHED.labels(self._database.service_name).inc(len(published))
        REFUSED.labels(self._database.service_name).inc(len(refused))
        return len(published) + len(refused)

    def _publish(self, messages: Sequence[EventMessage]) -> tuple[list[str], set[str]]:
        """The ids that the bus took and those that it refused; what stood behind a refused one is in neither."""
        published: list[str] = []
        refused: set[str] = set()
        held: set[str] = set()
        for wave in _waves(messages):
            sent = [message for message in wave if message.subject not in held]
            try:
                wave_refused = self._publisher.publish(sent) if sent else frozenset()
            except BusUnavailable:
                if published or refused:
                    break
                raise
            published += [message.event_id for message in sent if message.event_id not in wave_refused]
            refused |= wave_refused
            held |= {message.subject for message in sent if message.event_id in wave_refused}
        return published, refused

    def _mark(self, published: Sequence[int], attempts: dict[int, int]) -> None:
        with self._database.transaction() as work:
            work.session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.sequence.in_(published))
                .values(publish_time=work.now)
                .execution_options(synchronize_session=False)
            )
            for sequence, count in attempts.items():
                delay = doubling_seconds(count, self._retry_delay_seconds, RETRY_DELAY_MAX_SECONDS)
                work.session.execute(
                    update(OutboxMessage)
                    .where(OutboxMessage.sequence == sequence)
                    .values(attempts=count, retry_time=work.now + timedelta(seconds=delay))
                    .execution_options(synchronize_session=False)
                )

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            # Cleared before the read, so that a commit after the read wakes the next round.
            self._awake.clear()
            try:
                more = self.publish_once() >= self._batch_messages
                self._measure()
            except Exception as error:  # noqa: BLE001 - whatever it is, the events wait for the next round
                failures += 1
                _log.warning("relay_waits", service=self._database.service_name, failures=failures, error=describe(error))
                self._stopping.wait(doubling_seconds(failures, self._retry_delay_seconds, RETRY_DELAY_MAX_SECONDS))
                continue
            failures = 0
            if not more:
                self._rest()
        self._drain()

    def _rest(self) -> None:
        """Until somebody wakes it, or it is time to look: for the state that is told, or since an event waits."""
        while not self._awake.wait(self._poll_seconds) and time.monotonic() < self._measure_due:
            # Many times a second in each process that serves: one statement, and none of what an act's transaction begins with.
            with suppress(SQLAlchemyError), self._database.reader.connect() as connection:
                if connection.scalar(_WAITS):
                    return

    def _drain(self) -> None:
        # A bus or a database that is gone drains nothing; the events wait for the next start.
        with suppress(BusUnavailable, SQLAlchemyError):
            while time.monotonic() < self._drain_until and self.publish_once():
                pass

    def _measure(self) -> None:
        if time.monotonic() < self._measure_due:
            return
        self._measure_due = time.monotonic() + MEASURE_EVERY_SECONDS
        with self._database.transaction(read_only=True) as work:
            depth, lag_seconds = outbox_lag(work.session, work.now)
        DEPTH.labels(self._database.service_name).set(depth)
        LAG.labels(self._database.service_name).set(lag_seconds)


# Of an event that is refused and waits for its retry too: that is rare, and then it is looked at whole.
_WAITS = select(select(OutboxMessage.sequence).where(OutboxMessage.publish_time.is_(None)).exists())


def _relays_alone(session: Session) -> bool:
    """Whether this transaction is the one that relays; on SQLite there is one process, and so one relay."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))))


def _due(now: datetime, limit: int) -> Select[Any]:
    """What is to be published now, in order, without the aggregates that wait for a retry."""
    waiting = select(OutboxMessage.subject).where(OutboxMessage.publish_time.is_(None), OutboxMessage.retry_time > now)
    return (
        select(OutboxMessage.sequence, OutboxMessage.attempts, *message_columns(OutboxMessage))
        .where(OutboxMessage.publish_time.is_(None), OutboxMessage.subject.not_in(waiting))
        .order_by(OutboxMessage.sequence)
        .limit(limit)
    )


def _waves(messages: Iterable[EventMessage]) -> Iterator[list[EventMessage]]:
    """The messages in rounds of at most one per subject, so that none leaves before the one ahead of it is safe."""
    by_subject: dict[str, list[EventMessage]] = defaultdict(list)
    for message in messages:
        by_subject[message.subject].append(message)
    for wave in zip_longest(*by_subject.values()):
        yield [message for message in wave if message is not None]
