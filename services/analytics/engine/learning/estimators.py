"""Estimators of who leaves: trained, calibrated, explained and kept, all kinds in one way.

The same rows, names, directions and seed give the same estimator, byte for byte: what is kept can be made again and compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from services.analytics.engine.learning import boosting, one_rule, regression
from services.analytics.engine.learning.calibration import Calibration, calibrate
from services.chassis.kernel.errors import RuleBroken

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LIGHTGBM, LOGISTIC, ONE_RULE = "lightgbm", "logistic", "one_rule"
_KINDS: Mapping[str, ModuleType] = {LIGHTGBM: boosting, LOGISTIC: regression, ONE_RULE: one_rule}
KINDS = tuple(_KINDS)
_FILE_NAME = "estimator.json"
# Of the rarer class: below that nothing can be learned, nor calibrated.
ROWS_MIN = 4
FOLDS = 5


class _Core(Protocol):
    """What an estimator stands on."""

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]: ...

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]: ...

    def save(self, folder: Path) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Reasons:
    """By row, which features raise the estimate most, and by how much (log odds); the greatest first, then -1 and 0."""

    features: NDArray[np.int64]
    contributions: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimator:
    """What was learned. Features are a matrix of floats by `names`, NaN where a value is missing."""

    kind: str
    names: tuple[str, ...]
    monotonic: tuple[int, ...]
    seed: int
    base_rate: float
    calibration: Calibration
    core: _Core
    # Of the rows that it was trained on, in their order, the estimates of folds that had not seen them; not kept.
    out_of_fold: NDArray[np.float64] | None = None

    def predict(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities."""
        return self.calibration(self.core.scores(features))

    def reasons(self, features: NDArray[np.float64], top: int) -> Reasons:
        """Up to `top` reasons a row; a feature that speaks against leaving is none."""
        import numpy as np

        parts = np.maximum(self.core.contributions(features), 0.0)
        # Stable, so that equals come in the order of the features.
        order = np.argsort(-parts, axis=1, kind="stable")[:, :top]
        greatest = np.take_along_axis(parts, order, axis=1)
        return Reasons(np.where(greatest > 0.0, order, -1), greatest)

    def save(self, folder: Path) -> None:
        """Writes text files into the folder, which is there."""
        value = {
            "kind": self.kind,
            "names": list(self.names),
            "monotonic": list(self.monotonic),
            "seed": self.seed,
            "base_rate": self.base_rate,
            "calibration": self.calibration.to_json(),
            "core": self.core.save(folder),
        }
        text = json.dumps(value, indent=1, sort_keys=True) + "\n"
        (folder / _FILE_NAME).write_text(text, encoding="utf-8", newline="\n")

    @staticmethod
    def load(folder: Path) -> Estimator:
        """What `save` wrote."""
        value = json.loads((folder / _FILE_NAME).read_text(encoding="utf-8"))
        return Estimator(
            value["kind"],
            tuple(value["names"]),
            tuple(value["monotonic"]),
            value["seed"],
            value["base_rate"],
            Calibration.of_json(value["calibration"]),
            _KINDS[value["kind"]].load(folder, value["core"]),
        )


def fit(  # noqa: PLR0913 - six are needed; the rest have defaults and are given by name
    kind: str,
    features: NDArray[np.float64],
    target: NDArray[Any],
    monotonic: Sequence[int],
    names: Sequence[str],
    seed: int,
    *,
    weights: NDArray[np.float64] | None = None,
    groups: NDArray[Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    beat: Callable[[], None] = lambda: None,
) -> Estimator:
    """An estimator of `target` (1: leaves), calibrated by its own folds.

    `monotonic` says by feature +1 or -1 where the estimate may only rise or only fall with it, else 0. Rows of one group (a
    customer at several dates) are in one fold, else the calibration would be learned from rows half seen. `parameters` go over
    the kind's own. `beat` is called between the parts of the work. Raises RuleBroken MODEL_LEAVERS_TOO_FEW where there are fewer
    than ROWS_MIN of one class.
    """
    import numpy as np

    features, target = np.ascontiguousarray(features, dtype=np.float64), np.asarray(target, dtype=np.float64)
    weights = np.ones(len(target)) if weights is None else np.asarray(weights, dtype=np.float64)
    if min(target.sum(), len(target) - target.sum()) < ROWS_MIN:
        raise RuleBroken("MODEL_LEAVERS_TOO_FEW", f"To learn there must be {ROWS_MIN} who left and {ROWS_MIN} who stayed.")
    chosen = dict(parameters or {})
    folds = _folds(target, groups, seed)
    train = _KINDS[kind].train
    scores = np.zeros(len(target))
    if kind == LIGHTGBM:
        scores, chosen["trees"] = _boosted_out_of_fold(features, target, weights, monotonic, seed, chosen, folds, beat)
    else:
        for fold in range(FOLDS):
            seen, unseen = folds != fold, folds == fold
            core = train(features[seen], target[seen], weights[seen], monotonic, seed, chosen)
            scores[unseen] = core.scores(features[unseen])
            beat()
    core = train(features, target, weights, monotonic, seed, chosen)
    calibration = calibrate(scores, target, weights)
    base_rate = float(np.average(target, weights=weights))
    return Estimator(kind, tuple(names), tuple(monotonic), seed, base_rate, calibration, core, out_of_fold=calibration(scores))


def _folds(target: NDArray[np.float64], groups: NDArray[Any] | None, seed: int) -> NDArray[np.int64]:
    """By row its fold: groups whole, and each fold with its share of those that left."""
    import numpy as np

    _, place = np.unique(np.arange(len(target)) if groups is None else groups, return_inverse=True)
    left = np.zeros(place.max() + 1)
    np.maximum.at(left, place, target)
    random = np.random.default_rng(seed)
    fold = np.zeros(len(left), dtype=np.int64)
    for kind in (0.0, 1.0):
        members = np.flatnonzero(left == kind)
        fold[random.permutation(members)] = np.arange(len(members)) % FOLDS
    return fold[place]


def _boosted_out_of_fold(
    features: NDArray[np.float64],
    target: NDArray[np.float64],
    weights: NDArray[np.float64],
    monotonic: Sequence[int],
    seed: int,
    parameters: Mapping[str, Any],
    folds: NDArray[np.int64],
    beat: Callable[[], None],
) -> tuple[NDArray[np.float64], int]:
    """Scores of folds that had not seen the row, and how many trees give the best ones."""
    import numpy as np

    steps = boosting.steps(int(parameters.get("trees", boosting.TREES_MAX)))
    staged = np.zeros((len(steps), len(target)))
    for fold in range(FOLDS):
        seen, unseen = folds != fold, folds == fold
        core = boosting.train(features[seen], target[seen], weights[seen], monotonic, seed, parameters)
        so_far, before = np.zeros(int(unseen.sum())), 0
        for index, count in enumerate(steps):
            # A booster that found nothing to split has fewer trees than asked for; beyond its last it adds nothing.
            if before < core.booster.current_iteration():
                so_far = so_far + core.part(features[unseen], before, count - before)
            staged[index, unseen], before = so_far, count
        beat()
    losses = [float((weights * (np.logaddexp(0.0, scores) - target * scores)).sum()) for scores in staged]
    best = losses.index(min(losses))
    return staged[best], steps[best]
