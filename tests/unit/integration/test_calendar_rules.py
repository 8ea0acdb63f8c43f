"""Business days, the date that the clock opens, and when something is due: in the bank's zone, however its clock changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.errors import InvalidInput
from services.integration.rules.calendar import BusinessDays, Openings, clock_date, due_time, is_due
from services.integration.rules.dates import parse_date

SHANGHAI, BERLIN, APIA = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")
WEEKEND = ("saturday", "sunday")
PLAIN = BusinessDays(WEEKEND, {})
DATES = st.dates(date(1990, 1, 1), date(2150, 1, 1))
ZONES = st.sampled_from([SHANGHAI, BERLIN, APIA, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")])


def test_make_up_days_are_worked_and_holidays_are_not(shared_data):
    told = json.loads((shared_data / "cn_reference/holidays/2026.json").read_text(encoding="utf-8"))["days"]
    days = BusinessDays(WEEKEND, {date.fromisoformat(day["date"]): not day["isOffDay"] for day in told})
    # Sunday 4 January is worked in exchange for Friday the 2nd.
    assert [date(2026, 1, day) in days for day in range(1, 6)] == [False, False, False, True, True]


def test_another_weekend_is_another_setting():
    friday = date(2026, 11, 27)
    assert (friday in PLAIN, friday in BusinessDays(("friday", "saturday"), {})) == (True, False)


def test_only_what_opens_opens():
    openings = Openings(BusinessDays(WEEKEND, {date(2026, 11, 30): False}), every_day=False)
    friday, tuesday = date(2026, 11, 27), date(2026, 12, 1)
    assert openings.following(friday) == tuesday
    assert openings.latest(date(2026, 11, 30)) == friday
    assert list(openings.between(friday, date(2026, 12, 2))) == [tuesday, date(2026, 12, 2)]
    assert list(Openings(PLAIN, every_day=True).between(friday, date(2026, 11, 29))) == [date(2026, 11, 28), date(2026, 11, 29)]


@given(DATES, st.booleans())
def test_what_follows_opens_and_nothing_between_does(day, every_day):
    openings = Openings(PLAIN, every_day=every_day)
    following = openings.following(day)
    assert list(openings.between(day, following)) == [following]
    assert openings.latest(following) == following


def test_the_date_opens_at_its_hour_in_the_banks_zone():
    before, after = datetime(2026, 11, 24, 21, 59, tzinfo=UTC), datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    assert clock_date(before, SHANGHAI, time(6, 0)) == date(2026, 11, 24)
    assert clock_date(after, SHANGHAI, time(6, 0)) == date(2026, 11, 25)


@given(st.integers(631_152_000, 2_114_380_800), ZONES, st.times())
def test_the_clocks_date_is_the_local_one_or_the_one_before(seconds, zone, opens_at):
    now = datetime.fromtimestamp(seconds, UTC)
    assert (now.astimezone(zone).date() - clock_date(now, zone, opens_at)).days in (0, 1)


def test_an_hour_that_comes_twice_opens_once_and_one_that_is_skipped_opens_too():
    # 25 October 2026, 02:30 comes twice in Berlin; what is computed in between is earlier, and nothing goes back to it.
    twice = [datetime(2026, 10, 25, 0, 15, tzinfo=UTC) + timedelta(minutes=20 * number) for number in range(6)]
    found = [clock_date(moment, BERLIN, time(2, 30)) for moment in twice]
    assert found[-1] == max(found) == date(2026, 10, 25)
    # 29 March 2026 has no 02:30.
    assert clock_date(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), BERLIN, time(2, 30)) == date(2026, 3, 29)


def test_a_day_that_a_zone_left_out_opens_in_its_place():
    # Samoa had no 30 December 2011.
    openings, eve = Openings(PLAIN, every_day=True), date(2011, 12, 29)
    today = clock_date(datetime(2011, 12, 30, 10, 0, tzinfo=UTC), APIA, time(0, 0))
    assert today == date(2011, 12, 31)
    assert list(openings.between(eve, today)) == [date(2011, 12, 30), today]


@pytest.mark.parametrize(
    ("days", "expected"),
    [("business", [27, 30]), ("every", [27, 28, 29, 30]), ("month_end", [30]), ("none", [])],
)
def test_due_days(days, expected):
    assert [day for day in range(27, 31) if is_due(days, date(2026, 11, day), PLAIN)] == expected


def test_due_is_a_time_of_day_in_the_banks_zone():
    assert due_time(date(2026, 11, 25), "08:30", 1, SHANGHAI) == datetime(2026, 11, 26, 0, 30, tzinfo=UTC)
    assert due_time(date(2026, 10, 24), "08:30", 1, BERLIN) == datetime(2026, 10, 25, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "20260201", "2026-W05-1", "", "0001-01-01", "2026-1-1", "\uff12\uff10\uff12\uff16-01-01"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(InvalidInput, match="DATE_INVALID"):
        parse_date(text, "day")
