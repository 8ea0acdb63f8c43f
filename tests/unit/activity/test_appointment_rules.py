"""Appointments: the contract's numbers, and times that any caller may send."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.activity.v1 import schedule_pb2

from services.activity.rules.appointments import (
    AppointmentKind,
    AppointmentState,
    EntryKind,
    FeedDetail,
    ImportOutcome,
    SeriesPart,
    timed,
    whole_days,
)
from services.activity.rules.icalendar.reading import read, split
from services.activity.rules.recurrence.series import NonWorkdays
from services.activity.rules.workdays import DaySource
from services.chassis.kernel.errors import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = {
    EntryKind: "CalendarEntryKind",
    FeedDetail: "CalendarFeedDetail",
    ImportOutcome: "CalendarImportOutcome",
    DaySource: "WorkdaySource",
}
RECURRENCES = st.sampled_from([[], ["RRULE:FREQ=DAILY"], ["RRULE:FREQ=YEARLY;COUNT=99999"], ["RDATE:20261130T090000"]])


@pytest.mark.parametrize(
    "enum", [AppointmentKind, AppointmentState, SeriesPart, NonWorkdays, EntryKind, FeedDetail, ImportOutcome, DaySource]
)
def test_numbers_are_the_contracts(enum):
    name = NAMES.get(enum, enum.__name__)
    contract = schedule_pb2.DESCRIPTOR.enum_types_by_name[name]
    prefix = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)[1:].upper()
    assert {f"{prefix}_{each.name}": each.value for each in enum} == {
        value.name: value.number for value in contract.values if value.number
    }


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.integers(-(10**6), 10**8),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia"]),
    RECURRENCES,
)
def test_any_hours_are_kept_or_refused(start, minutes, zone, lines):
    try:
        end = start + timedelta(minutes=minutes)
        timing = timed(start, end, ZoneInfo(zone), lines, 0)
    except (InvalidInput, OverflowError):
        return
    assert timing.start_time == start <= timing.end_time
    assert (timing.span_end_time is None) == (not lines and minutes <= 24 * 60)


@given(st.dates(), st.dates(), RECURRENCES)
def test_any_days_are_kept_or_refused(start, end, lines):
    try:
        timing = whole_days(start, end, SHANGHAI, lines, 0)
    except InvalidInput:
        return
    assert timing.local_start.date() == start <= end
    assert timing.end_time > timing.start_time


def test_a_day_on_which_clocks_change_is_a_whole_day():
    timing = whole_days(date(2026, 3, 8), date(2026, 3, 8), ZoneInfo("America/New_York"), [], 0)
    assert timing.end_time - timing.start_time == timedelta(hours=23)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_calendar_or_refused(content):
    for part in (
        content,
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:" + content,
        b"BEGIN:VEVENT\nDTSTART:20260101\n" + content,
    ):
        try:
            calendar = split(part)
        except InvalidInput:
            continue
        for event in calendar.events:
            assert read(calendar, event, SHANGHAI).uid_sha256


@pytest.mark.parametrize("name", ["RRULE", "RDATE", "EXDATE", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE", "DTSTART;TZID=X"])
@given(text=st.text(max_size=60))
def test_any_value_is_read_or_says_why(name, text):
    content = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20261130T090000\n{name}:{text}\nEND:VEVENT\n"
    calendar = split(content.encode(errors="replace"))
    for event in calendar.events:
        found = read(calendar, event, SHANGHAI)
        assert bool(found.reason) == (found.timing is None)


def test_an_event_starts_when_it_says():
    calendar = split(b"BEGIN:VEVENT\nDTSTART;TZID=Asia/Tokyo:20261130T090000\nDTEND:20261130T010000Z\nEND:VEVENT\n")
    found = read(calendar, calendar.events[0], SHANGHAI)
    assert found.timing.start_time == datetime(2026, 11, 30, tzinfo=UTC)
    assert found.timing.end_time == datetime(2026, 11, 30, 1, tzinfo=UTC)
