"""Bad rows on their way to the quarantine: kept sealed beside the typed rows until the database has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.chassis.lake.sealed_files import sealed_url
from services.integration.engine.staging import BadRow, content_of
from services.integration.model.feed_definition import FeedDefinition

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BAD_ROWS = "bad-rows.parquet"


def with_raw(definition: FeedDefinition, path: Path, faults: Sequence[tuple[int, str, date | None]]) -> list[BadRow]:
    """The rows with those faults (`REASON column`) as the file has them, read anew from the sealed file."""
    from services.integration.engine.reading import reading_of

    if not faults:
        return []
    by_line = {line: (fault, day) for line, fault, day in faults}
    rows = []
    with content_of(path, definition.format.compression) as file:
        for line, raw in reading_of(definition, file).raw(sorted(by_line)):
            fault, day = by_line[line]
            reason, _, column = fault.partition(" ")
            rows.append(BadRow(raw.line, reason, column, raw.text, day))
    return rows


def keep(connection: DuckDBPyConnection, folder: Path, rows: Sequence[BadRow]) -> None:
    """Writes them into the folder, in the order of their lines."""
    import pyarrow as pa

    ordered = sorted(rows, key=lambda row: row.line)
    names = ("line", "reason", "column", "raw", "business_date")
    types = (pa.int64(), pa.string(), pa.string(), pa.string(), pa.date32())
    table = pa.table({n: pa.array([getattr(row, n) for row in ordered], t) for n, t in zip(names, types, strict=True)})
    connection.register("bad_rows", table)
    connection.execute(f"COPY bad_rows TO '{sealed_url(folder / BAD_ROWS)}' (FORMAT parquet)")
    connection.unregister("bad_rows")


def kept(connection: DuckDBPyConnection, folder: Path, start: int, count: int) -> list[tuple[Any, ...]]:
    """So many of them from a place on: line, reason, column, raw, business date."""
    statement = f"SELECT * FROM read_parquet('{sealed_url(folder / BAD_ROWS)}') LIMIT {int(count)} OFFSET {int(start)}"
    return connection.execute(statement).fetchall()
