"""What is known of each feed's source, of the files that were found there, and of the dates that are due."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, UtcDateTime
from services.integration.model.base import Base

_AWAITED = text("arrive_time IS NULL")


class FeedWatch(Base):
    """One feed: when its source was looked at, and up to which date it is known what is due."""

    __tablename__ = "feed_watches"

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    # The latest business date for which it was noted whether something is due.
    expected_until: Mapped[date] = mapped_column(BusinessDate)
    # The look that is under way, or was the latest.
    operation_id: Mapped[str] = mapped_column(Text, default="")
    # In a row; and the reason and text of the last one, empty after a look that went well.
    failures: Mapped[int] = mapped_column(Integer, default=0)
    last_fault: Mapped[str] = mapped_column(Text, default="")
    last_look_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Since when every look has found something that it could not take yet; None where the latest one left nothing.
    settling_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    next_look_time: Mapped[datetime] = mapped_column(UtcDateTime)


class FeedDate(Base):
    """A date for which a feed is due: until something of it is published it is awaited, and once its time is over, late."""

    __tablename__ = "feed_dates"
    __table_args__ = (Index("ix_feed_dates_awaited", "due_time", sqlite_where=_AWAITED, postgresql_where=_AWAITED),)

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    business_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    due_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # When it was found missing, and told; None where it came in time, or still has time.
    miss_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    arrive_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class FoundFile(Base):
    """A file as it was when the source was last looked at. Its name may tell of a person: its hash is enough to know it again."""

    __tablename__ = "found_files"

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    name_sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[str] = mapped_column(Text)
    # When it was found so for the first time.
    first_look_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # The version that was taken in; None before the first.
    taken_version: Mapped[str | None] = mapped_column(Text, default=None)
