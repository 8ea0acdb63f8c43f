"""What a card warns of, and reasons in words."""

import json

import pytest

from services.analytics.rules.cards import limits
from services.analytics.rules.features import FEATURES
from services.analytics.rules.reasons import in_words, reasons


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


@pytest.mark.parametrize(
    ("name", "value", "chinese", "english"),
    [
        ("fall_30", 0.624, "62.4%", "62.4%"),
        ("contact_overdue_days", 42, "42天", "42 days"),
        ("own_transfer_30", 250_000_00, "25万元", "CNY 250k"),
        ("rate_gap_e8", 1_250_000, "1.25个百分点", "1.25 points"),
        ("complaints_open", 2, "2", "2"),
        ("fall_30", None, "未知", "unknown"),
        ("fall_onset_date", "2026-03-01", "2026-03-01", "2026-03-01"),
    ],
)
def test_a_reason_stands_with_its_value(name, value, chinese, english):
    feature = FEATURES[name]
    assert in_words(name, value, "CNY") == (f"{feature.chinese}: {chinese}", f"{feature.english}: {english}")


def test_a_flag_needs_no_value_and_what_is_known_no_more_its_name():
    assert in_words("loan_ended_90", 1, "CNY") == (FEATURES["loan_ended_90"].chinese, FEATURES["loan_ended_90"].english)
    assert in_words("gone_feature", 1, "CNY") == ("gone_feature", "gone_feature")
    kept = json.dumps([{"feature": "fall_30", "value": 0.5, "contribution": 1.5}])
    (reason,) = reasons(kept, "CNY")
    assert (reason.feature, reason.contribution, reason.english.endswith("50%")) == ("fall_30", 1.5, True)
    assert reasons("[]", "CNY") == reasons("", "CNY") == []


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_every_feature_has_words_in_both_languages(name):
    chinese, english = in_words(name, None, "CNY")
    assert chinese != english
    assert chinese
