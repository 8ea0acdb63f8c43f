"""Logistic regression whose coefficients keep to the directions that are known beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.analytics.engine.learning.calibration import logistic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The ridge, in rows: a coefficient of 1 on a scaled feature costs as much as so many rows' halves.
RIDGE_ROWS = 1.0
_STEPS_MAX = 200
# Whose square is a number too.
_VALUE_MAX = 1e100


@dataclass(frozen=True, slots=True)
class Regression:
    """Coefficients of scaled features, and after them of "this one is missing", which knows no direction."""

    centres: NDArray[np.float64]
    widths: NDArray[np.float64]
    means: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    intercept: float

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log odds."""
        return _scaled(features, self.centres, self.widths) @ self.coefficients + self.intercept

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """By row and feature, how much it adds to the log odds of the average row."""
        parts = (_scaled(features, self.centres, self.widths) - self.means) * self.coefficients
        count = features.shape[1]
        answer: NDArray[np.float64] = parts[:, :count] + parts[:, count:]
        return answer

    def save(self, _folder: Path) -> dict[str, Any]:
        """As `load` takes it; writes no file of its own."""
        arrays = {name: getattr(self, name).tolist() for name in ("centres", "widths", "means", "coefficients")}
        return {**arrays, "intercept": self.intercept}


def load(_folder: Path, value: Mapping[str, Any]) -> Regression:
    """What `save` answered."""
    import numpy as np

    arrays = (np.asarray(value[name]) for name in ("centres", "widths", "means", "coefficients"))
    return Regression(*arrays, value["intercept"])


def train(
    features: NDArray[np.float64],
    target: NDArray[np.float64],
    weights: NDArray[np.float64],
    monotonic: Sequence[int],
    _seed: int,
    parameters: Mapping[str, Any],
) -> Regression:
    """The coefficients of least penalised log loss, by L-BFGS-B within the bounds that the directions set."""
    import numpy as np
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    centres, widths = _scales(features)
    scaled = _scaled(features, centres, widths)
    ridge = float(parameters.get("ridge_rows", RIDGE_ROWS))

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = scaled @ values[:-1] + values[-1]
        error = weights * (logistic(scores) - target)
        gradient = np.append(scaled.T @ error + ridge * values[:-1], error.sum())
        total = (weights * (np.logaddexp(0.0, scores) - target * scores)).sum() + 0.5 * ridge * (values[:-1] ** 2).sum()
        return float(total), gradient

    free = [(None, None)]
    bounds = [((0.0, None) if way > 0 else (None, 0.0) if way < 0 else (None, None)) for way in monotonic]
    start = np.zeros(scaled.shape[1] + 1)
    start[-1] = np.log(((weights * target).sum() + 0.5) / ((weights * (1.0 - target)).sum() + 0.5))
    limits = [*bounds, *(free * len(monotonic)), *free]
    # In one thread: of so few columns more only wait for each other, and their number would decide the last digits.
    with threadpool_limits(1):
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": _STEPS_MAX}).x
    means = np.average(scaled, axis=0, weights=weights)
    return Regression(centres, widths, means, found[:-1], float(found[-1]))


def _scales(features: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By feature its median and the distance between its quartiles; of one that never varies 0 and 1."""
    import numpy as np

    known = np.where(np.isnan(features).all(axis=0), 0.0, np.clip(features, -_VALUE_MAX, _VALUE_MAX))
    low, middle, high = np.nanquantile(known, [0.25, 0.5, 0.75], axis=0)
    spread = np.where(high > low, high - low, np.nanstd(known, axis=0))
    return middle, np.where(spread > 0.0, spread, 1.0)


def _scaled(features: NDArray[np.float64], centres: NDArray[np.float64], widths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Features on one scale, then which are missing. Amounts have long tails: beyond a few widths only their logarithm counts."""
    import numpy as np

    missing = np.isnan(features)
    bounded = np.clip(np.where(missing, centres, features), -_VALUE_MAX, _VALUE_MAX)
    values = np.arcsinh((bounded - centres) / widths)
    return np.hstack([values, missing.astype(np.float64)])
