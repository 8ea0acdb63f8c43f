"""Whom a rule that is tried would find in the features of an analysis, beside whom the version in force finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from services.analytics.engine.signals import found_by
from services.analytics.rules.signals import SignalRule, SignalSeverity, TriedChange
from services.chassis.engines.expressions import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CHANGE = (
    f"CASE WHEN former.severity IS NULL THEN {TriedChange.ADDED.value} WHEN tried.severity IS NULL THEN "
    f"{TriedChange.DROPPED.value} WHEN tried.severity <> former.severity THEN {TriedChange.SEVERITY.value} "
    f"ELSE {TriedChange.NONE.value} END"
)
_BOTH = "tried FULL JOIN former USING (customer_id)"


@dataclass(frozen=True, slots=True)
class TriedCounts:
    """How many customers it finds, how many the version in force does, and how many it finds more, and no longer."""

    raised_count: int
    former_raised_count: int
    added_count: int
    dropped_count: int


@dataclass(frozen=True, slots=True)
class SegmentCounts:
    """Of a segment's customers, how many it finds, by severity."""

    customer_kind: int
    customer_tier: int
    customer_count: int
    raised_count: int
    serious_count: int
    severe_count: int


@dataclass(frozen=True, slots=True)
class Found:
    """A customer in whom something changes, or not; without severity and evidence where he is no longer found."""

    customer_id: str
    change: int
    severity: int | None
    evidence: str | None


class Trial:
    """A rule on trial, over all customers of an analysis."""

    def __init__(self, connection: DuckDBPyConnection, features: Path, as_of_date: date, minor_unit_digits: int) -> None:
        self._connection = connection
        self._features = features
        self._as_of_date = as_of_date
        self._digits = minor_unit_digits

    def find(self, rule: SignalRule, former: SignalRule | None) -> None:
        """Looks for both; what the others answer is of these."""
        # A rule that is switched off finds nothing, but whoever tries one wants to see what it would find.
        for name, rules in (("tried", [replace(rule, enabled=True)]), ("former", [former] if former else [])):
            query = found_by(self._features, rules, self._as_of_date, self._digits)
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def counts(self) -> TriedCounts:
        """How many customers."""
        ((raised, former, added, dropped),) = self._connection.execute(
            f"SELECT count(tried.severity), count(former.severity), count(*) FILTER ({_CHANGE} = {TriedChange.ADDED.value}), "
            f"count(*) FILTER ({_CHANGE} = {TriedChange.DROPPED.value}) FROM {_BOTH}"
        ).fetchall()
        return TriedCounts(raised, former, added, dropped)

    def segments(self) -> list[SegmentCounts]:
        """How many by segment."""
        severities = ", ".join(
            f"count(*) FILTER (severity = {severity.value})" for severity in (SignalSeverity.SERIOUS, SignalSeverity.SEVERE)
        )
        rows = self._connection.execute(
            f"SELECT coalesce(kind, 0), coalesce(tier, 0), count(*), count(severity), {severities} "
            f"FROM read_parquet({quoted(self._features)}) LEFT JOIN tried USING (customer_id) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return [SegmentCounts(*row) for row in rows]

    def some(self, count_max: int) -> Sequence[Found]:
        """Some customers, those first in whom something changes."""
        rows = self._connection.execute(
            f"SELECT customer_id, {_CHANGE} AS change, tried.severity, tried.evidence FROM {_BOTH} "
            f"ORDER BY change, tried.severity DESC NULLS LAST, customer_id LIMIT {count_max}"
        ).fetchall()
        return [Found(*row) for row in rows]
