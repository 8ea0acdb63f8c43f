"""What identity has heard from the bank's personnel system."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.identity.model.base import Base
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime
from services.chassis.lake.lake import Pin

UNITS, PEOPLE = "org_units", "employees"


class PersonnelFeed(Base):
    """One feed of units or people: the latest snapshot that was announced, and what came of it."""

    __tablename__ = "personnel_feeds"

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    dataset: Mapped[str] = mapped_column(Text)
    source_system: Mapped[str] = mapped_column(Text)
    business_date: Mapped[date] = mapped_column(BusinessDate)
    revision: Mapped[int] = mapped_column(Integer)
    # The bank's date on which it was last gone through; None while it waits. A last day passes though no new snapshot comes.
    applied_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    apply_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # As `usecases.personnel.reports` has it.
    report: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)

    @property
    def pin(self) -> Pin:
        """The snapshot."""
        return Pin(self.feed, self.dataset, self.source_system, self.business_date, self.revision)

    def announced(self, source_system: str, business_date: date, revision: int) -> bool:
        """Takes note of a snapshot; False where it is not later than the one known."""
        if (business_date, revision) <= (self.business_date, self.revision):
            return False
        self.source_system, self.business_date, self.revision = source_system, business_date, revision
        self.applied_date = None
        return True


class PersonnelEntry(Base):
    """Somebody whom a feed knows. Whoever has none was entered by hand, and no feed misses him."""

    __tablename__ = "personnel_entries"

    staff_number: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    feed: Mapped[str] = mapped_column(Text, index=True)
