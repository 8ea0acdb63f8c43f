"""Points of a chart made of days, days for which nothing came, and what is said of items."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.analytics.v1 import timeline_pb2

from services.analytics.rules import timeline, timeline_words
from services.analytics.rules.happenings import HappeningKind
from services.analytics.rules.timeline import Gap, ItemKind, Resolution, columns_of, gaps, points, usual_resolution

# A Monday.
MONDAY = date(2026, 11, 2)
_DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def of(**values):
    """Values of the named columns, nothing in the others."""
    length = len(next(iter(values.values())))
    return {name: values.get(name, [0] * length) for name in timeline.COLUMNS}


def numbers_of(enum, prefix):
    return {name.removeprefix(prefix): number for name, number in enum.items() if number}


def test_the_contract_mirrors_the_rules():
    assert numbers_of(timeline_pb2.TimelineResolution, "TIMELINE_RESOLUTION_") == {each.name: each for each in Resolution}
    assert numbers_of(timeline_pb2.HappeningKind, "HAPPENING_KIND_") == {each.name: each for each in HappeningKind}
    both = {each.name: each.value for kinds in (HappeningKind, ItemKind) for each in kinds}
    assert numbers_of(timeline_pb2.TimelineItemKind, "TIMELINE_ITEM_KIND_") == both
    fields = timeline_pb2.TimelineSeries.DESCRIPTOR.fields
    assert [field.name for field in fields] == ["dates", *timeline.COLUMNS]


@pytest.mark.parametrize(
    ("first", "last", "resolution", "ends"),
    [
        (MONDAY, MONDAY, Resolution.DAY, [MONDAY]),
        (MONDAY, MONDAY, Resolution.WEEK, [MONDAY]),
        (MONDAY, MONDAY - timedelta(days=1), Resolution.DAY, []),
        (date(2026, 11, 8), date(2026, 11, 9), Resolution.WEEK, [date(2026, 11, 8), date(2026, 11, 9)]),
        (date(2026, 12, 31), date(2027, 2, 28), Resolution.MONTH, [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]),
        (date(9999, 12, 30), date.max, Resolution.DAY, [date(9999, 12, 30), date.max]),
        (date(9999, 12, 30), date.max, Resolution.WEEK, [date.max]),
        (date(9999, 12, 30), date.max, Resolution.MONTH, [date.max]),
    ],
)
def test_points_end_with_their_last_day(first, last, resolution, ends):
    assert points(first, last, resolution) == ends


@given(_DAYS, st.integers(0, 1_200), st.sampled_from(list(Resolution)))
def test_points_cover_the_days_once(first, length, resolution):
    last = first + timedelta(days=length)
    ends = points(first, last, resolution)
    assert ends == sorted(set(ends))
    assert ends[-1] == last
    days = [first + timedelta(days=place) for place in range(length + 1)]
    column = columns_of(days, of(inflow=[1] * len(days), deposit=list(range(len(days)))), ends)
    assert sum(column["inflow"]) == len(days)
    assert column["deposit"] == [(end - first).days for end in ends]


@pytest.mark.parametrize(
    ("days", "resolution"), [(400, Resolution.DAY), (401, Resolution.WEEK), (2_794, Resolution.WEEK), (2_810, Resolution.MONTH)]
)
def test_the_usual_resolution_is_the_finest_that_a_screen_shows(days, resolution):
    assert usual_resolution(MONDAY, MONDAY + timedelta(days=days - 1)) == resolution


def test_of_a_point_without_a_day_nothing_is_known():
    days = [MONDAY, MONDAY + timedelta(days=2), MONDAY + timedelta(days=9)]
    values = of(deposit=[5, None, 7], outflow=[1, 2, 4], salary_inflow=[None, None, 3])
    ends = [MONDAY - timedelta(days=1), MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)]
    told = columns_of(days, values, ends)
    assert told["deposit"] == [None, None, None]
    assert told["outflow"] == [None, 3, None]
    assert told["salary_inflow"] == [None, None, None]
    assert columns_of([], of(deposit=[]), ends)["deposit"] == [None] * 3
    assert columns_of(days, values, [])["deposit"] == []


def every(first, last, weekdays=range(7)):
    days = (first + timedelta(days=place) for place in range((last - first).days + 1))
    return {day for day in days if day.weekday() in weekdays}


def test_a_source_that_rests_on_weekends_has_no_gap_there_and_one_where_more_is_missing():
    end = MONDAY + timedelta(days=27)
    workdays = every(MONDAY, end, range(5))
    assert gaps(workdays, MONDAY, end, end) == []
    without_a_week = workdays - every(MONDAY + timedelta(days=7), MONDAY + timedelta(days=11))
    gap = Gap(MONDAY + timedelta(days=5), MONDAY + timedelta(days=13))
    assert gaps(without_a_week, MONDAY, end, end) == [gap]
    # What is shown cuts it, and the days stay what they are.
    middle = MONDAY + timedelta(days=8)
    assert gaps(without_a_week, middle, middle, end) == [Gap(middle, middle)]
    assert gaps(without_a_week, MONDAY + timedelta(days=14), end, end) == []


def test_a_source_that_brings_weekends_misses_a_single_day():
    end = MONDAY + timedelta(days=13)
    missing = MONDAY + timedelta(days=3)
    assert gaps(every(MONDAY, end) - {missing}, MONDAY, end, end, 45) == [Gap(missing, missing, carried=True)]


def test_what_ended_is_a_gap_until_the_day_of_the_figures_and_is_carried_for_a_while():
    last, until = MONDAY + timedelta(days=6), MONDAY + timedelta(days=30)
    (gap,) = gaps(every(MONDAY, last), MONDAY, until + timedelta(days=9), until, 10)
    assert gap == Gap(last + timedelta(days=1), until, carried=False)
    (gap,) = gaps(every(MONDAY, last), MONDAY, until, until, 24)
    assert gap.carried
    # Before the first delivery there is nothing to miss, and without any there is no source.
    assert gaps(every(MONDAY, until), MONDAY - timedelta(days=100), until, until) == []
    assert gaps((), MONDAY, until, until) == []


def test_words_name_what_is_known_and_leave_out_the_rest():
    say = timeline_words.happening
    assert say(HappeningKind.CONTACT, sort=2, outcome=6) == ("电话 · 未联系上", "Call · not reached")
    assert say(HappeningKind.CONTACT, sort=99, outcome=99) == ("联系", "Contact")
    assert say(HappeningKind.CONTACT_NOT_DONE, sort=1, state=3) == ("拜访 · 已取消", "Visit · cancelled")
    assert say(HappeningKind.COMPLAINT, sort=3, state=1) == ("投诉 · 严重 · 待答复", "Complaint · critical · waits for an answer")
    assert say(HappeningKind.OPPORTUNITY, state=2) == ("商机 · 成交", "Opportunity · won")
    for kind in HappeningKind:
        assert all(say(kind))


@pytest.mark.parametrize(
    ("tenor", "former", "rate", "others", "english"),
    [
        (0, 300_000, 250_000, 0, "Listed rate · D1 · 0.30% → 0.25%"),
        (365, 1_750_000, 1_500_000, 2, "Listed rate · D1 · 1 y · 1.75% → 1.50% · and 2 more tenors"),
        (7, 1, 0, 0, "Listed rate · D1 · 7 d · 0.00% → 0.00%"),
        (90, -50_000, 125_500, 0, "Listed rate · D1 · 3 m · -0.05% → 0.1255%"),
    ],
)
def test_a_rate_is_told_with_what_it_was(tenor, former, rate, others, english):
    assert timeline_words.rate_changed("D1", tenor, former, rate, others).english == english


def test_a_complaint_worries_more_where_its_answer_is_overdue():
    worry = timeline_words.severity
    assert [worry(HappeningKind.COMPLAINT, sort=sort) for sort in (0, 1, 2, 3)] == [1, 1, 2, 3]
    assert [worry(HappeningKind.COMPLAINT, sort=sort, overdue=True) for sort in (1, 3)] == [2, 3]
    assert worry(HappeningKind.LEAD_LEFT) > worry(HappeningKind.LEAD_CHANGED) > worry(HappeningKind.CONTACT) == 0
    assert worry(HappeningKind.SURVEY_ANSWER, low=True) == 2
