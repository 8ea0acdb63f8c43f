"""Figures: comparisons, ranks, deviation; and how one account's amounts come from its days."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.performance.v1 import figure_pb2

from services.performance.engine import measures
from services.performance.rules import proof
from services.performance.rules.figures import (
    MEASURES,
    STANDING,
    Amounts,
    ComparisonKind,
    Measure,
    Period,
    compared_starts,
    dense_ranks,
    deviation,
    same_day,
)
from services.performance.rules.periods import PeriodKind

_NUMERATORS = st.lists(st.integers(-(10**20), 10**20), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("mirror", "contract", "prefix"),
    [
        (PeriodKind, figure_pb2.PeriodKind, "PERIOD_KIND_"),
        (Measure, figure_pb2.FigureMeasure, "FIGURE_MEASURE_"),
        (ComparisonKind, figure_pb2.ComparisonKind, "COMPARISON_KIND_"),
    ],
)
def test_the_numbers_are_the_contracts(mirror, contract, prefix):
    assert {prefix + each.name: each.value for each in mirror} == dict(contract.items())


def test_measures_are_the_engines():
    assert MEASURES == measures.MEASURES
    assert proof.ACCRUALS == measures.ACCRUALS
    assert MEASURES[: len(STANDING)] == STANDING


class TestComparisons:
    def test_a_leap_day_has_the_day_before_in_the_year_before(self):
        starts = compared_starts(PeriodKind.DAY, date(2024, 2, 29))
        assert starts[ComparisonKind.YEAR_BEFORE] == date(2023, 2, 28)
        assert starts[ComparisonKind.MONTH_END_BEFORE] == date(2024, 1, 31)
        assert starts[ComparisonKind.YEAR_END_BEFORE] == date(2023, 12, 31)

    def test_december_is_no_month_zero(self):
        assert compared_starts(PeriodKind.MONTH, date(2026, 1, 1)) == {
            ComparisonKind.PERIOD_BEFORE: date(2025, 12, 1),
            ComparisonKind.YEAR_BEFORE: date(2025, 1, 1),
        }

    @pytest.mark.parametrize("kind", [k for k in PeriodKind if k])
    def test_before_the_first_day_there_is_no_day(self, kind):
        for start in compared_starts(kind, date.min).values():
            assert start == date.min

    def test_a_month_under_way_stands_beside_as_many_days_at_most(self):
        march = Period(PeriodKind.MONTH, date(2026, 3, 1), date(2026, 3, 30))
        assert same_day(march, date(2026, 2, 1)) == date(2026, 2, 28)
        february = Period(PeriodKind.MONTH, date(2026, 2, 1), date(2026, 2, 27))
        assert same_day(february, date(2026, 1, 1)) == date(2026, 1, 27)
        whole = Period(PeriodKind.MONTH, date(2026, 2, 1), date(2026, 2, 28))
        assert same_day(whole, date(2026, 1, 1)) == date(2026, 1, 31)


def test_equal_ones_share_a_place_and_none_is_left_out():
    assert dense_ranks({"a": 5, "b": 7, "c": 5, "d": -1, "e": 0}) == {"b": 1, "a": 2, "c": 2, "e": 3, "d": 4}
    assert dense_ranks({}) == {}


class TestDeviation:
    @pytest.mark.parametrize(
        ("balance", "average", "text"),
        [
            (104, 100, "0.040000"),
            (0, 3, "-1.000000"),
            (2, 3, "-0.333333"),
            (5, 0, ""),
            (5, -1, ""),
            (10**18, 1, "999999999999999999.000000"),
        ],
    )
    def test_is_exact(self, balance, average, text):
        assert deviation(balance, average) == text


class TestSharing:
    @given(_NUMERATORS, st.integers(1, 10**12))
    def test_parts_sum_up_to_the_whole_rounded_once(self, numerators, divisor):
        parts = proof.shared(numerators, divisor)
        assert sum(parts) == round(Fraction(sum(numerators), divisor))
        assert all(abs(Fraction(n, divisor) - part) < 1 for n, part in zip(numerators, parts, strict=True))

    @given(_NUMERATORS, st.integers(1, 10**12))
    def test_a_reversal_mirrors(self, numerators, divisor):
        opposite = proof.shared([-each for each in numerators], divisor)
        if sum(numerators):
            assert opposite == [-part for part in proof.shared(numerators, divisor)]

    def test_ties_go_to_the_earlier(self):
        assert proof.shared([1, 1, 1], 3) == [1, 0, 0]
        assert proof.shared([10_000_001] * 3, 3) == [3_333_334, 3_333_334, 3_333_333]

    @pytest.mark.parametrize(("numerator", "whole"), [(1, 0), (3, 2), (5, 2), (7, 4), (-1, 0), (-3, -2), (-5, -2)])
    def test_a_half_goes_to_the_even_one(self, numerator, whole):
        assert proof.half_even(numerator, 2) == whole


def owner(staff_number, person_id="p"):
    return proof.Owner(person_id and f"{person_id}{staff_number}", "u", "c", "", staff_number)


class TestDays:
    @given(
        st.lists(
            st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**9), 10**9)), min_size=3, max_size=3),
            min_size=1,
            max_size=9,
        )
    )
    def test_the_days_sum_up_to_the_month_for_each_owner(self, rows):
        start, owners = date(2026, 11, 1), [owner("1"), owner("2"), owner("", "")]
        days = {
            start + timedelta(days=place): {
                who: proof.Sums(balance=balance, flow_count=1, numerators=[numerator] * 5)
                for who, (balance, numerator) in zip(owners, row, strict=True)
            }
            for place, row in enumerate(rows)
        }
        divisors, last = [7, 360_00000000, 3, 1, 11], start + timedelta(days=len(rows) - 1)
        earned = proof.of_days(days, divisors, start, list(days))
        month = proof.to_date(proof.summed(days, last), days[last], divisors, len(rows))
        for who in owners:
            summed = Amounts.total(of_owners[who] for of_owners in earned.values())
            for measure in Measure:
                if measure and measure.column not in STANDING:
                    assert summed.of(measure) == month[who].of(measure)
            assert earned[last][who].of(Measure.AVERAGE_BALANCE) == month[who].of(Measure.AVERAGE_BALANCE)
        assert Amounts.total(month.values()).of(Measure.BALANCE) == sum(balance for balance, _ in rows[-1])
        # One day alone comes out as among all.
        assert proof.of_days(days, divisors, start, [last])[last] == earned[last]
