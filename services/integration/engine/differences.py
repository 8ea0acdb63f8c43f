"""Differences as they are kept: one table whatever was compared, its amounts as text in units of their currency.

`number` counts from 1 in the table's order, so that a page says where the next goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from services.chassis.kernel.money import FRACTION_DIGITS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COLUMNS = ("number", "key", "business_date", "column_name", "kind", "left_value", "right_value", "step_value")


def keep(connection: DuckDBPyConnection, query: str, url: str) -> None:
    """Writes what the query answers, in the table's columns."""
    connection.execute(f"COPY (SELECT {', '.join(COLUMNS)} FROM ({query}) ORDER BY number) TO '{_quoted(url)}' (FORMAT parquet)")


def counts(connection: DuckDBPyConnection, query: str) -> Sequence[tuple[str, str, int]]:
    """How many there are of each column and kind."""
    return connection.execute(
        f"SELECT column_name, kind, count(*) FROM ({query}) GROUP BY column_name, kind ORDER BY column_name, kind"
    ).fetchall()


def page(
    connection: DuckDBPyConnection, url: str, *, after: int, size: int, kinds: Sequence[str] = (), column_name: str = ""
) -> list[tuple[Any, ...]]:
    """So many rows behind a number, of those kinds and that column where any is named."""
    return connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM read_parquet(?) WHERE number > ? AND (len(?) = 0 OR list_contains(?, kind)) "
        "AND (? = '' OR column_name = ?) ORDER BY number LIMIT ?",
        [url, after, list(kinds), list(kinds), column_name, column_name, size],
    ).fetchall()


def amount_text(minor_units: str, currency: str) -> str:
    """The expression that tells an amount in units of its currency, with all its digits."""
    # Times a decimal, for a division would go through binary floating point.
    scales = {digits: str(Decimal(1).scaleb(-digits)) for digits in {2, *FRACTION_DIGITS.values()}}
    scaled = " ".join(
        f"WHEN {digits} THEN ({minor_units}::DECIMAL(19, 0) * {scale}::DECIMAL(4, {digits}))::VARCHAR"
        for digits, scale in sorted(scales.items())
    )
    return f"CASE {digits_of(currency)} {scaled} END"


def digits_of(currency: str) -> str:
    """The expression that tells how many decimal places a currency has."""
    others = " ".join(f"WHEN '{code}' THEN {digits}" for code, digits in FRACTION_DIGITS.items())
    return f"CASE {currency} {others} ELSE 2 END"


def _quoted(text: str) -> str:
    return text.replace("'", "''")
