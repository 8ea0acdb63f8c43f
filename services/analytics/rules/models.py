"""Models: how one stands, which learn, and when what it sees has drifted away from what it learned from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from enum import IntEnum


class ModelState(IntEnum):
    """Stored as the number, which never changes its meaning; `workbench.analytics.v1.ModelState` mirrors it."""

    TRAINING = 1
    # It may become the champion.
    CHALLENGER = 2
    # Its probabilities rank customers.
    CHAMPION = 3
    RETIRED = 4
    # It learned nothing; why, its error says.
    FAILED = 5


class ModelKind(IntEnum):
    """Stored as the number, which never changes its meaning; `workbench.analytics.v1.ModelKind` mirrors it."""

    # Gradient-boosted trees.
    LIGHTGBM = 1
    # Logistic regression.
    LOGISTIC = 2
    # One feature in a few ranges.
    ONE_RULE = 3


class DriftMark(IntEnum):
    """Stored as the number, which never changes its meaning; `workbench.analytics.v1.DriftMark` mirrors it."""

    STABLE = 1
    # Worth a look.
    SHIFTED = 2
    # It no longer sees what it learned from: train anew.
    DRIFTED = 3


# As practice has it (Siddiqi 2006, "Credit Risk Scorecards", chapter 9).
SHIFTED_FROM = 0.10
DRIFTED_FROM = 0.25
# Of a share that is empty on one side, so that it stays finite.
_SHARE_MIN = 1e-4


def stability_index(expected: Sequence[float], actual: Sequence[float]) -> float:
    """The population stability index (PSI) of two distributions over the same ranges: Σ (a - e) · ln(a / e)."""
    pairs = [(max(one, _SHARE_MIN), max(other, _SHARE_MIN)) for one, other in zip(expected, actual, strict=True)]
    return sum((now - then) * math.log(now / then) for then, now in pairs)


def stability_noise(ranges: int, expected_rows: int, actual_rows: int) -> float:
    """What an index reaches by chance in one of twenty months where nothing has changed: few rows differ always.

    The index is about (1/m + 1/n) times a chi-square variable of as many degrees as there are ranges less one (Yurdakul 2018,
    "Statistical Properties of Population Stability Index"); its 95th percentile by Wilson and Hilferty 1931.
    """
    degrees = max(1, ranges - 1)
    spread = 2.0 / (9.0 * degrees)
    percentile = degrees * (1.0 - spread + 1.6449 * math.sqrt(spread)) ** 3
    return percentile * (1.0 / max(1, expected_rows) + 1.0 / max(1, actual_rows))


def drift_mark(index: float, noise: float = 0.0) -> DriftMark:
    """What an index means that could be so much by chance."""
    if index < max(SHIFTED_FROM, noise):
        return DriftMark.STABLE
    return DriftMark.DRIFTED if index >= DRIFTED_FROM else DriftMark.SHIFTED


def rolling_origins(as_of_dates: Sequence[date], horizon_days: int, count_max: int) -> list[tuple[list[date], date]]:
    """For each of the last origins: the dates that could be learned from on it, and the origin itself, which is the test.

    On an origin only outcomes are known whose horizon was over by then: a date less than a horizon before it is in neither part,
    else the model would learn from a future that its test shares.
    """
    ordered = sorted(set(as_of_dates))
    splits = [([day for day in ordered if (origin - day).days >= horizon_days], origin) for origin in ordered]
    return [split for split in splits if split[0]][-count_max:]
