"""Of what sort values of conditions are: only what is of one sort is compared or added up."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from services.analytics.rules.features import FEATURES


class Sort(Enum):
    """What a value is."""

    # In the bank's own currency; a feature has it in minor units, a threshold as a decimal.
    AMOUNT = "amount"
    # A fraction: 0.3 is 30 %.
    RATIO = "ratio"
    DAYS = "days"
    COUNT = "count"
    DATE = "date"
    FLAG = "flag"
    # A number that stands for something, such as a kind of customer.
    CATEGORY = "category"
    # What the condition itself states: it takes the sort of what it meets.
    NUMBER = "number"
    # A threshold before it met anything.
    OPEN = "open"


NUMERIC = frozenset({Sort.AMOUNT, Sort.RATIO, Sort.DAYS, Sort.COUNT, Sort.NUMBER, Sort.OPEN})

# Rates are features in ten-to-the-eighths; conditions have them as fractions, like every other ratio.
RATE_SUFFIX = "_e8"


def sort_of(name: str) -> Sort:
    """The sort of a feature."""
    return Sort.RATIO if name.endswith(RATE_SUFFIX) else Sort(FEATURES[name].kind.value)


FEATURE_SORTS: Mapping[str, Sort] = {name: sort_of(name) for name in FEATURES}
