"""Reads a rule whole: its conditions, thresholds and words have to go together before it is let near anybody's data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from services.analytics.rules.conditions import FEATURE_SORTS, Condition, ConditionFault, Sort, read
from services.analytics.rules.evidence import PLACEHOLDER
from services.analytics.rules.signals import SegmentThresholds, SignalRule

# Beyond them nothing is meant: a thousand billion, a ratio of a thousand, a century of days.
_HIGHEST = {Sort.AMOUNT: Decimal(10) ** 13, Sort.RATIO: Decimal(1_000), Sort.DAYS: Decimal(36_600), Sort.COUNT: Decimal(10) ** 9}
_ONSETS = (Sort.DATE, Sort.DAYS)


class RuleFault(Exception):
    """A rule that is refused: the first thing that is wrong, and in which field."""

    def __init__(self, reason: str, field: str, problem: str, told: Mapping[str, str] | None = None) -> None:
        super().__init__(problem)
        self.reason = reason
        self.field = field
        self.problem = problem
        # What a client needs to show the place.
        self.told = dict(told or {})


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule, found right."""

    rule: SignalRule
    condition: Condition
    serious: Condition | None
    severe: Condition | None
    # Of all thresholds that it names, of what sort each is.
    threshold_sorts: Mapping[str, Sort]
    # What is shown as evidence.
    features: tuple[str, ...]

    @property
    def sorts(self) -> Mapping[str, Sort]:
        """Of all that its words may name."""
        return {**{name: FEATURE_SORTS[name] for name in self.features}, **self.threshold_sorts}

    @property
    def conditions(self) -> Iterator[Condition]:
        """All of them."""
        return (each for each in (self.condition, self.serious, self.severe) if each is not None)


def read_rule(rule: SignalRule) -> ReadRule:
    """The rule as it is computed by; raises RuleFault."""
    texts = {"condition": rule.condition, "serious_condition": rule.serious, "severe_condition": rule.severe}
    conditions = {field: _condition(text, field) for field, text in texts.items() if text or field == "condition"}
    sorts: dict[str, Sort] = {}
    features: dict[str, None] = dict.fromkeys(rule.evidence_features)
    for field, condition in conditions.items():
        for name, sort in condition.thresholds.items():
            if sorts.setdefault(name, sort) is not sort:
                _refuse("THRESHOLD_UNFIT", field, f"“:{name}” is {sort.value} here, and {sorts[name].value} elsewhere.")
        features |= dict.fromkeys(condition.features)
    _check_features(rule)
    _check_thresholds(rule, sorts)
    serious, severe = conditions.get("serious_condition"), conditions.get("severe_condition")
    found = ReadRule(rule, conditions["condition"], serious, severe, sorts, tuple(features))
    _check_words(found)
    return found


def effective(rule: SignalRule, kind: int, tier: int) -> tuple[Mapping[str, Decimal], bool]:
    """The thresholds of a customer of that kind and tier, and whether the rule leaves him out."""
    matching = [each for each in narrowest_first(rule) if each.kind in (0, kind) and each.tier in (0, tier)]
    values: dict[str, Decimal] = {}
    for each in reversed(matching):
        values |= each.values
    return values, bool(matching) and matching[0].left_out


def narrowest_first(rule: SignalRule) -> list[SegmentThresholds]:
    """The segments, in the order in which the first that fits counts: kind and tier, kind, tier, all."""
    return sorted(rule.thresholds, key=lambda each: (each.kind == 0, each.tier == 0, each.kind, each.tier))


def _condition(text: str, field: str) -> Condition:
    try:
        return read(text)
    except ConditionFault as fault:
        told = {"fault": fault.reason.value, "line": str(fault.place.line), "column": str(fault.place.column)}
        raise RuleFault("CONDITION_INVALID", field, str(fault), told) from fault


def _check_features(rule: SignalRule) -> None:
    for name in rule.evidence_features:
        if name not in FEATURE_SORTS:
            _refuse("FEATURE_UNKNOWN", "evidence_features", f"“{name}” is no feature.")
    onset = rule.onset_feature
    if onset and FEATURE_SORTS.get(onset) not in _ONSETS:
        _refuse("ONSET_UNFIT", "onset_feature", "Since when a sign is there, a date or a number of days says.")


def _check_thresholds(rule: SignalRule, sorts: Mapping[str, Sort]) -> None:
    first = rule.thresholds[0] if rule.thresholds else SegmentThresholds({})
    if (first.kind, first.tier) != (0, 0):
        _refuse("SEGMENTS_UNFIT", "thresholds[0]", "The first thresholds are those of every kind and tier.")
    if missing := sorted(set(sorts) - set(first.values)):
        _refuse("THRESHOLD_MISSING", "thresholds[0]", f"The conditions name :{missing[0]}, which has no value.")
    met = set()
    for place, segment in enumerate(rule.thresholds):
        field = f"thresholds[{place}]"
        if (segment.kind, segment.tier) in met:
            _refuse("SEGMENTS_UNFIT", field, "A segment has one set of thresholds.")
        met.add((segment.kind, segment.tier))
        if unknown := sorted(set(segment.values) - set(sorts)):
            _refuse("THRESHOLD_UNKNOWN", field, f"No condition names :{unknown[0]}.")
        for name, value in segment.values.items():
            _check_value(name, value, sorts[name], field)


def _check_value(name: str, value: Decimal, sort: Sort, field: str) -> None:
    if abs(value) > _HIGHEST.get(sort, Decimal(10) ** 9):
        _refuse("THRESHOLD_UNFIT", field, f":{name} is beyond what {sort.value} can be.")
    if sort in (Sort.DAYS, Sort.COUNT, Sort.CATEGORY) and value != value.to_integral_value():
        _refuse("THRESHOLD_UNFIT", field, f":{name} is {sort.value}: a whole number.")


def _check_words(found: ReadRule) -> None:
    known = found.sorts
    for field in ("chinese_words", "english_words"):
        words: str = getattr(found.rule, field)
        for name in PLACEHOLDER.findall(words):
            if name not in known:
                problem = f"“{{{name}}}” is neither a feature of the evidence nor a threshold of the rule."
                _refuse("WORDS_UNFIT", field, problem)
        if "{" in PLACEHOLDER.sub("", words) or "}" in PLACEHOLDER.sub("", words):
            _refuse("WORDS_UNFIT", field, "A brace that is not closed, or holds no name.")


def _refuse(reason: str, field: str, problem: str) -> NoReturn:
    raise RuleFault(reason, field, problem)
