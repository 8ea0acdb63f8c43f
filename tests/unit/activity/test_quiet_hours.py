"""When somebody is told: by the clock of whoever is told, whatever that clock does."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activity.rules.quiet_hours import DIGEST_TIME, Clock, parse_time

SHANGHAI, BERLIN, LORD_HOWE = (ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"))
TIMES = st.times().map(lambda each: each.replace(second=0, microsecond=0))
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
ZONES = st.sampled_from([SHANGHAI, BERLIN, LORD_HOWE, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia"), ZoneInfo("UTC")])


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-11-25T12:59", "2026-11-25T12:59"),  # 20:59 in Shanghai
        ("2026-11-25T13:00", "2026-11-26T00:00"),  # 21:00, to 08:00
        ("2026-11-25T23:59", "2026-11-26T00:00"),
        ("2026-11-26T00:00", "2026-11-26T00:00"),
    ],
)
def test_quiet_hours_over_midnight_end_in_the_morning(moment, told):
    assert Clock(SHANGHAI, time(21), time(8)).due(utc(moment)) == utc(told)


@pytest.mark.parametrize(
    ("start", "end", "moment", "told"),
    [
        # 2026-03-29: 02:00 is followed by 03:00. The end 02:30 is not shown; it is 01:30 UTC all the same.
        (time(22), time(2, 30), "2026-03-28T22:00", "2026-03-29T01:30"),
        # 2026-10-25: 02:30 is shown twice; the first time counts.
        (time(22), time(2, 30), "2026-10-24T21:00", "2026-10-25T00:30"),
        (time(12), time(14), "2026-07-01T10:00", "2026-07-01T12:00"),
    ],
)
def test_a_clock_that_is_put_forward_or_back_is_followed(start, end, moment, told):
    assert Clock(BERLIN, start, end).due(utc(moment)) == utc(told)


def test_who_has_no_quiet_hours_is_told_at_once():
    moment = utc("2026-11-25T19:00")
    assert Clock(SHANGHAI).due(moment) == moment
    assert not Clock(SHANGHAI).is_quiet(moment)


@given(ZONES, TIMES, TIMES, INSTANTS)
def test_what_waits_is_told_within_a_day_and_not_before(zone, start, end, moment):
    if start == end:
        return
    clock = Clock(zone, start, end)
    told = clock.due(moment)
    assert moment <= told <= moment + timedelta(days=2)
    assert (told == moment) or clock.is_quiet(moment)


@given(ZONES, st.lists(TIMES, max_size=5), INSTANTS)
def test_the_next_digest_is_after_now_and_at_one_of_the_times(zone, times, moment):
    told = Clock(zone).next_digest(moment, times)
    assert moment < told <= moment + timedelta(days=3)
    shown = told.astimezone(zone)
    # A time that the clock skips is told as much later as the clock was put forward.
    skipped = {(datetime.combine(shown.date(), each, zone).astimezone(UTC).astimezone(zone)).time() for each in times}
    assert shown.time() in ({*times, *skipped} or {DIGEST_TIME})


def test_a_digest_waits_for_the_end_of_quiet_hours():
    clock = Clock(SHANGHAI, time(21), time(8))
    assert clock.next_digest(utc("2026-11-25T10:00"), [time(7)]) == utc("2026-11-26T00:00")
    assert clock.next_digest(utc("2026-11-25T23:30"), [time(7), time(12)]) == utc("2026-11-26T04:00")


def test_a_leap_day_is_a_day():
    assert Clock(SHANGHAI).next_digest(utc("2028-02-28T00:31"), []) == utc("2028-02-29T00:30")


def test_times_are_read():
    assert parse_time("") is None
    assert parse_time("08:30") == DIGEST_TIME
