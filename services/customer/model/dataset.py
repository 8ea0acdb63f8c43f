"""Which revisions of the bank's datasets this service knows of, and what became of each."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, Json, UtcDateTime
from services.chassis.lake.lake import Pin
from services.customer.model.base import Base


class ApplicationState(IntEnum):
    """Where a revision stands here, numbered as the contract numbers it."""

    PENDING = 1
    APPLYING = 2
    # The figures stand on it.
    APPLIED = 3
    # Another revision, or a later snapshot, took its place.
    SUPERSEDED = 4
    # Its files are gone.
    FAILED = 5


class DatasetApplication(Base):
    """One revision, from when it was announced."""

    __tablename__ = "dataset_applications"

    # Sorts by time.
    application_id: Mapped[str] = mapped_column(Text, primary_key=True)
    feed: Mapped[str] = mapped_column(Text)
    dataset: Mapped[str] = mapped_column(Text)
    source_system: Mapped[str] = mapped_column(Text)
    business_date: Mapped[date] = mapped_column(BusinessDate)
    revision: Mapped[int] = mapped_column(Integer)
    rows: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[int] = mapped_column(Integer, default=ApplicationState.PENDING.value)
    # How many rows were created, updated, unchanged, refused and so on, by name.
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    receive_time: Mapped[datetime] = mapped_column(UtcDateTime)
    start_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (
        UniqueConstraint("feed", "business_date", "revision", name="uq_dataset_applications_feed_date_revision"),
        Index("ix_dataset_applications_feed_state", "feed", "state", "business_date"),
    )

    @property
    def pin(self) -> Pin:
        """By which the lake finds it."""
        return Pin(self.feed, self.dataset, self.source_system, self.business_date, self.revision)

    def end(self, state: ApplicationState, now: datetime) -> None:
        """Comes to its end."""
        self.state, self.end_time = state.value, now
        self.start_time = self.start_time or now

    def count(self, **more: int) -> None:
        """Adds to the counts."""
        self.counts = {**self.counts, **{name: self.counts.get(name, 0) + number for name, number in more.items()}}


class DatasetBook(Base):
    """How far a feed is applied, and which long work is at it."""

    __tablename__ = "dataset_books"

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    dataset: Mapped[str] = mapped_column(Text)
    source_system: Mapped[str] = mapped_column(Text)
    # The latest date that was applied; None before the first.
    business_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    # Against which day increments were computed; None for the last year's end.
    base_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    operation_id: Mapped[str] = mapped_column(Text, default="")


class DatasetRefusal(Base):
    """A row that could not be applied, and why; never what stands in it. It is tried again with each snapshot that has it."""

    __tablename__ = "dataset_refusals"

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    # The bank's number of what the row is about.
    row_key: Mapped[str] = mapped_column(Text, primary_key=True)
    application_id: Mapped[str] = mapped_column(Text)
    unit_number: Mapped[str] = mapped_column(Text, default="")
    # Of a customer whom core banking says he leads.
    manager_staff_number: Mapped[str] = mapped_column(Text, default="", server_default="")
    reason: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    refuse_time: Mapped[datetime] = mapped_column(UtcDateTime)
