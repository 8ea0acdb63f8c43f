"""Estimators: calibrated, explained, true to their directions, and the same in every byte."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.engine.learning import estimators
from services.analytics.engine.learning.calibration import FREE_CURVE_MIN, Calibration, calibrate, logistic
from services.analytics.engine.learning.estimators import KINDS, Estimator, fit
from services.chassis.kernel.errors import RuleBroken

NAMES = ("risk", "guard", "noise", "empty")
FAST = {"trees": 20, "num_threads": 1}


def rows(count=600, seed=3, missing=0.1):
    random = np.random.default_rng(seed)
    features = random.normal(0, 1, (count, 4))
    probability = 1 / (1 + np.exp(-(-1.5 + 1.5 * features[:, 0] - features[:, 1])))
    target = (random.random(count) < probability).astype(float)
    features[random.random((count, 4)) < missing] = np.nan
    features[:, 3] = np.nan
    return features, target


def trained(kind, features, target, **fields):
    return fit(kind, features, target, [1, -1, 0, 0], NAMES, 7, parameters=FAST, **fields)


def digest(folder):
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.iterdir()))).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_answers_the_same_and_is_the_same_when_trained_again(kind, tmp_path):
    features, target = rows()
    folders = [tmp_path / "1", tmp_path / "2"]
    for folder in folders:
        folder.mkdir()
        estimator = trained(kind, features, target)
        estimator.save(folder)
    assert digest(folders[0]) == digest(folders[1])
    loaded = Estimator.load(folders[0])
    np.testing.assert_array_equal(loaded.predict(features), estimator.predict(features))
    np.testing.assert_array_equal(loaded.reasons(features, 2).features, estimator.reasons(features, 2).features)
    assert not [path for path in folders[0].iterdir() if path.suffix not in {".json", ".txt"}]


@pytest.mark.parametrize("kind", KINDS)
def test_estimates_are_probabilities_whose_mean_is_the_rate(kind):
    features, target = rows(1_500)
    estimator = trained(kind, features, target)
    unseen, outcome = rows(3_000, seed=4)
    told = estimator.predict(unseen)
    assert ((told > 0) & (told < 1)).all()
    assert abs(told.mean() - outcome.mean()) < 0.03
    # Of those told the most in fact most leave.
    order = np.argsort(-told)
    assert outcome[order[:300]].mean() > 1.7 * outcome.mean()
    assert abs(told[order[:300]].mean() - outcome[order[:300]].mean()) < 0.12


@pytest.fixture(scope="module")
def directed():
    return [trained(kind, *rows()) for kind in (estimators.LIGHTGBM, estimators.LOGISTIC)]


@settings(max_examples=30, deadline=None)
@given(row=st.lists(st.floats(-5, 5), min_size=4, max_size=4), more=st.floats(0, 5))
def test_risk_only_grows_with_what_it_may_only_grow_with(directed, row, more):
    here, there = np.array([row]), np.array([row])
    there[0, 0] += more
    there[0, 1] -= more
    for estimator in directed:
        assert estimator.predict(there)[0] >= estimator.predict(here)[0] - 1e-12


@pytest.mark.parametrize("kind", KINDS)
def test_reasons_are_what_speaks_for_leaving_the_strongest_first(kind):
    estimator = trained(kind, *rows())
    reasons = estimator.reasons(np.array([[3.0, -3.0, 0.0, np.nan], [-3.0, 3.0, 0.0, np.nan]]), 3)
    assert reasons.features[0, 0] in {0, 1}
    assert (reasons.contributions >= 0).all()
    assert (np.diff(reasons.contributions, axis=1) <= 0).all()
    assert ((reasons.features == -1) == (reasons.contributions == 0)).all()
    # Nothing speaks for the second to leave but, at most, what says nothing.
    assert reasons.contributions[1].max() < 0.3 < reasons.contributions[0, 0]
    assert 3 not in reasons.features


def test_one_rule_takes_the_one_feature_that_tells_most():
    features, target = rows(2_000, missing=0.0)
    core = trained(estimators.ONE_RULE, features, target).core
    assert NAMES[core.feature] == "risk"
    assert sorted(core.log_odds[:-1]) == list(core.log_odds[:-1])


def test_a_group_is_in_one_fold():
    target = np.array([1.0, 0.0, 0.0] * 40)
    groups = np.repeat(np.arange(40), 3)
    folds = estimators._folds(target, groups, 7)
    assert all(len(set(folds[groups == group])) == 1 for group in range(40))
    assert np.bincount(folds).tolist() == [24] * 5


@pytest.mark.parametrize("left", [0, 3, 37])
def test_few_of_either_class_are_refused(left):
    target = np.zeros(40)
    target[:left] = 1
    with pytest.raises(RuleBroken) as refused:
        trained(estimators.LOGISTIC, np.zeros((40, 4)), target)
    assert refused.value.reason == "MODEL_LEAVERS_TOO_FEW"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0.0, np.nan, 1e300, -1e300])
def test_rows_that_are_all_alike_have_the_base_rate(kind, value):
    target = np.array([1.0] * 10 + [0.0] * 40)
    told = trained(kind, np.full((50, 4), value), target).predict(np.full((3, 4), value))
    np.testing.assert_allclose(told, 0.2, atol=0.05)


def test_calibration_rises_strictly_and_follows_a_free_curve_where_there_is_enough():
    random = np.random.default_rng(1)
    scores = np.sort(random.normal(0, 2, 8 * FREE_CURVE_MIN))
    truth = np.where(scores < 0, 0.1, 0.1 + 0.6 * logistic(scores * 3 - 3))
    target = (random.random(len(scores)) < truth).astype(float)
    calibration = calibrate(scores, target, np.ones_like(scores))
    assert calibration.scores
    told = calibration(scores)
    assert (np.diff(told) > 0).all()
    assert np.abs(told - truth).mean() < 0.03
    assert Calibration.of_json(calibration.to_json()) == calibration


def test_scores_that_rank_the_wrong_way_round_promise_nothing():
    scores = np.linspace(-1, 1, 200)
    told = calibrate(scores, (scores < 0).astype(float), np.ones(200))(scores)
    assert told.max() - told.min() < 1e-6
    assert (np.diff(told) >= 0).all()
