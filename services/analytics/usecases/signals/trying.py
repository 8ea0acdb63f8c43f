"""Tries a rule on the newest analysis: whom it would find, beside whom the version in force finds. Nothing is kept."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from workbench.analytics.v1 import signal_service_pb2

from services.analytics.rules.signal_reading import ReadRule
from services.analytics.usecases import reaching
from services.analytics.usecases.signals.deciding import checked, checked_values
from services.analytics.usecases.signals.rules import condition_words, rules_in_force
from services.analytics.usecases.signals.showing import signal_words
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.money import fraction_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.analytics.engine.signal_trial import Found

CUSTOMERS_SHOWN = 20


def try_rule(work: UnitOfWork, request: signal_service_pb2.TrySignalRuleRequest) -> signal_service_pb2.TrySignalRuleResponse:
    """Whom the rule would find, and what would change; raises NotFound ANALYSIS_MISSING before the first analysis."""
    from services.analytics.engine.signal_trial import Trial
    from services.analytics.usecases.analyses import keeping

    read = checked(request.rule_code, checked_values(request.rule_code, request.definition))
    analysis = keeping.current(work)
    if analysis is None:
        raise NotFound("ANALYSIS_MISSING", "No day has been analysed yet.")
    former = next((rule for rule in rules_in_force(work) if rule.code == request.rule_code), None)
    features = keeping.files_of(work, analysis).features
    with work.database.lake.connection() as connection:
        trial = Trial(connection, features, analysis.as_of_date, fraction_digits(work.settings.home_currency_code))
        trial.find(read.rule, former)
        counts, segments = trial.counts(), trial.segments()
        some = trial.some(request.customer_count_max or CUSTOMERS_SHOWN)
    return signal_service_pb2.TrySignalRuleResponse(
        as_of_date=analysis.as_of_date.isoformat(),
        segments=[signal_service_pb2.TriedSegment(**asdict(each)) for each in segments],
        customers=_customers(work, read, some),
        chinese_condition=condition_words(read, chinese=True),
        english_condition=condition_words(read, chinese=False),
        **asdict(counts),
    )


def _customers(work: UnitOfWork, read: ReadRule, some: Sequence[Found]) -> list[signal_service_pb2.TriedCustomer]:
    """Those of them whom the caller reaches."""
    reached = reaching.customers(work, (each.customer_id for each in some))
    shown = []
    for each in some:
        if (customer := reached.get(each.customer_id)) is None:
            continue
        told = signal_service_pb2.TriedCustomer(
            customer_id=each.customer_id,
            customer_number=customer.customer_number,
            customer_name=customer.display_name,
            change=each.change,
            severity=each.severity or 0,
        )
        if each.evidence:
            words = signal_words(read.rule, json.loads(each.evidence), work.settings.home_currency_code)
            told.chinese_words, told.english_words = words
        shown.append(told)
    return shown
