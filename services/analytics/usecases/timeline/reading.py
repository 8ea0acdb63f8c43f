"""Reads what an analysis's files have of one customer: they are sorted by its number, so that little of them is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.analytics.rules.timeline import COLUMNS
from services.analytics.usecases.analyses.keeping import Files

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.lake import Lake

# Of one customer; a company with more shows those that changed last.
ACCOUNTS_MAX = 1_000
RATE_CHANGES_MAX = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What the files say of a customer between two days."""

    # In their order, and of each column the value of each day.
    days: Sequence[date] = ()
    values: Mapping[str, Sequence[int | None]] = field(default_factory=dict)
    accounts: Sequence[Mapping[str, Any]] = ()
    # Changes of listed rates of products that the customer has or had: one row a day and product.
    rate_changes: Sequence[Mapping[str, Any]] = ()
    history_days: int = 0
    # Nothing is known of a customer that no analysis has seen.
    thin: bool = True


def read(lake: Lake, files: Files, customer_numbers: Sequence[str], start_date: date, end_date: date) -> Facts:
    """The facts of a customer, by its number and those of the records that were merged into it.

    Features go by that of the record that stands, which is the first; days and accounts also by those under which they were kept.
    """
    with lake.connection() as connection:
        days = _days(connection, files.days(start_date, end_date), customer_numbers, start_date, end_date)
        accounts = _accounts(connection, files.accounts, customer_numbers, start_date)
        products = sorted({row["product_code"] for row in accounts if row["product_code"]})
        history_days, thin = _history(connection, files.features, customer_numbers[0])
        return Facts(
            days=[row[0] for row in days],
            values={name: [row[place] for row in days] for place, name in enumerate(COLUMNS, start=1)},
            accounts=accounts,
            rate_changes=_rate_changes(connection, files.folder / "rates.parquet", products, start_date, end_date),
            history_days=history_days,
            thin=thin,
        )


def _days(
    connection: DuckDBPyConnection, paths: Sequence[Path], numbers: Sequence[str], start_date: date, end_date: date
) -> list[tuple[Any, ...]]:
    if not paths:
        return []
    # Sums of whole numbers are wider than the columns; no bank's books are.
    sums = ", ".join(f"sum({name})::BIGINT" for name in COLUMNS)
    query = f"SELECT day, {sums} FROM read_parquet(?) WHERE {_of(numbers)} AND day BETWEEN ? AND ? GROUP BY day ORDER BY day"  # noqa: S608 - names of columns, and places for values
    return connection.execute(query, [[str(path) for path in paths], *numbers, start_date, end_date]).fetchall()


def _accounts(connection: DuckDBPyConnection, path: Path, numbers: Sequence[str], start_date: date) -> list[Mapping[str, Any]]:
    """Accounts that were open on the first day or later; one without a number of its own system is none."""
    columns = ("kind", "product_code", "source_system", "currency_code", "open_date", "maturity_date", "close_date", "balance")
    query = (
        f"SELECT {', '.join(columns)} FROM read_parquet(?) WHERE {_of(numbers)} AND (close_date IS NULL OR close_date >= ?) "  # noqa: S608 - names of columns, and places for values
        f"ORDER BY greatest(open_date, maturity_date, close_date) DESC NULLS LAST, account_number LIMIT {ACCOUNTS_MAX}"
    )
    rows = connection.execute(query, [str(path), *numbers, start_date]).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _history(connection: DuckDBPyConnection, path: Path, number: str) -> tuple[int, bool]:
    query = "SELECT history_days, thin FROM read_parquet(?) WHERE customer_number = ?"
    found = connection.execute(query, [str(path), number]).fetchone()
    return (found[0] or 0, bool(found[1])) if found else (0, True)


def _rate_changes(
    connection: DuckDBPyConnection, path: Path, products: Sequence[str], start_date: date, end_date: date
) -> list[Mapping[str, Any]]:
    """Of each day and product the tenor whose rate moved most, and how many others moved."""
    if not products or not path.exists():
        return []
    columns = ("day", "product_code", "currency_code", "tenor_days", "former_rate_e8", "rate_e8", "others")
    query = f"""
        WITH listed AS (
            SELECT date AS day, product_code, currency_code, tenor_days, rate_e8,
                lag(rate_e8) OVER (PARTITION BY product_code, currency_code, tenor_days ORDER BY date) AS former_rate_e8
            FROM read_parquet(?) WHERE source = 'listed' AND product_code IN ({_places(products)})
        )
        SELECT day, product_code, currency_code, tenor_days, former_rate_e8, rate_e8,
            count(*) OVER (PARTITION BY day, product_code, currency_code) - 1 AS others
        FROM listed WHERE rate_e8 <> former_rate_e8 AND day BETWEEN ? AND ?
        QUALIFY row_number() OVER (
            PARTITION BY day, product_code, currency_code ORDER BY abs(rate_e8 - former_rate_e8) DESC, tenor_days
        ) = 1
        ORDER BY day DESC, product_code, currency_code LIMIT {RATE_CHANGES_MAX}
    """  # noqa: S608 - names of columns, and places for values
    rows = connection.execute(query, [str(path), *products, start_date, end_date]).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _of(numbers: Sequence[str]) -> str:
    """Equality with one number prunes what is read of a file further than a list of one does."""
    return "customer_number = ?" if len(numbers) == 1 else f"customer_number IN ({_places(numbers)})"


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" for _ in values)
