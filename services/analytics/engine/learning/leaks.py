"""Finds features that a model must not learn from, because they know the outcome: what they promise cannot be kept.

Three nets, for none of them catches all. A feature says up to when it looks, and that is after the date (for who reads another's
table, where nobody but its author knows). A feature alone tells those who left from those who stayed better than any sign of real
life does. Or two do it together, the one divided by the other: the average after the date over the average before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from services.chassis.kernel.errors import RuleBroken

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOKS_AHEAD = "LOOKS_AHEAD"
PREDICTS_ALONE = "PREDICTS_ALONE"
PREDICTS_AS_RATIO = "PREDICTS_AS_RATIO"
# What no honest sign alone reaches; the best single signs of leaving that are published stand near 0.8.
AUC_MAX = 0.97
# For the look at ratios: so many rows tell a leak, and pairs are many.
_ROWS_MAX = 5_000
# With fewer of a class any feature may look like that by chance.
_CLASS_MIN = 8


@dataclass(frozen=True, slots=True)
class Leak:
    """Which features, why, and by which AUC (0 where that is not why)."""

    names: tuple[str, ...]
    reason: str
    auc: float = 0.0


def find(
    features: NDArray[np.float64],
    target: NDArray[np.float64],
    names: Sequence[str],
    *,
    as_of_date: date | None = None,
    known_until: Mapping[str, date] | None = None,
    ratios: bool = True,
) -> tuple[Leak, ...]:
    """All that is found, in the order of the names; `known_until` says of features up to which day they look.

    A pair is told only where neither of the two is a leak by itself.
    """
    found = [
        Leak((name,), LOOKS_AHEAD)
        for name in names
        if as_of_date is not None and known_until is not None and known_until.get(name, as_of_date) > as_of_date
    ]
    if min(target.sum(), len(target) - target.sum()) < _CLASS_MIN:
        return tuple(found)
    for index, name in enumerate(names):
        if (area := alone(features[:, index], target)) > AUC_MAX:
            found.append(Leak((name,), PREDICTS_ALONE, area))
    if ratios:
        known = {leak.names[0] for leak in found}
        found += _in_ratios(features, target, names, [index for index, name in enumerate(names) if name not in known])
    return tuple(found)


def refuse(leaks: Sequence[Leak]) -> None:
    """Raises RuleBroken MODEL_FEATURES_LEAK with the names, where there is any."""
    if leaks:
        told = "; ".join(f"{' / '.join(leak.names)} ({leak.reason})" for leak in leaks)
        names = ",".join(dict.fromkeys(name for leak in leaks for name in leak.names))
        raise RuleBroken("MODEL_FEATURES_LEAK", f"These know the outcome: {told}.", metadata={"features": names})


def alone(column: NDArray[np.float64], target: NDArray[np.float64]) -> float:
    """How well a feature by itself ranks, whichever way and with what is missing at either end: an AUC from 0.5."""
    import numpy as np

    missing = np.isnan(column)
    ends = (-np.inf, np.inf) if missing.any() else (0.0,)
    areas = [_area(np.where(missing, end, column), target) for end in ends]
    return max(max(area, 1.0 - area) for area in areas)


def _area(column: NDArray[np.float64], target: NDArray[np.float64]) -> float:
    """The Mann-Whitney statistic over the number of pairs, ties counted half."""
    import numpy as np

    values, place = np.unique(column, return_inverse=True)
    left = np.bincount(place, weights=target, minlength=len(values))
    stayed = np.bincount(place, weights=1.0 - target, minlength=len(values))
    below = np.cumsum(stayed) - stayed
    return float((left * (below + 0.5 * stayed)).sum() / (left.sum() * stayed.sum()))


def _in_ratios(
    features: NDArray[np.float64], target: NDArray[np.float64], names: Sequence[str], places: Sequence[int]
) -> list[Leak]:
    import numpy as np

    rows = _rows(target)
    some, outcome = features[rows], target[rows]
    if min(outcome.sum(), len(outcome) - outcome.sum()) < _CLASS_MIN:
        return []
    # Of two numbers that both have many values; flags and counts divide into nothing that is told.
    many = [index for index in places if len(np.unique(some[:, index])) > len(outcome) // 10]
    found = []
    for position, above in enumerate(many):
        for below in many[position + 1 :]:
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = some[:, above] / some[:, below]
            area = alone(np.where(np.isfinite(ratio), ratio, np.nan), outcome)
            if area > AUC_MAX:
                found.append(Leak((names[above], names[below]), PREDICTS_AS_RATIO, area))
    return found


def _rows(target: NDArray[np.float64]) -> NDArray[np.int64]:
    """A part of the rows: of both classes evenly spread, as far as there are any."""
    import numpy as np

    if len(target) <= _ROWS_MAX:
        return np.arange(len(target))
    parts = []
    for kind in (0.0, 1.0):
        members = np.flatnonzero(target == kind)
        parts.append(members[:: max(1, 2 * len(members) // _ROWS_MAX)])
    return np.sort(np.concatenate(parts))
