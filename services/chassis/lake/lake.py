"""Datasets on disk: `<root>/<feed>/business_date=YYYY-MM-DD/rev=N/part-*.parquet`, never changed once written.

Which revision is current the integration service knows and announces; whoever reads pins what it was told, so that a result can
be repeated. The engine is imported where it is used: a process that is at rest does not carry it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from services.chassis.kernel.errors import NotFound, StaleVersion
from services.chassis.lake.folders import put_in_place
from services.chassis.lake.schemas import Type

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from services.chassis.lake.schemas import Schema

# Of one file of a dataset: large enough that a scan is not all about opening files.
PART_BYTES_MAX = 256 * 1024 * 1024
SPILL = ".spill"
# Of a file beside a revision's folder, which says in which pack its rows are (`lake.packs`).
PACK_SUFFIX = ".pack"
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

    def __init__(self, root: Path, *, memory_mb_max: int = 320, threads: int = 2) -> None:
        self.root = root
        self._memory_mb_max = memory_mb_max
        self._threads = threads

    @contextmanager
    def connection(self) -> Iterator[DuckDBPyConnection]:
        """An engine of its own, bounded in memory; what does not fit goes to encrypted files that end with it."""
        import duckdb

        from services.chassis.lake.sealed_files import SealedFiles

        # Its own: the engine gives its files no name of the process, so that two in one folder would write into each other's.
        spill = self.root / SPILL / secrets.token_hex(8)
        spill.mkdir(parents=True)
        try:
            with duckdb.connect() as connection:
                connection.register_filesystem(SealedFiles())
                for name, value in {
                    "memory_limit": f"{self._memory_mb_max}MB",
                    "threads": self._threads,
                    "temp_directory": str(spill),
                    # DuckDB's own cipher writes only when told so, for it seeds its keys less well than OpenSSL's, which comes
                    # with an extension that a closed network has not. Without it nothing at all could spill; the keys live as
                    # long as the connection, and the files no longer.
                    "force_mbedtls_unsafe": "true",
                    "temp_file_encryption": True,
                    # Neither is at hand on a closed network; to look would hang.
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "TimeZone": "UTC",
                }.items():
                    connection.execute(f"SET {name} = ?", [value])
                yield connection
        finally:
            shutil.rmtree(spill, ignore_errors=True)

    def folder(self, pin: Pin) -> Path:
        """Where the revision's files are; ValueError where the feed's name is no name of a folder."""
        if not _FEED_NAME.fullmatch(pin.feed) or ".." in pin.feed:
            raise ValueError("A feed's name has small letters, digits, dots, dashes and underscores.")
        return self.root / pin.feed / f"business_date={pin.business_date}" / f"rev={pin.revision}"

    def relation(self, connection: DuckDBPyConnection, schema: Schema, pins: Iterable[Pin]) -> DuckDBPyRelation:
        """The rows of all those revisions, with `source_system` and `business_date`; raises NotFound DATASET_MISSING.

        Every column of the schema is there, in the order of `stored_columns`: NULL where a revision is older than the column.
        """
        files: list[Path] = []
        packed: dict[tuple[Path, int], list[date]] = {}
        for pin in dict.fromkeys(pins):
            if pack := self._pack_of(pin):
                packed.setdefault(pack, []).append(pin.business_date)
            else:
                files += _parts_in(self._present(pin))
        nothing = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in stored_columns(schema))
        queries = [f"SELECT {nothing} WHERE false"]
        queries += [f"FROM {self._read(schema, files)}"] if files else []
        for (folder, count), dates in packed.items():
            wanted = ", ".join(f"DATE '{day}'" for day in dates)
            # All of a pack's dates need no look at each row.
            narrowed = f" WHERE business_date IN ({wanted})" if len(dates) < count else ""
            queries.append(f"FROM {self._read(schema, _parts_in(folder))}{narrowed}")
        return connection.sql(" UNION ALL BY NAME ".join(queries))

    def write(
        self, connection: DuckDBPyConnection, query: str, schema: Schema, pin: Pin, *, part_bytes_max: int = PART_BYTES_MAX
    ) -> list[Part]:
        """Writes what the query finds as that revision, in parts of about so many bytes; whole or not at all, and on the disk.

        The query answers the schema's columns; `source_system` and `business_date` are the pin's. What is there is never
        replaced, whoever wrote it: raises StaleVersion REVISION_TAKEN, and the writer asks for the next number.
        """
        folder = self.folder(pin)
        if folder.exists() or self._pack_of(pin):
            raise _taken(pin)
        unfinished = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
        unfinished.mkdir(parents=True)
        try:
            parts = self.copy(connection, _selected(query, schema, pin), schema, unfinished, part_bytes_max)
            put_in_place(unfinished, folder, self.root)
        except FileExistsError:
            raise _taken(pin) from None
        finally:
            # Once it is in place there is nothing of that name.
            shutil.rmtree(unfinished, ignore_errors=True)
        return parts

    def revisions(self, feed: str, business_date: date) -> list[int]:
        """The revisions whose rows are there, announced or not."""
        of_date = self.folder(Pin(feed, "", "", business_date, 0)).parent
        return sorted({int(path.name.removeprefix("rev=").removesuffix(PACK_SUFFIX)) for path in of_date.glob("rev=*")})

    def totals_of(self, connection: DuckDBPyConnection, schema: Schema, pin: Pin) -> dict[str, dict[str, str]]:
        """The `totals` of a revision's rows."""
        return totals(self.relation(connection, schema, [pin]), schema)

    def rows_of(self, connection: DuckDBPyConnection, schema: Schema, path: Path) -> int:
        """How many rows one of the dataset's files has."""
        ((rows,),) = connection.execute("SELECT count(*) FROM read_parquet(?)", [self._url(schema, path)]).fetchall()
        return int(rows)

    def open(self, schema: Schema, path: Path) -> BinaryIO:
        """One of the dataset's files, as its content is when read."""
        from services.chassis.lake.sealed_files import SealedReader

        return cast("BinaryIO", SealedReader(path)) if schema.personal else path.open("rb")

    def copy(
        self, connection: DuckDBPyConnection, query: str, schema: Schema, folder: Path, part_bytes_max: int = PART_BYTES_MAX
    ) -> list[Part]:
        """Writes what the query answers, columns as stored, into an empty folder; answers the parts."""
        connection.execute(
            f"COPY ({query}) TO {_quoted(self._url(schema, folder))} (FORMAT parquet, COMPRESSION zstd, "
            f"FILE_SIZE_BYTES {part_bytes_max}, FILENAME_PATTERN 'part-{{i}}')"
        )
        return [self._part(connection, schema, path) for path in _parts_in(folder)]

    def rows_by_date(self, connection: DuckDBPyConnection, schema: Schema, folder: Path) -> dict[date, int]:
        """How many rows of each business date the folder's parts have."""
        counted = f"SELECT business_date, count(*) FROM {self._read(schema, _parts_in(folder))} GROUP BY business_date"
        return dict(connection.execute(counted).fetchall())

    def _present(self, pin: Pin) -> Path:
        folder = self.folder(pin)
        if not folder.is_dir():
            told = {"feed": pin.feed, "businessDate": str(pin.business_date), "revision": str(pin.revision)}
            raise NotFound("DATASET_MISSING", "This revision of the dataset is not there, or not any more.", metadata=told)
        return folder

    def _pack_of(self, pin: Pin) -> tuple[Path, int] | None:
        """Where the rows are too of a revision whose own folder is soon to go, and how many dates are in that pack."""
        folder = self.folder(pin)
        try:
            place, dates = folder.with_name(folder.name + PACK_SUFFIX).read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return None
        return self.root / pin.feed / place, int(dates)

    def _read(self, schema: Schema, files: Iterable[Path]) -> str:
        urls = ", ".join(_quoted(self._url(schema, path)) for path in files)
        return f"read_parquet([{urls}], union_by_name = true, hive_partitioning = false)"

    def _part(self, connection: DuckDBPyConnection, schema: Schema, path: Path) -> Part:
        with self.open(schema, path) as file:
            size, digest = content_hash(file)
        return Part(path.name, self.rows_of(connection, schema, path), size, digest)

    def _url(self, schema: Schema, path: Path) -> str:
        from services.chassis.lake.sealed_files import sealed_url

        return sealed_url(path) if schema.personal else str(path)


