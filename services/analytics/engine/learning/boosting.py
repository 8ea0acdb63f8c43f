"""Gradient-boosted trees (LightGBM) that keep to the directions that are known beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from lightgbm import Booster
    from numpy.typing import NDArray

_FILE_NAME = "trees.txt"
# At most; how many are best is found out on rows that the trees have not seen.
TREES_MAX = 300
THREADS = 2
_THREADED_ROWS_MIN = 50_000
# How many trees is told in another way, and the rest is of other kinds of estimators.
_NOT_OF_LIGHTGBM = ("trees", "ridge_rows")
# Small trees slowly: what a bank knows of its leavers is little, and the ranking has to hold next year.
PARAMETERS: Mapping[str, Any] = {
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "lambda_l2": 1.0,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 255,
    "monotone_constraints_method": "intermediate",
}


@dataclass(frozen=True, slots=True)
class Boosting:
    """Trees, of which the first so many count (0: all)."""

    booster: Booster
    trees: int = 0

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log odds."""
        return self._predicted(features, raw_score=True, num_iteration=self.trees or -1)

    def part(self, features: NDArray[np.float64], first: int, count: int) -> NDArray[np.float64]:
        """What so many trees from the first on add to the log odds."""
        return self._predicted(features, raw_score=True, start_iteration=first, num_iteration=count)

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """By row and feature, how much it adds to the log odds of the average row: Shapley values (Lundberg & others 2020)."""
        return self._predicted(features, pred_contrib=True, num_iteration=self.trees or -1)[:, :-1]

    def _predicted(self, features: NDArray[np.float64], **options: Any) -> NDArray[np.float64]:
        import numpy as np

        return np.asarray(self.booster.predict(features, num_threads=_threads(len(features)), **options), dtype=np.float64)

    def save(self, folder: Path) -> dict[str, Any]:
        """As `load` takes it; the trees stand in a text file of their own."""
        text = self.booster.model_to_string(num_iteration=self.trees or -1)
        (folder / _FILE_NAME).write_text(text, encoding="utf-8", newline="\n")
        return {}


def load(folder: Path, _value: Mapping[str, Any]) -> Boosting:
    """What `save` wrote."""
    import lightgbm

    return Boosting(lightgbm.Booster(model_str=(folder / _FILE_NAME).read_text(encoding="utf-8")))


def train(
    features: NDArray[np.float64],
    target: NDArray[np.float64],
    weights: NDArray[np.float64],
    monotonic: Sequence[int],
    seed: int,
    parameters: Mapping[str, Any],
) -> Boosting:
    """`parameters["trees"]` trees; the others are LightGBM's, over `PARAMETERS`."""
    import lightgbm

    chosen = {name: value for name, value in parameters.items() if name not in _NOT_OF_LIGHTGBM}
    settings: dict[str, Any] = {
        **PARAMETERS,
        **chosen,
        "objective": "binary",
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    settings.setdefault("num_threads", _threads(len(target)))
    # Of few rows a leaf holds fewer, or there is no tree at all.
    settings["min_data_in_leaf"] = min(settings["min_data_in_leaf"], max(1, len(target) // 20))
    if any(monotonic):
        settings["monotone_constraints"] = list(monotonic)
    names = [f"feature_{index}" for index in range(features.shape[1])]
    data = lightgbm.Dataset(features, label=target, weight=weights, feature_name=names, free_raw_data=True)
    return Boosting(lightgbm.train(settings, data, num_boost_round=int(parameters.get("trees", TREES_MAX))))


def _threads(rows: int) -> int:
    """Of few rows threads cost more than they bring: they wait for each other by spinning."""
    return THREADS if rows >= _THREADED_ROWS_MIN else 1


def steps(trees: int) -> list[int]:
    """How many trees are tried: each about a quarter more than before."""
    found, count = [], 10
    while count < trees:
        found.append(count)
        count = max(count + 5, count * 5 // 4)
    return [*found, trees]
