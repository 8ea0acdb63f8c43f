"""The bank's calendar: the days that are not as their weekday says, and the dates that were opened."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum

from sqlalchemy import Boolean, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, UtcDateTime
from services.integration.model.base import Base


class DaySource(IntEnum):
    """Who says so of a day; the numbers are those of `workbench.integration.v1.CalendarDaySource`."""

    # Nobody: it is as its weekday is.
    WEEK = 1
    # The State Council's calendar, or whoever else sets holidays for all.
    HOLIDAYS = 2
    # The bank itself, against whatever holds for all.
    BANK = 3


class CalendarDay(Base):
    """A day that is not as its weekday says: a holiday, or a weekend's day that is worked. The bank's word counts most."""

    __tablename__ = "calendar_days"

    calendar_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    business_day: Mapped[bool] = mapped_column(Boolean)
    # Such as 春节.
    name: Mapped[str] = mapped_column(Text)
    source: Mapped[int] = mapped_column(Integer, primary_key=True)
    # Of a holiday, the year of the calendar that brought it: the next load of that year replaces it.
    year: Mapped[int | None] = mapped_column(Integer, default=None)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)


class BusinessDateOpening(Base):
    """A date that was opened. They only go forward: one row more for each, and none is changed."""

    __tablename__ = "business_date_openings"

    business_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    previous_business_date: Mapped[date | None] = mapped_column(BusinessDate, unique=True)
    open_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # Whoever passed the end of day on; empty where the clock did.
    person_id: Mapped[str] = mapped_column(Text)
