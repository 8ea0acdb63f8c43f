"""Of what sort values of conditions are: only what is of one sort is compared or added up."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from services.analytics.rules.features import FEATURES, FeatureKind


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


def sort_of(kind: FeatureKind) -> Sort:
    """The sort of a feature's values; rates, which features have in hundred-millionths, are fractions like every other ratio."""
    return Sort.RATIO if kind is FeatureKind.RATE else Sort(kind.value)


FEATURE_SORTS: Mapping[str, Sort] = {name: sort_of(feature.kind) for name, feature in FEATURES.items()}
