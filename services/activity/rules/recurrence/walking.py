"""The starts that a rule gives within a window of days: the window is walked, and nothing beside it."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product

from services.activity.rules.recurrence.rule import Frequency, Rule

_DAY = timedelta(days=1)
_WEEK = 7
_MONTHS = 12
# The fourth day of a week decides to which year it belongs (ISO 8601).
_DECIDING = timedelta(days=3)


def starts(rule: Rule, first: datetime, start: date, end: date) -> Iterator[datetime]:
    """The local times that the rule gives on days from `start` to `end`, in order and none before `first`.

    `first` is the local time with which the series starts. COUNT and UNTIL are not looked at.
    """
    times = _times(rule, first)
    matches = _matcher(_with_defaults(rule, first))
    start = max(start, first.date())
    if rule.by_position:
        for period in _periods(rule, first.date(), start, end):
            given = [datetime.combine(day, each) for day in _days(*period) if matches(day) for each in times]
            chosen = sorted({given[place] for place in _places(rule.by_position, len(given))})
            yield from (each for each in chosen if each >= first and start <= each.date() <= end)
        return
    for period_start, period_end in _periods(rule, first.date(), start, end):
        for day in _days(max(period_start, start), min(period_end, end)):
            if matches(day):
                yield from (each for each in (datetime.combine(day, each) for each in times) if each >= first)


def _times(rule: Rule, first: datetime) -> list[time]:
    hours, minutes, seconds = rule.by_hour or (first.hour,), rule.by_minute or (first.minute,), rule.by_second or (first.second,)
    return [time(hour, minute, second) for hour, minute, second in product(hours, minutes, seconds)]


@dataclass(frozen=True, slots=True)
class _Days:
    """Which days of a period a rule takes; a part that is empty takes all."""

    months: frozenset[int]
    weeks: frozenset[int]
    year_days: frozenset[int]
    month_days: frozenset[int]
    weekdays: frozenset[int]
    # Ordinals of weekdays, in the month or in the year.
    ordinals: frozenset[tuple[int, int]]
    in_month: bool
    week_start: int


def _with_defaults(rule: Rule, first: datetime) -> _Days:
    """What the rule does not say is as it is for the first start."""
    months, month_days = rule.by_month, rule.by_month_day
    weekdays = tuple(day for ordinal, day in rule.by_day if not ordinal)
    if not (rule.by_week or rule.by_year_day or rule.by_month_day or rule.by_day):
        if rule.frequency is Frequency.YEARLY:
            months, month_days = months or (first.month,), (first.day,)
        elif rule.frequency is Frequency.MONTHLY:
            month_days = (first.day,)
        elif rule.frequency is Frequency.WEEKLY:
            weekdays = (first.weekday(),)
    elif rule.by_week and not (rule.by_year_day or rule.by_month_day or rule.by_day):
        weekdays = (first.weekday(),)
    return _Days(
        months=frozenset(months),
        weeks=frozenset(rule.by_week),
        year_days=frozenset(rule.by_year_day),
        month_days=frozenset(month_days),
        weekdays=frozenset(weekdays),
        ordinals=frozenset((ordinal, day) for ordinal, day in rule.by_day if ordinal),
        in_month=rule.frequency is Frequency.MONTHLY or bool(rule.by_month),
        week_start=rule.week_start,
    )


def _matcher(days: _Days) -> Callable[[date], bool]:
    """Whether a day is taken; only what the rule says is looked at, the cheapest first."""
    checks: list[Callable[[date], bool]] = []
    if days.months:
        checks.append(lambda day: day.month in days.months)
    if days.weekdays or days.ordinals:
        checks.append(lambda day: day.weekday() in days.weekdays or bool(days.ordinals and _counted(days, day)))
    if days.month_days:
        checks.append(lambda day: _either(days.month_days, day.day, calendar.monthrange(day.year, day.month)[1]))
    if days.year_days:
        checks.append(lambda day: _either(days.year_days, day.timetuple().tm_yday, _year_length(day.year)))
    if days.weeks:
        checks.append(lambda day: _either(days.weeks, *_week_of(day, days.week_start)))
    return lambda day: all(check(day) for check in checks)


def _counted(days: _Days, day: date) -> bool:
    if days.in_month:
        place, length = day.day, calendar.monthrange(day.year, day.month)[1]
    else:
        place, length = day.timetuple().tm_yday, _year_length(day.year)
    weekday = day.weekday()
    return ((place - 1) // _WEEK + 1, weekday) in days.ordinals or (-((length - place) // _WEEK + 1), weekday) in days.ordinals


def _either(numbers: frozenset[int], place: int, length: int) -> bool:
    """Whether the place, counted from the start or from the end, is among the numbers."""
    return place in numbers or place - length - 1 in numbers


def _year_length(year: int) -> int:
    return 365 + calendar.isleap(year)


def _week_of(day: date, week_start: int) -> tuple[int, int]:
    """The number of the day's week, and how many weeks its year has."""
    deciding = _week_begin(day, week_start) + _DECIDING
    number = (deciding.timetuple().tm_yday - 1) // _WEEK + 1
    last = date(deciding.year, 12, 28)
    # The 28th of December is in the last week of its year, whatever a week starts with.
    last_deciding = _week_begin(last, week_start) + _DECIDING
    return number, (last_deciding.timetuple().tm_yday - 1) // _WEEK + 1


def _week_begin(day: date, week_start: int) -> date:
    return day - timedelta(days=(day.weekday() - week_start) % _WEEK)


def _periods(rule: Rule, first: date, start: date, end: date) -> Iterator[tuple[date, date]]:
    """The first and the last day of each of the rule's periods that meets the window."""
    number_of, bounds = _calendar_of(rule, first)
    step = rule.interval
    number = -(-number_of(start) // step) * step
    while number <= number_of(end):
        yield bounds(number)
        number += step


def _calendar_of(rule: Rule, first: date) -> tuple[Callable[[date], int], Callable[[int], tuple[date, date]]]:
    """Which period, counted from the first, a day is in; and a period's first and last day."""
    if rule.frequency is Frequency.DAILY:
        return lambda day: (day - first).days, lambda number: (first + number * _DAY,) * 2
    if rule.frequency is Frequency.WEEKLY:
        week = _week_begin(first, rule.week_start)
        return (
            lambda day: (day - week).days // _WEEK,
            lambda number: (week + number * _WEEK * _DAY, week + (number * _WEEK + _WEEK - 1) * _DAY),
        )
    if rule.frequency is Frequency.MONTHLY:
        return lambda day: (day.year - first.year) * _MONTHS + day.month - first.month, lambda number: _month(first, number)
    return lambda day: day.year - first.year, lambda number: (date(first.year + number, 1, 1), date(first.year + number, 12, 31))


def _month(first: date, number: int) -> tuple[date, date]:
    year, month = divmod(first.year * _MONTHS + first.month - 1 + number, _MONTHS)
    return date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _places(positions: tuple[int, ...], length: int) -> Iterator[int]:
    """The positions that a list of that length has, as places in it."""
    for position in positions:
        place = position - 1 if position > 0 else length + position
        if 0 <= place < length:
            yield place


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=place) for place in range((end - start).days + 1))
