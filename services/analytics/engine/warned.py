"""Reads of an analysis's files whom there is reason to warn of, and how those stand who are warned of already."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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


def stage(
    connection: DuckDBPyConnection,
    key: str,
    scores: Path,
    signals: Path,
    thresholds: Thresholds,
    open_numbers: Callable[[], Sequence[str]],
) -> None:
    """Has at hand of whom `rules.warnings.raises` says that there is reason, and those with these numbers.

    Both files are read once for a connection and a key, however many portions are asked for afterwards.
    """
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS warned_of (key VARCHAR)")
    if connection.execute("FROM warned_of").fetchall() == [(key,)]:
        return
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE warned_open AS SELECT unnest($numbers::VARCHAR[]) AS customer_number",
        {"numbers": list(open_numbers())},
    )
    told = {
        "severity_min": thresholds.severity_min,
        "probability_min": thresholds.probability_min,
        "value_min": thresholds.value_min,
    }
    query = _STAGED.format(scores=quoted(scores), signals=quoted(signals))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE warned AS {query}", told)
    connection.execute("DELETE FROM warned_of")
    connection.execute("INSERT INTO warned_of VALUES (?)", [key])


def worth_warning(connection: DuckDBPyConnection, after: str, limit: int) -> list[Seen]:
    """The next of those at hand behind a number, by number, of whom there may be reason to warn.

    `rules.warnings.raises` has the last word: DuckDB believes the statistics of Parquet files, which know of no NaN.
    """
    query = f"SELECT {_COLUMNS} FROM warned WHERE worth AND customer_number > ? ORDER BY customer_number LIMIT ?"
    return [_as_seen(row) for row in connection.execute(query, [after, limit]).fetchall()]


def seen(connection: DuckDBPyConnection, customer_numbers: Sequence[str]) -> list[Seen]:
    """Those of the customers that are at hand."""
    query = f"SELECT {_COLUMNS} FROM warned WHERE customer_number IN (SELECT unnest(?::VARCHAR[]))"
    return [_as_seen(row) for row in connection.execute(query, [list(customer_numbers)]).fetchall()]


_COLUMNS = (
    "customer_number, customer_id, model_id, probability, value_at_risk, expected_loss, reasons, onset_date, severity, signs"
)
# Whom it is about is found first, by narrow columns: evidence and reasons are read of those few.
_STAGED = """
    WITH severe AS (
        SELECT customer_number, max(severity) >= $severity_min AS worth FROM read_parquet({signals}) GROUP BY customer_number
    ), probable AS (
        SELECT customer_number,
            probability >= $probability_min AND value_at_risk >= $value_min AS worth
        FROM read_parquet({scores})
    ), wanted AS (
        SELECT customer_number, bool_or(worth) AS worth FROM (
            FROM severe WHERE worth
            UNION ALL FROM probable WHERE worth
            UNION ALL SELECT customer_number, false FROM warned_open
        ) GROUP BY customer_number
    ), signs AS (
        SELECT customer_number, any_value(customer_id) AS customer_id, max(severity) AS severity, min(onset_date) AS onset_date,
            list((signal_code, rule_version, severity, onset_date, evidence) ORDER BY severity DESC, signal_code) AS signs
        FROM read_parquet({signals}) SEMI JOIN wanted USING (customer_number) GROUP BY customer_number
    ), scored AS (
        SELECT customer_number, customer_id, model_id, probability, value_at_risk, expected_loss, reasons
        FROM read_parquet({scores}) SEMI JOIN wanted USING (customer_number)
    )
    SELECT customer_number, worth, coalesce(scored.customer_id, signs.customer_id, '') AS customer_id,
        coalesce(model_id, '') AS model_id, probability, coalesce(value_at_risk, 0) AS value_at_risk, expected_loss,
        coalesce(reasons, '') AS reasons, onset_date, coalesce(severity, 0) AS severity, signs
    FROM wanted LEFT JOIN scored USING (customer_number) LEFT JOIN signs USING (customer_number)
    WHERE scored.customer_number IS NOT NULL OR signs.customer_number IS NOT NULL
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
