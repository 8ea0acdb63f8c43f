"""What a reader of a format yields: records as text, and faults where a piece of the file is none.

Nothing is converted here: amounts, dates and codes stay as the file has them, and the feed's columns say what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from services.integration.model.feed_definition import Format


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file, by the names that the format gives its columns; a column that is not there is left out."""

    # The line in which it begins, from 1; of a workbook the row; of a message its number.
    line: int
    # As the file has it, for whoever mends it; at most RAW_CHARACTERS_MAX of it.
    raw: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """A piece of the file that can be no record; the rest goes on."""

    line: int
    raw: str
    # Stable, such as `FIELD_MISSING`.
    reason: str
    # For a person; repeats nothing of the piece.
    description: str


RAW_CHARACTERS_MAX = 4_000

# Reads the bytes of the file, decompressed, in the encoding that the format names; raises InvalidInput FILE_UNREADABLE, with what
# is wrong and where, where nothing after that place can be trusted.
Reader = Callable[[BinaryIO, Format], Iterator[Record | Fault]]
