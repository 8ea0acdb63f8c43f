"""Tries a rule on the newest analysis: whom it would find, beside whom the version in force finds. Nothing is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.analytics.v1 import signal_service_pb2

from services.analytics.rules.signal_reading import ReadRule
from services.analytics.rules.signals import SignalRule, SignalSeverity
from services.analytics.usecases import reaching
from services.analytics.usecases.signals.deciding import checked, checked_values
from services.analytics.usecases.signals.rules import condition_words, rules_in_force
from services.analytics.usecases.signals.showing import signal_words
from services.chassis.db.session import UnitOfWork
from services.chassis.engines.expressions import quoted
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.money import fraction_digits

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

CUSTOMERS_SHOWN = 20


class TriedChange(IntEnum):
    """What would change in a customer; `workbench.analytics.v1.TriedChange` mirrors it."""

    ADDED = 1
    DROPPED = 2
    SEVERITY = 3
    NONE = 4


_CHANGE = (
    f"CASE WHEN former.severity IS NULL THEN {TriedChange.ADDED.value} WHEN tried.severity IS NULL THEN "
    f"{TriedChange.DROPPED.value} WHEN tried.severity <> former.severity THEN {TriedChange.SEVERITY.value} "
    f"ELSE {TriedChange.NONE.value} END"
)


def try_rule(work: UnitOfWork, request: signal_service_pb2.TrySignalRuleRequest) -> signal_service_pb2.TrySignalRuleResponse:
    """Whom the rule would find, and what would change; raises NotFound ANALYSIS_MISSING before the first analysis."""
    from services.analytics.usecases.analyses import keeping

    read = checked(request.rule_code, checked_values(request.rule_code, request.definition))
    analysis = keeping.current(work)
    if analysis is None:
        raise NotFound("ANALYSIS_MISSING", "No day has been analysed yet.")
    former = next((rule for rule in rules_in_force(work) if rule.code == request.rule_code), None)
    answer = signal_service_pb2.TrySignalRuleResponse(
        as_of_date=analysis.as_of_date.isoformat(),
        chinese_condition=condition_words(read, chinese=True),
        english_condition=condition_words(read, chinese=False),
    )
    features = keeping.files_of(work, analysis).features
    with work.database.lake.connection() as connection:
        _find(connection, features, read.rule, former, analysis.as_of_date, fraction_digits(work.settings.home_currency_code))
        _count(connection, features, answer)
        _show(work, connection, read, request.customer_count_max or CUSTOMERS_SHOWN, answer)
    return answer


def _find(
    connection: DuckDBPyConnection,
    features: Path,
    rule: SignalRule,
    former: SignalRule | None,
    as_of_date: date,
    minor_unit_digits: int,
) -> None:
    """Makes the tables `tried` and `former`, of whom each finds."""
    from services.analytics.engine.signals import found_by

    # A rule that is switched off finds nothing, but whoever tries one wants to see what it would find.
    for name, found in (("tried", [replace(rule, enabled=True)]), ("former", [former] if former else [])):
        query = found_by(features, found, as_of_date, minor_unit_digits)
        connection.execute(f"CREATE TEMP TABLE {name} AS {query}")


def _count(connection: DuckDBPyConnection, features: Path, answer: signal_service_pb2.TrySignalRuleResponse) -> None:
    counts = connection.execute(
        "SELECT count(tried.customer_id), count(former.customer_id), "
        f"count(*) FILTER ({_CHANGE} = {TriedChange.ADDED.value}), count(*) FILTER ({_CHANGE} = {TriedChange.DROPPED.value}) "
        "FROM tried FULL JOIN former USING (customer_id)"
    ).fetchone()
    names = ("raised_count", "former_raised_count", "added_count", "dropped_count")
    for name, count in zip(names, counts or (), strict=True):
        setattr(answer, name, count)
    rows = connection.execute(
        "SELECT coalesce(kind, 0), coalesce(tier, 0), count(*), count(severity), "
        f"count(*) FILTER (severity = {SignalSeverity.SERIOUS.value}), count(*) FILTER (severity = {SignalSeverity.SEVERE.value}) "
        f"FROM read_parquet({quoted(features)}) LEFT JOIN tried USING (customer_id) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for kind, tier, customers, raised, serious, severe in rows:
        answer.segments.add(
            customer_kind=kind,
            customer_tier=tier,
            customer_count=customers,
            raised_count=raised,
            serious_count=serious,
            severe_count=severe,
        )


def _show(
    work: UnitOfWork,
    connection: DuckDBPyConnection,
    read: ReadRule,
    count_max: int,
    answer: signal_service_pb2.TrySignalRuleResponse,
) -> None:
    """Some customers, those first in whom something changes; of whom the caller does not reach, nothing."""
    rows: list[Any] = connection.execute(
        f"SELECT customer_id, {_CHANGE} AS change, tried.severity, tried.evidence "
        f"FROM tried FULL JOIN former USING (customer_id) ORDER BY change, tried.severity DESC, customer_id LIMIT {count_max}"
    ).fetchall()
    reached = reaching.customers(work, (row[0] for row in rows))
    for customer_id, change, severity, evidence in rows:
        if (customer := reached.get(customer_id)) is None:
            continue
        words = signal_words(read.rule, json.loads(evidence), work.settings.home_currency_code) if evidence else ("", "")
        answer.customers.add(
            customer_id=customer_id,
            customer_number=customer.customer_number,
            customer_name=customer.display_name,
            change=change,
            severity=severity or 0,
            chinese_words=words[0],
            english_words=words[1],
        )
