"""Features that know the outcome are named and refused; honest ones are not."""

from datetime import date

import numpy as np
import pytest

from services.analytics.engine.learning import leaks
from services.chassis.kernel.errors import RuleBroken

NAMES = ("balance", "after", "honest", "flag")


def rows(count=500):
    random = np.random.default_rng(2)
    balance = random.lognormal(10, 1, count)
    kept = random.random(count)
    target = (kept < 0.2).astype(float)
    honest = target + random.normal(0, 1, count)
    return np.column_stack([balance, balance * kept, honest, random.integers(0, 2, count)]), target


def test_an_average_of_afterwards_is_seen_in_its_ratio():
    features, target = rows()
    (leak,) = leaks.find(features, target, NAMES)
    assert (leak.names, leak.reason) == (("balance", "after"), leaks.PREDICTS_AS_RATIO)
    assert leak.auc > 0.99
    assert leaks.find(features[:, [0, 2, 3]], target, ("balance", "honest", "flag")) == ()


@pytest.mark.parametrize("way", ["same", "turned", "missing", "scaled"])
def test_a_feature_that_tells_alone_is_named_whichever_way_it_does(way):
    features, target = rows()
    noise = features[:, 2] % 1
    told = {"same": target, "turned": -target, "missing": np.where(target > 0, np.nan, noise), "scaled": 5 * target + noise}
    features[:, 3] = told[way]
    found = leaks.find(features, target, NAMES, ratios=False)
    assert [(leak.names, leak.reason) for leak in found] == [(("flag",), leaks.PREDICTS_ALONE)]
    with pytest.raises(RuleBroken) as refused:
        leaks.refuse(found)
    assert (refused.value.reason, refused.value.metadata) == ("MODEL_FEATURES_LEAK", {"features": "flag"})


def test_a_feature_that_looks_beyond_the_date_is_named_however_little_it_tells():
    features, target = rows()
    day = date(1997, 12, 31)
    found = leaks.find(
        features[:, [2, 3]], target, ("honest", "flag"), as_of_date=day, known_until={"flag": date(1998, 1, 1), "honest": day}
    )
    assert found == (leaks.Leak(("flag",), leaks.LOOKS_AHEAD),)


def test_few_rows_accuse_nobody():
    assert leaks.find(np.array([[0.0], [1.0]] * 5), np.array([0.0, 1.0] * 5), ("flag",)) == ()
    leaks.refuse(())
