"""The columns of an event message, wherever it waits: in the outbox that it leaves, in the queue that it has reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from services.chassis.db.types import UtcDateTime
from services.chassis.outbox.messages import EventMessage

# SQLite numbers rows by itself only where the key is an INTEGER.
SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")


class EventColumns(MappedAsDataclass, kw_only=True):
    """Rows that are read in the order of their sequence, which within one aggregate is the order of its events."""

    sequence: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, init=False, sort_order=-1)
    event_id: Mapped[str] = mapped_column(Text, unique=True)
    type: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    routing_key: Mapped[str] = mapped_column(Text)
    time: Mapped[datetime] = mapped_column("event_time", UtcDateTime)
    data: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    correlation_id: Mapped[str] = mapped_column(Text)
    causation_id: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(Text)
    traceparent: Mapped[str] = mapped_column(Text)


def message_columns(model: type[EventColumns]) -> list[Any]:
    """What to select of `model` so that `message_of` can read a row of it."""
    return [getattr(model, name) for name in _FIELDS]


def message_of(row: Any) -> EventMessage:
    """The message that a row holds."""
    return EventMessage(**{name: getattr(row, name) for name in _FIELDS})


def column_values(messages: Iterable[EventMessage]) -> list[dict[str, Any]]:
    """The messages as values of EventColumns."""
    return [{name: getattr(message, name) for name in _FIELDS} for message in messages]


_FIELDS = tuple(field.name for field in fields(EventMessage))
