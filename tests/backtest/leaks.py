"""Columns that know what came later: declared by the last day they look at, and caught by what they alone foresee."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from services.analytics.engine.learning.measures import measured

# A single honest column does not rank like that.
AUC_ALONE_MAX = 0.97


def refused(
    columns: Mapping[str, np.ndarray], target: np.ndarray, known_until: Mapping[str, date], as_of_date: date
) -> dict[str, str]:
    """By column why it is refused. One that is not declared is refused as well: that nobody knows is no excuse."""
    answer = {}
    for name, values in columns.items():
        until = known_until.get(name)
        if until is None:
            answer[name] = "nobody says until when it looks"
        elif until > as_of_date:
            answer[name] = f"looks until {until}, after {as_of_date}"
        elif (auc := auc_alone(values, target)) > AUC_ALONE_MAX:
            answer[name] = f"alone an AUC of {auc:.3f}: too good to be true"
    return answer


def auc_alone(values: np.ndarray, target: np.ndarray) -> float:
    """How well a column ranks by itself, in whichever direction."""
    known = ~np.isnan(values)
    ranks = np.unique(values[known], return_inverse=True)[1].astype(float)
    auc = measured(target[known], ranks / max(1.0, ranks.max(initial=0.0))).auc
    return 0.5 if auc is None else max(auc, 1 - auc)
