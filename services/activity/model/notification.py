"""What somebody of the bank is told of by the workbench, how he wants to be told, and the mails that tell him."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from sqlalchemy import Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base
from services.chassis.db.types import EncryptedText, Json, UtcDateTime

_UNREAD = "read_time IS NULL"
_TO_MAIL = "to_mail AND read_time IS NULL"
_URGENT_TO_MAIL = f"urgent AND {_TO_MAIL}"
# SQLite has numbers for truth values, and uses an index only where the statement says the same as it.
_TO_MAIL_SQLITE = "to_mail = 1 AND read_time IS NULL"
_URGENT_TO_MAIL_SQLITE = f"urgent = 1 AND {_TO_MAIL_SQLITE}"


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
    # Whether the workbench shows it: somebody may want a kind by mail alone.
    shown: Mapped[bool] = mapped_column(default=True)
    # Whether a digest is to tell it yet; false once one does.
    to_mail: Mapped[bool] = mapped_column(default=False)
    # The digest that tells it; empty for none.
    digest_id: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # When it is told by itself: at once, or at the end of the person's quiet hours.
    due_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # None until it was read.
    read_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (
        Index("ix_notifications_person_id_notification_id", "person_id", "notification_id"),
        Index("ix_notifications_person_id_due_time", "person_id", "due_time"),
        Index("ix_notifications_create_time", "create_time"),
        Index("ix_notifications_digest_id", "digest_id"),
        Index(
            "ix_notifications_unread",
            "person_id",
            "notification_id",
            sqlite_where=text(_UNREAD),
            postgresql_where=text(_UNREAD),
        ),
        Index(
            "ix_notifications_to_mail",
            "person_id",
            "due_time",
            sqlite_where=text(_TO_MAIL_SQLITE),
            postgresql_where=text(_TO_MAIL),
        ),
        Index(
            "ix_notifications_urgent_to_mail",
            "person_id",
            sqlite_where=text(_URGENT_TO_MAIL_SQLITE),
            postgresql_where=text(_URGENT_TO_MAIL),
        ),
    )


class NotificationPreferences(Base):
    """How one person wants to be told. Who has none is told in the workbench, at all hours, and by no mail."""

    __tablename__ = "notification_preferences"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # Empty where no mail is wanted.
    email_address: Mapped[str] = mapped_column(EncryptedText("activity.notification_preferences.email_address"), default="")
    language: Mapped[int] = mapped_column(Integer, default=0)
    # Empty for the bank's.
    time_zone: Mapped[str] = mapped_column(Text, default="")
    # Times of his day, `HH:MM`; empty where he has no quiet hours.
    quiet_start: Mapped[str] = mapped_column(Text, default="")
    quiet_end: Mapped[str] = mapped_column(Text, default="")
    digest_times: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    # The numbers of channels by kind.
    channels: Mapped[dict[str, int]] = mapped_column(Json, default_factory=dict)
    # The mail server of the address would not take mail for it.
    email_refused: Mapped[bool] = mapped_column(default=False)
    # When it is time for a digest; None where he gets none.
    next_digest_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (Index("ix_notification_preferences_next_digest_time", "next_digest_time"),)

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen; before the first change it is `0`."""
        return str(self.version or 0)

    @property
    def mails(self) -> bool:
        """Whether mail goes to this person."""
        return bool(self.email_address) and not self.email_refused


class DigestState(IntEnum):
    """Where a digest stands."""

    WAITING = 1
    SENT = 2
    # The server would not take it for this address.
    REFUSED = 3
    # Tried for days in vain.
    GIVEN_UP = 4


_WAITING = f"state = {DigestState.WAITING.value}"


class Digest(Base):
    """One mail 邮件摘要. What it says is told by its notifications, and the same however often it is tried."""

    __tablename__ = "notification_digests"

    # Its `Message-ID` has it: a mail that comes twice is known for the same one.
    digest_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    language: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer, default=DigestState.WAITING.value)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    # When it is tried next.
    due_time: Mapped[datetime] = mapped_column(UtcDateTime)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (
        Index("ix_notification_digests_waiting", "due_time", sqlite_where=text(_WAITING), postgresql_where=text(_WAITING)),
        Index("ix_notification_digests_create_time", "create_time"),
    )

    @property
    def waits(self) -> bool:
        """Whether it is still to be sent."""
        return self.state == DigestState.WAITING

    def end(self, state: DigestState, now: datetime) -> None:
        """Comes to its end: sent, or never to be."""
        self.state = state.value
        self.sent_time = now if state is DigestState.SENT else None
