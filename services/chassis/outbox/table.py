"""The outbox: events that committed with the state that they tell of, kept until they are published, and a while longer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from google.protobuf.message import Message
from sqlalchemy import Index, Integer, delete, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import telemetry
from services.chassis.contract import ContractFault
from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import UtcDateTime
from services.chassis.kernel.ids import IdSource
from services.chassis.outbox.columns import EventColumns, column_values
from services.chassis.outbox.messages import EventMessage, address

# So long a service that is deployed later can still catch up.
RETENTION = timedelta(days=30)

_UNPUBLISHED = text("publish_time IS NULL")


class OutboxMessage(EventColumns, ChassisBase, kw_only=True):
    """One recorded event. It is to be published while `publish_time` is empty, again from `retry_time` on if it was refused."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        # Small whatever has been published: it holds what is still to go, in order.
        Index("ix_outbox_messages_unpublished", "sequence", sqlite_where=_UNPUBLISHED, postgresql_where=_UNPUBLISHED),
        Index("ix_outbox_messages_publish_time", "publish_time"),
    )

    attempts: Mapped[int] = mapped_column(Integer, default=0)
    retry_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    publish_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


def record(
    session: Session, events: Iterable[Message], *, service: str, new_id: IdSource, time: datetime, **caused_by: str
) -> None:
    """Puts events into the outbox of the open transaction, in their order; ContractFault where one names no aggregate.

    `caused_by` gives correlation_id, causation_id and person_id, as far as they are known. Events of one aggregate are numbered
    in the order of their commits, because whoever writes to an aggregate holds its row (or fails on its version) before he
    commits.
    """
    messages = [_message(event, source=service, event_id=new_id(), time=time, **caused_by) for event in events]
    if messages:
        session.execute(insert(OutboxMessage), column_values(messages))


def _message(event: Message, **attributes: Any) -> EventMessage:
    where = address(event.DESCRIPTOR)
    subject = str(getattr(event, where.key_field))
    if not subject:
        raise ContractFault(
            f"{event.DESCRIPTOR.full_name}: {where.key_field} is empty, so nothing would keep its events in order."
        )
    return EventMessage(
        type=event.DESCRIPTOR.full_name,
        subject=subject,
        routing_key=where.routing_key,
        data=event.SerializeToString(deterministic=True),
        traceparent=telemetry.traceparent(),
        **attributes,
    )


def outbox_lag(session: Session, now: datetime) -> tuple[int, float]:
    """How many events wait to leave, and for how many seconds the oldest of them has waited."""
    waiting, oldest = session.execute(
        select(func.count(), func.min(OutboxMessage.time)).where(OutboxMessage.publish_time.is_(None))
    ).one()
    return waiting, max((now - oldest).total_seconds(), 0.0) if oldest else 0.0


def forget_published(session: Session, now: datetime) -> None:
    """Drops what was published so long ago that nobody catches up with it any more."""
    session.execute(delete(OutboxMessage).where(OutboxMessage.publish_time < now - RETENTION))
