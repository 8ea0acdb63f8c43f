"""The rules of signals as they are in force: those that the workbench brings along, and a bank's own versions in their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select, tuple_
from workbench.analytics.v1 import signal_pb2

from services.analytics.model.signal_rule import SignalRuleVersion
from services.analytics.rules.conditions.words import in_words
from services.analytics.rules.signal_reading import ReadRule, read_rule
from services.analytics.rules.signals import RuleState, SegmentThresholds, SignalRule
from services.analytics.rules.supplied_rules import SUPPLIED_RULES
from services.chassis.db.session import UnitOfWork

# How the contract's fields are called here, where it is otherwise.
_NAMES = {
    "chinese_name": "chinese", "english_name": "english", "serious_condition": "serious", "severe_condition": "severe",
}  # fmt: skip
_TEXTS = (
    "chinese_name", "english_name", "condition", "serious_condition", "severe_condition", "onset_feature", "chinese_words",
    "english_words", "chinese_advice", "english_advice",
)  # fmt: skip


def rules_in_force(work: UnitOfWork) -> list[SignalRule]:
    """The version of each rule that the next analysis goes by, by code; those that are switched off are among them."""
    rules = {rule.code: rule for rule in SUPPLIED_RULES}
    approved = select(SignalRuleVersion).where(SignalRuleVersion.state == RuleState.APPROVED)
    for version in work.session.scalars(approved.order_by(SignalRuleVersion.rule_code, SignalRuleVersion.version_number)):
        rules[version.rule_code] = rule_of(version)
    return [rules[code] for code in sorted(rules)]


def rules_of(work: UnitOfWork, versions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], SignalRule]:
    """Those versions of rules, by code and number: what was seen by one is told in its words."""
    wanted = sorted(set(versions))
    found = {(rule.code, rule.version): rule for rule in SUPPLIED_RULES}
    own = [each for each in wanted if each not in found]
    if own:
        named = tuple_(SignalRuleVersion.rule_code, SignalRuleVersion.version_number).in_(own)
        found |= {
            (each.rule_code, each.version_number): rule_of(each)
            for each in work.session.scalars(select(SignalRuleVersion).where(named))
        }
    return {each: found[each] for each in wanted if each in found}


def rule_of(version: SignalRuleVersion) -> SignalRule:
    """The rule that a version states."""
    return stated_rule(version.rule_code, version.version_number, version.definition)


def stated_rule(code: str, version: int, values: Mapping[str, Any]) -> SignalRule:
    """The rule that a definition states, given by the names of the contract's fields; what is empty may be left out."""
    segments = tuple(
        SegmentThresholds(
            {name: Decimal(value) for name, value in sorted(each.get("values", {}).items())},
            kind=each.get("customer_kind", 0),
            tier=each.get("customer_tier", 0),
            left_out=each.get("left_out", False),
        )
        for each in values.get("thresholds", ())
    )
    return SignalRule(
        code=code,
        version=version,
        thresholds=segments,
        evidence_features=tuple(values.get("evidence_features", ())),
        needs_history=values.get("needs_history", False),
        enabled=not values.get("disabled", False),
        **{_NAMES.get(name, name): values.get(name, "") for name in _TEXTS},
    )


def definition_message(rule: SignalRule) -> signal_pb2.SignalRuleDefinition:
    """A rule as the contract states it, its condition in plain words beside it."""
    read = read_rule(rule)
    segments = [
        signal_pb2.SegmentThresholds(
            customer_kind=each.kind,
            customer_tier=each.tier,
            values={name: f"{value:f}" for name, value in each.values.items()},
            left_out=each.left_out,
        )
        for each in rule.thresholds
    ]
    return signal_pb2.SignalRuleDefinition(
        thresholds=segments,
        evidence_features=rule.evidence_features,
        needs_history=rule.needs_history,
        disabled=not rule.enabled,
        chinese_condition=condition_words(read, chinese=True),
        english_condition=condition_words(read, chinese=False),
        **{name: getattr(rule, _NAMES.get(name, name)) for name in _TEXTS},
    )


def condition_words(read: ReadRule, *, chinese: bool) -> str:
    """The condition in plain words; thresholds by their names, since they differ by segment."""
    return in_words(read.condition.root, lambda name, _sort: f":{name}", chinese=chinese)
