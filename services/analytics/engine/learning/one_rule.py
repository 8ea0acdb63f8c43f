"""The baseline of one rule (Holte 1993): the single feature that alone says most, in a few ranges, each with its rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS_MAX = 8
# So many rows of the base rate are added to each range: a small range claims little.
PRIOR_ROWS = 20.0


@dataclass(frozen=True, slots=True)
class OneRule:
    """One feature: its inner bounds, the log odds of each range, and those of rows where it is missing (the last)."""

    feature: int
    bounds: tuple[float, ...]
    log_odds: tuple[float, ...]
    base: float

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log odds."""
        import numpy as np

        return np.asarray(self.log_odds)[_ranges(features[:, self.feature], self.bounds)]

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """By row and feature, how much it adds to the log odds of the base."""
        import numpy as np

        answer = np.zeros(features.shape)
        answer[:, self.feature] = self.scores(features) - self.base
        return answer

    def save(self, _folder: Path) -> dict[str, Any]:
        """As `load` takes it; writes no file of its own."""
        return {"feature": self.feature, "bounds": list(self.bounds), "log_odds": list(self.log_odds), "base": self.base}


def load(_folder: Path, value: Mapping[str, Any]) -> OneRule:
    """What `save` answered."""
    return OneRule(value["feature"], tuple(value["bounds"]), tuple(value["log_odds"]), value["base"])


def train(
    features: NDArray[np.float64],
    target: NDArray[np.float64],
    weights: NDArray[np.float64],
    monotonic: Sequence[int],
    _seed: int,
    _parameters: Mapping[str, Any],
) -> OneRule:
    """The rule of the feature whose ranges tell most of the target (least log loss); of equals the first."""
    rules = [_rule(features, target, weights, feature, monotonic[feature]) for feature in range(features.shape[1])]
    losses = [_loss(rule.scores(features), target, weights) for rule in rules]
    return rules[losses.index(min(losses))]


def _rule(
    features: NDArray[np.float64], target: NDArray[np.float64], weights: NDArray[np.float64], feature: int, direction: int
) -> OneRule:
    import numpy as np

    column = features[:, feature]
    known = column[~np.isnan(column)]
    quantiles = np.quantile(known, np.linspace(0.0, 1.0, BINS_MAX + 1)[1:-1], method="higher") if len(known) else np.array([])
    bounds = np.unique(quantiles)
    place = _ranges(column, tuple(bounds))
    rows = np.bincount(place, weights=weights, minlength=len(bounds) + 2)
    left = np.bincount(place, weights=weights * target, minlength=len(bounds) + 2)
    base = float((left.sum() + 0.5) / (rows.sum() + 1.0))
    rates = (left + PRIOR_ROWS * base) / (rows + PRIOR_ROWS)
    if direction:
        from sklearn.isotonic import isotonic_regression

        rates[:-1] = isotonic_regression(rates[:-1], sample_weight=rows[:-1] + PRIOR_ROWS, increasing=direction > 0)
    odds = np.log(rates / (1.0 - rates))
    return OneRule(feature, tuple(map(float, bounds)), tuple(map(float, odds)), float(np.log(base / (1.0 - base))))


def _ranges(column: NDArray[np.float64], bounds: Sequence[float]) -> NDArray[np.int64]:
    """In which range each value lies: a bound begins one; what is missing comes last."""
    import numpy as np

    place = np.searchsorted(np.asarray(bounds), column, side="right")
    return np.where(np.isnan(column), len(bounds) + 1, place)


def _loss(scores: NDArray[np.float64], target: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    import numpy as np

    return float((weights * (np.logaddexp(0.0, scores) - target * scores)).sum())
