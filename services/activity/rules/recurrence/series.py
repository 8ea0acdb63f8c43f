"""A series: a first start, a rule, what was added and taken out, in a time zone, over a calendar of workdays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from itertools import chain, islice
from zoneinfo import ZoneInfo

from services.activity.rules.recurrence.rule import Rule, parse_moment, parse_rule, refused
from services.activity.rules.recurrence.walking import starts
from services.activity.rules.workdays import Workdays
from services.activity.rules.zones import instant, zone_named

# What is kept here lies within these days: a rule without an end is walked no further.
FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2100, 12, 31)
# Dates that a series names one by one.
DATES_MAX = 1_000
# An occurrence that moves to a workday moves no further than this.
_SHIFT_DAYS_MAX = 20
_DAY = timedelta(days=1)
_MIDNIGHT = time()
_LINE = re.compile(r"(RRULE|RDATE|EXDATE)((?:;[A-Za-z-]+=(?:\"[^\"]*\"|[^;:\"]*))*):([!-~]*)")


class NonWorkdays(IntEnum):
    """What becomes of an occurrence on a day that is not worked."""

    KEEP = 1
    SKIP = 2
    NEXT_WORKDAY = 3
    PREVIOUS_WORKDAY = 4


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One of a series: by its original start it is told from the others, wherever it went."""

    original_start_time: datetime
    start_time: datetime
    end_time: datetime


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The part of a series that RFC 5545 writes in lines: local times of the series' zone."""

    rule: Rule | None = None
    added: tuple[datetime, ...] = ()
    excluded: frozenset[datetime] = frozenset()
    # Days on which nothing of the series takes place.
    excluded_dates: frozenset[date] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.rule or self.added)

    def lines(self) -> list[str]:
        """As it is kept and answered."""
        lines = [f"RRULE:{self.rule.text()}"] if self.rule else []
        lines += [f"RDATE:{_joined(self.added)}"] if self.added else []
        lines += [f"EXDATE:{_joined(sorted(self.excluded))}"] if self.excluded else []
        dates = ",".join(f"{day:%Y%m%d}" for day in sorted(self.excluded_dates))
        return lines + ([f"EXDATE;VALUE=DATE:{dates}"] if dates else [])

    def moved(self, by: timedelta) -> Recurrence:
        """With all that it names moved along, its end too: as much takes place as before."""
        days = timedelta(days=by.days) if abs(by) >= _DAY else timedelta()
        rule, until = self.rule, self.rule.until if self.rule else None
        if rule is not None and until is not None and until.year < LAST_DATE.year:
            rule = replace(rule, until=until + (by if isinstance(until, datetime) else days))
        return replace(
            self,
            rule=rule,
            added=tuple(each + by for each in self.added),
            excluded=frozenset(each + by for each in self.excluded),
            excluded_dates=frozenset(day + days for day in self.excluded_dates),
        )


@dataclass(frozen=True, slots=True)
class Series:
    """All that says when something takes place that recurs."""

    first: datetime
    duration: timedelta
    zone: ZoneInfo
    recurrence: Recurrence
    non_workdays: NonWorkdays = NonWorkdays.KEEP
    workdays: Workdays = field(default_factory=Workdays)
    # It is of whole days, which have 23 or 25 hours where clocks change.
    all_day: bool = False

    def occurrences(self, start: datetime, end: datetime) -> Iterator[Occurrence]:
        """What of it takes place, wholly or in part, from one instant to before another, by start."""
        margin = self.duration + _SHIFT_DAYS_MAX * _DAY if self._shifts else self.duration + 2 * _DAY
        window = _local_days(start, end, margin)
        found = {each.start_time: each for each in map(self._occurrence, self._locals(*window)) if each is not None}
        for moment in sorted(found):
            each = found[moment]
            if each.start_time < end and (each.end_time > start or each.start_time >= start):
                yield each

    def original(self, start_time: datetime) -> Occurrence | None:
        """The occurrence that starts originally at that instant; None where none does."""
        if not FIRST_DATE.year < start_time.year <= LAST_DATE.year:
            return None
        # Twice the same local time, where clocks go back, is one occurrence: the first.
        local = start_time.astimezone(self.zone).replace(tzinfo=None)
        for each in self._locals(local.date() - _DAY, local.date() + _DAY):
            if instant(each, self.zone) == start_time:
                return self._occurrence(each)
        return None

    @property
    def empty(self) -> bool:
        """Whether nothing of it is left by what was taken out."""
        return next(self._locals(FIRST_DATE, LAST_DATE), None) is None

    def last_end(self) -> datetime:
        """When the last of it ends, whatever the calendar of workdays; of a series without end, with the years that are kept.

        COUNT is counted here, once, and never again: see `ended`.
        """
        return instant(self._last_local(), self.zone) + self.duration

    def ended(self) -> Series:
        """The same with a rule that ends by a day in place of a number of times, so that nothing before a window is counted."""
        rule = self.recurrence.rule
        if rule is None or rule.count is None:
            return self
        last = self._last_of_rule(rule)
        return replace(self, recurrence=replace(self.recurrence, rule=rule.ending(instant(last, self.zone))))

    @property
    def _shifts(self) -> bool:
        return self.non_workdays not in (NonWorkdays.KEEP, NonWorkdays.SKIP)

    def _locals(self, start: date, end: date) -> Iterator[datetime]:
        """The original local starts on those days, of a series whose rule does not count."""
        start, end = max(start, FIRST_DATE), min(end, LAST_DATE)
        taken: set[datetime] = set()
        for each in chain((self.first,), self.recurrence.added, self._of_rule(start, end)):
            if start <= each.date() <= end and each not in taken and not self._excluded(each):
                taken.add(each)
                yield each

    def _of_rule(self, start: date, end: date) -> Iterator[datetime]:
        rule = self.recurrence.rule
        if rule is None:
            return
        until = rule.last_local(self.zone)
        if until is not None:
            end = min(end, until.date())
        for each in starts(rule, self.first, start, end):
            if until is None or each <= until:
                yield each

    def _excluded(self, local: datetime) -> bool:
        return local in self.recurrence.excluded or local.date() in self.recurrence.excluded_dates

    def _last_of_rule(self, rule: Rule) -> datetime:
        """The last start that the rule's count allows; the first one counts, also where the rule would not give it."""
        last = self.first
        given = (each for each in starts(rule, self.first, self.first.date(), LAST_DATE) if each != self.first)
        for last in islice(given, (rule.count or 1) - 1):  # noqa: B007 - the last one is what is asked for
            pass
        return last

    def _last_local(self) -> datetime:
        rule = self.recurrence.rule
        if rule is not None and rule.count is None and rule.until is None:
            last = LAST_DATE_TIME
        elif rule is not None and rule.count is not None:
            last = self._last_of_rule(rule)
        else:
            last = (rule and rule.last_local(self.zone)) or self.first
        return min(max((self.first, last, *self.recurrence.added)), LAST_DATE_TIME)

    def _occurrence(self, local: datetime) -> Occurrence | None:
        original = instant(local, self.zone)
        shown = self._on_workday(local)
        if shown is None:
            return None
        start = original if shown == local else instant(shown, self.zone)
        end = instant(shown + self.duration, self.zone) if self.all_day else start + self.duration
        return Occurrence(original, start, end)

    def _on_workday(self, local: datetime) -> datetime | None:
        if self.non_workdays is NonWorkdays.KEEP or self.workdays.is_workday(local.date()):
            return local
        if self.non_workdays is NonWorkdays.SKIP:
            return None
        step = _DAY if self.non_workdays is NonWorkdays.NEXT_WORKDAY else -_DAY
        for count in range(1, _SHIFT_DAYS_MAX):
            if self.workdays.is_workday(local.date() + count * step):
                return local + count * step
        return None


