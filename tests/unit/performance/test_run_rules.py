"""From which revisions a month is computed, and how its inputs are told from others."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.performance.v1 import run_pb2

from services.performance.rules import runs

NOV, END = date(2026, 11, 1), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("mirror", "enum"),
    [(runs.RunKind, run_pb2.RunKind), (runs.RunState, run_pb2.RunState), (runs.ClosingState, run_pb2.MonthClosingState)],
)
def test_the_numbers_are_the_contracts(mirror, enum):
    prefix = {run_pb2.MonthClosingState: "MONTH_CLOSING_STATE"}.get(enum)
    prefix = prefix or {run_pb2.RunKind: "RUN_KIND", run_pb2.RunState: "RUN_STATE"}[enum]
    assert {f"{prefix}_{each.name}": each.value for each in mirror} == dict(enum.items())


def test_a_day_without_a_revision_goes_by_the_last_one():
    days = runs.revision_days([date(2026, 10, 30), date(2026, 11, 2)], NOV, date(2026, 11, 3), 45)
    assert days == {
        date(2026, 11, 1): date(2026, 10, 30),
        date(2026, 11, 2): date(2026, 11, 2),
        date(2026, 11, 3): date(2026, 11, 2),
    }


def test_a_feed_that_was_silent_for_long_has_ended():
    last = NOV - timedelta(days=40)
    days = runs.revision_days([last], NOV, END, 45)
    assert max(days) == last + timedelta(days=45)
    assert runs.silent_since([last], END, 45) == last
    assert runs.silent_since([last], NOV, 45) is None
    assert runs.silent_since([], NOV, 45) is None
    # What lasts is told but once.
    assert len(runs.revision_days([last], NOV, END, None)) == END.day


def test_the_calendars_ends_are_no_trouble():
    assert runs.revision_days([date.max], date.max, date.max, 1) == {date.max: date.max}
    assert runs.revision_days([date.min], date.min, date.min, 1) == {date.min: date.min}


@given(st.sets(st.dates(date(2026, 9, 1), END)), st.integers(1, 60))
def test_what_stands_for_a_day_is_the_nearest_before_it(found, carried):
    days = runs.revision_days(sorted(found), NOV, END, carried)
    for day in (NOV + timedelta(days=count) for count in range(END.day)):
        before = [each for each in found if each <= day]
        expected = max(before) if before and (day - max(before)).days <= carried else None
        assert days.get(day) == expected


@pytest.mark.parametrize(
    ("latest", "as_of"),
    [(date(2026, 11, 24), date(2026, 11, 24)), (END, END), (date(2026, 12, 1), END), (date(2027, 3, 5), END)],
)
def test_a_month_is_whole_once_a_later_one_has_begun(latest, as_of):
    assert runs.as_of_date(NOV, latest) == as_of


def test_months_in_which_a_change_falls():
    months = [date(2025, 12, 1), date(2026, 1, 1), NOV]
    assert runs.within(months, date(2025, 12, 31), date(2026, 1, 1)) == months[:2]
    assert runs.within(months, date(2026, 1, 15), None) == months[1:]
    assert runs.within(months, date(2026, 2, 1), date(2026, 10, 31)) == []
    assert runs.months_worked([date(2026, 11, 24), date(2026, 1, 3), date(2026, 11, 2)]) == [date(2026, 1, 1), NOV]


def test_inputs_are_told_from_others_whatever_their_order():
    inputs = {"feeds": {"a": {"days": [["2026-11-01", "2026-11-01", 1]]}, "b": {}}, "products": []}
    shuffled = {"products": [], "feeds": {"b": {}, "a": {"days": [["2026-11-01", "2026-11-01", 1]]}}}
    assert runs.signature(inputs) == runs.signature(shuffled)
    assert runs.signature(inputs) != runs.signature(inputs | {"products": [["v", "2026-11-01", "2026-11-30"]]})
