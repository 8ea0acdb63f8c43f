"""What a reader of a format yields: records as text, and faults where a piece of the file is none.

Nothing is converted here: amounts, dates and codes stay as the file has them, and the feed's columns say what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from services.chassis.kernel.errors import InvalidInput
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

    @property
    def is_warning(self) -> bool:
        """Whether it tells of a disagreement only: all rows were yielded, and none is missing because of it."""
        return self.reason in WARNINGS


RAW_CHARACTERS_MAX = 4_000

# Reads the bytes of the file, decompressed, in the encoding that the format names; raises InvalidInput FILE_UNREADABLE, with what
# is wrong and where, where nothing after that place can be trusted.
Reader = Callable[[BinaryIO, Format], Iterator[Record | Fault]]

# A file's own totals do not agree with its rows, or it holds messages of another kind: its rows are whole all the same.
WARNINGS = frozenset({"STATEMENT_DOES_NOT_ADD_UP", "TOTALS_DO_NOT_ADD_UP", "MESSAGE_NOT_EXPECTED", "ENTRIES_NOT_BOOKED"})


def unreadable(what: str, line: int | None = None) -> InvalidInput:
    """The refusal of a file: what stands there that cannot be, and where."""
    where = "" if line is None else f"Line {line}: "
    return InvalidInput("FILE_UNREADABLE", f"{where}{what}.", metadata={} if line is None else {"line": str(line)})


def clipped(raw: str) -> str:
    """The text as records keep it: not longer than they may be, and able to be stored."""
    return raw[:RAW_CHARACTERS_MAX].encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
