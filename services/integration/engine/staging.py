"""Takes a file, or corrected rows, as far as typed rows of which it is known which are good.

Typed rows stand in a file of the run's own until they are published: what comes after reads them as often as it likes, in little
memory, and a process that dies in between finds them again.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from services.chassis.lake.sealed_files import SealedReader, sealed_url
from services.integration.engine.columns import DATE_COLUMN, TypedRows
from services.integration.engine.reading import reading_of
from services.integration.engine.reading.decompressing import decompressed
from services.integration.engine.reading.rows import check_faults
from services.integration.model.feed_definition import FeedDefinition

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STAGED = "rows.parquet"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row for the quarantine."""

    line: int
    reason: str
    column: str
    raw: str
    business_date: date | None = None


@dataclass(slots=True)
class Staged:
    """What became of a file."""

    columns: list[str]
    trailer: list[str]
    rows_read: int
    # What is no row, or holds a value that is none.
    bad: list[BadRow] = field(default_factory=list)
    timings: dict[str, int] = field(default_factory=dict)
    # What the format's own totals say otherwise, and how often.
    warnings: Mapping[str, int] = field(default_factory=dict)


@contextmanager
def content_of(path: Path, compression: str) -> Iterator[BinaryIO]:
    """The content of a sealed file that landed, decompressed."""
    with SealedReader(path) as sealed, decompressed(cast("BinaryIO", _OnePlace(sealed)), compression, sealed.size) as content:
        yield content


class _OnePlace:
    """A sealed file with one position: the engine takes rows from it in whichever thread is free."""

    def __init__(self, file: SealedReader) -> None:
        self._file = file
        self._place = 0

    def read(self, count: int = -1) -> bytes:
        """The next so many bytes."""
        self._file.seek(self._place)
        part = self._file.read(count)
        self._place += len(part)
        return part

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to a place; answers it."""
        place = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._file.size}[whence] + offset
        if place < 0:
            raise OSError(errno.EINVAL, "There is nothing before the beginning.")
        self._place = place
        return place

    def tell(self) -> int:
        """Where it is."""
        return self._place

    def seekable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True


def stage(connection: DuckDBPyConnection, definition: FeedDefinition, file: BinaryIO, folder: Path, zone: str) -> Staged:
    """Writes the file's typed rows into the folder; raises InvalidInput where the file as a whole cannot be read."""
    import pyarrow as pa

    started = time.monotonic()
    reading = reading_of(definition, file)
    reading.open()
    trouble: list[BaseException] = []
    typed = TypedRows(definition, reading.columns, zone)
    raw = pa.RecordBatchReader.from_batches(_schema_of(definition, reading.columns), _batches(reading, trouble))
    order = f" ORDER BY {DATE_COLUMN}" if definition.date.source == "column" else ""
    target = staged_url(definition, folder)
    connection.register("raw_rows", raw)
    # Rows know their lines; to keep their order as well would hold back what other threads have written already.
    connection.execute("SET preserve_insertion_order = false")
    try:
        connection.execute(f"COPY ({typed.statement('raw_rows')}{order}) TO '{target}' (FORMAT parquet, COMPRESSION lz4_raw)")
    # Of whatever kind it comes, the engine tells only that the rows ended; why, they know.
    except Exception:
        if trouble:
            raise trouble[0] from None
        raise
    finally:
        connection.execute("SET preserve_insertion_order = true")
        connection.unregister("raw_rows")
    parsed = time.monotonic()
    found = connection.execute(
        f"SELECT line, fault FROM read_parquet('{target}') WHERE fault IS NOT NULL ORDER BY line"
    ).fetchall()
    ((rows,),) = connection.execute(f"SELECT count(*) FROM read_parquet('{target}')").fetchall()
    check_faults(len(found) + len(reading.faults.found))
    staged = Staged(reading.columns, reading.trailer, rows + len(reading.faults.found))
    staged.bad = [BadRow(fault.line, fault.reason, "", fault.raw) for fault in reading.faults.found]
    staged.warnings = dict(reading.faults.warnings)
    staged.timings["parse"] = round((parsed - started) * 1000)
    return staged


def staged_url(definition: FeedDefinition, folder: Path) -> str:
    """By which the engine finds the typed rows."""
    path = folder / STAGED
    return sealed_url(path) if definition.schema_.personal else str(path)


def _schema_of(definition: FeedDefinition, columns: Sequence[str]) -> Any:
    import pyarrow as pa

    from services.integration.engine.reading.rows import used_columns

    used = set(used_columns(definition))
    named = [(f"c{place}", pa.string()) for place, name in enumerate(columns) if name in used]
    return pa.schema([("line", pa.int64()), *named])


def _batches(reading: Any, trouble: list[BaseException]) -> Iterator[Any]:
    try:
        for table in reading.batches():
            yield from table.to_batches()
    except BaseException as error:
        trouble.append(error)
        raise
