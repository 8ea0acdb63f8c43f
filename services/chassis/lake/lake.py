"""Datasets on disk: `<root>/<feed>/business_date=YYYY-MM-DD/rev=N/part-*.parquet`, never changed once written.

Which revision is current the integration service knows and announces; whoever reads pins what it was told, so that a result can
be repeated. The engine is imported where it is used: a process that is at rest does not carry it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from services.chassis.kernel.errors import NotFound

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from services.chassis.lake.schemas import Schema

# Of one file of a dataset: large enough that a scan is not all about opening files.
PART_BYTES_MAX = 256 * 1024 * 1024
_FEED_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pin:
    """One revision of a dataset, as its event names it."""

    feed: str
    dataset: str
    source_system: str
    business_date: date
    revision: int


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a dataset, below its folder; the hash is of its content as it is when read."""

    name: str
    rows: int
    size_bytes: int
    sha256: str


class Lake:
    """The deployment's datasets."""

    def __init__(self, root: Path, *, memory_mb_max: int = 512, threads: int = 2) -> None:
        self.root = root
        self._memory_mb_max = memory_mb_max
        self._threads = threads

    @contextmanager
    def connection(self) -> Iterator[DuckDBPyConnection]:
        """An engine of its own, bounded in memory; what does not fit goes to encrypted files that end with it."""
        import duckdb

        from services.chassis.lake.sealed_files import SealedFiles

        spill = self.root / ".spill"
        spill.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.register_filesystem(SealedFiles())
            for name, value in {
                "memory_limit": f"{self._memory_mb_max}MB",
                "threads": self._threads,
                "temp_directory": str(spill),
                "temp_file_encryption": True,
                # Neither is at hand on a closed network; to look would hang.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "TimeZone": "UTC",
            }.items():
                connection.execute(f"SET {name} = ?", [value])
            yield connection

    def folder(self, pin: Pin) -> Path:
        """Where the revision's files are; ValueError where the feed's name is no name of a folder."""
        if not _FEED_NAME.fullmatch(pin.feed) or ".." in pin.feed:
            raise ValueError("A feed's name has small letters, digits, dots, dashes and underscores.")
        return self.root / pin.feed / f"business_date={pin.business_date}" / f"rev={pin.revision}"

    def relation(self, connection: DuckDBPyConnection, schema: Schema, pins: Iterable[Pin]) -> DuckDBPyRelation:
        """The rows of all those revisions, with `source_system` and `business_date`; raises NotFound DATASET_MISSING."""
        urls = [url for pin in pins for url in self._urls(schema, pin)]
        if not urls:
            columns = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in stored_columns(schema))
            return connection.sql(f"SELECT {columns} WHERE false")
        return connection.read_parquet(urls, union_by_name=True, hive_partitioning=False)

    def write(self, connection: DuckDBPyConnection, query: str, schema: Schema, pin: Pin) -> list[Part]:
        """Writes what the query finds as that revision, whole or not at all; what stood there unannounced is replaced.

        The query answers the schema's columns; `source_system` and `business_date` are the pin's.
        """
        folder = self.folder(pin)
        unfinished = folder.with_name(f".{folder.name}")
        for left in (unfinished, folder):
            shutil.rmtree(left, ignore_errors=True)
        unfinished.mkdir(parents=True)
        columns = ", ".join(f"{name}::{type_} AS {name}" for name, type_ in stored_columns(schema)[2:])
        selected = (
            f"SELECT '{_quoted(pin.source_system)}' AS source_system, DATE '{pin.business_date}' AS business_date, {columns} "
            f"FROM ({query})"
        )
        name = "part-0.parquet"
        connection.execute(f"COPY ({selected}) TO '{self._url(schema, unfinished / name)}' (FORMAT parquet, COMPRESSION zstd)")
        unfinished.rename(folder)
        return [self._part(connection, schema, folder, name)]

    def open(self, schema: Schema, pin: Pin, name: str) -> BinaryIO:
        """One file of the revision, as its content is when read."""
        return self._opened(schema, self.folder(pin) / name)

    def _urls(self, schema: Schema, pin: Pin) -> Sequence[str]:
        folder = self.folder(pin)
        if not folder.is_dir():
            told = {"feed": pin.feed, "businessDate": str(pin.business_date), "revision": str(pin.revision)}
            raise NotFound("DATASET_MISSING", "This revision of the dataset is not there, or not any more.", metadata=told)
        return [self._url(schema, path) for path in sorted(folder.glob("part-*.parquet*"))]

    def _part(self, connection: DuckDBPyConnection, schema: Schema, folder: Path, name: str) -> Part:
        path = folder / name
        ((rows,),) = connection.execute("SELECT count(*) FROM read_parquet(?)", [self._url(schema, path)]).fetchall()
        digest, size = hashlib.sha256(), 0
        with self._opened(schema, path) as file:
            while content := file.read(_READ_BYTES):
                digest.update(content)
                size += len(content)
        return Part(name, int(rows), size, digest.hexdigest())

    def _url(self, schema: Schema, path: Path) -> str:
        from services.chassis.lake.sealed_files import sealed_url

        return sealed_url(path) if schema.personal else str(path)

    def _opened(self, schema: Schema, path: Path) -> BinaryIO:
        from services.chassis.lake.sealed_files import SealedReader

        return cast("BinaryIO", SealedReader(path)) if schema.personal else path.open("rb")


def stored_columns(schema: Schema) -> list[tuple[str, str]]:
    """The columns as stored, with their types in the engine: where a row comes from, of which day, and the schema's own."""
    own = [(column.name, column.type.engine_type) for column in schema.columns]
    return [("source_system", "VARCHAR"), ("business_date", "DATE"), *own]


def _quoted(text: str) -> str:
    return text.replace("'", "''")