def totals(rows: DuckDBPyRelation, schema: Schema) -> dict[str, dict[str, str]]:
    """The exact sum of each MONEY column by its currency, in minor units, as text: it may exceed what a column holds.

    Where a row names no currency it is the empty one.
    """
    found: dict[str, dict[str, str]] = {}
    for currency in dict.fromkeys(column.currency for column in schema.columns if column.type is Type.MONEY):
        names = [column.name for column in schema.columns if column.type is Type.MONEY and column.currency == currency]
        sums = ", ".join(f"sum({name})" for name in names)
        for code, *amounts in rows.aggregate(f"coalesce({currency}, '') AS code, {sums}", currency).order("code").fetchall():
            for name, amount in zip(names, amounts, strict=True):
                if amount is not None:
                    found.setdefault(name, {})[code] = str(amount)
    return found


def stored_columns(schema: Schema) -> list[tuple[str, str]]:
    """The columns as stored, with their types in the engine: where a row comes from, of which day, and the schema's own."""
    own = [(column.name, column.type.engine_type) for column in schema.columns]
    return [("source_system", "VARCHAR"), ("business_date", "DATE"), *own]


def _selected(query: str, schema: Schema, pin: Pin) -> str:
    """The query with the columns as stored, of their types."""
    columns = ", ".join(f"{name}::{type_} AS {name}" for name, type_ in stored_columns(schema)[2:])
    return (
        f"SELECT {_quoted(pin.source_system)} AS source_system, DATE '{pin.business_date}' AS business_date, {columns} "
        f"FROM ({query})"
    )


def content_hash(file: BinaryIO) -> tuple[int, str]:
    """How long the rest of the file is, and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    while content := file.read(_READ_BYTES):
        digest.update(content)
        size += len(content)
    return size, digest.hexdigest()


def _parts_in(folder: Path) -> list[Path]:
    """The parts, in the order in which they were written."""
    return sorted(folder.glob("part-*.parquet"), key=lambda path: int(path.stem.removeprefix("part-")))


def _taken(pin: Pin) -> StaleVersion:
    told = {"feed": pin.feed, "businessDate": str(pin.business_date), "revision": str(pin.revision)}
    return StaleVersion("REVISION_TAKEN", "Another writer, or an earlier try, has written this revision.", metadata=told)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
