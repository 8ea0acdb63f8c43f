"""The text of a file whose encoding nobody names, and the character between its columns."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator

from services.chassis.kernel.errors import FieldViolation, InvalidInput

DELIMITERS = (",", ";", "\t", "|")
# Lines by which a delimiter is judged.
SAMPLE_LINES = 30

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What a client may name; GB18030 contains GBK and GB2312.
ENCODINGS = frozenset(
    {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk", "gb2312", "big5", "cp1252"}
)
_ASCII_END = 0x80


def decoded(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text, and the encoding it was in: the one named, else the one that its bytes tell.

    Raises InvalidInput ENCODING_UNKNOWN where it is not text, or not of the encoding that was named.
    """
    chosen = encoding.lower() or recognised(content)
    if chosen not in ENCODINGS:
        raise _unknown(f"One of {', '.join(sorted(ENCODINGS))}; or none, to have it recognised.")
    try:
        text = content.decode(chosen)
    except UnicodeError:
        raise _unknown("The file is not in this encoding.") from None
    return text.removeprefix("\ufeff"), chosen


def recognised(content: bytes) -> str:
    """The encoding of a text: by its mark, else UTF-8 where it is that, UTF-16 by its zeros, GB18030, and Latin as the last."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    if b"\0" in content:
        return _of_zeros(content)
    if _is(content, "utf-8"):
        return "utf-8"
    # Almost every byte sequence is GB18030; Latin text shows by letters in the place of second bytes.
    return "gb18030" if _is(content, "gb18030") and not _looks_latin(content) else "cp1252"


def lines_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a delimited text, each with the number of its first line; quoted cells may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1


def delimiter_of(text: str) -> str:
    """The delimiter that gives the most rows of one width; a comma where none does."""
    best, best_score = DELIMITERS[0], (0, 0)
    for delimiter in DELIMITERS:
        if (score := _score(text, delimiter)) > best_score:
            best, best_score = delimiter, score
    return best


def _score(text: str, delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    try:
        for place, (_, row) in enumerate(lines_of(text, delimiter)):
            if place == SAMPLE_LINES:
                break
            if len(row) > 1:
                widths[len(row)] += 1
    except csv.Error:
        return 0, 0
    width, rows = max(widths.items(), key=lambda entry: (entry[1], entry[0]), default=(0, 0))
    return rows, width


def _of_zeros(content: bytes) -> str:
    # ASCII characters in UTF-16 have their zero on one side always.
    even, odd = content[::2].count(0), content[1::2].count(0)
    if odd > len(content) // 8 and odd > even * 4 and _is(content, "utf-16-le"):
        return "utf-16-le"
    if even > len(content) // 8 and even > odd * 4 and _is(content, "utf-16-be"):
        return "utf-16-be"
    raise _unknown("The file is not text.")


def _is(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeError:
        return False
    return True


def _looks_latin(content: bytes) -> bool:
    pairs = letters = place = 0
    while place < len(content) - 1:
        if content[place] < _ASCII_END:
            place += 1
            continue
        pairs += 1
        letters += content[place + 1] < _ASCII_END
        place += 2
    return letters * 2 > pairs


def _unknown(description: str) -> InvalidInput:
    violation = FieldViolation("encoding", description)
    return InvalidInput("ENCODING_UNKNOWN", "The file cannot be read as text.", violations=(violation,))
