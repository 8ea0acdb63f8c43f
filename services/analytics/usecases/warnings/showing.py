"""Warnings as they are shown: with names as far as the caller reaches them, evidence in words, and what to do next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from workbench.analytics.v1 import warning_pb2

from services.analytics.model.warning import CustomerWarning
from services.analytics.rules import next_steps
from services.analytics.rules.features import FEATURES
from services.analytics.rules.warnings import WarningState
from services.analytics.usecases import reaching
from services.analytics.usecases.warnings.wording import Words
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.money import Money
from services.chassis.mapping import Mapper, money_message

# The signs and reasons that say what to do come first; more than that nobody does at once.
STEPS_MAX = 3
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
        message.reasons.extend(_reasons(warning))
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


def _reasons(warning: CustomerWarning) -> list[warning_pb2.WarningReason]:
    shown = []
    for each in reasons_of(warning):
        feature = FEATURES.get(each["feature"])
        value = each.get("value")
        shown.append(
            warning_pb2.WarningReason(
                feature=each["feature"],
                value="" if value is None else str(value),
                contribution=fraction(each.get("contribution") or 0.0),
                chinese=feature.chinese if feature else "",
                english=feature.english if feature else "",
            )
        )
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
