"""Signs that a customer may leave: readable rules over the features, with thresholds by segment.

A rule is data: a condition over features and named thresholds, what makes it more severe, since when it holds, what is shown as
evidence, and the words for it in both languages. The signs known from practice are those of the trade (a fall against the
customer's own baseline, salary or settlement stopped, transfers to own accounts elsewhere, …); `supplied_rules` has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum


class SignalSeverity(IntEnum):
    """Stored as the number, which never changes its meaning; `workbench.analytics.v1.SignalSeverity` mirrors it."""

    NOTED = 1
    SERIOUS = 2
    SEVERE = 3


class SignalState(IntEnum):
    """Whether the newest analysis still sees it; `workbench.analytics.v1.SignalState` mirrors it."""

    OPEN = 1
    ENDED = 2


class TriedChange(IntEnum):
    """What a rule that is tried would change in a customer; `workbench.analytics.v1.TriedChange` mirrors it."""

    ADDED = 1
    DROPPED = 2
    SEVERITY = 3
    NONE = 4


class RuleState(IntEnum):
    """Where a version of a rule stands; `workbench.analytics.v1.SignalRuleState` mirrors it."""

    PROPOSED = 1
    APPROVED = 2
    REJECTED = 3
    WITHDRAWN = 4


@dataclass(frozen=True, slots=True)
class SegmentThresholds:
    """The thresholds of customers of a kind and tier; 0 stands for every kind, or every tier."""

    # Amounts in the bank's own currency (`100000`), ratios as fractions (`0.3`), days and counts as whole numbers.
    values: Mapping[str, Decimal]
    kind: int = 0
    tier: int = 0
    # The rule looks for nothing among them.
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class SignalRule:
    """One sign, as a version of it states it."""

    code: str
    version: int
    # What it is called.
    chinese: str
    english: str
    # An SQL condition over features and `:threshold`s; where a feature is not known it does not hold.
    condition: str
    # The first is everybody's and has all thresholds; others stand in its place in their segment, the narrowest first.
    thresholds: tuple[SegmentThresholds, ...]
    # Conditions in the same language for the severities SERIOUS and SEVERE; empty where there is no such step.
    serious: str = ""
    severe: str = ""
    # Since when it holds: a date, or the days for which it has held; empty: since the day on which it is seen.
    onset_feature: str = ""
    # What is shown as evidence, beside the thresholds.
    evidence_features: tuple[str, ...] = ()
    # What is said of a customer, with `{feature}` and `{threshold}` in it.
    chinese_words: str = ""
    english_words: str = ""
    # What to do about it.
    chinese_advice: str = ""
    english_advice: str = ""
    # Without enough days of balances it says nothing.
    needs_history: bool = True
    # A rule that is switched off stays readable.
    enabled: bool = True
