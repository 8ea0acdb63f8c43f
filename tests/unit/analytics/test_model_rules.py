"""Drift and rolling origins, as written down."""

from datetime import date

import numpy as np
import pytest

from services.analytics.engine.learning import drift
from services.analytics.rules.models import DriftMark, drift_mark, rolling_origins, stability_index, stability_noise


def test_the_stability_index_of_a_worked_example():
    # (0.3 - 0.5) ln 0.6 + (0.7 - 0.5) ln 1.4 by hand.
    then = [0.5, 0.5]
    now = [0.3, 0.7]
    assert stability_index(then, now) == pytest.approx(0.2 * 0.5108256 + 0.2 * 0.3364722, abs=1e-6)
    assert stability_index(then, then) == 0
    assert stability_index([1.0, 0.0], [0.0, 1.0]) == pytest.approx(2 * 0.9999 * np.log(1e4), rel=1e-6)


@pytest.mark.parametrize(
    ("index", "noise", "mark"),
    [
        (0.0999, 0, DriftMark.STABLE), (0.1, 0, DriftMark.SHIFTED), (0.2499, 0, DriftMark.SHIFTED),
        (0.25, 0, DriftMark.DRIFTED), (0.3, 0.31, DriftMark.STABLE), (0.3, 0.2, DriftMark.DRIFTED),
    ],
)  # fmt: skip
def test_marks_are_of_what_is_beyond_chance(index, noise, mark):
    assert drift_mark(index, noise) is mark


def test_noise_is_what_unchanged_rows_reach_one_month_in_twenty():
    random = np.random.default_rng(1)
    then, now = random.multinomial(1_000, [0.1] * 10, 2_000) / 1_000, random.multinomial(300, [0.1] * 10, 2_000) / 300
    found = [stability_index(one, other) for one, other in zip(then, now, strict=True)]
    assert np.mean(np.array(found) > stability_noise(10, 1_000, 300)) == pytest.approx(0.05, abs=0.02)


def test_what_moved_is_told_by_its_name():
    random = np.random.default_rng(1)
    features = random.normal(0, 1, (2_000, 2))
    then = drift.reference(features, ("a", "b"), logistic_of(features))
    features = random.normal(0, 1, (1_000, 2))
    same = drift.compare(then, features, ("a", "b"), logistic_of(features))
    assert {name: drift_mark(each["index"], each["noise"]) for name, each in same.items()} == dict.fromkeys(
        ("a", "b", drift.SCORE), DriftMark.STABLE
    )
    features[:, 1] = np.where(random.random(1_000) < 0.4, np.nan, features[:, 1])
    moved = drift.compare(then, features, ("a", "b"), logistic_of(features))
    assert drift_mark(moved["b"]["index"], moved["b"]["noise"]) is DriftMark.DRIFTED
    assert drift_mark(moved["a"]["index"], moved["a"]["noise"]) is DriftMark.STABLE
    assert drift.compare(then, features[:0], ("a", "b"), np.array([])) == {}


def logistic_of(features):
    return 1 / (1 + np.exp(-np.nan_to_num(features[:, 0])))


def test_an_origin_learns_only_from_what_was_over_by_then():
    days = [date(2026, month, 1) for month in (1, 2, 3, 4, 5, 6)]
    splits = rolling_origins(days, 90, 2)
    assert splits == [([days[0]], days[4]), ([days[0], days[1], days[2]], days[5])]
    assert rolling_origins(days[:3], 90, 4) == []
    assert rolling_origins([], 90, 4) == []
