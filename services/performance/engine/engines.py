"""Where expressions are computed: DuckDB inside the process; a Spark cluster is in `spark`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from ibis import ir


class Engine(Protocol):
    """Computes expressions over tables that it knows by name."""

    def take(self, name: str) -> None:
        """Knows a table that was staged in DuckDB."""

    def define(self, name: str, expression: ir.Table) -> None:
        """Knows the expression by that name, and computes it where it is used."""

    def keep(self, name: str, expression: ir.Table) -> Path:
        """Computes the expression into one Parquet file, and knows it by that name."""

    def show(self, name: str, path: Path) -> None:
        """Knows a Parquet file by that name."""


class DuckDb:
    """The connection in which tables are staged computes too."""

    def __init__(self, connection: DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder
        self._files = 0
        connection.execute(_EXACT_QUOTIENT)

    def take(self, name: str) -> None:
        """It is there."""

    def define(self, name: str, expression: ir.Table) -> None:
        """As a view."""
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {compiled(expression, 'duckdb')}")

    def keep(self, name: str, expression: ir.Table) -> Path:
        """Rows go to the file as they are computed: what memory holds does not grow with them."""
        self._files += 1
        path = self._folder / f"{name}-{self._files}.parquet"
        copied = (
            f"COPY ({compiled(expression, 'duckdb')}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        self._connection.execute(copied)
        self.show(name, path)
        return path

    def show(self, name: str, path: Path) -> None:
        """As a view."""
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM read_parquet({quoted(path)})")


# The whole quotient of whole numbers, cut off towards zero: `//` of DECIMAL would be a floating-point one.
_EXACT_QUOTIENT = (
    "CREATE OR REPLACE TEMP MACRO exact_quotient(numerator, divisor) AS "
    "((numerator::HUGEINT) // (divisor::HUGEINT))::DECIMAL(38, 0)"
)


def compiled(expression: ir.Table, dialect: str) -> str:
    """The expression in the engine's own language."""
    import ibis

    return str(ibis.to_sql(expression, dialect=dialect))


def quoted(path: Path) -> str:
    """As a text of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
