"""From typed rows to a date's revision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from services.chassis.lake.schemas import Schema
from services.integration.engine.columns import DATE_COLUMN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation


def good_rows(url: str, excluded_url: str, *, day: date | None) -> str:
    """The statement for the rows of a date, or of all where `day` is None, that go into the dataset."""
    of_day = f" AND {DATE_COLUMN} = DATE '{day}'" if day else ""
    kept = f"SELECT * FROM read_parquet('{url}') WHERE fault IS NULL{of_day}"
    return f"{kept} AND line NOT IN (SELECT line FROM read_parquet('{excluded_url}'))" if excluded_url else kept


def load_days(connection: DuckDBPyConnection, url: str, excluded_url: str, days: Sequence[date], *, copied: bool) -> None:
    """Puts the rows of those days, or of all where there are none, at hand for `loaded_rows`; copied, or where they lie."""
    query = good_rows(url, excluded_url, day=None)
    if days:
        listed = ", ".join(f"DATE '{day}'" for day in days)
        query = f"SELECT * FROM ({query}) WHERE {DATE_COLUMN} IN ({listed})"
    connection.execute(f"CREATE OR REPLACE TEMP {'TABLE' if copied else 'VIEW'} loaded_days AS {query}")


def loaded_rows(day: date | None) -> str:
    """The statement for the rows of one of the days, or of all."""
    return f"SELECT * FROM loaded_days WHERE {DATE_COLUMN} = DATE '{day}'" if day else "SELECT * FROM loaded_days"


def added(query: str, schema: Schema, current: DuckDBPyRelation | None) -> str:
    """The statement for those rows together with the ones that are there."""
    names = ", ".join(schema.names)
    if current is None:
        return f"SELECT {names} FROM ({query})"
    current.create_view("added_to_rows", replace=True)
    return f"SELECT {names} FROM added_to_rows UNION ALL SELECT {names} FROM ({query})"


def equal_rows(connection: DuckDBPyConnection, query: str, current: DuckDBPyRelation, schema: Schema) -> bool:
    """Whether the query's rows are those of the current revision, as often each, in whatever order."""
    names = ", ".join(schema.names)
    current.create_view("current_rows", replace=True)
    differing = (
        f"SELECT 1 FROM (SELECT {names}, sum(side) AS difference FROM ("
        f"SELECT {names}, 1 AS side FROM ({query}) UNION ALL SELECT {names}, -1 FROM current_rows) GROUP BY ALL) "
        f"WHERE difference <> 0 LIMIT 1"
    )
    return not connection.execute(differing).fetchall()


def dates_of(connection: DuckDBPyConnection, query: str) -> Sequence[tuple[Any, int]]:
    """The dates that the rows are of, with how many there are."""
    return connection.execute(f"SELECT {DATE_COLUMN}, count(*) FROM ({query}) GROUP BY 1 ORDER BY 1").fetchall()
