"""The inbox: which events a service has handled, so that each takes effect once however often it is delivered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Text, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import UtcDateTime

# Longer than anything is delivered again: the outboxes of all services forget sooner.
RETENTION = timedelta(days=60)


class InboxMessage(ChassisBase, kw_only=True):
    """One handled event; the row commits with the effect."""

    __tablename__ = "inbox_messages"

    event_id: Mapped[str] = mapped_column(Text, primary_key=True)
    type: Mapped[str] = mapped_column(Text)
    handle_time: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def forget_handled(session: Session, now: datetime) -> None:
    """Drops what no bus delivers again."""
    session.execute(delete(InboxMessage).where(InboxMessage.handle_time < now - RETENTION))
