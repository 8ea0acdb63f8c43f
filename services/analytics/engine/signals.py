"""Looks for the signs that rules state, in the features of an analysis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.analytics.engine.conditions import THRESHOLD_PREFIX, feature_column, statement
from services.analytics.rules.conditions.sorts import FEATURE_SORTS, Sort
from services.analytics.rules.signal_reading import ReadRule, narrowest_first, read_rule
from services.analytics.rules.signals import SegmentThresholds, SignalRule, SignalSeverity
from services.chassis.engines.expressions import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What every row has beside what its rule names.
_OWN = ("customer_number", "customer_id", "kind", "tier", "thin")
_NOTHING = (
    "SELECT '' AS customer_number, '' AS customer_id, '' AS signal_code, 0::BIGINT AS rule_version, "
    "DATE '2000-01-01' AS onset_date, 0::BIGINT AS severity, '' AS evidence WHERE false"
)
# What has held for longer than a century has no onset that anybody looks for.
_ONSET_DAYS_MAX = 36_600
# Small, so that a portion of customers, or one, is read without the others.
_GROUP_ROWS = 20_480
# Ratios in evidence are for people.
_EVIDENCE_DECIMALS = 6


def write_signals(
    connection: DuckDBPyConnection,
    features: Path,
    rules: Sequence[SignalRule],
    as_of_date: date,
    path: Path,
    *,
    minor_unit_digits: int = 2,
) -> None:
    """Writes `signals.parquet`: a row for each customer and rule that holds for him, sorted by customer's number and code.

    Columns: customer_number, customer_id, signal_code, rule_version int, onset_date (never after `as_of_date`), severity int,
    evidence (JSON text `{"features": {name: value}, "thresholds": {name: value}}`: amounts in minor units, rates as fractions,
    dates as texts). Thresholds that are amounts are in a currency with so many digits of minor units. Rules switched off find
    nothing; raises RuleFault where one is not right.
    """
    found = found_by(features, rules, as_of_date, minor_unit_digits)
    options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP_ROWS}"
    connection.execute(f"COPY ({found} ORDER BY customer_number, signal_code) TO {quoted(path)} ({options})")


# A row of signals as they are taken over.
SEEN = ("customer_id", "rule_code", "rule_version", "onset_date", "severity", "evidence")


def read_signals(connection: DuckDBPyConnection, signals: Path, after: str, count_max: int) -> list[tuple[Any, ...]]:
    """So many rows, as `SEEN` names them, of those whose customers' ids come after that one, by id and code."""
    return connection.execute(
        "SELECT customer_id, signal_code, rule_version, onset_date, severity, evidence "
        f"FROM read_parquet({quoted(signals)}) WHERE customer_id > ? ORDER BY customer_id, signal_code LIMIT {count_max}",
        [after],
    ).fetchall()


def found_by(features: Path, rules: Sequence[SignalRule], as_of_date: date, minor_unit_digits: int = 2) -> str:
    """The query of which `write_signals` writes the answer, unsorted."""
    queries = [_query(features, read_rule(rule), as_of_date, minor_unit_digits) for rule in rules if rule.enabled]
    return " UNION ALL ".join([_NOTHING, *queries])


def _query(features: Path, read: ReadRule, as_of_date: date, digits: int) -> str:
    rule = read.rule
    holds = statement(read.condition.root)
    # What is too thin a history to say anything of is not looked at, but for what needs none.
    looked_at = "NOT left_out AND NOT coalesce(thin, true)" if rule.needs_history else "NOT left_out"
    return (
        f"SELECT customer_number, customer_id, {quoted(rule.code)} AS signal_code, {rule.version}::BIGINT AS rule_version, "
        f"{_onset(rule.onset_feature, as_of_date)} AS onset_date, {_severity(read)} AS severity, {_evidence(read)} AS evidence "
        f"FROM ({_rows(features, read, digits)}) WHERE {looked_at} AND {holds}"
    )


def _rows(features: Path, read: ReadRule, digits: int) -> str:
    named = dict.fromkeys(name for each in read.conditions for name in each.features) | dict.fromkeys(read.features)
    if read.rule.onset_feature:
        named[read.rule.onset_feature] = None
    columns = [*_OWN, *(feature_column(name) for name in named if name not in _OWN)]
    segments = narrowest_first(read.rule)
    for name, sort in read.threshold_sorts.items():
        stated = [each for each in segments if name in each.values]
        values = [_literal(each.values[name], sort, digits) for each in stated]
        columns.append(f"{_choice(stated, values)} AS {THRESHOLD_PREFIX}{name}")
    left_out = _choice(segments, ["true" if each.left_out else "false" for each in segments]) if segments else "false"
    return f"SELECT {', '.join(columns)}, {left_out} AS left_out FROM read_parquet({quoted(features)})"


def _choice(segments: Sequence[SegmentThresholds], values: Sequence[str]) -> str:
    """The value of the first segment to which the row belongs; the last is everybody's."""
    cases = "".join(f" WHEN {_within(each)} THEN {value}" for each, value in zip(segments[:-1], values, strict=False))
    return f"CASE{cases} ELSE {values[-1]} END" if cases else values[-1]


def _within(segment: SegmentThresholds) -> str:
    return " AND ".join(f"{name} = {int(value)}" for name, value in (("kind", segment.kind), ("tier", segment.tier)) if value)


def _literal(value: Decimal, sort: Sort, digits: int) -> str:
    exact = value.scaleb(digits) if sort is Sort.AMOUNT else value
    return f"CAST('{exact:f}' AS DOUBLE)"


def _onset(feature: str, as_of_date: date) -> str:
    as_of = f"DATE '{as_of_date}'"
    if not feature:
        return as_of
    if FEATURE_SORTS[feature] is Sort.DATE:
        return f"least(coalesce({feature}, {as_of}), {as_of})"
    days = f"greatest(0, least(coalesce({feature}, 0), {_ONSET_DAYS_MAX}))"
    return f"({as_of} - CAST({days} AS INTEGER))"


def _severity(read: ReadRule) -> str:
    steps = ((read.severe, SignalSeverity.SEVERE), (read.serious, SignalSeverity.SERIOUS))
    cases = "".join(f" WHEN {statement(step.root)} THEN {severity.value}" for step, severity in steps if step)
    lowest = SignalSeverity.NOTED.value
    return f"CAST({f'CASE{cases} ELSE {lowest} END' if cases else lowest} AS BIGINT)"


def _evidence(read: ReadRule) -> str:
    features = _struct((name, _shown(name, FEATURE_SORTS[name])) for name in read.features)
    thresholds = _struct((name, _shown(f"{THRESHOLD_PREFIX}{name}", sort)) for name, sort in read.threshold_sorts.items())
    return f"to_json({{'features': {features}, 'thresholds': {thresholds}}})::VARCHAR"


def _shown(column: str, sort: Sort) -> str:
    if sort is Sort.RATIO:
        return f"round({column}, {_EVIDENCE_DECIMALS})"
    return f"CAST({column} AS BIGINT)" if sort in (Sort.AMOUNT, Sort.DAYS, Sort.COUNT, Sort.CATEGORY) else column


def _struct(fields: Iterable[tuple[str, str]]) -> str:
    written = ", ".join(f"'{name}': {value}" for name, value in fields)
    # A struct of no fields is no value of SQL's; an empty map reads the same.
    return f"{{{written}}}" if written else "MAP {}"
