"""How good predictions of leaving are, with intervals: what training, its card and the backtest on public data all state.

Each measure is a sum over rows that are sorted once, so that a bootstrap resample is nothing but other weights of the same rows
(Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapters 6 and 13): hundreds of resamples are one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]

# The part of the customers that can be called: what lift and the value caught look at.
TOP_SHARE = 0.1
CALIBRATION_BINS = 10
RESAMPLES = 500
LEVEL = 0.95
# Weights that are held at once: half a MB stays near the processor.
_CELLS_MAX = 64_000


@dataclass(frozen=True, slots=True)
class Measures:
    """What is not defined, such as an AUC of rows that are all of one class, is None."""

    # The probability that one who left was ranked above one who stayed, a tie counted half (Hanley & McNeil 1982).
    auc: float | None
    # The mean of the precision at each one who left, best first; equal probabilities are one step (as scikit-learn has it).
    average_precision: float | None
    # How many times as many left among the tenth ranked first as among all; a tie across the border counts by its share.
    lift_top_decile: float | None
    # The mean distance between predicted and true rate over ten bins of equally many rows (Naeini et al. 2015, "ECE").
    calibration_error: float | None
    # The mean squared error of the probability (Brier 1950).
    brier: float | None
    # The share of the value lost that the tenth ranked first held; None without values.
    value_caught: float | None = None


NAMES = tuple(field.name for field in fields(Measures))


@dataclass(frozen=True, slots=True)
class MeasuresWithIntervals:
    value: Measures
    low: Measures
    high: Measures

    def as_json(self) -> dict[str, dict[str, float | None]]:
        """By measure: value, low, high."""
        value, low, high = asdict(self.value), asdict(self.low), asdict(self.high)
        return {name: {"value": value[name], "low": low[name], "high": high[name]} for name in NAMES}


def measured(target: Any, probabilities: Any, values: Any = None) -> Measures:
    """`target`: 1 of those who left, else 0. `values`: what each would take with him, not below 0. Of one length."""
    import numpy as np

    weigh = _weighing(*_checked(target, probabilities, values))
    return _measures(weigh(np.ones((1, len(target))))[0])


def with_intervals(
    target: Any,
    probabilities: Any,
    values: Any = None,
    *,
    clusters: Any = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> MeasuresWithIntervals:
    """Intervals of 95 % by the bootstrap, the same on each call.

    `probabilities` may be of repeats by rows, of a cross-validation done several times: measures are the means over the repeats.
    `clusters` numbers what is drawn as one, such as the customer whose rows of several dates are not independent.
    """
    import numpy as np

    repeats = np.atleast_2d(np.asarray(probabilities, dtype=float))
    weighings = [_weighing(*_checked(target, each, values)) for each in repeats]
    value = _mean(weighings, np.ones((1, repeats.shape[1])))
    drawn = np.concatenate([_mean(weighings, weights) for weights in _resampled(repeats.shape[1], clusters, resamples, seed)])
    return MeasuresWithIntervals(_measures(value[0]), *(_measures(np.maximum(edge, 0.0)) for edge in _edges(value[0], drawn)))


def gain_with_interval(
    target: Any, probabilities: Any, baseline: Any, name: str = "auc", *, clusters: Any = None, seed: int = 0
) -> tuple[float, float, float] | None:
    """By how much a measure is above that of the baseline on the same rows: value, low, high of the paired bootstrap."""
    import numpy as np

    column = NAMES.index(name)
    both = [
        [_weighing(*_checked(target, each, None), (name,)) for each in np.atleast_2d(np.asarray(one, dtype=float))]
        for one in (probabilities, baseline)
    ]
    row_count = len(target)
    value = _mean(both[0], np.ones((1, row_count))) - _mean(both[1], np.ones((1, row_count)))
    if np.isnan(value[0, column]):
        return None
    drawn = np.concatenate(
        [_mean(both[0], weights) - _mean(both[1], weights) for weights in _resampled(row_count, clusters, RESAMPLES, seed)]
    )
    low, high = _edges(value[0], drawn)
    return float(value[0, column]), float(low[column]), float(high[column])


def _checked(target: Any, probabilities: Any, values: Any) -> tuple[Floats, Floats, Floats | None]:
    import numpy as np

    left = np.asarray(target, dtype=float)
    predicted = np.asarray(probabilities, dtype=float)
    lost = None if values is None else np.asarray(values, dtype=float)
    if left.ndim != 1 or predicted.shape != left.shape or (lost is not None and lost.shape != left.shape):
        raise ValueError(f"{left.shape} targets, {predicted.shape} probabilities: one of each a row")
    if not np.isin(left, (0.0, 1.0)).all() or not ((predicted >= 0) & (predicted <= 1)).all():
        raise ValueError("A target is 0 or 1, a probability from 0 to 1")
    return left, predicted, lost


def _weighing(left: Floats, predicted: Floats, lost: Floats | None, only: Sequence[str] = NAMES) -> Callable[[Floats], Floats]:
    """From weights (resamples by rows) to measures (resamples by NAMES): rows are sorted once, ties are one group."""
    import numpy as np

    order = np.argsort(-predicted, kind="stable")
    sorted_rows = predicted[order]
    starts = np.flatnonzero(np.concatenate([[True], sorted_rows[1:] != sorted_rows[:-1]])) if len(order) else order
    positives = left[order]
    value_rows = None if lost is None else (lost * left)[order]
    squared_errors = (predicted - left)[order] ** 2
    errors = (left - predicted)[order]
    bin_starts = np.unique(_bin_starts(starts, len(order)))

    def weigh(weights: Floats) -> Floats:
        measures = np.full((len(weights), len(NAMES)), np.nan)
        if not len(order):
            return measures
        total = weights.sum(axis=1)
        sorted_weights = weights[:, order]
        of_group = np.add.reduceat(sorted_weights, starts, axis=1)
        left_of_group = np.add.reduceat(sorted_weights * positives, starts, axis=1)
        of: dict[str, Callable[[], Floats]] = {
            "auc": lambda: _auc(of_group, left_of_group),
            "average_precision": lambda: _average_precision(of_group, left_of_group),
            "lift_top_decile": lambda: _share_in_top(of_group, left_of_group) / TOP_SHARE,
            "calibration_error": lambda: np.abs(np.add.reduceat(sorted_weights * errors, bin_starts, axis=1)).sum(axis=1) / total,
            "brier": lambda: sorted_weights @ squared_errors / total,
        }
        if value_rows is not None:
            of["value_caught"] = lambda: _share_in_top(of_group, np.add.reduceat(sorted_weights * value_rows, starts, axis=1))
        with np.errstate(divide="ignore", invalid="ignore"):
            for column, name in enumerate(NAMES):
                if name in only and name in of:
                    measures[:, column] = of[name]()
        return measures

    return weigh


def _bin_starts(starts: Any, row_count: int) -> Any:
    """Rows of equal probability stay in one bin: its border moves to where the next group begins."""
    import numpy as np

    even = np.arange(CALIBRATION_BINS) * row_count // CALIBRATION_BINS
    return starts[np.minimum(np.searchsorted(starts, even), len(starts) - 1)] if row_count else even


def _auc(of_group: Floats, left_of_group: Floats) -> Floats:
    stayed = of_group - left_of_group
    left_count, stayed_count = left_of_group.sum(axis=1), stayed.sum(axis=1)
    below = stayed_count[:, None] - stayed.cumsum(axis=1)
    return (left_of_group * (below + stayed / 2)).sum(axis=1) / (left_count * stayed_count)


def _average_precision(of_group: Floats, left_of_group: Floats) -> Floats:
    import numpy as np

    precision = left_of_group.cumsum(axis=1) / of_group.cumsum(axis=1)
    # Groups of no weight before the first that has some: nothing over nothing.
    return (left_of_group * np.nan_to_num(precision)).sum(axis=1) / left_of_group.sum(axis=1)


def _share_in_top(of_group: Floats, amount_of_group: Floats) -> Floats:
    """What share of an amount is with those ranked first."""
    import numpy as np

    seats = of_group.sum(axis=1, keepdims=True) * TOP_SHARE
    before = of_group.cumsum(axis=1) - of_group
    taken = np.clip(seats - before, 0, of_group) / np.where(of_group > 0, of_group, 1)
    return (taken * amount_of_group).sum(axis=1) / amount_of_group.sum(axis=1)


def _resampled(row_count: int, clusters: Any, resamples: int, seed: int) -> Any:
    """Blocks of weights: how often each row was drawn."""
    import numpy as np

    random = np.random.default_rng(seed)
    number_of = np.arange(row_count) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    drawn_count = int(number_of.max()) + 1 if row_count else 0
    block = max(1, _CELLS_MAX // max(1, row_count))
    for first in range(0, resamples, block):
        rows = min(block, resamples - first)
        weights = np.stack(
            [np.bincount(random.integers(0, max(1, drawn_count), drawn_count), minlength=drawn_count) for _ in range(rows)]
        )
        yield weights[:, number_of].astype(float)


def _mean(weighings: Sequence[Callable[[Floats], Floats]], weights: Floats) -> Floats:
    import numpy as np

    return np.mean([weigh(weights) for weigh in weighings], axis=0)


def _edges(value: Floats, drawn: Floats) -> tuple[Floats, Floats]:
    """Percentiles around the value: a measure that is greater of every resample, as a mean distance is, is not shifted by that.

    Resamples in which a measure is not defined do not count.
    """
    import warnings

    import numpy as np

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        low, middle, high = np.nanpercentile(drawn, [50 * (1 - LEVEL), 50, 50 * (1 + LEVEL)], axis=0)
    return value + low - middle, value + high - middle


def _measures(row: Floats) -> Measures:
    return Measures(*(None if value != value else float(value) for value in row))  # noqa: PLR0124 - NaN is what differs from itself
