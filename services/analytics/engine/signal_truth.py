"""What became of those in whom rules saw their signs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from services.analytics.rules.precision import Precision
from services.chassis.engines.expressions import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def count_truth(
    connection: DuckDBPyConnection, signals: Path, labels: Path
) -> tuple[Precision, dict[tuple[str, int], Precision]]:
    """Of all customers, and by rule and version: how many there were, and how many of them left.

    Both files are of one date. Whom the labels say nothing of counts nowhere.
    """
    known = f'SELECT customer_number, "left" AS went FROM read_parquet({quoted(labels)}) WHERE "left" IS NOT NULL'
    row = connection.execute(f"SELECT count(*), count(*) FILTER (went) FROM ({known})").fetchone()
    customers, left = row or (0, 0)
    counted = connection.execute(
        f"SELECT signal_code, rule_version, count(*), count(*) FILTER (went) FROM read_parquet({quoted(signals)}) "
        f"JOIN ({known}) USING (customer_number) GROUP BY ALL"
    ).fetchall()
    by_rule = {(code, version): Precision(raised, gone, customers, left) for code, version, raised, gone in counted}
    return Precision(customers, left, customers, left), by_rule
