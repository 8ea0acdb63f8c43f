"""The embedded bus' queue: what has reached a service and is not handled, in the service's own database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Index, Integer, Table, Text, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.bus.port import ParkedMessage
from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import UtcDateTime
from services.chassis.outbox.columns import EventColumns, column_values, message_columns
from services.chassis.outbox.messages import EventMessage

# Rows of one statement: SQLite takes at most 32,766 parameters.
_ROWS_PER_INSERT = 1_000

_NOT_PARKED = text("park_time IS NULL")


class QueuedMessage(EventColumns, ChassisBase, kw_only=True):
    """One event that waits for its handler; parked, with the error, once `park_time` is set."""

    __tablename__ = "queued_messages"
    __table_args__ = (Index("ix_queued_messages_waiting", "sequence", sqlite_where=_NOT_PARKED, postgresql_where=_NOT_PARKED),)

    attempts: Mapped[int] = mapped_column(Integer, default=0)
    retry_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    park_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None, index=True)
    error: Mapped[str] = mapped_column(Text, default="")


_TABLE = cast("Table", QueuedMessage.__table__)


def enqueue(session: Session, messages: Sequence[EventMessage]) -> None:
    """Appends the messages, except those that are there already."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for start in range(0, len(messages), _ROWS_PER_INSERT):
        rows = [{**values, "attempts": 0, "error": ""} for values in column_values(messages[start : start + _ROWS_PER_INSERT])]
        session.execute(dialect.insert(QueuedMessage).on_conflict_do_nothing(), rows)


def due(session: Session, now: datetime, limit: int) -> Sequence[Any]:
    """What is to be handled now, in order, without the subjects that wait for a retry."""
    waiting = select(QueuedMessage.subject).where(QueuedMessage.park_time.is_(None), QueuedMessage.retry_time > now)
    return session.execute(
        select(QueuedMessage.sequence, QueuedMessage.attempts, *message_columns(QueuedMessage))
        .where(QueuedMessage.park_time.is_(None), QueuedMessage.subject.not_in(waiting))
        .order_by(QueuedMessage.sequence)
        .limit(limit)
    ).all()


def next_retry_time(session: Session) -> datetime | None:
    """When the earliest retry is due; None where none waits."""
    return session.scalar(select(func.min(QueuedMessage.retry_time)).where(QueuedMessage.park_time.is_(None)))


def remove(session: Session, sequence: int) -> None:
    """The message is dealt with."""
    session.execute(delete(QueuedMessage).where(QueuedMessage.sequence == sequence).execution_options(**_UNTRACKED))


def retry_later(session: Session, sequence: int, attempts: int, retry_time: datetime) -> None:
    """The message failed so often, and is tried again from then on."""
    _change(session, sequence, attempts=attempts, retry_time=retry_time)


def park(session: Session, sequence: int, attempts: int, error: str, now: datetime) -> None:
    """The message is set aside with its error, and holds back its subject no longer."""
    _change(session, sequence, attempts=attempts, error=error, park_time=now, retry_time=None)


def parked(session: Session, limit: int) -> list[ParkedMessage]:
    """The messages set aside, the oldest first."""
    rows = session.scalars(
        select(QueuedMessage).where(QueuedMessage.park_time.is_not(None)).order_by(QueuedMessage.sequence).limit(limit)
    )
    return [
        ParkedMessage(row.event_id, row.type, row.subject, row.attempts, row.error, row.park_time or row.time) for row in rows
    ]


def redrive(session: Session, event_ids: Sequence[str] | None) -> int:
    """Puts parked messages back in their old place, as if never tried; answers how many."""
    statement = update(QueuedMessage).where(QueuedMessage.park_time.is_not(None))
    if event_ids is not None:
        statement = statement.where(QueuedMessage.event_id.in_(event_ids))
    result = session.execute(statement.values(park_time=None, attempts=0, error="").execution_options(**_UNTRACKED))
    return cast("CursorResult[Any]", result).rowcount


def depth(session: Session) -> tuple[int, int]:
    """How many messages wait, and how many are parked."""
    waiting, all_parked = session.execute(
        select(func.count().filter(QueuedMessage.park_time.is_(None)), func.count(QueuedMessage.park_time))
    ).one()
    return waiting, all_parked


# No row of the queue is ever held as an object while it changes.
_UNTRACKED = {"synchronize_session": False}


def _change(session: Session, sequence: int, **values: Any) -> None:
    session.execute(
        update(QueuedMessage).where(QueuedMessage.sequence == sequence).values(**values).execution_options(**_UNTRACKED)
    )
