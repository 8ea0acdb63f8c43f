"""Warnings as they are shown: with names as far as the caller reaches them, evidence in words, and what to do next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from workbench.analytics.v1 import warning_pb2

from services.analytics.model.warning import CustomerWarning
from services.analytics.rules import next_steps
from services.analytics.rules.conditions.sorts import FEATURE_SORTS
from services.analytics.rules.evidence import Language
from services.analytics.rules.features import FEATURES, FeatureKind
from services.analytics.rules.warnings import WarningState
from services.analytics.usecases import reaching
from services.analytics.usecases.warnings.wording import Words
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.money import Money
from services.chassis.mapping import Mapper, money_message

# The signs and reasons that say what to do come first; more than that nobody does at once.
STEPS_MAX = 3
# A model has rates as features do, in hundred-millionths; the rules have them as fractions.
_RATE_SCALE = 10**8
_AMOUNTS = ("value_at_risk", "expected_loss", "value_per_hour")

_plain = Mapper(
    warning_pb2.Warning,
    computed={"probability": lambda warning: fraction(warning.probability)},
    omitted=("assignee_name", "customer_name", "customer_number", "next_steps", "overdue", "reasons", "signals", *_AMOUNTS),
)


def warning_messages(work: UnitOfWork, warnings: Sequence[CustomerWarning]) -> list[warning_pb2.Warning]:
    """As they are shown."""
    customers = reaching.customers(work, (each.customer_id for each in warnings))
    people = reaching.person_names(work, (each.assignee_person_id for each in warnings))
    words = Words.of(work, (sign for each in warnings for sign in each.signals))
    shown = []
    for warning in warnings:
        message = _plain(warning)
        if customer := customers.get(warning.customer_id):
            message.customer_number, message.customer_name = customer.customer_number, customer.display_name
        message.assignee_name = people.get(warning.assignee_person_id, "")
        message.overdue = warning.state == WarningState.RAISED and warning.due_date < work.business_date
        for name in _AMOUNTS:
            getattr(message, name).MergeFrom(_amount(work, getattr(warning, f"{name}_minor_units")))
        if warning.expected_loss_minor_units is None:
            message.ClearField("expected_loss")
        message.signals.extend(words.signal(each) for each in warning.signals)
        message.reasons.extend(_reasons(warning, words.currency_code))
        message.next_steps.extend(_next_steps(warning, words))
        shown.append(message)
    return shown


def fraction(value: float | None) -> str:
    """A fraction as it is shown; empty where it is not known."""
    return "" if value is None else f"{value:.4f}"


def amount_message(work: UnitOfWork, minor_units: int) -> Any:
    """An amount of the bank's own currency."""
    return money_message(Money(minor_units, work.settings.home_currency_code))


def _amount(work: UnitOfWork, minor_units: int | None) -> Any:
    return amount_message(work, minor_units or 0)


def reasons_of(warning: CustomerWarning) -> list[dict[str, Any]]:
    """Why the model finds it probable, as the analysis wrote it."""
    kept = json.loads(warning.reasons or "[]")
    return [each for each in kept if isinstance(each, dict) and each.get("feature")]


def _reasons(warning: CustomerWarning, currency_code: str) -> list[warning_pb2.WarningReason]:
    shown = []
    for each in reasons_of(warning):
        name, value = each["feature"], each.get("value")
        message = warning_pb2.WarningReason(feature=name, value="" if value is None else str(value))
        message.contribution = fraction(each.get("contribution") or 0.0)
        if feature := FEATURES.get(name):
            if warning.model_id and feature.kind is FeatureKind.RATE and value is not None:
                value /= _RATE_SCALE
            chinese, english = (Language(spoken, currency_code).shown(value, FEATURE_SORTS[name]) for spoken in (True, False))
            message.chinese, message.english = f"{feature.chinese}：{chinese}", f"{feature.english}: {english}"
        shown.append(message)
    return shown


def _next_steps(warning: CustomerWarning, words: Words) -> list[warning_pb2.WarningStep]:
    """What its signs advise, the most severe first; then what the model's reasons do, where they raise the risk."""
    steps = [step for sign in warning.signals if (step := words.advice(sign))]
    features = [each["feature"] for each in reasons_of(warning) if (each.get("contribution") or 0) > 0]
    steps += [
        warning_pb2.WarningStep(code=each.code, chinese=each.chinese, english=each.english)
        for each in next_steps.of_features(features)
    ]
    return steps[:STEPS_MAX]
