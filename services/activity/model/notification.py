"""What somebody of the bank is told of by the workbench."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base
from services.chassis.db.types import Json, UtcDateTime


class Notification(Base):
    """One thing that one person should know: named and not told, the sentence about it is the page's, in whichever language."""

    __tablename__ = "notifications"

    # Sorts by time.
    notification_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    # What happened, such as `task_assigned`.
    kind: Mapped[str] = mapped_column(Text)
    # What there is to look at, such as `tasks/0198…`.
    resource: Mapped[str] = mapped_column(Text)
    # What a sentence about it names: ids, numbers, dates; nothing that identifies a customer.
    parameters: Mapped[dict[str, str]] = mapped_column(Json, default_factory=dict)
    # Told at once, whatever the hour.
    urgent: Mapped[bool] = mapped_column(default=False)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # None until it was read.
    read_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (Index("ix_notifications_person_id_notification_id", "person_id", "notification_id"),)
