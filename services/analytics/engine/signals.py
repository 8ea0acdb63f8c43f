"""Looks for the signs that rules state, in the features of an analysis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from services.analytics.rules.signals import SignalRule

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def write_signals(
    connection: DuckDBPyConnection, features: Path, rules: Sequence[SignalRule], as_of_date: date, path: Path
) -> None:
    """Writes `signals.parquet`: a row for each customer and rule that holds for him, sorted by customer's number and code.

    Columns: customer_number, customer_id, signal_code, rule_version int, onset_date (never after `as_of_date`), severity int,
    evidence (JSON text `{"features": {name: value}, "thresholds": {name: value}}`: amounts in minor units, dates as texts).
    """
    raise NotImplementedError
