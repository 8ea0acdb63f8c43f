"""Figures 业绩: what is measured, with what a period is compared, how people are ranked, how far a balance is off its average."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from fractions import Fraction

from services.chassis.kernel.dates import moved
from services.performance.rules.periods import PeriodKind, month_start, period_end, period_start

DEVIATION_PLACES = 6


class Measure(IntEnum):
    """What is measured; the numbers are the contract's, the names in small letters the columns' of results."""

    UNSPECIFIED = 0
    BALANCE = 1
    AVERAGE_BALANCE = 2
    BASE_BALANCE = 3
    INCREMENT = 4
    FTP_PROFIT = 5
    FEE_INCOME = 6
    EXPECTED_LOSS = 7
    CAPITAL_COST = 8
    CONTRIBUTION = 9
    EVA = 10
    UNIT_PRICE = 11
    FLOW_AMOUNT = 12
    FLOW_COUNT = 13

    @property
    def column(self) -> str:
        """As results call it."""
        return self.name.lower()


MEASURES = tuple(measure.column for measure in Measure if measure)
# Of a period these are as they stand at its last day; all others are the sums of its days, months or quarters.
STANDING = tuple(m.column for m in (Measure.BALANCE, Measure.AVERAGE_BALANCE, Measure.BASE_BALANCE, Measure.INCREMENT))


class ComparisonKind(IntEnum):
    """With what a period is compared; the numbers are the contract's."""

    UNSPECIFIED = 0
    DAY_BEFORE = 1
    MONTH_END_BEFORE = 2
    YEAR_END_BEFORE = 3
    PERIOD_BEFORE = 4
    YEAR_BEFORE = 5


@dataclass(frozen=True, slots=True)
class Amounts:
    """All measures of something, in minor units of the home currency; and how many objects it is of."""

    values: tuple[int, ...] = (0,) * len(MEASURES)
    account_count: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        values = tuple(mine + its for mine, its in zip(self.values, other.values, strict=True))
        return Amounts(values, self.account_count + other.account_count)

    def __sub__(self, other: Amounts) -> Amounts:
        values = tuple(mine - its for mine, its in zip(self.values, other.values, strict=True))
        return Amounts(values, self.account_count - other.account_count)

    def of(self, measure: Measure) -> int:
        """One of them."""
        return self.values[measure - 1]

    @classmethod
    def total(cls, amounts: Iterable[Amounts]) -> Amounts:
        """The sum."""
        return sum(amounts, cls())


@dataclass(frozen=True, slots=True)
class Period:
    """A period up to the last day of it that is computed."""

    kind: PeriodKind
    start_date: date
    as_of_date: date


def compared_starts(kind: PeriodKind, start: date) -> dict[ComparisonKind, date]:
    """By kind of comparison, when the earlier period begins."""
    if kind is PeriodKind.DAY:
        return {
            ComparisonKind.DAY_BEFORE: moved(start, -1),
            ComparisonKind.MONTH_END_BEFORE: moved(month_start(start), -1),
            ComparisonKind.YEAR_END_BEFORE: moved(period_start(PeriodKind.YEAR, start), -1),
            ComparisonKind.YEAR_BEFORE: _year_before(start),
        }
    starts = {ComparisonKind.PERIOD_BEFORE: period_start(kind, moved(start, -1))}
    if kind is not PeriodKind.YEAR:
        starts[ComparisonKind.YEAR_BEFORE] = _year_before(start)
    return starts


def same_day(period: Period, start: date) -> date:
    """Up to which day the period of that kind from `start` stands beside one that is computed up to its `as_of_date`.

    Beside a month that is over stands a whole one, beside another the days up to the same day, or to its last.
    """
    end = period_end(period.kind, start)
    if period.kind is not PeriodKind.MONTH or period.as_of_date == period_end(PeriodKind.MONTH, period.start_date):
        return end
    return min(end, moved(start, (period.as_of_date - period.start_date).days))


def dense_ranks(values: Mapping[str, int]) -> dict[str, int]:
    """The place of each: the highest has 1, equal ones the same, and the next lower the next whole number."""
    places = {value: place for place, value in enumerate(sorted(set(values.values()), reverse=True), start=1)}
    return {key: places[value] for key, value in values.items()}


def deviation(balance: int, average: int) -> str:
    """(balance - average) / average as a decimal, rounded half to even; empty where the average is not above 0.

    Of all deposits at a month's end it is the deviation 存款偏离度 of notice 48 of 2018 of the banking and insurance regulator,
    which lets a bank have 4 % at most. What is held against a limit is the exact amounts, not this text.
    """
    if average <= 0:
        return ""
    scaled = round(Fraction(balance - average, average) * 10**DEVIATION_PLACES)
    whole, rest = divmod(abs(scaled), 10**DEVIATION_PLACES)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{DEVIATION_PLACES}d}"


def _year_before(day: date) -> date:
    """The same day of the year before; of a leap day the day before it."""
    if day.year == date.min.year:
        return date.min
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=day.day - 1)
