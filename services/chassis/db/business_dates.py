"""The bank's business date, as integration announces it and each service keeps it.

A date is a date: nothing here turns one into an instant or back. It only ever goes forward.
"""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Table, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import BusinessDate, UtcDateTime

# A bank has one.
BANK_CALENDAR = "bank"
# So long a process may go on with the date before after another process has taken the next one in.
KEPT_SECONDS = 1.0


class CurrentBusinessDate(ChassisBase, kw_only=True):
    """The latest business date that was announced."""

    __tablename__ = "business_dates"

    calendar: Mapped[str] = mapped_column(Text, primary_key=True)
    business_date: Mapped[date] = mapped_column(BusinessDate)
    # When this service took it in.
    open_time: Mapped[datetime] = mapped_column(UtcDateTime)


_DATES = cast("Table", CurrentBusinessDate.__table__)
_CURRENT = select(_DATES.c.business_date).where(_DATES.c.calendar == BANK_CALENDAR)


def announced(connection: Connection) -> date | None:
    """The latest business date; None before the first."""
    return connection.execute(_CURRENT).scalar()


def advance(session: Session, business_date: date, now: datetime) -> bool:
    """Makes it the current one unless a later one is; answers whether it did."""
    if insert_if_absent(session, _DATES, calendar=BANK_CALENDAR, business_date=business_date, open_time=now):
        return True
    # Two that advance it meet on the row: the second waits, and then compares with what the first wrote.
    moved = session.execute(
        update(_DATES)
        .where(_DATES.c.calendar == BANK_CALENDAR, _DATES.c.business_date < business_date)
        .values(business_date=business_date, open_time=now)
    )
    return cast("CursorResult[Any]", moved).rowcount == 1


class KeptDate:
    """What a process last read of it, so that an act costs no query for the date."""

    def __init__(self) -> None:
        # Read and replaced as one value: threads share it.
        self._kept: tuple[date | None, float] = (None, float("-inf"))

    def read(self, session: Session) -> date | None:
        """The date, at most KEPT_SECONDS old."""
        found, fresh_until = self._kept
        if time.monotonic() < fresh_until:
            return found
        found = announced(session.connection())
        self._kept = (found, time.monotonic() + KEPT_SECONDS)
        return found

    def forget(self) -> None:
        """The next act reads it."""
        self._kept = (None, float("-inf"))
