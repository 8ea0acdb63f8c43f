"""What a card warns of, in both languages."""

import pytest

from services.analytics.rules.cards import limits


def card(**fields):
    interval = {"value": 0.8, "low": 0.75, "high": 0.85}
    measures = {"auc": interval, "calibration_error": {"value": 0.01, "low": 0.0, "high": 0.02}}
    return {
        "kind": "lightgbm",
        "leaving": {"horizon_days": 90, "kept_fraction": 0.5},
        "data": {"as_of_dates": ["2025-06-30"], "last_outcome_date": "2026-03-31"},
        "tests": {"leavers": 500},
        "measures": {"lightgbm": measures},
        "gains": {"logistic": {"auc": {"value": 0.02, "low": 0.01, "high": 0.03}}},
        "by_kind": [{"customer_kind": 1, "rows": 5_000}],
        "exclusions": {"features_never_known": []},
    } | fields


def test_a_good_card_warns_of_what_always_holds():
    told = limits(card())
    assert len(told) == 3
    assert all(chinese and english for chinese, english in told)
    assert "50 %" in told[0][1]
    assert "90天" in told[0][0]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tests": {"leavers": 12}}, "Only 12 left"),
        ({"gains": {"one_rule": {"auc": {"value": 0.0, "low": -0.01, "high": 0.02}}}}, "one_rule"),
        ({"by_kind": [{"customer_kind": 2, "rows": 3}]}, "Of 1 kinds"),
        ({"exclusions": {"features_never_known": ["tier", "kind"]}}, "Of 2 features"),
    ],
)
def test_a_card_warns_of_what_its_own_measures_say(fields, words):
    assert words in limits(card(**fields))[-1][1]


def test_a_weak_or_badly_calibrated_model_says_so():
    measures = {"auc": {"value": 0.6}, "calibration_error": {"value": 0.12}}
    told = [english for _, english in limits(card(measures={"lightgbm": measures}))]
    assert "It ranks weakly (AUC 0.60)." in told
    assert any("12.0 points" in words for words in told)
    # Nobody left in the tests: nothing is known of how it ranks, and few left.
    unknown = {"auc": {"value": None}, "calibration_error": {"value": None}}
    assert len(limits(card(measures={"lightgbm": unknown}, tests={"leavers": 0}))) == 4
