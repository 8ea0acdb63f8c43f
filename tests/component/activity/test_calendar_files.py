"""iCalendar: every file of the world is imported or says why not, a repeat changes nothing; subscriptions read it back."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from google.api.httpbody_pb2 import HttpBody
from workbench.activity.v1 import schedule_pb2, schedule_service_pb2
from workbench.identity.v1 import events_pb2

from services.chassis.kernel.errors import InvalidInput, LimitReached, NotFound
from tests.component.activity.test_schedule import DAY, MONDAY, calendar, create, starts, update

SKIPPED, CREATED = schedule_pb2.CALENDAR_IMPORT_OUTCOME_SKIPPED, schedule_pb2.CALENDAR_IMPORT_OUTCOME_CREATED
REASONS = {
    "CANCELLED", "RANGE_UNSUPPORTED", "RECURRENCE_EMPTY", "RECURRENCE_INVALID", "RECURRENCE_TOO_FREQUENT",
    "RECURRENCE_UNSUPPORTED", "SERIES_TOO_MANY", "START_MISSING", "TIME_INVALID", "IMPORT_TOO_COSTLY",
}  # fmt: skip
NOTES = {"", "ZONE_GUESSED", "ZONE_UNKNOWN"}


def imported(person, content):
    request = schedule_service_pb2.ImportCalendarRequest(content=HttpBody(content_type="text/calendar", data=content))
    return person.call("ImportCalendar", request)


def event(*lines, uid="1"):
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""])


def file_of(*events, before=""):
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{before}{''.join(events)}END:VCALENDAR\r\n".encode()


def test_every_calendar_of_the_world_has_an_outcome_in_time_and_a_repeat_changes_nothing(town, shared_data):
    files = sorted(path for path in (shared_data / "ical").rglob("*") if path.is_file())
    assert len(files) >= 280
    refused, outcomes, slowest = Counter(), Counter(), 0.0
    for place, path in enumerate(files):
        person = town.rm1_east if place % 2 else town.rm2_east
        began = time.process_time()
        try:
            answer = imported(person, path.read_bytes())
        except InvalidInput as refusal:
            refused[refusal.reason] += 1
            continue
        slowest = max(slowest, time.process_time() - began)
        assert len(answer.events) == answer.event_count
        for each in answer.events:
            outcomes[each.outcome] += 1
            assert each.reason in (REASONS if each.outcome == SKIPPED else NOTES), (path, each)
            assert bool(each.appointment_id) == (each.outcome != SKIPPED)
    assert set(refused) <= {"CALENDAR_INVALID", "CALENDAR_TOO_LARGE"}
    assert sum(refused.values()) < 15
    assert outcomes[CREATED] > 1_500
    assert outcomes[SKIPPED] < 100
    assert slowest < 8
    germany = next(path for path in files if path.name == "Germany.ics").read_bytes()
    again = imported(town.rm1_west, germany), imported(town.rm1_west, germany)
    assert again[0].created_count == again[1].unchanged_count == again[0].event_count > 100
    # Whatever came in, calendars can be read.
    for person in (town.rm1_east, town.rm2_east):
        for year in (1985, 2007, 2020, 2026):
            calendar(person, datetime(year, 3, 1, tzinfo=UTC), 90, page_size=1_000)


def test_a_series_with_its_exceptions_and_changes_by_sequence(town):
    series = event("DTSTART;TZID=Europe/Berlin:20261130T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3", "SUMMARY:晨\\,会")
    moved = event("RECURRENCE-ID;TZID=Europe/Berlin:20261207T100000", "DTSTART:20261207T120000Z", "DTEND:20261207T130000Z")
    answer = imported(town.rm1_east, file_of(moved, series))
    assert (answer.created_count, answer.skipped_count) == (2, 0)
    entries = calendar(town.rm1_east)
    assert [(each.day, each.hour) for each in starts(entries)] == [(30, 9), (7, 12), (14, 9)]
    assert entries[0].title == "晨,会"
    later = event("SEQUENCE:2", "DTSTART;TZID=Europe/Berlin:20261201T100000", "DURATION:PT1H", "SUMMARY:晚会")
    assert imported(town.rm1_east, file_of(later)).updated_count == 1
    # What is older than what is known changes nothing.
    assert imported(town.rm1_east, file_of(series)).unchanged_count == 1
    gone = event("SEQUENCE:3", "STATUS:CANCELLED", "DTSTART;TZID=Europe/Berlin:20261201T100000", "DURATION:PT1H")
    assert imported(town.rm1_east, file_of(gone)).updated_count == 1
    assert [each.title for each in calendar(town.rm1_east)] == [""]
    assert calendar(town.rm2_east) == []


ZONE = "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:{1}\r\nTZOFFSETTO:{0}\r\n{2}END:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:{0}\r\nTZOFFSETTO:{1}\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"  # noqa: E501 - one zone


@pytest.mark.parametrize(
    ("before", "zone", "hour", "note"),
    [
        ("", "China Standard Time", 1, ""),
        ("", "/mozilla.org/20070129_1/America/New_York", 14, ""),
        (ZONE.format("-0500", "-0400", ""), "Ours", 14, "ZONE_GUESSED"),
        (ZONE.format("+0530", "+0530", "RRULE:FREQ=SECONDLY\r\n"), "Ours", 3, "ZONE_GUESSED"),
        (ZONE.format("+0342", "+0000", ""), "Ours", 1, "ZONE_UNKNOWN"),
        (ZONE.format("nonsense", "+", ""), "Ours", 1, "ZONE_UNKNOWN"),
        ("", "Nowhere/Middle", 1, "ZONE_UNKNOWN"),
        ("", "../../etc/passwd", 1, "ZONE_UNKNOWN"),
    ],
)
def test_zones_that_others_made_up(town, before, zone, hour, note):
    answer = imported(town.rm1_east, file_of(event(f"DTSTART;TZID={zone}:20261130T090000"), before=before))
    assert answer.events[0].reason == note
    entries = calendar(town.rm1_east)
    assert [each.hour for each in starts(entries)] == ([3] if hour == 3 else [hour])
    assert entries[0].start_time.ToDatetime().minute == (30 if hour == 3 else 0)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["DTSTART:20261130T090000Z", "DTEND:20261130T080000Z"], "TIME_INVALID"),
        (["DTSTART:20261130T090000Z", "DTEND;VALUE=DATE:20261130"], "TIME_INVALID"),
        (["DTSTART:99991231T235959Z", "DURATION:P9999W"], "TIME_INVALID"),
        (["DTSTART;VALUE=DATE:99991231", "DURATION:P400D"], "TIME_INVALID"),
        (["DTSTART:00010101T000000"], "TIME_INVALID"),
        (["DTSTART;TZID=America/New_York:99991231T235959"], "TIME_INVALID"),
        (["DTSTART:20260230T090000Z"], "TIME_INVALID"),
        (["DTSTART:20261130T090000Z", "RRULE:FREQ=SECONDLY;COUNT=1000000000"], "RECURRENCE_TOO_FREQUENT"),
        (["DTSTART:20261130T090000Z", "RRULE:FREQ=YEARLY", "EXRULE:FREQ=YEARLY"], "RECURRENCE_UNSUPPORTED"),
        (["DTSTART:20261130T090000Z", "RRULE:FREQ=DAILY", f"RDATE:{','.join(['20270101T090000Z'] * 1_200)}"], ""),
        (["DTSTART:20261130T090000Z", "RDATE;VALUE=PERIOD:20261201T090000Z/PT1H,00010101T000000Z"], "TIME_INVALID"),
        (["SUMMARY:x"], "START_MISSING"),
        (["DTSTART:20261130T090000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261130T090000Z"], "RANGE_UNSUPPORTED"),
        (["DTSTART:20261130T090000Z", "RECURRENCE-ID:00010101T000000Z"], "TIME_INVALID"),
        (["DTSTART:20261130T090000Z", f"SEQUENCE:{'9' * 400}", f"SUMMARY:{'长' * 4_000}\\n\x00\x1b[31m"], ""),
    ],
)
def test_broken_events_say_why(town, lines, reason):
    answer = imported(town.rm1_east, file_of(event(*lines), event("DTSTART;VALUE=DATE:20261130", uid="2")))
    assert [each.reason for each in answer.events] == [reason, ""]


def test_a_file_of_bombs_ends_in_time_and_files_that_are_none_are_refused(town):
    bomb = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1000000000"
    began = time.monotonic()
    answer = imported(town.rm1_east, file_of(*(event("DTSTART:19010101T090000Z", bomb, uid=f"{n}") for n in range(900))))
    assert time.monotonic() - began < 30
    assert {each.reason for each in answer.events} <= {"", "IMPORT_TOO_COSTLY", "SERIES_TOO_MANY"}
    for content in (b"", b"\x00" * 100, b"%PDF-1.7", "BEGIN:VCARD".encode("utf-16"), b"BEGIN:VCALENDAR" + b" " * 600_000):
        with pytest.raises(InvalidInput):
            imported(town.rm1_east, content)
    with pytest.raises(InvalidInput):
        imported(town.rm1_east, file_of(*(event("DTSTART:20261130T090000Z", uid=f"{n}") for n in range(1_001))))


def read_feed(person, path):
    link = path.split("/")[3]
    return person.call("DownloadCalendar", link=link)


def test_a_subscription_shows_what_it_should_until_it_is_revoked(town, at):
    at(MONDAY)
    rm = town.rm1_east
    made = rm.call(
        "CreateCalendarFeed", calendar_feed={"display_name": "手机", "detail": schedule_pb2.CALENDAR_FEED_DETAIL_TITLES}
    )
    customer = town.customer(rm)
    series = create(rm, recurrence=["RRULE:FREQ=DAILY;COUNT=3"], place="三楼")
    update(rm, series.appointment_id, schedule_pb2.SERIES_PART_THIS, MONDAY + DAY, title="改")
    create(rm, MONDAY + timedelta(hours=5), private=True, title="看病")
    create(rm, MONDAY + timedelta(hours=7), customer_id=customer, title="欧阳芳贷款")
    create(rm, start_date="2026-12-07", end_date="2026-12-08", title="培训", free=True)
    body = read_feed(rm, made.path)
    assert body.content_type.startswith("text/calendar")
    events = icalendar.Calendar.from_ical(body.data).events
    assert [str(each["SUMMARY"]) for each in events] == ["晨会", "日程 Busy", "日程 Busy", "改", "晨会", "培训"]
    assert events[0].start == MONDAY
    assert (events[5].start.isoformat(), events[5].end.isoformat(), events[5]["TRANSP"]) == (
        "2026-12-07",
        "2026-12-09",
        "TRANSPARENT",
    )
    assert len({each.uid for each in events}) == len(events)
    assert "欧阳芳" not in body.data.decode()
    # The same until something happens, by which a program knows that nothing did.
    at(MONDAY + timedelta(hours=1))
    assert read_feed(rm, made.path).data == body.data
    (listed,) = rm.call("ListCalendarFeeds").calendar_feeds
    assert listed == made.calendar_feed
    with pytest.raises(NotFound):
        town.rm2_east.call("RevokeCalendarFeed", calendar_feed_id=listed.calendar_feed_id)
    rm.call("RevokeCalendarFeed", calendar_feed_id=listed.calendar_feed_id)
    with pytest.raises(NotFound):
        read_feed(rm, made.path)


def test_a_subscription_of_somebody_shut_out_is_closed_and_there_are_not_many(town):
    rm = town.rm1_east
    paths = [rm.call("CreateCalendarFeed", calendar_feed={"display_name": f"{n}"}).path for n in range(10)]
    with pytest.raises(LimitReached):
        rm.call("CreateCalendarFeed", calendar_feed={"display_name": "x"})
    assert b"VCALENDAR" in read_feed(rm, paths[0]).data
    town.announce(events_pb2.PersonDisabled(person_id=rm.person_id))
    with pytest.raises(NotFound):
        read_feed(rm, paths[0])
