"""Whether what a model sees is still what it learned from: each feature, and its own scores, by the ranges of then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from services.analytics.rules.models import stability_index, stability_noise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Under this name stand the model's own probabilities.
SCORE = "score"
RANGES = 10


def reference(features: NDArray[np.float64], names: Sequence[str], scores: NDArray[np.float64]) -> dict[str, Any]:
    """By name the bounds of tenths, and the share of rows in each range, the last of which is "not known"."""
    import numpy as np

    columns = {**{name: features[:, index] for index, name in enumerate(names)}, SCORE: scores}
    answer: dict[str, Any] = {"rows": len(scores), "ranges": {}}
    for name, column in columns.items():
        known = column[~np.isnan(column)]
        tenths = np.quantile(known, np.linspace(0, 1, RANGES + 1)[1:-1], method="higher") if len(known) else np.array([])
        bounds = [float(bound) for bound in np.unique(tenths)]
        answer["ranges"][name] = {"bounds": bounds, "shares": _shares(column, bounds)}
    return answer


def compare(
    then: Mapping[str, Any], features: NDArray[np.float64], names: Sequence[str], scores: NDArray[np.float64]
) -> dict[str, dict[str, float]]:
    """By name its stability index, and what that could be by chance; nothing where there are no rows."""
    columns = {**{name: features[:, index] for index, name in enumerate(names)}, SCORE: scores}
    if not len(scores):
        return {}
    answer = {}
    for name, column in columns.items():
        known = then["ranges"][name]
        index = stability_index(known["shares"], _shares(column, known["bounds"]))
        answer[name] = {"index": index, "noise": stability_noise(len(known["shares"]), then["rows"], len(scores))}
    return answer


def _shares(column: NDArray[np.float64], bounds: Sequence[float]) -> list[float]:
    import numpy as np

    place = np.where(np.isnan(column), len(bounds) + 1, np.searchsorted(np.asarray(bounds), column, side="right"))
    counts = np.bincount(place, minlength=len(bounds) + 2)
    return [float(share) for share in counts / max(1, len(column))]
