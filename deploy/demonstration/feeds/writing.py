"""One file of a feed: its rows as lines, its trailer or its file of totals, and then the file that says that it is complete."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from deploy.demonstration.feeds.dialect import Dialect
from services.chassis.lake.schemas import Type
from services.integration.model.feed_definition import FeedDefinition

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_AT_ONCE = 20_000
# Fast, and a fifth of the size.
_GZIP_LEVEL = 1
# What each system writes at the end of a file, or into a file beside it: as the pattern of the feed's controls reads it.
_TOTALS = {
    "core.customers": "TRL|+|{rows}",
    "core.accounts": "TRL|+|{rows}",
    "core.balances": "TRL\x1b{rows}\x1b{balance_minor_units}",
    "core.transactions": "TRL|+|{rows}",
    "counter.transactions": "HJ{rows:010d}",
    "ledger.gl_postings": "ROWS={rows}",
}
# Older systems end lines as Windows does.
_LINE_ENDS = {"counter.transactions": "\r\n"}

# Changes lines before they are written: to plant faults.
Change = Callable[[list[str]], list[str]]
# Changes what is said of them, by `rows` and the names of columns.
Totals = Callable[[dict[str, int]], dict[str, int]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The canonical rows of a file."""

    statement: str
    # For which date the file is named.
    file_date: date


def write_file(
    connection: DuckDBPyConnection,
    definition: FeedDefinition,
    rows: Rows,
    folder: Path,
    *,
    change: Change | None = None,
    totals: Totals | None = None,
) -> Path | None:
    """Writes the file, whole or not at all, the same bytes for the same rows; None where there are no rows."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE told AS {rows.statement}")
    told = _totals(connection, definition)
    if not told["rows"]:
        return None
    path = folder / named(definition.source.file, rows.file_date)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    ending = _LINE_ENDS.get(definition.name, "\n")
    total = _TOTALS.get(definition.name, "").format(**(totals(told) if totals else told))
    dialect = Dialect(definition)
    with _opened(unfinished, compressed=definition.format.compression == "gzip") as file:
        # Of UTF-16 the mark stands at the beginning of the file alone.
        encoding = {"utf-16": "utf-16-le"}.get(definition.format.encoding, definition.format.encoding)
        file.write(b"\xff\xfe" if encoding == "utf-16-le" else b"")
        if header := dialect.header():
            file.write(f"{header}{ending}".encode(encoding))
        for lines in _lines(connection, dialect, definition):
            changed = change(lines) if change else lines
            file.write("".join(f"{line}{ending}" for line in changed).encode(encoding))
        if definition.controls.source == "trailer":
            file.write(f"{total}{ending}".encode(encoding))
    unfinished.replace(path)
    for beside, text in ((definition.controls.file, total), (definition.source.ready_file, "")):
        if beside:
            (folder / named(beside, rows.file_date)).write_text(text, encoding="ascii")
    return path


def named(pattern: str, day: date) -> str:
    """The name of a date's file."""
    return re.sub(r"\{date:([^}]*)\}", lambda found: day.strftime(found[1]), pattern)


def _totals(connection: DuckDBPyConnection, definition: FeedDefinition) -> dict[str, int]:
    money = [column.name for column in definition.schema_.columns if column.type is Type.MONEY]
    sums = "".join(f", coalesce(sum({name}), 0)::BIGINT" for name in money)
    ((*found,),) = connection.execute(f"SELECT count(*){sums} FROM told").fetchall()  # noqa: S608 - names of ours
    return dict(zip(("rows", *money), found, strict=True))


def _lines(connection: DuckDBPyConnection, dialect: Dialect, definition: FeedDefinition) -> Iterator[list[str]]:
    order = ", ".join(("business_date", *definition.schema_.key))
    statement = f"SELECT {dialect.line()} AS line FROM told ORDER BY {order}"  # noqa: S608 - names of our own schemas
    for batch in connection.sql(statement).to_arrow_reader(ROWS_AT_ONCE):
        yield batch.column(0).to_pylist()


@contextmanager
def _opened(path: Path, *, compressed: bool) -> Iterator[IO[bytes]]:
    with path.open("wb") as plain:
        if not compressed:
            yield plain
            return
        # Without name and time, so that the same rows are the same bytes.
        with gzip.GzipFile("", "wb", _GZIP_LEVEL, plain, 0) as file:
            yield cast("IO[bytes]", file)
