"""Signals as they are shown: who it is, what was seen in both languages, and the figures that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.analytics.v1 import signal_pb2

from services.analytics.model.customer import Customer
from services.analytics.model.signal import Signal
from services.analytics.rules.evidence import Language
from services.analytics.rules.features import FEATURES
from services.analytics.rules.signal_reading import ReadRule, read_rule
from services.analytics.rules.signals import SignalRule
from services.analytics.usecases import reaching
from services.analytics.usecases.signals.rules import rules_of
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper

_OF_CUSTOMER = ("customer_number", "customer_name", "lead_person_id", "lead_name")
_OF_RULE = ("chinese_name", "english_name", "chinese_words", "english_words", "chinese_advice", "english_advice", "evidence")
_plain = Mapper(signal_pb2.Signal, omitted=(*_OF_CUSTOMER, *_OF_RULE))


def signal_words(rule: SignalRule, evidence: Mapping[str, Any], currency_code: str) -> tuple[str, str]:
    """What is said of a customer, in Chinese and in English; the evidence is as `engine/signals.py` writes it."""
    sorts, values = read_rule(rule).sorts, _values(evidence)
    return (
        Language(chinese=True, currency_code=currency_code).filled(rule.chinese_words, values, sorts),
        Language(chinese=False, currency_code=currency_code).filled(rule.english_words, values, sorts),
    )


def signal_messages(work: UnitOfWork, signals: Sequence[Signal], customers: Mapping[str, Customer]) -> list[signal_pb2.Signal]:
    """Signals as they are shown; `customers` has whose they are, by id."""
    rules = rules_of(work, ((each.rule_code, each.rule_version) for each in signals))
    leads = reaching.person_names(work, (each.lead_person_id for each in customers.values()))
    currency_code = work.settings.home_currency_code
    shown = []
    for signal in signals:
        message, customer = _plain(signal), customers[signal.customer_id]
        message.customer_number, message.customer_name = customer.customer_number, customer.display_name
        message.lead_person_id, message.lead_name = customer.lead_person_id, leads.get(customer.lead_person_id, "")
        if rule := rules.get((signal.rule_code, signal.rule_version)):
            _tell(message, rule, signal.evidence, currency_code)
        shown.append(message)
    return shown


def evidence_messages(read: ReadRule, evidence: Mapping[str, Any], currency_code: str) -> Iterator[signal_pb2.SignalEvidence]:
    """The figures of a signal, and the thresholds that they passed."""
    languages = [Language(chinese=chinese, currency_code=currency_code) for chinese in (True, False)]
    for group, threshold in (("features", False), ("thresholds", True)):
        for name, value in evidence.get(group, {}).items():
            sort, feature = read.sorts.get(name), None if threshold else FEATURES.get(name)
            if sort is None:
                continue
            chinese, english = (language.shown(value, sort) for language in languages)
            yield signal_pb2.SignalEvidence(
                name=name,
                chinese_name=feature.chinese if feature else "",
                english_name=feature.english if feature else "",
                threshold=threshold,
                chinese_value=chinese,
                english_value=english,
            )


def _tell(message: signal_pb2.Signal, rule: SignalRule, evidence: Mapping[str, Any], currency_code: str) -> None:
    message.chinese_name, message.english_name = rule.chinese, rule.english
    message.chinese_words, message.english_words = signal_words(rule, evidence, currency_code)
    message.chinese_advice, message.english_advice = rule.chinese_advice, rule.english_advice
    message.evidence.extend(evidence_messages(read_rule(rule), evidence, currency_code))


def _values(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {**evidence.get("features", {}), **evidence.get("thresholds", {})}
