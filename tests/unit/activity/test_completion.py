"""Workload completion 工作量完成率, exactly; with the faults of live systems as tests."""

import random
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.activity.v1 import work_report_pb2

from services.activity.rules.completion import (
    BASIS_POINTS,
    DEFAULT_TARGETS,
    Completion,
    Part,
    Target,
    WorkKind,
    check_levels,
    check_targets,
    default_targets,
    exact,
    level,
    shown,
)
from services.activity.rules.periods import FIRST_DATE, LAST_DATE, Period, PeriodKind, ended_before
from services.activity.rules.work_reports import Figures, Line, LineKind, ReportState
from services.chassis.kernel.errors import InvalidInput

DAY = date(2026, 11, 25)
KINDS = st.sampled_from([kind for kind in WorkKind if kind])
TARGETS = st.builds(
    Target,
    KINDS,
    st.integers(1, 10_000),
    cap_basis_points=st.integers(1, 100_000),
    planned=st.none() | st.integers(0, 100),
)
PARTS = st.lists(st.builds(Part, TARGETS, st.integers(0, 1_000), st.integers(0, 100_000)), max_size=8).map(tuple)


def part(kind, weight, planned, done, cap_basis_points=12_000):
    return Part(Target(kind, weight, cap_basis_points=cap_basis_points), planned, done)


def lines(kind, planned=0, done=0, both=0):
    return [
        Line(kind, f"{kind.name}/{number}", DAY, planned=number < planned + both, done=number >= planned)
        for number in range(planned + both + done)
    ]


def test_the_golden_numbers():
    # 40 · 6/10 + 20 · min(30/20, 1.2) + 20 · 3/4 over 80: nothing was planned of tasks.
    completion = Completion(
        (
            part(WorkKind.VISIT, 40, 10, 6),
            part(WorkKind.CONTACT, 20, 20, 30),
            part(WorkKind.LEAD, 20, 4, 3),
            part(WorkKind.TASK, 20, 0, 5),
        )
    )
    assert completion.rate == Fraction(63, 80)
    assert (exact(completion.rate), shown(completion.rate)) == ("63/80", "0.787500")
    assert [exact(completion.contribution(each)) for each in completion.parts] == ["3/10", "3/10", "3/16", ""]


def test_a_third_is_a_third():
    completion = Completion((part(WorkKind.VISIT, 1, 3, 1), part(WorkKind.CONTACT, 1, 3, 1), part(WorkKind.LEAD, 1, 3, 1)))
    assert (exact(completion.rate), shown(completion.rate)) == ("1/3", "0.333333")
    assert shown(Fraction(2, 3)) == "0.666667"
    assert shown(Fraction(1, 2_000_000)) == "0.000001"


def test_where_nothing_was_planned_nobody_is_assessed():
    for completion in (Completion(()), Completion((part(WorkKind.VISIT, 40, 0, 7),))):
        assert completion.rate is None
        assert level(completion.rate) == 0
        assert (exact(completion.rate), shown(completion.rate)) == ("", "")


# Fault 1: exactly 1.20 fell between "≥ 1.0 and < 1.2" and "> 1.2", and paid nothing.
@pytest.mark.parametrize(
    ("rate", "reached"),
    [
        (Fraction(0), 0),
        (Fraction(8, 10) - Fraction(1, 10**12), 0),
        (Fraction(8, 10), 1),
        (Fraction(1) - Fraction(1, 10**12), 1),
        (Fraction(1), 2),
        (Fraction(12, 10), 3),
        (Fraction(12, 10) + Fraction(1, 10**12), 3),
    ],
)
def test_a_threshold_is_reached_exactly(rate, reached):
    assert level(rate) == reached


@given(st.fractions(0, 20), st.lists(st.integers(1, 100_000), unique=True, max_size=6).map(sorted))
def test_every_rate_has_one_level_and_a_higher_rate_no_lower_one(rate, thresholds):
    reached = level(rate, thresholds)
    assert all(rate >= Fraction(each, BASIS_POINTS) for each in thresholds[:reached])
    assert all(rate < Fraction(each, BASIS_POINTS) for each in thresholds[reached:])
    assert level(rate + 1, thresholds) >= reached


