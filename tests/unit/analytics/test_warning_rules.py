"""When a warning is raised, what it is worth, and what is counted of what became of them."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.analytics.v1 import warning_pb2

from services.analytics.rules import next_steps
from services.analytics.rules.features import FEATURES
from services.analytics.rules.value import VALUE_MAX, minutes_of, per_hour
from services.analytics.rules.warnings import (
    Closed,
    Look,
    MeasuredOutcome,
    Thresholds,
    WarningOutcome,
    WarningState,
    held_out,
    measured,
    raises,
    rests,
    share,
    uplift,
)

DAY = date(2026, 11, 24)
THRESHOLDS = Thresholds(probability_min=0.3, value_min=1_000, severity_min=3)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (WarningState, warning_pb2.WarningState),
        (WarningOutcome, warning_pb2.WarningOutcome),
        (MeasuredOutcome, warning_pb2.MeasuredOutcome),
    ],
)
def test_the_contract_numbers_as_the_rules_do(rule, message):
    prefix = next(iter(message.keys())).removesuffix("UNSPECIFIED")
    stated = {name.removeprefix(prefix): number for name, number in message.items()}
    assert {"UNSPECIFIED": 0} | {each.name: each.value for each in rule} == stated


@pytest.mark.parametrize(
    ("probability", "value", "severity", "raised"),
    [
        (0.3, 1_000, 0, True),
        (0.2999, 10**9, 2, False),
        (0.9, 999, 2, False),
        (None, 10**9, 2, False),
        (None, 0, 3, True),
        (0.0, 0, 3, True),
    ],
)
def test_who_is_warned_of(probability, value, severity, raised):
    assert raises(Look(probability, value, severity), THRESHOLDS) is raised


def test_no_sign_alone_is_enough_where_the_bank_says_so():
    assert not raises(Look(None, 0, 3), Thresholds(0.3, 0, 4))


@given(st.integers(0, 10**15), st.integers(1, 10_080))
def test_the_value_per_hour_is_exact_to_half_a_unit(loss, minutes):
    exact = Fraction(loss * 60, minutes)
    rounded = per_hour(loss, minutes)
    assert rounded == round(exact) or rounded == VALUE_MAX < exact


@given(st.integers(-(10**30), 10**30), st.integers(-(10**30), 10**30), st.integers(1, 600))
def test_more_at_stake_never_ranks_lower(first, second, minutes):
    low, high = sorted((first, second))
    assert 0 <= per_hour(low, minutes) <= per_hour(high, minutes) <= VALUE_MAX


def test_what_nobody_knows_ranks_last_and_work_takes_time():
    assert per_hour(None, 30) == per_hour(-5, 30) == 0
    with pytest.raises(ValueError, match="no time"):
        per_hour(1, 0)
    assert minutes_of({1: 30, 2: 90}, 2, 30) == 90
    assert minutes_of({1: 30, 2: 90}, 7, 30) == 30


@pytest.mark.parametrize(
    ("last", "severity", "days", "resting"),
    [
        (None, 1, 0, False),
        (Closed(DAY, WarningOutcome.RETAINED, 2), 2, 29, True),
        (Closed(DAY, WarningOutcome.RETAINED, 2), 2, 30, False),
        (Closed(DAY, WarningOutcome.NOT_LEAVING, 2), 3, 1, False),
        (Closed(DAY, WarningOutcome.EXPIRED, 3), 3, 1, True),
        (Closed(DAY, WarningOutcome.FADED, 3), 1, 1, False),
        (Closed(DAY, WarningOutcome.SUPERSEDED, 3), 1, 1, False),
        (Closed(date.max, WarningOutcome.LOST, 3), 1, 1, True),
    ],
)
def test_a_customer_rests_after_somebody_worked_on_him(last, severity, days, resting):
    assert rests(last, severity, DAY + timedelta(days=days), 30) is resting


def test_the_draw_is_stable_fair_and_of_the_year():
    customers = [f"customer-{place}" for place in range(4_000)]
    drawn = {each for each in customers if held_out(each, DAY, 10)}
    assert 300 < len(drawn) < 500
    assert drawn == {each for each in customers if held_out(each, DAY - timedelta(days=100), 10)}
    # A higher share keeps those back that a lower one does; another year draws anew.
    assert drawn < {each for each in customers if held_out(each, DAY, 20)}
    assert drawn != {each for each in customers if held_out(each, DAY + timedelta(days=100), 10)}
    assert not any(held_out(each, DAY, 0) for each in customers)


def test_what_money_says():
    assert measured(left=True, gone=False) is MeasuredOutcome.LEFT
    assert measured(left=False, gone=False) is MeasuredOutcome.STAYED
    assert measured(left=None, gone=False) is MeasuredOutcome.UNKNOWN
    assert measured(left=None, gone=True) is MeasuredOutcome.LEFT_BEFORE


def test_wilsons_interval_is_that_of_the_books():
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for count, total, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        found = share(count, total)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert (share(0, 0).ratio, share(0, 0).low, share(0, 0).high) == (0.0, 0.0, 1.0)


def test_newcombes_interval_of_a_difference_is_that_of_the_paper():
    # Newcombe 1998, table II, method 10: 56 of 70 against 48 of 80.
    found = uplift(share(48, 80), share(56, 70))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert uplift(share(0, 0), share(5, 9)) is None
    assert uplift(share(5, 9), share(0, 0)) is None


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_an_interval_holds_its_value(first, first_total, second, second_total):
    one, other = share(min(first, first_total), first_total), share(min(second, second_total), second_total)
    found = uplift(one, other)
    assert -1.0 <= found.low <= found.value <= found.high <= 1.0


def test_every_feature_of_a_model_calls_for_something_once():
    for name in FEATURES:
        (step,) = next_steps.of_features([name])
        assert step.chinese
        assert step.english
    assert [each.code for each in next_steps.of_features(["fall_30", "draw_down", "complaints_open"])] == [
        "ASK_WHERE_MONEY_GOES",
        "ANSWER_COMPLAINT_FIRST",
    ]
    assert [each.code for each in next_steps.of_features([])] == ["ASK_WHERE_MONEY_GOES"]
