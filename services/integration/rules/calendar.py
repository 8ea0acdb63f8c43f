"""The bank's calendar: which days are business days, which date the clock opens, and when a date's file is due.

A date is a plain date in the bank's zone. Only what is due at a time of day becomes an instant, in that zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DueDays = Literal["business", "every", "month_end", "none"]

_DAY = timedelta(days=1)
_WEEKDAYS = get_args(Weekday)
# Longer than any row of days off; beyond it a calendar has no business day at all.
_DAYS_OFF_MAX = 366


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """Weekends, and the days of which the calendar says otherwise: holidays, and make-up workdays 调休."""

    weekend: Sequence[Weekday]
    # Whether the day is a business day, of days that are not as their weekday says.
    exceptions: Mapping[date, bool]

    def __contains__(self, day: date) -> bool:
        return self.exceptions.get(day, _WEEKDAYS[day.weekday()] not in self.weekend)


@dataclass(frozen=True, slots=True)
class Openings:
    """Which dates open: each day, or business days alone."""

    business_days: BusinessDays
    every_day: bool

    def latest(self, day: date) -> date:
        """The day itself, or the last one before it that opens."""
        return next(self._walk(day, -_DAY), day)

    def following(self, day: date) -> date:
        """The first one after it that opens."""
        return next(self._walk(day + _DAY, _DAY), day + _DAY)

    def between(self, after: date, until: date) -> Iterator[date]:
        """Those after the one and up to the other, in order."""
        days = (after + _DAY * number for number in range(1, (until - after).days + 1))
        return (day for day in days if self.opens(day))

    def opens(self, day: date) -> bool:
        """Whether it is a business date."""
        return self.every_day or day in self.business_days

    def _walk(self, start: date, step: timedelta) -> Iterator[date]:
        return (day for day in (start + step * number for number in range(_DAYS_OFF_MAX)) if self.opens(day))


def clock_date(now: datetime, zone: ZoneInfo, opens_at: time) -> date:
    """The day that the clock has opened: the local one, and the one before while it is earlier than `opens_at`."""
    local = now.astimezone(zone)
    return local.date() if local.time() >= opens_at else local.date() - _DAY


def is_due(days: DueDays, day: date, business_days: BusinessDays) -> bool:
    """Whether something is due for the date."""
    if days == "business":
        return day in business_days
    return days == "every" or (days == "month_end" and (day + _DAY).day == 1)


def due_time(day: date, due: str, days_after: int, zone: ZoneInfo) -> datetime:
    """When what is due for the date must have come: so many days after it, at that time of day in the bank's zone."""
    return datetime.combine(day + _DAY * days_after, time.fromisoformat(due), tzinfo=zone).astimezone(UTC)
