"""Which days are worked 工作日: a country's, as it announced them, and over them the bank's own.

For China the State Council announces each year's holidays and the weekends that are worked in their place 调休, mostly in
November of the year before; `chinesecalendar` keeps what was announced. For later years, and for other countries, `holidays`
computes from the law what is known of them; what is announced meanwhile is given as the bank's own days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache

from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken

CHINA = "CN"
# The days of which one question may be, ten years and a little.
PERIOD_DAYS_MAX = 3_700
# Workdays that can be counted off at once.
WORKDAYS_MAX = 2_500
# Days in a row without a single workday, after which none is looked for any more.
_DAYS_OFF_MAX = 400
_YEARS_KEPT = 256
_DAY = timedelta(days=1)


class DaySource(IntEnum):
    """From where it is known whether a day is worked."""

    WEEK = 1
    COUNTRY = 2
    BANK = 3


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day for which the bank itself says whether it is worked."""

    working: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day as the calendar has it; the name is that of the holiday, or of what else makes it special."""

    day_date: date
    name: str
    source: DaySource
    working: bool


@dataclass(frozen=True, slots=True)
class _Year:
    """What a country has in one year beside its weeks."""

    weekend: frozenset[int]
    free: Mapping[date, str]
    # Days of a weekend that are worked, with the holiday for which they are.
    made_up: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Workdays:
    """A country's days with the bank's own over them."""

    country_code: str = CHINA
    own: Mapping[date, OwnDay] = field(default_factory=dict)

    def day(self, day: date) -> CalendarDay:
        """What that day is."""
        if own := self.own.get(day):
            return CalendarDay(day, own.name, DaySource.BANK, working=own.working)
        year = _year(self.country_code, day.year)
        if name := year.made_up.get(day):
            return CalendarDay(day, name, DaySource.COUNTRY, working=True)
        if name := year.free.get(day):
            return CalendarDay(day, name, DaySource.COUNTRY, working=False)
        return CalendarDay(day, "", DaySource.WEEK, working=day.weekday() not in year.weekend)

    def is_workday(self, day: date) -> bool:
        """Whether that day is worked."""
        return self.day(day).working

    def days(self, start: date, end: date) -> Iterator[CalendarDay]:
        """All days from the first to the last, both included; raises InvalidInput PERIOD_INVALID where there are too many."""
        if not 0 <= (end - start).days < PERIOD_DAYS_MAX:
            violation = FieldViolation("end_date", f"Not before the start, and at most {PERIOD_DAYS_MAX} days in all.")
            raise InvalidInput("PERIOD_INVALID", "The period ends before it starts, or is too long.", violations=(violation,))
        return (self.day(start + timedelta(days=place)) for place in range((end - start).days + 1))

    def between(self, start: date, end: date) -> list[date]:
        """The workdays from the first day to the last, both included; raises as `days` does."""
        return [each.day_date for each in self.days(start, end) if each.working]

    def add(self, day: date, count: int) -> date:
        """The workday so many workdays after the day, or before it where the count is negative.

        With 0 the day itself where it is worked, else the next one. Raises InvalidInput WORKDAYS_INVALID where too many are
        counted or the calendar ends before, and RuleBroken WORKDAYS_MISSING where none come any more.
        """
        if abs(count) > WORKDAYS_MAX:
            raise _countless()
        if count == 0:
            return day if self.is_workday(day) else self.add(day, 1)
        step, left, idle = (_DAY if count > 0 else -_DAY), abs(count), 0
        while left:
            try:
                day += step
            except OverflowError:
                raise _countless() from None
            working = self.is_workday(day)
            left, idle = (left - 1, 0) if working else (left, idle + 1)
            if idle > _DAYS_OFF_MAX:
                raise RuleBroken("WORKDAYS_MISSING", f"No workday in {_DAYS_OFF_MAX} days: look at the bank's own days.")
        return day


def check_country(country_code: str) -> None:
    """Raises InvalidInput COUNTRY_UNKNOWN where no holidays are known of a country (ISO 3166-1, two letters)."""
    if country_code != CHINA and country_code not in _countries():
        violation = FieldViolation("country_code", "Two letters of ISO 3166-1 of a country whose holidays are known.")
        raise InvalidInput("COUNTRY_UNKNOWN", "The holidays of that country are not known.", violations=(violation,))


def _countless() -> InvalidInput:
    return InvalidInput("WORKDAYS_INVALID", f"At most {WORKDAYS_MAX} workdays are counted, within the calendar's years.")


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    # Takes a second to import, and most banks need it for no day of this year.
    import holidays

    return frozenset(holidays.list_supported_countries(include_aliases=False))


@lru_cache(maxsize=_YEARS_KEPT)
def _year(country_code: str, year: int) -> _Year:
    return (_announced_in_china(year) if country_code == CHINA else None) or _by_law(country_code, year)


def _announced_in_china(year: int) -> _Year | None:
    # Only where days are asked for: no process needs it to start.
    from chinese_calendar import constants  # type: ignore[import-untyped]

    free = {day: _chinese(name) for day, name in constants.holidays.items() if day.year == year}
    made_up = {day: f"{_chinese(name)}调休" for day, name in constants.workdays.items() if day.year == year}
    # Of the year after the last there may be a first day or two.
    return _Year(frozenset({5, 6}), free, made_up) if year <= _last_year(constants.holidays) and free else None


def _last_year(announced: Mapping[date, str]) -> int:
    return max(day.year for day in announced if day.month > 1)


def _chinese(name: str) -> str:
    from chinese_calendar import constants

    return str(constants.Holiday(name).chinese)


def _by_law(country_code: str, year: int) -> _Year:
    import holidays

    language = "zh_CN" if country_code == CHINA else None
    found = holidays.country_holidays(country_code, years=year, language=language)
    # Asked for a year, it also knows days of its neighbours.
    free = {day: name for day, name in found.items() if day.year == year}
    made_up = {day: "" for day in found.weekend_workdays if day.year == year}
    return _Year(frozenset(found.weekend), free, {day: name or country_code for day, name in made_up.items()})
