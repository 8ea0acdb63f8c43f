"""Holds a file's rows against all that must hold of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.chassis.lake.lake import Lake, Pin
from services.integration.engine import lookups, publishing, quarantine, staging
from services.integration.engine.columns import DATE_COLUMN
from services.integration.model.feed_definition import FeedDefinition

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXCLUDED = "excluded.parquet"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a file is held against."""

    business_date: date | None
    zone: str
    control_text: str = ""
    # What lookups read, by canonical dataset.
    lookup_pins: Mapping[str, Sequence[Pin]] = field(default_factory=dict)


@dataclass(slots=True)
class Examined:
    """What became of a file: all small, the rows themselves are on the disk."""

    columns: list[str]
    rows_read: int = 0
    rows_bad: int = 0
    # The dates to publish, in their order.
    dates: list[str] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    comparisons: list[dict[str, Any]] = field(default_factory=list)
    timings: dict[str, int] = field(default_factory=dict)
    # Why nothing of it is to be published; empty where it is.
    refusal: str = ""
    told: str = ""


def excluded_url(folder: Path) -> str:
    """The file of the lines that are left out beside those at fault; empty where there are none."""
    path = folder / EXCLUDED
    return str(path) if path.exists() else ""


def examine(
    connection: DuckDBPyConnection,
    lake: Lake,
    definition: FeedDefinition,
    path: Path,
    folder: Path,
    surroundings: Surroundings,
) -> Examined:
    """Reads the sealed file, checks it, and leaves typed rows and bad rows in the folder."""
    lookups.load(connection, lake, definition, surroundings.lookup_pins)
    with staging.content_of(path, definition.format.compression) as file:
        staged = staging.stage(connection, definition, file, folder, surroundings.zone)
    started = time.monotonic()
    url = staging.staged_url(definition, folder)
    by_column = definition.date.source == "column"
    day = DATE_COLUMN if by_column else "NULL"
    faults = connection.execute(f"SELECT line, fault, {day} FROM read_parquet('{url}') WHERE fault IS NOT NULL").fetchall()
    bad = staged.bad[: len(staged.bad)] + quarantine.with_raw(definition, path, faults)
    quarantine.keep(connection, folder, bad)
    examined = Examined(staged.columns, staged.rows_read, len(bad), timings=staged.timings)
    counted = Counter((row.reason, row.column) for row in bad)
    examined.faults = [{"reason": reason, "column": column, "rows": rows} for (reason, column), rows in sorted(counted.items())]
    good = publishing.good_rows(url, excluded_url(folder), day=None)
    if by_column:
        examined.dates = [str(found) for found, _ in publishing.dates_of(connection, good)]
    elif surroundings.business_date:
        examined.dates = [str(surroundings.business_date)]
    if len(bad) > definition.checks.bad_rows_share_max * staged.rows_read:
        examined.refusal = "BAD_ROWS_TOO_MANY"
        examined.told = f"{len(bad)} of {staged.rows_read} rows are bad."
    examined.timings["check"] = round((time.monotonic() - started) * 1000)
    return examined
