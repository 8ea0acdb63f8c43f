"""What appointments can be, and the limits of their times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from services.activity.rules.recurrence.series import FIRST_DATE, LAST_DATE, NonWorkdays, Recurrence, Series, parse_recurrence
from services.activity.rules.workdays import Workdays
from services.activity.rules.zones import instant
from services.chassis.kernel.errors import FieldViolation, InvalidInput

DAYS_MAX = 366
# Of one that recurs.
RECURRING_DAYS_MAX = 31
_DAY = timedelta(days=1)
_MIDNIGHT = time()
# Days by which an occurrence can move to a workday, and then some.
_SHIFT = timedelta(days=21)


class AppointmentKind(IntEnum):
    """What an appointment is for."""

    MEETING = 1
    CUSTOMER_VISIT = 2
    CUSTOMER_MEETING = 3
    CALL = 4
    TRAINING = 5
    DUTY = 6
    REMINDER = 7
    PERSONAL = 8
    OTHER = 9


class AppointmentState(IntEnum):
    """Where an appointment stands."""

    PLANNED = 1
    CANCELLED = 2


class SeriesPart(IntEnum):
    """How much of a series an act is about."""

    ALL = 1
    THIS = 2
    THIS_AND_FOLLOWING = 3


class EntryKind(IntEnum):
    """What sort of thing stands in a calendar."""

    APPOINTMENT = 1
    CONTACT = 2
    ABSENCE = 3
    STANDING_IN = 4


class FeedDetail(IntEnum):
    """How much of a calendar a subscription shows."""

    BUSY = 1
    TITLES = 2


class ImportOutcome(IntEnum):
    """What became of one event of an imported calendar."""

    CREATED = 1
    UPDATED = 2
    UNCHANGED = 3
    SKIPPED = 4


@dataclass(frozen=True, slots=True)
class Timing:
    """When something takes place: checked, and with all that is kept of it."""

    start_time: datetime
    end_time: datetime
    local_start: datetime
    zone: ZoneInfo
    all_day: bool
    recurrence: Recurrence
    last_start_time: datetime | None
    span_end_time: datetime | None

    def kept(self) -> dict[str, object]:
        """By the names under which an appointment keeps it."""
        return {
            "start_time": self.start_time,
            "end_time": self.end_time,
            "local_start": self.local_start.isoformat(),
            "time_zone": self.zone.key,
            "all_day": self.all_day,
            "recurrence": self.recurrence.lines(),
            "last_start_time": self.last_start_time,
            "span_end_time": self.span_end_time,
        }


def timed(start: datetime, end: datetime, zone: ZoneInfo, recurrence: list[str], non_workdays: int) -> Timing:
    """The timing of what has an hour; raises InvalidInput TIME_INVALID and as `parse_recurrence` does."""
    _check_range(start, end, "start_time", "end_time")
    local = start.astimezone(zone).replace(tzinfo=None)
    return timing(local, end - start, zone, parse_recurrence(recurrence, zone, local), non_workdays, start=start)


def local_hours(local: datetime, duration: timedelta, zone: ZoneInfo, recurrence: Recurrence) -> Timing:
    """The timing of what starts at a local time; raises as `timed` does."""
    if not FIRST_DATE.year < local.year <= LAST_DATE.year:
        raise _refused("start_time", f"From {FIRST_DATE} to {LAST_DATE}.")
    start = instant(local, zone)
    _check_range(start, start + min(max(duration, -_DAY), timedelta(days=DAYS_MAX + 1)), "start_time", "end_time")
    return timing(local, duration, zone, recurrence, NonWorkdays.KEEP.value)


def whole_days(start: date, end: date, zone: ZoneInfo, recurrence: list[str], non_workdays: int) -> Timing:
    """The timing of whole days, the last included; raises as `timed` does."""
    if end < start or (end - start).days >= DAYS_MAX:
        raise _refused("end_date", f"Not before the first day, and at most {DAYS_MAX} days in all.")
    if not FIRST_DATE <= start <= LAST_DATE - timedelta(days=DAYS_MAX):
        raise _refused("start_date", f"From {FIRST_DATE} to {LAST_DATE}.")
    local = datetime.combine(start, _MIDNIGHT)
    duration = end - start + _DAY
    return timing(local, duration, zone, parse_recurrence(recurrence, zone, local), non_workdays, all_day=True)


def timing(
    local: datetime,
    duration: timedelta,
    zone: ZoneInfo,
    recurrence: Recurrence,
    non_workdays: int,
    *,
    start: datetime | None = None,
    all_day: bool = False,
) -> Timing:
    """The timing of a local start and a duration that were checked; raises InvalidInput RECURRENCE_EMPTY."""
    start = start or instant(local, zone)
    end = instant(local + duration, zone) if all_day else start + duration
    if not recurrence:
        # Excluding days of what takes place once says nothing.
        return Timing(start, end, local, zone, all_day, Recurrence(), None, end if duration > _DAY else None)
    if duration > timedelta(days=RECURRING_DAYS_MAX):
        raise _refused("end_time", f"What recurs lasts at most {RECURRING_DAYS_MAX} days.")
    series = Series(local, duration, zone, recurrence, all_day=all_day)
    ended = series.ended()
    if ended.empty:
        raise InvalidInput("RECURRENCE_EMPTY", "Nothing of it would take place.")
    shift = _SHIFT if non_workdays in (NonWorkdays.NEXT_WORKDAY, NonWorkdays.PREVIOUS_WORKDAY) else timedelta()
    counted = recurrence.rule is not None and recurrence.rule.count is not None
    until = ended.recurrence.rule.until if counted and ended.recurrence.rule else None
    last_start = until if isinstance(until, datetime) else None
    return Timing(start, end, local, zone, all_day, recurrence, last_start, ended.last_end() + shift)


def series_of(
    local_start: str,
    duration: timedelta,
    zone: ZoneInfo,
    lines: list[str],
    last_start_time: datetime | None,
    non_workdays: int,
    workdays: Workdays,
    *,
    all_day: bool,
) -> Series:
    """The series that an appointment keeps."""
    local = datetime.fromisoformat(local_start)
    recurrence = parse_recurrence(lines, zone, local)
    if last_start_time is not None and recurrence.rule is not None:
        recurrence = replace(recurrence, rule=recurrence.rule.ending(last_start_time))
    return Series(local, duration, zone, recurrence, NonWorkdays(non_workdays), workdays, all_day)


def _check_range(start: datetime, end: datetime, start_field: str, end_field: str) -> None:
    earliest = datetime.combine(FIRST_DATE + _DAY, _MIDNIGHT, UTC)
    if not earliest <= start <= datetime.combine(LAST_DATE, _MIDNIGHT, UTC) - timedelta(days=DAYS_MAX + 1):
        raise _refused(start_field, f"From {FIRST_DATE} to {LAST_DATE}.")
    if not timedelta() <= end - start <= timedelta(days=DAYS_MAX):
        raise _refused(end_field, f"Not before it starts, and at most {DAYS_MAX} days after.")


def _refused(field: str, description: str) -> InvalidInput:
    return InvalidInput("TIME_INVALID", "The time is none that is kept.", violations=(FieldViolation(field, description),))
