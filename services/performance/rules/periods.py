"""Periods of results: days, months, quarters, years, and the day before which something is compared with."""

from __future__ import annotations

from datetime import date, timedelta
from enum import IntEnum

from services.chassis.kernel.dates import moved

_MONTHS_PER_YEAR = 12
_MONTHS_PER_QUARTER = 3


class PeriodKind(IntEnum):
    """What a period is; the numbers are the contract's."""

    UNSPECIFIED = 0
    DAY = 1
    MONTH = 2
    QUARTER = 3
    YEAR = 4


def month_start(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def period_start(kind: PeriodKind, day: date) -> date:
    """The first day of the period of that kind in which the day is."""
    if kind is PeriodKind.DAY:
        return day
    if kind is PeriodKind.MONTH:
        return month_start(day)
    if kind is PeriodKind.QUARTER:
        return date(day.year, (day.month - 1) // _MONTHS_PER_QUARTER * _MONTHS_PER_QUARTER + 1, 1)
    return date(day.year, 1, 1)


def period_end(kind: PeriodKind, start: date) -> date:
    """The last day of the period that begins on that day."""
    months = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: _MONTHS_PER_QUARTER, PeriodKind.YEAR: _MONTHS_PER_YEAR}
    if kind is PeriodKind.DAY:
        return start
    ended = start.month - 1 + months[kind]
    following_year, month = start.year + ended // _MONTHS_PER_YEAR, ended % _MONTHS_PER_YEAR + 1
    return date.max if following_year > date.max.year else date(following_year, month, 1) - timedelta(days=1)


def base_date(day: date) -> date:
    """The day whose balances increments are counted from: the last of the year before."""
    return moved(date(day.year, 1, 1), -1)
