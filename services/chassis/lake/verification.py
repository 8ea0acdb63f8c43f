"""Proves that the files of a revision are what its manifest says: hash, count of rows, sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.kernel.errors import NotFound
from services.chassis.lake.lake import Lake, Part, Pin, content_hash

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.schemas import Schema


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a revision is not what was published. Says no amount and no value of a row."""

    # The file; empty where it is of the revision as a whole.
    part: str
    # Stable, such as `PART_CHANGED`.
    reason: str
    # For a person.
    description: str


def faults_of(
    lake: Lake,
    connection: DuckDBPyConnection,
    schema: Schema,
    pin: Pin,
    parts: Sequence[Part],
    totals: Mapping[str, Mapping[str, str]],
) -> list[Fault]:
    """Every fault of a revision in files of its own; none where they are whole."""
    # What is missing or changed would only be said a second time, by its sums.
    return faults_of_files(lake, connection, schema, lake.folder(pin), parts) or list(
        _total_faults(lake.totals_of(connection, schema, pin), totals)
    )


def faults_of_packed(
    lake: Lake, connection: DuckDBPyConnection, schema: Schema, pin: Pin, rows: int, totals: Mapping[str, Mapping[str, str]]
) -> list[Fault]:
    """Every fault of a revision whose rows are in a pack, beside those of the pack's files."""
    import duckdb

    try:
        ((found,),) = lake.relation(connection, schema, [pin]).aggregate("count(*)").fetchall()
        if found != rows:
            return [Fault("", "ROWS_DIFFER", f"It has {found} rows where {rows} were published.")]
        return list(_total_faults(lake.totals_of(connection, schema, pin), totals))
    except (duckdb.Error, NotFound, OSError):
        return [Fault("", "REVISION_UNREADABLE", "The pack in which its rows are cannot be read.")]


def faults_of_files(
    lake: Lake,
    connection: DuckDBPyConnection,
    schema: Schema,
    folder: Path,
    parts: Sequence[Part],
) -> list[Fault]:
    """Every fault of the files in a revision's or a pack's folder."""
    if not folder.is_dir():
        return [Fault("", "REVISION_MISSING", "Its folder is not there.")]
    known = {part.name for part in parts}
    strange = [path.name for path in sorted(folder.iterdir()) if path.name not in known]
    faults = [Fault(name, "PART_UNKNOWN", "The file is not in the manifest.") for name in strange]
    for part in parts:
        faults += _part_faults(lake, connection, schema, folder, part)
    return faults


def _part_faults(lake: Lake, connection: DuckDBPyConnection, schema: Schema, folder: Path, part: Part) -> Iterator[Fault]:
    import duckdb

    try:
        with lake.open(schema, folder / part.name) as file:
            size, digest = content_hash(file)
    except FileNotFoundError:
        yield Fault(part.name, "PART_MISSING", "The file is not there.")
        return
    except OSError as error:
        yield Fault(part.name, "PART_UNREADABLE", str(error) if error.errno is None else (error.strerror or "It cannot be read."))
        return
    if size != part.size_bytes:
        yield Fault(part.name, "PART_CHANGED", f"It has {size} bytes where {part.size_bytes} were published.")
    elif digest != part.sha256:
        yield Fault(part.name, "PART_CHANGED", f"Its SHA-256 is {digest}, and was {part.sha256} when it was published.")
    try:
        rows = lake.rows_of(connection, schema, folder / part.name)
    except (duckdb.Error, NotFound):
        yield Fault(part.name, "PART_UNREADABLE", "It is no Parquet file that can be read.")
        return
    if rows != part.rows:
        yield Fault(part.name, "ROWS_DIFFER", f"It has {rows} rows where {part.rows} were published.")


def _total_faults(found: Mapping[str, Mapping[str, str]], told: Mapping[str, Mapping[str, str]]) -> Iterator[Fault]:
    for column in sorted({*found, *told}):
        here, there = found.get(column, {}), told.get(column, {})
        for currency in sorted({*here, *there}):
            if here.get(currency) != there.get(currency):
                of = currency or "no currency"
                yield Fault("", "TOTAL_DIFFERS", f"The sum of {column} in {of} is not the one in the manifest.")
