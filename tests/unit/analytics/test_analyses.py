"""From which revisions an analysis is made, and which dates it learns from."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.analytics.v1 import analysis_pb2

from services.analytics.rules import analyses
from services.analytics.rules.analyses import AnalysisKind, AnalysisState

DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))


def test_the_numbers_are_the_contracts():
    for ours, theirs, prefix in (
        (AnalysisState, analysis_pb2.AnalysisState, "ANALYSIS_STATE_"),
        (AnalysisKind, analysis_pb2.AnalysisKind, "ANALYSIS_KIND_"),
    ):
        told = {name.removeprefix(prefix): number for name, number in theirs.items() if number}
        assert told == {each.name: each.value for each in ours}


def test_a_day_goes_by_the_last_revision_until_the_feed_has_ended():
    known = [date(2026, 11, 1), date(2026, 11, 4)]
    days = analyses.revision_days(known, date(2026, 10, 31), date(2026, 11, 8), 2)
    assert {day.day: stands.day for day, stands in days.items()} == {1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 4}
    assert analyses.revision_days(known, date(2026, 12, 31), date(2026, 12, 31), None) == {date(2026, 12, 31): known[1]}
    assert analyses.revision_days([], date(2026, 11, 1), date(2026, 11, 1), None) == {}


@given(st.sets(DAYS, max_size=20), DAYS, st.integers(0, 60), st.integers(0, 50))
def test_no_day_goes_by_a_later_revision(known, start, length, carry):
    days = analyses.revision_days(sorted(known), start, start + timedelta(days=length), carry)
    for day, stands in days.items():
        assert stands <= day
        assert (day - stands).days <= carry
        # It is the last of them.
        assert not [each for each in known if stands < each <= day]


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 11, 5), date(2026, 11, 5), [11]),
        (date(2026, 11, 30), date(2027, 1, 1), [11, 12, 1]),
        (date(9999, 12, 1), date(9999, 12, 31), [12]),
        (date(2026, 11, 5), date(2026, 10, 5), []),
    ],
)
def test_months_between(start, end, months):
    assert [month.month for month in analyses.months_between(start, end)] == months


def test_ends_of_months_teach_where_enough_is_known_before():
    ends = analyses.month_ends_before(date(2026, 11, 24), date(2026, 3, 1), 24)
    # August's end is 183 days after the first day, July's 152.
    assert ends == [date(2026, 10, 31), date(2026, 9, 30), date(2026, 8, 31)]
    assert analyses.month_ends_before(date(2026, 11, 24), date(2020, 1, 1), 2) == ends[:2]
    # The day itself is no date before it, though it may be a month's end.
    assert analyses.month_ends_before(date(2026, 10, 31), date(2026, 3, 1), 24) == ends[1:]
    assert analyses.month_ends_before(date(2026, 10, 31), date(2026, 10, 1), 24) == []
    assert analyses.month_ends_before(date(1, 1, 15), date(1, 1, 1), 24) == []


@given(DAYS, DAYS)
def test_ends_of_months_are_ends_and_lie_before(day, first):
    for end in analyses.month_ends_before(day, first, 30):
        assert end == analyses.month_end(end)
        assert end < day
        assert (end - first).days >= analyses.HISTORY_DAYS_MIN


def test_equal_inputs_have_one_signature():
    one, two = {"a": 1, "b": [["x", 2]]}, {"b": [["x", 2]], "a": 1}
    assert analyses.signature(one) == analyses.signature(two)
    assert analyses.month_key(one) != analyses.month_key(one | {"a": 2})
    assert len(analyses.month_key(one)) == analyses.KEY_LENGTH