# Fault 2: a ratio was rounded to two decimals before it was compared.
def test_what_is_rounded_for_a_reader_is_not_compared():
    rate = Completion((part(WorkKind.VISIT, 1, 10_000_001, 10_000_000),)).rate
    assert shown(rate) == "1.000000"
    assert level(rate) == 1


# Fault 3: five branches tested the same grade code.
def test_thresholds_that_do_not_ascend_and_targets_that_stand_twice_are_refused():
    for thresholds in ([8_000, 8_000], [10_000, 8_000]):
        with pytest.raises(InvalidInput) as refused:
            check_levels(thresholds)
        assert refused.value.reason == "LEVELS_INVALID"
    check_levels([8_000, 10_000])
    for targets in (
        [Target(WorkKind.TASK, 1), Target(WorkKind.TASK, 2)],
        [Target(WorkKind.VISIT, 1), Target(WorkKind.VISIT, 1, tier=2)],
        [Target(WorkKind.LEAD, 1, tier=2)],
    ):
        with pytest.raises(InvalidInput) as refused:
            check_targets(targets)
        assert refused.value.reason == "TARGETS_INVALID"
    check_targets(default_targets(of_day=True), of_day=True)
    check_targets(default_targets(of_day=False))
    with pytest.raises(InvalidInput):
        check_targets(default_targets(of_day=False), of_day=True)
    check_targets([Target(WorkKind.VISIT, 1, tier=1), Target(WorkKind.VISIT, 1, tier=2)])


# Fault 4: 0 divided; December was looked up as month 0.
@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_days(month):
    period = Period.around(PeriodKind.MONTH, date(2028, month, 15))
    assert (period.start_date, period.next_date) == (date(2028, month, 1), date(2028 + month // 12, month % 12 + 1, 1))


def test_a_leap_february_and_a_week_over_new_year():
    assert Period.around(PeriodKind.MONTH, date(2028, 2, 3)).end_date == date(2028, 2, 29)
    week = Period.around(PeriodKind.WEEK, date(2027, 1, 1))
    assert (week.start_date, week.end_date) == (date(2026, 12, 28), date(2027, 1, 3))


@given(st.sampled_from([kind for kind in PeriodKind if kind]), st.dates(FIRST_DATE, LAST_DATE))
def test_a_day_lies_in_its_period_and_periods_follow_one_another(kind, day):
    period = Period.around(kind, day)
    assert period.covers(day)
    assert Period.around(kind, period.start_date) == Period.around(kind, period.end_date) == period
    if period.next_date <= LAST_DATE:
        assert Period.around(kind, period.next_date).start_date == period.next_date


@pytest.mark.parametrize("day", [date.min, date.max, date(1969, 12, 31), date(2200, 1, 1)])
def test_days_that_no_report_is_of_are_refused(day):
    with pytest.raises(InvalidInput) as refused:
        Period.around(PeriodKind.MONTH, day)
    assert refused.value.reason == "PERIOD_INVALID"


def test_what_is_over_as_a_day_begins():
    over = {kind: ended_before(date(2026, 12, 1), kind, None, 31) for kind in PeriodKind if kind}
    assert {kind: [(each.start_date, each.end_date) for each in found] for kind, found in over.items()} == {
        PeriodKind.DAY: [(date(2026, 11, 30), date(2026, 11, 30))],
        PeriodKind.WEEK: [(date(2026, 11, 23), date(2026, 11, 29))],
        PeriodKind.MONTH: [(date(2026, 11, 1), date(2026, 11, 30))],
    }


def test_a_date_that_goes_over_a_weekend_leaves_no_day_out():
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    over = ended_before(monday, PeriodKind.DAY, friday - timedelta(days=1), 31)
    assert [each.start_date.day for each in over] == [29, 28, 27]
    assert ended_before(monday, PeriodKind.DAY, monday - timedelta(days=1), 31) == []
    assert len(ended_before(monday, PeriodKind.DAY, date(2020, 1, 1), 31)) == 31


@given(PARTS)
def test_a_rate_lies_between_zero_and_the_highest_cap(parts):
    rate = Completion(parts).rate
    assessed = [each for each in parts if each.planned]
    assert (rate is None) == (not assessed)
    if rate is not None:
        assert 0 <= rate <= max(Fraction(each.target.cap_basis_points, BASIS_POINTS) for each in assessed)


# Fault 5: the drill-down divided by another denominator than the score.
@given(PARTS)
def test_the_contributions_are_the_rate(parts):
    completion = Completion(parts)
    assert sum(filter(None, map(completion.contribution, parts)), Fraction(0)) == (completion.rate or 0)


@given(PARTS, st.integers(0, 7), st.integers(1, 100))
def test_more_done_is_never_less(parts, which, more):
    if not parts:
        return
    which %= len(parts)
    grown = tuple(Part(p.target, p.planned, p.done + more) if n == which else p for n, p in enumerate(parts))
    assert (Completion(grown).rate or 0) >= (Completion(parts).rate or 0)


# Fault 5: counters were not reset between people, so that one's result depended on the one before.
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=6), st.randoms())
def test_the_order_of_people_is_of_no_matter(people, order: random.Random):
    figures = [Figures(tuple(lines(LineKind.VISIT, *person))) for person in people]
    alone = [Figures(tuple(lines(LineKind.VISIT, *person))).completion(DEFAULT_TARGETS).rate for person in people]
    places = list(range(len(people)))
    order.shuffle(places)
    counted = {place: figures[place].completion(DEFAULT_TARGETS).rate for place in places}
    assert [counted[place] for place in range(len(people))] == alone


