"""Turns an estimator's scores into probabilities that mean what they say: of customers told 20 %, one in five leaves.

Learned from scores of rows that the estimator had not seen (out of fold). Where there are few of one class the curve is a
sigmoid (Platt 1999, with his targets), which two numbers describe; where there are many it is centred isotonic regression (Oron &
Flournoy 2017), which follows any rising curve and has no steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many of the rarer class, and a free curve is steadier than a sigmoid (Niculescu-Mizil & Caruana 2005, section 5).
FREE_CURVE_MIN = 1_000
# What keeps the order of scores that lie on a flat piece of the curve: far below anything that is shown.
_ORDER_SHARE = 1e-6
_NEWTON_STEPS_MAX = 100
_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class Calibration:
    """A curve from scores (log odds) to probabilities: strictly rising, so that the ranking stays."""

    slope: float
    intercept: float
    # Of the free curve its knots; empty where the sigmoid is all.
    scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()

    def __call__(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities of scores."""
        import numpy as np

        sigmoid = logistic(self.slope * scores + self.intercept)
        if not self.scores:
            return sigmoid
        curve: Any = np.interp(scores, self.scores, self.probabilities)
        return (1.0 - _ORDER_SHARE) * curve + _ORDER_SHARE * sigmoid

    def to_json(self) -> dict[str, Any]:
        """As `of_json` takes it."""
        return {
            "slope": self.slope,
            "intercept": self.intercept,
            "scores": list(self.scores),
            "probabilities": list(self.probabilities),
        }

    @staticmethod
    def of_json(value: Mapping[str, Any]) -> Calibration:
        """What `to_json` answered."""
        return Calibration(value["slope"], value["intercept"], tuple(value["scores"]), tuple(value["probabilities"]))


def calibrate(scores: NDArray[np.float64], target: NDArray[np.float64], weights: NDArray[np.float64]) -> Calibration:
    """The curve by which unseen scores become probabilities."""
    slope, intercept = _sigmoid(scores, target, weights)
    rarer = min(int(target.sum()), int(len(target) - target.sum()))
    if rarer < FREE_CURVE_MIN:
        return Calibration(slope, intercept)
    return Calibration(slope, intercept, *_free(scores, target, weights))


def logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + e^-x), without overflow."""
    import numpy as np

    answer: NDArray[np.float64] = 0.5 * (1.0 + np.tanh(0.5 * np.clip(values, -700.0, 700.0)))
    return answer


def _sigmoid(scores: NDArray[np.float64], target: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Slope (never below 0) and intercept, by Newton's method on Platt's targets, which keep a perfect separation finite."""
    import numpy as np

    positive, negative = float((weights * target).sum()), float((weights * (1.0 - target)).sum())
    goal = np.where(target > 0, (positive + 1.0) / (positive + 2.0), 1.0 / (negative + 2.0))
    design = np.column_stack([scores, np.ones_like(scores)])
    coefficients = np.array([0.0, np.log((positive + 1.0) / (negative + 1.0))])
    loss = _loss(design @ coefficients, goal, weights)
    for _ in range(_NEWTON_STEPS_MAX):
        probability = logistic(design @ coefficients)
        gradient = design.T @ (weights * (probability - goal))
        curvature = (design * (weights * probability * (1.0 - probability))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        # Halved until it helps: far from the goal a whole step may go too far.
        while (shorter := _loss(design @ (coefficients - step), goal, weights)) > loss and np.abs(step).max() > _TOLERANCE:
            step = 0.5 * step
        coefficients = coefficients - step
        if loss - shorter <= _TOLERANCE * max(1.0, abs(loss)):
            break
        loss = shorter
    if coefficients[0] <= 0.0:
        # Scores that say nothing of unseen rows: everybody has the base rate, and the ranking stays.
        return 1e-9, float(np.log((positive + 1.0) / (negative + 1.0)))
    return float(coefficients[0]), float(coefficients[1])


def _loss(scores: NDArray[np.float64], goal: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    import numpy as np

    return float((weights * (np.logaddexp(0.0, scores) - goal * scores)).sum())


def _free(
    scores: NDArray[np.float64], target: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The knots of the free curve: the centres of the blocks of isotonic regression."""
    import numpy as np
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0.0, y_max=1.0).fit_transform(scores, target, sample_weight=weights)
    heights, block = np.unique(fitted, return_inverse=True)
    share = np.bincount(block, weights=weights)
    centres = np.bincount(block, weights=weights * scores) / share
    # A curve that reaches 0 or 1 claims to know: half a row keeps it from that.
    shrunk = (heights * share + 0.5 * heights.mean()) / (share + 0.5)
    return tuple(map(float, centres)), tuple(map(float, np.maximum.accumulate(shrunk)))
