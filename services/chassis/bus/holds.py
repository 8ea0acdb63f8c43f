"""Keeps a subject's events in order while one of them is away in a retry queue of the broker.

The failed event is noted here; until it is handled or parked, later ones of its subject are noted behind it and sent the same
way. The note lies in the service's database, so that the order outlives the worker.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import UtcDateTime
from services.chassis.outbox.columns import SEQUENCE
from services.chassis.outbox.messages import EventMessage


class HeldMessage(ChassisBase, kw_only=True):
    """One event that is away and comes back. It holds others back until it is due by far: then it is taken for lost."""

    __tablename__ = "held_messages"

    sequence: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, init=False)
    event_id: Mapped[str] = mapped_column(Text, unique=True)
    subject: Mapped[str] = mapped_column(Text, index=True)
    expire_time: Mapped[datetime] = mapped_column(UtcDateTime)


_HELD = cast("Table", HeldMessage.__table__)


class NotItsTurn(Exception):
    """An earlier event of the subject is away."""


def take_turn(session: Session, message: EventMessage, now: datetime) -> None:
    """Ends the event's own hold; raises NotItsTurn where an earlier one of its subject is held."""
    first = session.execute(
        select(_HELD.c.event_id)
        .where(_HELD.c.subject == message.subject, _HELD.c.expire_time > now)
        .order_by(_HELD.c.sequence)
        .limit(1)
    ).scalar()
    if first is None:
        return
    if first != message.event_id:
        raise NotItsTurn
    release(session, message)


def hold(session: Session, message: EventMessage, expire_time: datetime) -> None:
    """Notes that the event is away, in its place among those of its subject."""
    if not insert_if_absent(session, _HELD, event_id=message.event_id, subject=message.subject, expire_time=expire_time):
        session.execute(update(_HELD).where(_HELD.c.event_id == message.event_id).values(expire_time=expire_time))


def release(session: Session, message: EventMessage) -> None:
    """The event holds back others no longer."""
    session.execute(delete(_HELD).where(_HELD.c.event_id == message.event_id))


def forget_lost(session: Session, now: datetime) -> None:
    """Drops the notes of events that never came back."""
    session.execute(delete(_HELD).where(_HELD.c.expire_time < now))
