"""Months of small daily datasets in one folder, so that a reader of a year opens a dozen files and not hundreds.

`<root>/<feed>/month=YYYY-MM/pack=<id>/part-*.parquet` holds the rows of several revisions, by date; a file `rev=N.pack` beside
a revision's folder says in which pack its rows are too. What a pin finds is the same before and after: the pack is read where
the file says so, narrowed to the pin's date, and of each date a pack has one revision. A revision's own folder goes only when no
reader can be at it any more.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.lake.folders import put_in_place, sync
from services.chassis.lake.lake import PACK_SUFFIX, Lake, Part, Pin, stored_columns
from services.chassis.lake.leftovers import remove_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.schemas import Schema

_PACK = re.compile(r"month=(\d{4}-\d{2})/pack=([0-9a-f]{1,64})")


class PackDiffers(Exception):
    """A pack has not the rows that its revisions have; it was not kept."""


def write_pack(
    lake: Lake, connection: DuckDBPyConnection, schema: Schema, pins: Sequence[Pin], rows: Sequence[int]
) -> tuple[str, list[Part]]:
    """Writes the revisions, one of each date of a month and with so many rows each, as a pack; answers its place and its files.

    Raises PackDiffers where what was written is not what was read: then nothing stays. Nobody reads it before `point`.
    """
    month = pins[0].business_date
    if any(pin.feed != pins[0].feed or pin.business_date.replace(day=1) != month.replace(day=1) for pin in pins):
        raise ValueError("A pack holds one month of one feed.")
    place = f"month={month:%Y-%m}/pack={secrets.token_hex(8)}"
    folder = lake.root / pins[0].feed / place
    unfinished = folder.with_name(f".{folder.name}")
    unfinished.mkdir(parents=True)
    try:
        lake.relation(connection, schema, pins).create_view("packed", replace=True)
        columns = ", ".join(name for name, _ in stored_columns(schema))
        # By date, so that who reads one finds it in few row groups; by key, so that equal values lie together.
        parts = lake.copy(
            connection, f"SELECT {columns} FROM packed ORDER BY business_date, {', '.join(schema.key)}", schema, unfinished
        )
        _compare(lake.rows_by_date(connection, schema, unfinished), pins, rows)
        put_in_place(unfinished, folder, lake.root)
    finally:
        # Once it is in place there is nothing of that name.
        shutil.rmtree(unfinished, ignore_errors=True)
    return place, parts


def point(lake: Lake, pins: Iterable[Pin], place: str, dates: int) -> None:
    """From now on whoever reads the revisions reads the pack, in which there are so many dates."""
    for pin in pins:
        pointer = _pointer(lake, pin)
        pointer.parent.mkdir(parents=True, exist_ok=True)
        unfinished = pointer.with_name(f".{pointer.name}.{secrets.token_hex(8)}")
        unfinished.write_text(f"{place} {dates}", encoding="utf-8")
        sync(unfinished)
        unfinished.replace(pointer)
        sync(pointer.parent)


def unpoint(lake: Lake, pin: Pin) -> None:
    """The revision's rows are in no pack any more."""
    with suppress(FileNotFoundError):
        _pointer(lake, pin).unlink()
    with suppress(OSError):
        # The last of its date; fails where there are others.
        _pointer(lake, pin).parent.rmdir()


def pointed(lake: Lake, feed: str) -> dict[tuple[date, int], str]:
    """The places of the packs that pointers name, by business date and revision."""
    found = {}
    for path in (lake.root / feed).glob(f"business_date=*/rev=*{PACK_SUFFIX}"):
        with suppress(FileNotFoundError, ValueError):
            day = date.fromisoformat(path.parent.name.removeprefix("business_date="))
            number = int(path.name.removeprefix("rev=").removesuffix(PACK_SUFFIX))
            found[day, number] = path.read_text(encoding="utf-8").partition(" ")[0]
    return found


def packs_found(lake: Lake, feed: str) -> dict[str, datetime]:
    """The places of the feed's packs that are there, with the time since when each is whole."""
    found = {}
    for path in (lake.root / feed).glob("month=*/pack=*"):
        place = f"{path.parent.name}/{path.name}"
        if _PACK.fullmatch(place):
            with suppress(FileNotFoundError):
                found[place] = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return found


def take_away_pack(lake: Lake, feed: str, place: str) -> None:
    """Puts a pack's files out of sight; nothing points to it any more."""
    remove_folder(lake, lake.root / feed / place)


def pack_folder(lake: Lake, feed: str, place: str) -> Path:
    """Where the pack's files are."""
    return lake.root / feed / place


def _compare(found: Mapping[date, int], pins: Sequence[Pin], rows: Sequence[int]) -> None:
    if found != {pin.business_date: count for pin, count in zip(pins, rows, strict=True) if count}:
        raise PackDiffers


def _pointer(lake: Lake, pin: Pin) -> Path:
    folder = lake.folder(pin)
    return folder.with_name(folder.name + PACK_SUFFIX)
