"""Trains on one part and predicts another: by time where there is time, else by stratified cross-validation, repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.analytics.engine.learning.estimators import LIGHTGBM, LOGISTIC, ONE_RULE, Estimator, fit
from services.analytics.engine.learning.measures import MeasuresWithIntervals, gain_with_interval, with_intervals
from tests.backtest.data_sets import DataSet

KINDS = (LIGHTGBM, LOGISTIC, ONE_RULE)
FOLDS = 5
SEED = 7
# Of these the one with the least log loss on rows of the training part that it has not seen is taken; the tested part has no say.
CHOICES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    LIGHTGBM: (
        # One thread: on tables of this size more of them wait for one another.
        {"num_threads": 1},
        {"num_threads": 1, "num_leaves": 6, "min_data_in_leaf": 40},
    ),
    LOGISTIC: ({},),
    ONE_RULE: ({},),
}

# Of larger tables one choice, and fewer, quicker trees: they need less restraint.
_LARGE_ROWS = 20_000
CHOICES_OF_LARGE: Mapping[str, Sequence[Mapping[str, Any]]] = {
    **CHOICES,
    LIGHTGBM: ({"num_threads": 1, "trees": 150, "learning_rate": 0.1, "max_bin": 63},),
}


@dataclass(frozen=True)
class Tried:
    """Of the rows tested: what came true and, by kind, what was predicted (repeats by rows)."""

    data_set: DataSet
    tested: np.ndarray
    predicted: Mapping[str, np.ndarray]

    @property
    def target(self) -> np.ndarray:
        """What came true."""
        return self.data_set.target[self.tested]

    @property
    def clusters(self) -> np.ndarray | None:
        """Whom each row is about."""
        return None if self.data_set.clusters is None else self.data_set.clusters[self.tested]

    def measures(self, kind: str) -> MeasuresWithIntervals:
        """How good a kind was."""
        values = None if self.data_set.values is None else self.data_set.values[self.tested]
        return with_intervals(self.target, self.predicted[kind], values, clusters=self.clusters)

    def gain(self, kind: str, baseline: str) -> tuple[float, float, float] | None:
        """By how much the AUC of a kind is above a baseline's, on the same rows."""
        return gain_with_interval(self.target, self.predicted[kind], self.predicted[baseline], clusters=self.clusters)


def tried(
    data_set: DataSet, kinds: Sequence[str] = KINDS, choices: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
) -> Tried:
    """Every kind on the same parts."""
    choices = choices or (CHOICES_OF_LARGE if len(data_set.target) > _LARGE_ROWS else CHOICES)
    splits = list(_by_time(data_set) if data_set.stretches is not None else _by_folds(data_set))
    repeats = 1 + max(repeat for repeat, _, _ in splits)
    tested = np.unique(np.concatenate([rows for _, _, rows in splits]))
    predicted = {}
    for kind in kinds:
        answers = np.full((repeats, len(data_set.target)), np.nan)
        for repeat, seen, unseen in splits:
            answers[repeat, unseen] = chosen(data_set, kind, seen, choices[kind]).predict(data_set.features[unseen])
        predicted[kind] = answers[:, tested]
    return Tried(data_set, tested, predicted)


def chosen(data_set: DataSet, kind: str, seen: np.ndarray, choices: Sequence[Mapping[str, Any]]) -> Estimator:
    """The estimator whose parameters did best within the training part."""
    target = data_set.target[seen]
    groups = None if data_set.clusters is None else data_set.clusters[seen]
    fitted = [
        fit(kind, data_set.features[seen], target, data_set.monotonic, data_set.names, SEED, groups=groups, parameters=each)
        for each in choices
    ]
    losses = [_log_loss(target, each.out_of_fold) for each in fitted]
    return fitted[losses.index(min(losses))]


def _log_loss(target: np.ndarray, probabilities: np.ndarray | None) -> float:
    if probabilities is None:
        return 0.0
    kept = np.clip(probabilities, 1e-9, 1 - 1e-9)
    return float(-(target * np.log(kept) + (1 - target) * np.log(1 - kept)).mean())


def _by_time(data_set: DataSet) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Rolling origin: each stretch by what was learned from those whose outcome was known."""
    stretches = data_set.stretches
    assert stretches is not None
    for stretch in range(data_set.first_tested, int(stretches.max()) + 1):
        if (unseen := np.flatnonzero(stretches == stretch)).size:
            yield 0, np.flatnonzero(stretches <= stretch - data_set.gap), unseen


def _by_folds(data_set: DataSet) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Folds with the same share of each class."""
    for repeat in range(data_set.repeats):
        random = np.random.default_rng([SEED, repeat])
        fold = np.zeros(len(data_set.target), dtype=int)
        for kind in (0, 1):
            rows = np.flatnonzero(data_set.target == kind)
            fold[random.permutation(rows)] = np.arange(len(rows)) % FOLDS
        for each in range(FOLDS):
            yield repeat, np.flatnonzero(fold != each), np.flatnonzero(fold == each)
