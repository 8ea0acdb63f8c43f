"""From the bytes of a file to rows of text: every row with the line in which it stands, every bad one told and left out."""

from __future__ import annotations

from typing import BinaryIO

from services.integration.engine.reading.rows import Reading
from services.integration.model.feed_definition import FeedDefinition


def reading_of(definition: FeedDefinition, file: BinaryIO) -> Reading:
    """The reading of a file, decompressed, by the feed's format; not opened yet."""
    from services.integration.engine.reading.delimited import Delimited
    from services.integration.engine.reading.fixed import Fixed
    from services.integration.engine.reading.json_lines import JsonLines
    from services.integration.engine.reading.records import Records

    of_kind = {"delimited": Delimited, "fixed": Fixed, "json_lines": JsonLines}
    return of_kind.get(definition.format.kind, Records)(file, definition)
