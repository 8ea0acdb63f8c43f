"""Measures equal scikit-learn's, and their intervals hold what they claim."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from services.analytics.engine.learning.measures import gain_with_interval, measured, with_intervals

ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=2, max_size=60)


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_measures_are_those_of_scikit_learn_ties_and_all(rows):
    target, told = [int(left) for left, _ in rows], [tenths / 10 for _, tenths in rows]
    found = measured(target, told)
    assert found.brier == pytest.approx(brier_score_loss(target, told))
    if len(set(target)) == 2:
        assert found.auc == pytest.approx(roc_auc_score(target, told))
    else:
        assert found.auc is None
    if any(target):
        assert found.average_precision == pytest.approx(average_precision_score(target, told))
    else:
        assert found.average_precision is None


def test_golden_numbers():
    target, told = [1, 0, 1, 0, 0, 0, 0, 0, 0, 0], [0.9, 0.8, 0.7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
    found = measured(target, told, values=[300, 50, 100, 0, 0, 0, 0, 0, 0, 0])
    assert found.auc == pytest.approx(15 / 16)
    assert found.average_precision == pytest.approx((1 + 2 / 3) / 2)
    # One of two who left is in the tenth that is called: half, with a tenth of the calls.
    assert found.lift_top_decile == pytest.approx(5.0)
    assert found.value_caught == pytest.approx(0.75)


def test_of_equal_probabilities_the_top_tenth_holds_its_share():
    found = measured([1, 0] * 50, [0.5] * 100, values=[2.0] * 100)
    assert (found.auc, found.lift_top_decile, found.value_caught) == (0.5, 1.0, 0.1)
    assert found.calibration_error == pytest.approx(0.0)


def test_calibration_error_is_what_all_are_off_by():
    assert measured([0] * 80 + [1] * 20, [0.3] * 100).calibration_error == pytest.approx(0.1)


def test_nothing_is_measured_of_no_rows_and_no_number_is_made_up_of_one_class():
    assert measured([], []).auc is None
    assert with_intervals([], []).low.auc is None
    found = with_intervals([0] * 30, [0.1] * 30)
    assert (found.value.auc, found.low.auc, found.high.average_precision) == (None, None, None)
    assert found.value.brier == pytest.approx(0.01)
    assert gain_with_interval([0] * 30, [0.1] * 30, [0.2] * 30) is None


def test_intervals_are_the_same_on_each_call_and_hold_the_value():
    random = np.random.default_rng(3)
    target = (random.random(400) < 0.2).astype(int)
    told = np.clip(target * 0.2 + random.random(400) * 0.7, 0, 1)
    first, second = with_intervals(target, told), with_intervals(target, told)
    assert first == second
    for name, each in first.as_json().items():
        if name != "value_caught":
            assert each["low"] <= each["value"] <= each["high"], name


def test_an_interval_holds_the_true_auc_in_about_95_of_100_samples():
    random = np.random.default_rng(5)
    held = 0
    for _ in range(60):
        target = (random.random(200) < 0.3).astype(int)
        # Normal scores one deviation apart: an AUC of Φ(1 / √2) = 0.7602.
        told = 1 / (1 + np.exp(-(random.normal(size=200) + target)))
        found = with_intervals(target, told, resamples=200)
        held += found.low.auc <= 0.7602 <= found.high.auc
    assert 51 <= held <= 60


def test_rows_of_one_customer_are_drawn_together_and_say_less_than_as_many_customers():
    random = np.random.default_rng(7)
    target = np.repeat((random.random(60) < 0.3).astype(int), 10)
    told = np.repeat(random.random(60), 10)
    alone, together = with_intervals(target, told), with_intervals(target, told, clusters=np.repeat(np.arange(60), 10))
    assert alone.value == together.value
    assert together.high.auc - together.low.auc > 2 * (alone.high.auc - alone.low.auc)


def test_repeats_are_averaged():
    target = [1, 0, 1, 0] * 10
    one, other = [0.9, 0.1, 0.8, 0.2] * 10, [0.1, 0.9, 0.2, 0.8] * 10
    assert with_intervals(target, [one, other]).value.auc == pytest.approx(0.5)


def test_a_gain_is_that_of_the_same_rows():
    random = np.random.default_rng(9)
    target = (random.random(500) < 0.3).astype(int)
    good, bad = np.clip(target * 0.4 + random.random(500) * 0.6, 0, 1), random.random(500)
    value, low, high = gain_with_interval(target, good, bad)
    assert 0.0 < low < value < high
    assert gain_with_interval(target, good, good) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("target", "told"), [([1, 0], [0.5]), ([2, 0], [0.5, 0.5]), ([1, 0], [1.5, 0.5]), ([1, 0], [float("nan"), 0.5])]
)
def test_what_is_no_probability_is_refused(target, told):
    with pytest.raises(ValueError, match=r"."):
        measured(target, told)
