"""What stands in calendars: appointments, once or recurring, who takes part, and subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.appointments import AppointmentState
from services.activity.rules.erasing import Erased
from services.activity.rules.recurrence.series import NonWorkdays
from services.chassis.db.types import EncryptedText, Json, UtcDateTime


class Appointment(Working, Base):
    """An appointment 日程, a series, or an occurrence of one that was changed and stands by itself since."""

    __tablename__ = "appointments"
    __erased__: ClassVar[Mapping[str, Erased]] = {"title": "", "description": "", "place": ""}
    __open__ = ("state", (AppointmentState.PLANNED.value,))

    appointment_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The numbers of `rules.appointments`.
    kind: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer, default=AppointmentState.PLANNED.value)
    title: Mapped[str] = mapped_column(EncryptedText("activity.appointment.title"), default="")
    description: Mapped[str] = mapped_column(EncryptedText("activity.appointment.description"), default="")
    place: Mapped[str] = mapped_column(EncryptedText("activity.appointment.place"), default="")
    private: Mapped[bool] = mapped_column(default=False)
    free: Mapped[bool] = mapped_column(default=False)
    all_day: Mapped[bool] = mapped_column(default=False)
    # Of a series, its first; of whole days, their beginning and end by the clock of `time_zone`.
    start_time: Mapped[datetime] = mapped_column(UtcDateTime)
    end_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # The start by the clock of `time_zone`, `2026-11-25T09:00:00`: where that hour does not come, it is no instant.
    local_start: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)
    # Lines of RFC 5545; empty where it takes place once.
    recurrence: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    non_workdays: Mapped[int] = mapped_column(Integer, default=NonWorkdays.KEEP.value)
    # Of a rule with a number of times, its last start: counted once.
    last_start_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # When the last of a series is over, or of what lasts longer than a day; by it both are found. None for anything else.
    span_end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    participant_person_ids: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    reminder_minutes: Mapped[int | None] = mapped_column(Integer, default=None)
    # When there may be something to remind of next; None where there is nothing any more.
    next_reminder_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Of what was to remind before this time, people were reminded.
    reminded_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # Of an occurrence that was changed: its series, and when that would have it start.
    series_id: Mapped[str | None] = mapped_column(Text, default=None)
    original_start_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Of what was imported: by which it is known again.
    source_uid: Mapped[str] = mapped_column(Text, default="")
    source_sequence: Mapped[int] = mapped_column(Integer, default=0)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("end_time >= start_time", name="ends_after_start"),
        CheckConstraint("(series_id IS NULL) = (original_start_time IS NULL)", name="occurrence"),
        Index("ix_appointments_owner_person_id_start_time_appointment_id", "owner_person_id", "start_time", "appointment_id"),
        Index("ix_appointments_customer_id_start_time_appointment_id", "customer_id", "start_time", "appointment_id"),
        Index("ix_appointments_owner_person_id_span_end_time", "owner_person_id", "span_end_time"),
        Index("ix_appointments_customer_id_span_end_time", "customer_id", "span_end_time"),
        Index("ix_appointments_next_reminder_time", "next_reminder_time"),
        Index("ix_appointments_organisation_path", "organisation_path"),
        Index("ix_appointments_owner_person_id_source_uid", "owner_person_id", "source_uid"),
        Index("ix_appointments_series_id_original_start_time", "series_id", "original_start_time", unique=True),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def recurring(self) -> bool:
        """Whether it is a series."""
        return bool(self.recurrence)

    @property
    def planned(self) -> bool:
        """Whether it is to take place, or took place."""
        return self.state == AppointmentState.PLANNED


class AppointmentParticipant(Base):
    """A colleague who takes part in what is another's: by it his own calendar finds that."""

    __tablename__ = "appointment_participants"

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointments.appointment_id"), type_=Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The appointment's.
    start_time: Mapped[datetime] = mapped_column(UtcDateTime)
    span_end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (
        Index("ix_appointment_participants_person_id_start_time", "person_id", "start_time", "appointment_id"),
        Index("ix_appointment_participants_person_id_span_end_time", "person_id", "span_end_time"),
    )


class CalendarFeed(Base):
    """A subscription. Of its secret only the hash is kept."""

    __tablename__ = "calendar_feeds"

    calendar_feed_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    display_name: Mapped[str] = mapped_column(Text)
    detail: Mapped[int] = mapped_column(Integer)
    # SHA-256 of the secret, in hexadecimal digits.
    secret_sha256: Mapped[str] = mapped_column(Text, unique=True)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_calendar_feeds_person_id", "person_id", "calendar_feed_id"),)