def test_the_calendar_is_met_by_what_it_had_and_a_number_by_all_that_was_done():
    figures = Figures(tuple(lines(LineKind.VISIT, planned=2, done=3, both=2)))
    assert figures.completion([Target(WorkKind.VISIT, 1)]).rate == Fraction(2, 4)
    assert figures.completion([Target(WorkKind.VISIT, 1, planned=10)]).rate == Fraction(5, 10)
    assert figures.completion([Target(WorkKind.VISIT, 1, planned=0)]).rate is None


def test_visits_count_by_the_tier_of_the_customer():
    found = [Line(LineKind.VISIT, f"contacts/{n}", DAY, planned=True, done=n < 3, tier=1 + n % 2) for n in range(4)]
    targets = [Target(WorkKind.VISIT, 3, tier=1), Target(WorkKind.VISIT, 1, tier=2)]
    assert Figures(tuple(found)).completion(targets).rate == Fraction(3 * 2, 2 * 4) + Fraction(1, 2 * 4)


def test_unlike_currencies_are_never_added():
    won = [("CNY", 100), ("USD", 7), ("CNY", 10**15), ("", 5)]
    found = [
        Line(LineKind.WON_OPPORTUNITY, f"opportunities/{n}", DAY, minor_units=units, currency_code=code)
        for n, (code, units) in enumerate(won)
    ]
    assert Figures(tuple(found)).won_amounts() == [("CNY", 10**15 + 100), ("USD", 7)]


@pytest.mark.parametrize(
    ("enum", "contract", "prefix"),
    [
        (PeriodKind, work_report_pb2.WorkPeriod, "WORK_PERIOD_"),
        (ReportState, work_report_pb2.WorkReportState, "WORK_REPORT_STATE_"),
        (WorkKind, work_report_pb2.WorkKind, "WORK_KIND_"),
        (LineKind, work_report_pb2.WorkLineKind, "WORK_LINE_KIND_"),
    ],
    ids=["period", "state", "kind", "line"],
)
def test_the_numbers_are_the_contracts(enum, contract, prefix):
    assert {each.name: each.value for each in enum} == {name.removeprefix(prefix): n for name, n in contract.items()}
