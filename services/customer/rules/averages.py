"""Daily average balances 日均余额: what they are made of, and how a day's figures follow.

The average of a period is the sum of its days' closing balances over the calendar days of the period to date. A day for which
no balance came carries the last one forward; before the first balance a day counts 0, as from the day on which the account was
closed, unless its balance moved on that day or later: the number of days stays. Sums are whole minor units; they are divided
once, at the end, half to even.

A running balance is kept as of its last change, and any later day follows from it: an account that nobody moves costs no write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise

MONTHS_IN_QUARTER = 3


class Period(Enum):
    """A period to date."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def first_day(period: Period, day: date) -> date:
    """The first day of the period in which a day is."""
    if period == Period.MONTH:
        return day.replace(day=1)
    if period == Period.QUARTER:
        return day.replace(month=day.month - (day.month - 1) % MONTHS_IN_QUARTER, day=1)
    return day.replace(month=1, day=1)


def last_year_end(day: date) -> date:
    """The last day of the year before that of a day."""
    return date(day.year - 1, 12, 31)


@dataclass(frozen=True, slots=True)
class Running:
    """A balance since its last change. The sums are of the days before `since`, each in the period in which `since` is."""

    since: date
    balance: int
    month_sum: int = 0
    quarter_sum: int = 0
    year_sum: int = 0
    # The closing balance of the base date; of use once `since` is after it.
    base: int = 0

    def sum_before(self, period: Period) -> int:
        """The sum of the days before `since` in that period."""
        return int(getattr(self, f"{period.value}_sum"))


@dataclass(frozen=True, slots=True)
class Average:
    """A sum of days' balances and the days of the period: they add up with others of the same currency, before they divide."""

    sum: int
    days: int

    @property
    def minor_units(self) -> int:
        """The average, half to even."""
        return divided(self.sum, self.days)

    def __add__(self, other: Average) -> Average:
        if self.days != other.days:
            raise ValueError("Averages of unlike periods do not add up.")
        return Average(self.sum + other.sum, self.days)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of a balance on a day."""

    balance: int
    base: int
    averages: Mapping[Period, Average]

    @property
    def increment(self) -> int:
        """The balance against the base."""
        return self.balance - self.base

    @property
    def year_increment(self) -> int:
        """The year's average against the base, so that the two columns and their difference tie."""
        return self.averages[Period.YEAR].minor_units - self.base


def divided(amount: int, days: int) -> int:
    """A whole quotient, half to even."""
    quotient, remainder = divmod(amount, days)
    twice = 2 * remainder
    return quotient + (twice > days or (twice == days and quotient % 2 == 1))


def figures(running: Running, as_of: date, closed: date | None = None, base_date: date | None = None) -> Figures:
    """The figures of a day, which is `since` or later; `closed` is the day on which the account was closed."""
    base_date = base_date or last_year_end(as_of)
    if closed is not None and closed <= running.since:
        # A balance that moved after it says that the account lived on.
        closed = None
    last = as_of if closed is None else min(as_of, closed - timedelta(days=1))
    averages = {period: _average(running, period, as_of, last) for period in Period}
    return Figures(
        balance=running.balance if last == as_of else 0,
        base=_base(running, base_date, closed),
        averages=averages,
    )


def nothing_yet(as_of: date) -> Figures:
    """The figures of whatever has had no balance."""
    return Figures(0, 0, {period: Average(0, _days(period, as_of)) for period in Period})


def reference(balances: Mapping[date, int], as_of: date, closed: date | None = None, base_date: date | None = None) -> Figures:
    """The same figures as the rule reads, day by day: what every quicker way is tested against."""
    base_date = base_date or last_year_end(as_of)
    averages = {}
    for period in Period:
        start, days = first_day(period, as_of), _days(period, as_of)
        each = (start + timedelta(days=place) for place in range(days))
        averages[period] = Average(sum(_closing(balances, day, closed) for day in each), days)
    return Figures(_closing(balances, as_of, closed), _closing(balances, base_date, closed), averages)


def folded(points: Iterable[tuple[date, int]], base_date: date | None = None) -> Running | None:
    """The running balance of balances in the order of their days: what the engine computes for all accounts at once."""
    running: Running | None = None
    for day, balance in points:
        if running is not None and balance == running.balance:
            continue
        if running is None:
            running = Running(day, balance)
            continue
        sums = {
            f"{period.value}_sum": figures(running, day - timedelta(days=1)).averages[period].sum
            if first_day(period, day) < day
            else 0
            for period in Period
        }
        base = _base(running, base_date or last_year_end(day), None)
        running = Running(day, balance, **sums, base=base)
    return running


def _closing(balances: Mapping[date, int], day: date, closed: date | None) -> int:
    known = [each for each in balances if each <= day]
    if not known:
        return 0
    last = max(known)
    if closed is not None and _last_change(balances) < closed <= day:
        return 0
    return balances[last]


def _last_change(balances: Mapping[date, int]) -> date:
    in_order = sorted(balances)
    changes = [day for before, day in pairwise(in_order) if balances[day] != balances[before]]
    return changes[-1] if changes else in_order[0]


def _average(running: Running, period: Period, as_of: date, last: date) -> Average:
    start = first_day(period, as_of)
    before = running.sum_before(period) if first_day(period, running.since) == start else 0
    held = max(0, (last - max(running.since, start)).days + 1)
    return Average(before + running.balance * held, _days(period, as_of))


def _base(running: Running, base_date: date, closed: date | None) -> int:
    if running.since > base_date:
        return running.base
    return running.balance if closed is None or closed > base_date else 0


def _days(period: Period, as_of: date) -> int:
    return (as_of - first_day(period, as_of)).days + 1
