"""A recurrence rule (RFC 5545, 3.3.10), read and checked once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import IntEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# Days, weeks, months or years between occurrences; far beyond what a calendar shows.
INTERVAL_MAX = 9_999
TIMES_PER_DAY_MAX = 24
RULE_LENGTH_MAX = 2_000
_RULES_KEPT = 2_000
_FIRST_YEAR, _LAST_YEAR = 1, 9999
# More digits than any number of a rule needs; Python refuses to read some thousands.
_DIGITS_MAX = 12

_PART = re.compile(r"([A-Z-]+)=([^=;]*)")
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(rf"[+-]?[0-9]{{1,{_DIGITS_MAX}}}")
_DATE_LENGTH = len("20261231")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SUB_DAILY = ("HOURLY", "MINUTELY", "SECONDLY")


class Frequency(IntEnum):
    """How long the rule's period is."""

    DAILY = 1
    WEEKLY = 2
    MONTHLY = 3
    YEARLY = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was written. Numbers are negative where they count from the end; a day's ordinal is 0 for every such day."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    # As written: a plain date, or an instant in UTC, or a local time.
    until: date | datetime | None = None
    by_month: tuple[int, ...] = ()
    by_week: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    by_position: tuple[int, ...] = ()
    week_start: int = 0

    def last_local(self, zone: ZoneInfo) -> datetime | None:
        """The local time after which nothing starts any more; None where the rule has no such."""
        if self.until is None:
            return None
        if not isinstance(self.until, datetime):
            return datetime.combine(self.until, datetime.max.time())
        # At the ends of time no zone can be asked.
        far = not _FIRST_YEAR < self.until.year < _LAST_YEAR
        return (
            self.until.replace(tzinfo=None) if far or not self.until.tzinfo else self.until.astimezone(zone).replace(tzinfo=None)
        )

    def ending(self, until: datetime) -> Rule:
        """The rule with another end, an instant, in place of any that it had."""
        return replace(self, count=None, until=until.astimezone(UTC))

    def text(self) -> str:
        """The rule as RFC 5545 writes it."""
        parts = [f"FREQ={self.frequency.name}"]
        parts += [f"INTERVAL={self.interval}"] if self.interval > 1 else []
        parts += [f"COUNT={self.count}"] if self.count is not None else []
        parts += [f"UNTIL={_moment_text(self.until)}"] if self.until is not None else []
        for name, (attribute, _, _) in _LISTS.items():
            parts += [f"{name}={','.join(map(str, getattr(self, attribute)))}"] if getattr(self, attribute) else []
        days = ",".join(f"{ordinal or ''}{_WEEKDAYS[day]}" for ordinal, day in self.by_day)
        parts += [f"BYDAY={days}"] if days else []
        parts += [f"WKST={_WEEKDAYS[self.week_start]}"] if self.week_start else []
        return ";".join(parts)


# By name: the attribute, the largest number, and whether it may count from the end, so that 0 is none.
_LISTS = {
    "BYMONTH": ("by_month", 12, False),
    "BYWEEKNO": ("by_week", 53, True),
    "BYYEARDAY": ("by_year_day", 366, True),
    "BYMONTHDAY": ("by_month_day", 31, True),
    "BYHOUR": ("by_hour", 23, False),
    "BYMINUTE": ("by_minute", 59, False),
    # 60 is a leap second, which no clock here shows.
    "BYSECOND": ("by_second", 59, False),
    "BYSETPOS": ("by_position", 366, True),
}
_FROM_ONE = ("BYMONTH",)
# What RFC 5545 rules out for a frequency.
_RULED_OUT = {
    Frequency.DAILY: ("by_week", "by_year_day"),
    Frequency.WEEKLY: ("by_week", "by_year_day", "by_month_day"),
    Frequency.MONTHLY: ("by_week", "by_year_day"),
    Frequency.YEARLY: (),
}


@lru_cache(maxsize=_RULES_KEPT)
def parse_rule(text: str) -> Rule:
    """The rule of an `RRULE`'s value.

    Raises InvalidInput RECURRENCE_INVALID, and RECURRENCE_TOO_FREQUENT for what recurs within a day by its frequency or more than
    24 times a day.
    """
    parts = _parts(text)
    rule = Rule(
        frequency=_frequency(parts.pop("FREQ", "")),
        interval=_number("INTERVAL", parts.pop("INTERVAL", "1"), 1, INTERVAL_MAX),
        count=_number("COUNT", parts.pop("COUNT"), 1, 10**_DIGITS_MAX) if "COUNT" in parts else None,
        until=_moment(parts.pop("UNTIL")) if "UNTIL" in parts else None,
        by_day=tuple(_days(parts.pop("BYDAY"))) if "BYDAY" in parts else (),
        week_start=_weekday(parts.pop("WKST", "MO")),
        **{_LISTS[name][0]: _numbers(name, parts.pop(name)) for name in _LISTS if name in parts},
    )
    # Extensions such as Apple's are passed over as everybody does, and nothing else.
    if unknown := [name for name in parts if not name.startswith("X-")]:
        raise refused(f"It has no {unknown[0]}.")
    _check(rule)
    return rule


