"""Where expressions are computed: DuckDB inside the process; a Spark cluster is in `spark`."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from ibis import ir

# Of statements that are kept compiled: those of a few catalogues.
_STATEMENTS_MAX = 256


class Engine(Protocol):
    """Computes expressions over tables that it knows by name."""

    # As Ibis calls the language.
    dialect: str

    def take(self, name: str) -> None:
        """Knows a table that was staged in DuckDB."""

    def define(self, name: str, statement: str) -> None:
        """Knows what the statement answers by that name, and computes it where it is used."""

    def keep(self, name: str, statement: str) -> Path:
        """Computes what the statement answers into one Parquet file, and knows it by that name."""

    def show(self, name: str, *paths: Path) -> None:
        """Knows Parquet files by that name, as one table."""


class DuckDb:
    """The connection in which tables are staged computes too."""

    dialect = "duckdb"

    def __init__(self, connection: DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder
        self._files = 0
        self._defined: dict[str, str] = {}
        connection.execute(FUNCTIONS)

    def take(self, name: str) -> None:
        """It is there."""

    def define(self, name: str, statement: str) -> None:
        """As a view, which reads what its tables hold whenever it is used: from step to step it stays."""
        if self._defined.get(name) != statement:
            self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {statement}")
            self._defined[name] = statement

    def keep(self, name: str, statement: str) -> Path:
        """Rows go to the file as they are computed: what memory holds does not grow with them."""
        self._files += 1
        path = self._folder / f"{name}-{self._files}.parquet"
        options = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
        self._connection.execute(f"COPY ({statement}) TO {quoted(path)} ({options})")
        self.show(name, path)
        return path

    def show(self, name: str, *paths: Path) -> None:
        """As a view."""
        self.define(name, f"FROM read_parquet([{', '.join(map(quoted, paths))}])")


# The whole quotient of whole numbers, cut off towards zero: `//` of DECIMAL would be a floating-point one. And a sum, which is
# wider than what was summed up, as wide as that again: it fits, or fails.
FUNCTIONS = (
    "CREATE OR REPLACE TEMP MACRO exact_quotient(numerator, divisor) AS "
    "((numerator::HUGEINT) // (divisor::HUGEINT))::DECIMAL(38, 0); "
    "CREATE OR REPLACE TEMP MACRO whole_number(number) AS number::BIGINT"
)


def compiled(expression: ir.Table, dialect: str) -> str:
    """The expression in the engine's language."""
    import ibis

    # To merge one SELECT into the next takes Ibis longer than all else; engines do so themselves.
    ibis.options.sql.fuse_selects = False
    return str(ibis.to_sql(expression, dialect=dialect, pretty=False))


@lru_cache(maxsize=_STATEMENTS_MAX)
def statement(dialect: str, build: Callable[..., ir.Table], *arguments: Any, **options: Any) -> str:
    """The expression that `build` makes of the arguments, compiled.

    To compile one takes longer than to compute a small book's day; so what was compiled is kept, and nothing in it is of one day.
    """
    with _uncollected():
        return compiled(build(*arguments, **options), dialect)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Looks for no garbage meanwhile: an expression is a hundred thousand objects, all of which live until it is compiled.

    To go through them again and again would take a third of the time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def quoted(value: Path | str) -> str:
    """As a text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"
