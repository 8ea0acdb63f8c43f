"""Corrected rows as a file of their own, read as the feed's files are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from services.chassis.lake.sealed_files import SealedWriter
from services.integration.model.feed_definition import Checks, Controls, FeedDefinition

_LINES = ("delimited", "fixed", "json_lines")
REPLAYED = "replayed.sealed"


def as_feed(definition: FeedDefinition, file_columns: Sequence[str]) -> FeedDefinition:
    """The feed as it reads corrected rows: no head, no tail, nothing that a whole file alone can be held against."""
    plain = {"header": False, "skip_lines": 0, "trailer_lines": 0, "compression": "", "columns": tuple(file_columns)}
    if definition.format.kind not in _LINES:
        plain["kind"] = "json_lines"
    if definition.format.kind != "fixed":
        plain["encoding"] = "utf-8"
    kept = {"ranges": definition.checks.ranges, "references": definition.checks.references}
    return definition.model_copy(
        update={
            "format": definition.format.model_copy(update=plain),
            "checks": Checks(bad_rows_share_max=1.0, **kept),
            "controls": Controls(),
            "reconciliation": (),
        }
    )


def write(definition: FeedDefinition, folder: Path, rows: Sequence[str]) -> None:
    """Writes the rows as the feed's file."""
    with SealedWriter(folder / REPLAYED) as file:
        for row in rows:
            file.write(f"{row}\n".encode(definition.format.encoding))


def places_of(rows: Sequence[str], lines: Sequence[int]) -> list[int]:
    """Which of the rows each of those lines of the file is in: quoted text may have line ends in it."""
    starts = list(accumulate((1 + row.count("\n") for row in rows), initial=1))
    return [bisect_right(starts, line) - 1 for line in lines]
