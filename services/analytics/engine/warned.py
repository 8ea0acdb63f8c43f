"""Reads of an analysis's files whom there is reason to warn of, and how those stand who are warned of already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.analytics.rules.warnings import Look, Thresholds
from services.chassis.engines.expressions import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of a customer, as `signals.parquet` has it."""

    signal_code: str
    rule_version: int
    severity: int
    onset_date: date
    evidence: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer as the analysis sees him."""

    customer_number: str
    customer_id: str
    model_id: str
    look: Look
    # None where there is too little to say.
    expected_loss: int | None
    reasons: str
    onset_date: date | None
    # The most severe first.
    signs: tuple[Sign, ...]


def worth_warning(
    connection: DuckDBPyConnection, scores: Path, signals: Path, thresholds: Thresholds, after: str, limit: int
) -> list[Seen]:
    """The next customers behind a number, by number, of whom `rules.warnings.raises` says so."""
    probable = "probability >= $probability_min AND NOT isnan(probability) AND value_at_risk >= $value_min"
    wanted = f"severity >= $severity_min OR ({probable})"
    query = f"{_seen(scores, signals, 'customer_number > $after')} WHERE {wanted} ORDER BY customer_number LIMIT $limit"
    told = {
        "severity_min": thresholds.severity_min,
        "probability_min": thresholds.probability_min,
        "value_min": thresholds.value_min,
        "after": after,
        "limit": limit,
    }
    return [_as_seen(row) for row in connection.execute(query, told).fetchall()]


def seen(connection: DuckDBPyConnection, scores: Path, signals: Path, customer_numbers: Sequence[str]) -> list[Seen]:
    """Those of the customers that the analysis has seen at all."""
    query = _seen(scores, signals, "customer_number IN (SELECT unnest($numbers))")
    return [_as_seen(row) for row in connection.execute(query, {"numbers": list(customer_numbers)}).fetchall()]


def _seen(scores: Path, signals: Path, which: str) -> str:
    # The files are sorted by customer_number: of either only the part is read that is asked for.
    return f"""
        WITH signs AS (
            SELECT customer_number, any_value(customer_id) AS customer_id, max(severity) AS severity,
                min(onset_date) AS onset_date,
                list((signal_code, rule_version, severity, onset_date, evidence) ORDER BY severity DESC, signal_code) AS signs
            FROM read_parquet({quoted(signals)}) WHERE {which} GROUP BY customer_number
        ), scored AS (
            SELECT customer_number, customer_id, model_id, probability, value_at_risk, expected_loss, reasons
            FROM read_parquet({quoted(scores)}) WHERE {which}
        )
        SELECT customer_number, coalesce(scored.customer_id, signs.customer_id, ''), coalesce(model_id, ''), probability,
            coalesce(value_at_risk, 0) AS value_at_risk, expected_loss, coalesce(reasons, ''), onset_date,
            coalesce(severity, 0) AS severity, signs
        FROM scored FULL JOIN signs USING (customer_number)
    """


def _as_seen(row: Sequence[Any]) -> Seen:
    number, customer_id, model_id, probability, value_at_risk, expected_loss, reasons, onset_date, severity, signs = row
    known = probability is not None and math.isfinite(probability)
    return Seen(
        customer_number=number,
        customer_id=customer_id,
        model_id=model_id,
        look=Look(min(max(probability, 0.0), 1.0) if known else None, max(value_at_risk, 0), severity),
        expected_loss=max(expected_loss, 0) if known and expected_loss is not None else None,
        reasons=reasons,
        onset_date=onset_date,
        signs=tuple(Sign(*each) for each in signs or ()),
    )