def refused(description: str, reason: str = "RECURRENCE_INVALID") -> InvalidInput:
    """The refusal of a recurrence."""
    violation = FieldViolation("recurrence", description)
    return InvalidInput(reason, "The recurrence is none that RFC 5545 knows, or that is kept here.", violations=(violation,))


def parse_moment(text: str) -> date | datetime:
    """A date, a local time or an instant in UTC as iCalendar writes them; raises InvalidInput RECURRENCE_INVALID."""
    return _moment(text)


def _parts(text: str) -> dict[str, str]:
    if len(text) > RULE_LENGTH_MAX:
        raise refused(f"At most {RULE_LENGTH_MAX} characters.")
    parts: dict[str, str] = {}
    for part in text.upper().strip(" ;").split(";"):
        found = _PART.fullmatch(part.strip())
        if found is None or found[1] in parts:
            raise refused("Parts such as FREQ=WEEKLY, each once, joined by semicolons.")
        parts[found[1]] = found[2]
    return parts


def _frequency(name: str) -> Frequency:
    if name in _SUB_DAILY:
        raise refused("At most daily.", "RECURRENCE_TOO_FREQUENT")
    if name not in Frequency.__members__:
        raise refused("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.")
    return Frequency[name]


def _numbers(name: str, text: str) -> tuple[int, ...]:
    _, largest, from_end = _LISTS[name]
    smallest = -largest if from_end else int(name in _FROM_ONE)
    numbers = {_number(name, part, smallest, largest) for part in text.split(",")}
    if from_end and 0 in numbers:
        raise refused(f"{name} counts from 1, or from the end from -1.")
    return tuple(sorted(numbers))


def _number(name: str, text: str, smallest: int, largest: int) -> int:
    number = int(text) if _NUMBER.fullmatch(text.strip()) else None
    if number is None or not smallest <= number <= largest:
        raise refused(f"{name} is a number from {smallest} to {largest}.")
    return number


def _days(text: str) -> list[tuple[int, int]]:
    days = set()
    for part in text.split(","):
        found = _DAY.fullmatch(part.strip())
        if found is None:
            raise refused("BYDAY is of days such as MO or -1FR.")
        days.add((int(found[1] or 0), _WEEKDAYS.index(found[2])))
    return sorted(days)


def _weekday(text: str) -> int:
    if text not in _WEEKDAYS:
        raise refused("WKST is a day such as MO.")
    return _WEEKDAYS.index(text)


def _moment(text: str) -> date | datetime:
    try:
        if len(text) == _DATE_LENGTH:
            return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
        moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a local time has no zone
    except ValueError:
        raise refused("A time is written 20261231, 20261231T235959 or 20261231T235959Z.") from None
    return moment.replace(tzinfo=UTC) if text.endswith("Z") else moment


def _moment_text(moment: date | datetime | None) -> str:
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        return f"{moment.year:04}{moment:%m%d}"
    return f"{moment.year:04}{moment:%m%dT%H%M%S}{'Z' if moment.tzinfo else ''}"


def _check(rule: Rule) -> None:
    if rule.count is not None and rule.until is not None:
        raise refused("COUNT or UNTIL, not both.")
    for attribute in _RULED_OUT[rule.frequency]:
        if getattr(rule, attribute):
            raise refused(f"{attribute.upper().replace('_', ' ')} does not go with {rule.frequency.name}.")
    if any(ordinal for ordinal, _ in rule.by_day) and (rule.frequency < Frequency.MONTHLY or rule.by_week):
        raise refused("BYDAY counts days of a month or a year only.")
    if rule.by_position and not any((rule.by_month, rule.by_week, rule.by_year_day, rule.by_month_day, rule.by_day)):
        raise refused("BYSETPOS chooses among what other parts give.")
    if max(len(rule.by_hour), 1) * max(len(rule.by_minute), 1) * max(len(rule.by_second), 1) > TIMES_PER_DAY_MAX:
        raise refused(f"At most {TIMES_PER_DAY_MAX} times a day.", "RECURRENCE_TOO_FREQUENT")
