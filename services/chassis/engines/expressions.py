"""Where expressions are computed: DuckDB inside the process; a Spark cluster is in `spark`."""

from __future__ import annotations

import gc
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import services

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from ibis import ir

# Of statements that are kept compiled: those of a few catalogues.
_STATEMENTS_MAX = 256
# Where processes find what others have compiled before them; None where each compiles its own.
_folder: Path | None = None
# The folder of one code's statements, in which nothing else is.
_OF_CODE = re.compile(r"statements-[0-9a-f]{16}")


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
        # Groups are what threads read apart: with the engine's own size, three times as large, one of two had nothing to do.
        options = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 40960"
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
    "CREATE OR REPLACE TEMP MACRO whole_quotient(numerator, divisor) AS numerator // divisor; "
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
    Arguments tell by their `repr` all that the expression depends on.
    """
    path = _place(dialect, build, arguments, options) if _folder else None
    with suppress(OSError):
        if path and (kept := path.read_text(encoding="utf-8")):
            return kept
    with _uncollected():
        found = compiled(build(*arguments, **options), dialect)
    if path:
        # Where it cannot be kept, it is compiled again: that is no reason to compute nothing.
        with suppress(OSError):
            _write(path, found)
    return found


def keep_statements_in(folder: Path) -> None:
    """Statements are kept in that folder from now on: a process that starts finds what an earlier one has compiled."""
    global _folder  # noqa: PLW0603 - one for the process, like the statements that it has in memory
    _folder = folder


def _place(dialect: str, build: Callable[..., ir.Table], arguments: tuple[Any, ...], options: dict[str, Any]) -> Path:
    told = repr((dialect, build.__module__, build.__qualname__, arguments, sorted(options.items())))
    assert _folder
    return _folder / f"statements-{_code_sha256()}" / f"{sha256(told.encode()).hexdigest()}.sql"


@cache
def _code_sha256() -> str:
    """Of all that may shape an expression: the services' code, and the compiler."""
    digest = sha256(f"{version('ibis-framework')} {version('sqlglot')}".encode())
    for file in sorted(Path(services.__path__[0]).rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _write(path: Path, found: str) -> None:
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Of other code than this nobody looks for any more.
        for former in path.parents[1].iterdir():
            if former != path.parent and _OF_CODE.fullmatch(former.name):
                shutil.rmtree(former, ignore_errors=True)
    # Whole once it has its name, also after a loss of power: others look for it meanwhile.
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(found)
        file.flush()
        os.fsync(descriptor)
    Path(unfinished).replace(path)


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