LAST_DATE_TIME = datetime.combine(LAST_DATE, _MIDNIGHT)


def parse_recurrence(lines: Sequence[str], zone: ZoneInfo, first: datetime) -> Recurrence:
    """The recurrence that lines such as `RRULE:FREQ=WEEKLY` say; raises InvalidInput as `parse_rule` does."""
    rules: list[Rule] = []
    added: set[datetime] = set()
    excluded: set[datetime] = set()
    excluded_dates: set[date] = set()
    for line in lines:
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise refused("Lines such as RRULE:FREQ=WEEKLY;BYDAY=MO, RDATE:20261201T090000 and EXDATE;VALUE=DATE:20261001.")
        name, parameters, value = found.groups()
        if name == "RRULE":
            rules.append(parse_rule(value))
            continue
        for moment in _moments(value, parameters, zone):
            if isinstance(moment, datetime):
                (added if name == "RDATE" else excluded).add(moment)
            elif name == "EXDATE":
                excluded_dates.add(moment)
            else:
                added.add(datetime.combine(moment, first.time()))
    if len(rules) > 1:
        raise refused("One RRULE at most.")
    if len(added) + len(excluded) + len(excluded_dates) > DATES_MAX:
        raise refused(f"At most {DATES_MAX} single dates.")
    if any(not FIRST_DATE <= each.date() <= LAST_DATE for each in added):
        raise refused(f"From {FIRST_DATE} to {LAST_DATE}.")
    return Recurrence(rules[0] if rules else None, tuple(sorted(added)), frozenset(excluded), frozenset(excluded_dates))


def _moments(value: str, parameters: str, zone: ZoneInfo) -> Iterator[date | datetime]:
    """Days, and local times of the series' zone; of a period its start."""
    given = dict(part.split("=", 1) for part in parameters.upper().split(";") if part)
    named = re.search(r";TZID=\"?([^;:\"]+)", parameters, re.IGNORECASE)
    source = zone_named(named[1]) if named else zone
    if source is None:
        raise refused("TZID is a zone of the IANA database.")
    if given.get("VALUE", "DATE-TIME") not in ("DATE", "DATE-TIME", "PERIOD"):
        raise refused("VALUE is DATE, DATE-TIME or PERIOD.")
    for text in filter(None, value.split(",")):
        moment = parse_moment(text.partition("/")[0])
        if isinstance(moment, datetime):
            aware = moment if moment.tzinfo else instant(moment, source)
            moment = moment if source == zone and not moment.tzinfo else aware.astimezone(zone).replace(tzinfo=None)
        yield moment


def _local_days(start: datetime, end: datetime, margin: timedelta) -> tuple[date, date]:
    """Days of any zone that hold the instants, with a margin; clipped to what is kept."""
    earliest, latest = datetime.combine(FIRST_DATE, _MIDNIGHT, UTC), datetime.combine(LAST_DATE, _MIDNIGHT, UTC)
    start, end = min(max(start, earliest + margin), latest), min(max(end, earliest), latest - margin)
    return (start - margin).date(), (end + margin).date()


def _joined(moments: Sequence[datetime]) -> str:
    return ",".join(f"{moment:%Y%m%dT%H%M%S}" for moment in moments)
