"""What of appointments takes place within a window: single ones as they are, series by their occurrences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import select

from services.activity.model.appointment import Appointment
from services.activity.rules.appointments import series_of
from services.activity.rules.recurrence.series import NonWorkdays, Occurrence, Series
from services.activity.rules.workdays import Workdays
from services.activity.usecases import workdays
from services.activity.usecases.schedule.answering import zone_of
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork

# How far ahead the next occurrence is looked for: mostly it is near. One that is farther is looked for when that time comes.
LOOK_AHEAD = (timedelta(days=32), timedelta(days=400))
# Occurrences of one series in one window; 24 a day fill it in more than a month.
OCCURRENCES_MAX = 1_000
_DAY = timedelta(days=1)
_SHIFT = timedelta(days=30)


def series(work: UnitOfWork, appointment: Appointment, start: datetime, end: datetime) -> Series:
    """The series that an appointment keeps, with the calendar of workdays that it needs for that window."""
    zone = zone_of(appointment)
    calendar = Workdays()
    if appointment.non_workdays != NonWorkdays.KEEP:
        first, last = _day(start, -_SHIFT), _day(end, _SHIFT)
        calendar = workdays.calendar(work, first, last, organisation_path=appointment.organisation_path)
    return series_of(
        appointment.local_start,
        duration_of(appointment),
        zone,
        appointment.recurrence,
        appointment.last_start_time,
        appointment.non_workdays,
        calendar,
        all_day=appointment.all_day,
    )


def duration_of(appointment: Appointment) -> timedelta:
    """How long it takes; of whole days by the calendar, whatever the clocks do."""
    if not appointment.all_day:
        return appointment.end_time - appointment.start_time
    zone = zone_of(appointment)
    return appointment.end_time.astimezone(zone).replace(tzinfo=None) - datetime.fromisoformat(appointment.local_start)


def occurrences(
    work: UnitOfWork, appointments: Iterable[Appointment], start: datetime, end: datetime
) -> Iterator[tuple[Appointment, Occurrence]]:
    """What takes place of planned appointments from one instant to before another; of each series by start."""
    planned = [each for each in appointments if each.planned]
    changed = _changed(work, [each.appointment_id for each in planned if each.recurring])
    for each in planned:
        if not each.recurring:
            if each.start_time < end and (each.end_time > start or each.start_time >= start):
                original = each.original_start_time or each.start_time
                yield each, Occurrence(original, each.start_time, each.end_time)
            continue
        found = series(work, each, start, end).occurrences(start, end)
        apart = changed.get(each.appointment_id, frozenset())
        yield from ((each, one) for one in islice(found, OCCURRENCES_MAX) if one.original_start_time not in apart)


def next_reminder(work: UnitOfWork, appointment: Appointment, after: datetime) -> datetime | None:
    """When it is to be reminded of next after that time, or when to look again; None where it is over."""
    ahead = timedelta(minutes=appointment.reminder_minutes or 0)
    if not appointment.recurring:
        due = appointment.start_time - ahead
        return due if due > after else None
    last = appointment.span_end_time
    until = after + ahead
    for look_ahead in LOOK_AHEAD:
        until = after + ahead + look_ahead
        for _, one in occurrences(work, [appointment], after + ahead, until):
            if one.start_time - ahead > after:
                return one.start_time - ahead
        if last is None or last <= until:
            return None
    return until - ahead


def due(work: UnitOfWork, appointment: Appointment, after: datetime, now: datetime) -> list[Occurrence]:
    """The occurrences of which is to be reminded after one time and not after another."""
    ahead = timedelta(minutes=appointment.reminder_minutes or 0)
    window = occurrences(work, [appointment], after + ahead, now + ahead + timedelta(microseconds=1))
    return [one for _, one in window if after < one.start_time - ahead <= now]


def _changed(work: UnitOfWork, series_ids: list[str]) -> dict[str, frozenset[datetime]]:
    """By series, which occurrences stand by themselves."""
    if not series_ids:
        return {}
    found: dict[str, set[datetime]] = {}
    # Also such as the caller does not reach, since another customer was put in: that there is one is all that is read.
    with work.whole_bank():
        statement = select(Appointment.series_id, Appointment.original_start_time)
        rows = work.session.execute(statement.where(among(Appointment.series_id, sorted(set(series_ids))))).all()
    for series_id, original in rows:
        found.setdefault(series_id, set()).add(original)
    return {series_id: frozenset(originals) for series_id, originals in found.items()}


def _day(moment: datetime, by: timedelta) -> date:
    try:
        return (moment + by).date()
    except OverflowError:
        return moment.date()
