"""Recurrence: as python-dateutil has it, by examples of RFC 5545, and quickly whatever the rule."""

# ruff: noqa: DTZ001, DTZ901 - a series starts at a local time

import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from services.activity.rules.recurrence.rule import parse_rule
from services.activity.rules.recurrence.series import LAST_DATE, NonWorkdays, Recurrence, Series, parse_recurrence
from services.activity.rules.recurrence.walking import starts
from services.activity.rules.workdays import Workdays
from services.chassis.kernel.errors import InvalidInput

SHANGHAI, NEW_YORK, UTC_ZONE = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), ZoneInfo("UTC")
FIRST = datetime(1997, 9, 2, 9)


def series(first, rule, zone=SHANGHAI, minutes=60, **more):
    lines = [rule] if isinstance(rule, str) else rule
    return Series(first, timedelta(minutes=minutes), zone, parse_recurrence(lines, zone, first), **more).ended()


def locals_of(one, start, end):
    found = one.occurrences(start.replace(tzinfo=one.zone), end.replace(tzinfo=one.zone))
    return [each.start_time.astimezone(one.zone).replace(tzinfo=None) for each in found]


def days(values):
    return st.lists(values, unique=True, max_size=4)


@st.composite
def rules(draw):
    """Rules that dateutil and RFC 5545 read alike."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}", f"WKST={draw(st.sampled_from(['MO', 'SU', 'WE']))}"]
    # Of first Mondays and all Tuesdays dateutil takes what is both, RFC 5545 what is either.
    counted = frequency in ("MONTHLY", "YEARLY") and draw(st.booleans())
    ordinals = st.integers(-5, 5).filter(bool) if counted else st.just(0)
    weekdays = st.tuples(ordinals, st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]))
    by_day = [f"{ordinal or ''}{day}" for ordinal, day in draw(days(weekdays))]
    by_month_day = draw(days(st.integers(-31, 31).filter(bool))) if frequency != "WEEKLY" else []
    given = [("BYDAY", by_day), ("BYMONTH", draw(days(st.integers(1, 12)))), ("BYMONTHDAY", by_month_day)]
    if frequency == "YEARLY":
        given.append(("BYYEARDAY", draw(days(st.integers(-366, 366).filter(bool)))))
        # Without a day dateutil takes the whole week, RFC 5545 the day of the first start.
        if by_day and not counted:
            given.append(("BYWEEKNO", draw(days(st.integers(-53, 53).filter(bool)))))
    if draw(st.booleans()):
        given.append(("BYHOUR", draw(days(st.integers(0, 23)))))
    parts += [f"{name}={','.join(map(str, values))}" for name, values in given if values]
    # Of its first week dateutil takes only the days that are left.
    if any(values for name, values in given[:4] if name != "BYHOUR") and frequency in ("MONTHLY", "YEARLY"):
        parts += [f"BYSETPOS={place}" for place in draw(st.lists(st.sampled_from([1, 2, -1, -2]), max_size=1))]
    return ";".join(parts)


@given(rules(), st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)))
@settings(max_examples=200, deadline=None)
@example("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", datetime(2024, 2, 29, 9))
@example("FREQ=MONTHLY;BYMONTHDAY=31", datetime(2024, 1, 31, 9))
@example("FREQ=YEARLY;BYDAY=20MO;BYWEEKNO=20", datetime(2024, 1, 31, 9))
def test_rules_give_what_dateutil_gives(text, first):
    first = first.replace(microsecond=0)
    try:
        rule = parse_rule(text)
    except InvalidInput:
        reject()
    last = first + timedelta(days=3_000)
    ours = list(starts(rule, first, first.date(), last.date()))
    # After the last match dateutil looks through all years for the next one: it is not asked for that.
    assert ours == list(islice(rrulestr(text, dtstart=first), len(ours)))


# RFC 5545, 3.8.5.3: the rule, and the days that it gives from 2 September 1997.
EXAMPLES = [
    ("FREQ=DAILY;COUNT=10", [date(1997, 9, day) for day in range(2, 12)]),
    ("FREQ=MONTHLY;COUNT=3;BYDAY=1FR", [date(1997, 9, 2), date(1997, 9, 5), date(1997, 10, 3)]),
    ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", [date(1997, 9, 2), date(1997, 9, 4), date(1997, 10, 7)]),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,TH", [date(1997, 9, day) for day in (2, 4, 16, 18)]),
    ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", [date(1997, 9, 2), date(1998, 2, 13), date(1998, 3, 13)]),
    ("FREQ=YEARLY;UNTIL=19990131T140000Z;BYMONTH=1;BYMONTHDAY=-1", [date(1997, 9, 2), date(1998, 1, 31), date(1999, 1, 31)]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "expected"), EXAMPLES)
def test_examples_of_the_standard_with_the_first_start_counted(rule, expected):
    given = locals_of(series(FIRST, f"RRULE:{rule}", NEW_YORK), datetime(1997, 1, 1), datetime(2001, 1, 1))
    assert [each.date() for each in given] == expected


BOMBS = [
    "FREQ=DAILY;COUNT=1000000000",
    "FREQ=DAILY;UNTIL=99991231T235959Z",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=DAILY;INTERVAL=9999;BYMONTH=2;BYMONTHDAY=30;COUNT=1000000",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;COUNT=5",
    "FREQ=MONTHLY;BYDAY=5MO,5TU,5WE,-5TH;BYSETPOS=366;COUNT=99999",
    f"FREQ=YEARLY;BYYEARDAY={','.join(str(day) for day in range(1, 367))};BYHOUR={','.join(map(str, range(24)))};COUNT=999999",
]


@pytest.mark.parametrize("rule", BOMBS)
def test_a_bomb_is_answered_quickly(rule):
    began = time.process_time()
    one = series(FIRST, f"RRULE:{rule}")
    assert one.last_end() is not None
    found = locals_of(one, datetime(2090, 1, 1), datetime(2090, 3, 1))
    assert len(found) <= 24 * 60
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=SECONDLY", "RECURRENCE_TOO_FREQUENT"),
        ("FREQ=HOURLY;COUNT=3", "RECURRENCE_TOO_FREQUENT"),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5", "RECURRENCE_TOO_FREQUENT"),
        ("FREQ=DAILY;BYSECOND=60", "RECURRENCE_INVALID"),
        ("FREQ=DAILY;INTERVAL=0", "RECURRENCE_INVALID"),
        (f"FREQ=DAILY;INTERVAL={'9' * 5_000}", "RECURRENCE_INVALID"),
        (f"FREQ=DAILY;COUNT={'9' * 1_000}", "RECURRENCE_INVALID"),
        ("FREQ=DAILY;COUNT=0", "RECURRENCE_INVALID"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20300101", "RECURRENCE_INVALID"),
        ("FREQ=DAILY;UNTIL=20300230", "RECURRENCE_INVALID"),
        ("FREQ=DAILY;UNTIL=00000101", "RECURRENCE_INVALID"),
        ("FREQ=DAILY;FREQ=WEEKLY", "RECURRENCE_INVALID"),
        ("FREQ=WEEKLY;BYDAY=1MO", "RECURRENCE_INVALID"),
        ("FREQ=WEEKLY;BYDAY=XX", "RECURRENCE_INVALID"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "RECURRENCE_INVALID"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "RECURRENCE_INVALID"),
        ("FREQ=MONTHLY;BYMONTHDAY=\uff11", "RECURRENCE_INVALID"),
        ("FREQ=MONTHLY;RSCALE=CHINESE", "RECURRENCE_INVALID"),
        ("INTERVAL=2", "RECURRENCE_INVALID"),
        ("", "RECURRENCE_INVALID"),
        (";;;", "RECURRENCE_INVALID"),
    ],
)
def test_what_is_no_rule_is_refused(rule, reason):
    with pytest.raises(InvalidInput) as refused:
        parse_rule(rule)
    assert refused.value.reason == reason
    assert refused.value.violations


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_refused(text):
    for part in (text, f"FREQ=DAILY;{text}", f"FREQ=DAILY;UNTIL={text}", f"FREQ=YEARLY;BYDAY={text}"):
        try:
            rule = parse_rule(part)
        except InvalidInput:
            continue
        assert parse_rule(rule.text()) == rule
    with suppress(InvalidInput):
        parse_recurrence([text, f"RDATE:{text}", f"EXDATE;{text}:{text}"], SHANGHAI, FIRST)


def test_a_daily_meeting_over_the_gap_and_the_fold_of_new_york():
    one = series(datetime(2026, 3, 6, 2, 30), "RRULE:FREQ=DAILY", NEW_YORK)
    found = list(one.occurrences(datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)))
    # On the 8th 02:30 does not come: by the offset before it is 03:30, and the hours of the others stay.
    assert [each.start_time for each in found] == [
        datetime(2026, 3, 8, 7, 30, tzinfo=UTC), datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
    ]  # fmt: skip
    night = series(datetime(2026, 10, 30, 1, 30), "RRULE:FREQ=DAILY;COUNT=4", NEW_YORK)
    found = list(night.occurrences(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)))
    # 01:30 comes twice on the 1st of November; the first is meant, once.
    assert [each.start_time for each in found] == [
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
    ]  # fmt: skip


def test_until_is_an_instant_in_utc_and_a_day_is_a_whole_day():
    first = datetime(2026, 3, 2, 9)
    for until, last in (("20260304T010000Z", 4), ("20260304T005959Z", 3), ("20260304", 4), ("20260304T090000", 4)):
        found = locals_of(series(first, f"RRULE:FREQ=DAILY;UNTIL={until}"), datetime(2026, 3, 1), datetime(2026, 4, 1))
        assert found[-1].day == last, until


def test_a_leap_day_comes_every_fourth_year_and_the_31st_in_seven_months():
    leap = series(datetime(2024, 2, 29, 9), "RRULE:FREQ=YEARLY")
    assert [each.year for each in locals_of(leap, datetime(2020, 1, 1), datetime(2040, 1, 1))] == [2024, 2028, 2032, 2036]
    last = series(datetime(2026, 1, 31, 9), "RRULE:FREQ=MONTHLY")
    assert [each.month for each in locals_of(last, datetime(2026, 1, 1), datetime(2027, 1, 1))] == [1, 3, 5, 7, 8, 10, 12]


def test_added_and_excluded():
    lines = ["RRULE:FREQ=DAILY;COUNT=5", "RDATE;TZID=UTC:20260310T010000", "EXDATE:20260303T090000", "EXDATE;VALUE=DATE:20260304"]
    one = series(datetime(2026, 3, 2, 9), lines)
    assert [each.day for each in locals_of(one, datetime(2026, 3, 1), datetime(2026, 4, 1))] == [2, 5, 6, 10]
    again = parse_recurrence(one.recurrence.lines(), SHANGHAI, one.first)
    assert again == one.recurrence
    assert one.last_end() == datetime(2026, 3, 10, 2, tzinfo=UTC)


def test_holidays_are_skipped_or_gone_around():
    def days_of(what):
        one = series(datetime(2025, 9, 29, 9), "RRULE:FREQ=DAILY", non_workdays=what, workdays=Workdays())
        return [each.day for each in locals_of(one, datetime(2025, 9, 30), datetime(2025, 10, 12))]

    assert days_of(NonWorkdays.SKIP) == [30, 9, 10, 11]
    assert days_of(NonWorkdays.NEXT_WORKDAY) == [30, 9, 10, 11]
    weekly = series(datetime(2025, 9, 24, 9), "RRULE:FREQ=WEEKLY", non_workdays=NonWorkdays.NEXT_WORKDAY, workdays=Workdays())
    assert [each.day for each in locals_of(weekly, datetime(2025, 9, 25), datetime(2025, 10, 20))] == [9, 15]
    # What moves to a day on which it takes place anyway takes place once.
    before = series(datetime(2025, 9, 24, 9), "RRULE:FREQ=WEEKLY", non_workdays=NonWorkdays.PREVIOUS_WORKDAY, workdays=Workdays())
    found = list(before.occurrences(datetime(2025, 9, 25, tzinfo=UTC), datetime(2025, 10, 12, tzinfo=UTC)))
    assert [each.start_time.day for each in found] == [30]


def test_an_occurrence_is_found_by_its_original_start():
    one = series(datetime(2026, 3, 2, 9), "RRULE:FREQ=WEEKLY;COUNT=3")
    assert one.original(datetime(2026, 3, 9, 1, tzinfo=UTC)).end_time == datetime(2026, 3, 9, 2, tzinfo=UTC)
    assert one.original(datetime(2026, 3, 9, 2, tzinfo=UTC)) is None
    assert one.original(datetime(2026, 3, 23, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
def test_windows_at_the_ends_of_time(moment):
    one = series(datetime(2026, 3, 2, 9), "RRULE:FREQ=DAILY")
    moment = moment.replace(tzinfo=UTC)
    assert list(one.occurrences(moment, moment)) == []
    assert LAST_DATE.year == 2100
    assert not Recurrence()
