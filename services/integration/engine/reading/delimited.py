"""Delimited text: a chunk that is plain is parsed as a whole; of one that is not, the lines in question are looked at singly.

A row never has a column more or less than the file, and no quote but where one may stand: what does not hold to that is told with
its line, and costs no other row its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats.records import RAW_CHARACTERS_MAX, Fault
from services.integration.engine.reading.lines import Chunk, Lines
from services.integration.engine.reading.rows import Opened, Raw, require_columns, used_columns

# Of one row whose quoted text has line ends in it.
LINES_OF_ROW_MAX = 200
# Stands for a delimiter of several characters where a chunk is parsed as a whole.
_UNIT_SEPARATOR = b"\x1f"


@dataclass(slots=True)
class Delimited(Opened):
    """A delimited file."""

    _lines: Lines = field(init=False)
    _chunks: Iterator[Chunk] = field(init=False)
    _used: list[int] = field(init=False)
    # Lines whose quoted text goes on in the next chunk.
    _kept: list[bytes] = field(default_factory=list)

    def open(self) -> None:
        format_ = self.definition.format
        self._lines = Lines(self.file, format_, self.faults.tell, has_header=format_.header)
        self._chunks = self._lines.chunks()
        first = next(self._chunks, None)
        self.columns = self._columns(first)
        require_columns(self.definition, self.columns)
        used = set(used_columns(self.definition))
        self._used = [place for place, name in enumerate(self.columns) if name in used]
        self._chunks = _before(first, self._chunks)

    def batches(self) -> Iterator[Any]:
        for chunk in self._chunks:
            yield from self._rows_of(chunk)
        yield from self._the_rest()
        self.trailer = self._lines.trailer

    def raw(self, lines: Sequence[int]) -> Iterator[tuple[int, Raw]]:
        wanted = iter(lines)
        line = next(wanted, None)
        for chunk in Lines(self.file, self.definition.format, lambda _: None, has_header=self.definition.format.header).chunks():
            texts: list[bytes] = []
            while line is not None and line < chunk.first_line + chunk.content.count(b"\n"):
                texts = texts or chunk.lines
                place = line - chunk.first_line
                yield line, Raw(line, _shown(self._dialect.whole(texts, place)))
                line = next(wanted, None)

    @property
    def _dialect(self) -> Dialect:
        return Dialect(self.definition.format.delimiter.encode(), self.definition.format.quote.encode())

    def _columns(self, first: Chunk | None) -> list[str]:
        if self.definition.format.header:
            if not self._lines.header.strip():
                raise InvalidInput("HEADER_MISSING", "The file has no header where the feed expects one.")
            names = self._dialect.split(self._lines.header)
            if names is None:
                raise InvalidInput("HEADER_UNREADABLE", "The header's quotes do not match.")
            return [name.decode().strip() for name in names]
        if self.definition.format.columns:
            return list(self.definition.format.columns)
        fields = self._dialect.split(first.lines[0]) if first else None
        return [str(number) for number in range(1, len(fields or ()) + 1)]

    def _rows_of(self, chunk: Chunk) -> Iterator[Any]:
        if not self._kept and self._dialect.is_plain(chunk.content):
            table = self._parsed(chunk.content, plain=True)
            if table is not None and table.num_rows == chunk.content.count(b"\n"):
                yield table.add_column(0, "line", _numbers(chunk.first_line, table.num_rows))
                return
        lines = self._kept + chunk.lines
        first_line, self._kept = chunk.first_line - len(self._kept), []
        yield from self._looked_at(lines, first_line, last=False)

    def _the_rest(self) -> Iterator[Any]:
        if self._kept:
            lines, self._kept = self._kept, []
            yield from self._looked_at(lines, self._lines.next_line - len(lines), last=True)

    def _looked_at(self, lines: list[bytes], first_line: int, *, last: bool) -> Iterator[Any]:
        """The rows of lines of which some need a look: those by themselves, all others at once."""
        plain, single = self._sorted(lines, last=last)
        if plain:
            content = b"\n".join([lines[place] for place in plain]) + b"\n"
            table = self._parsed(content, plain=False)
            if table is None or table.num_rows != len(plain):
                raise InvalidInput("FILE_UNREADABLE", f"The lines from {first_line} on cannot be told apart.")
            yield table.add_column(0, "line", pa.array([first_line + place for place in plain], pa.int64()))
        rows = []
        for place, count in single:
            fields = self._dialect.split(b"\n".join(lines[place : place + count]))
            if fields is None or len(fields) != len(self.columns):
                self.faults.tell(self._fault(first_line + place, lines[place], fields))
            else:
                rows.append((first_line + place, fields))
        if rows:
            yield self._table(rows)

    def _sorted(self, lines: list[bytes], *, last: bool) -> tuple[list[int], list[tuple[int, int]]]:
        """The places of the lines that are plain rows, and of the others with how many lines each takes; none that is empty."""
        delimiter, count = self._dialect.delimiter, len(self.columns) - 1
        doubtful = {
            place for place, line in enumerate(lines) if line.count(delimiter) != count or self._dialect.is_doubtful(line)
        }
        single: list[tuple[int, int]] = []
        taken = 0
        for place in sorted(doubtful):
            if place < taken or not lines[place]:
                continue
            size = self._dialect.lines_of_row(lines, place, count + 1)
            if not size and not last and len(lines) - place < LINES_OF_ROW_MAX:
                # It may end in the next chunk.
                self._kept = lines[place:]
                doubtful |= set(range(place, len(lines)))
                break
            taken = place + (size or 1)
            single.append((place, size or 1))
            doubtful |= set(range(place, taken))
        return [place for place in range(len(lines)) if place not in doubtful], single

    def _parsed(self, content: bytes, *, plain: bool) -> Any:
        """The chunk as a table; None where a line has another number of columns."""
        delimiter, quote = self._dialect.delimiter, self._dialect.quote
        if len(delimiter) > 1 or delimiter[0] > 0x7F:  # noqa: PLR2004 - the parser takes one ASCII character
            content, delimiter = content.replace(delimiter, _UNIT_SEPARATOR), _UNIT_SEPARATOR
        names = [f"c{place}" for place in range(len(self.columns))]
        try:
            return pyarrow.csv.read_csv(
                pa.BufferReader(content),
                read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(content) + 1),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=delimiter.decode(),
                    quote_char=quote.decode() if quote and plain and quote in content else False,
                    escape_char=False,
                    newlines_in_values=bool(quote) and plain,
                    ignore_empty_lines=len(self.columns) > 1,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    include_columns=[names[place] for place in self._used],
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid:
            return None

    def _table(self, rows: list[tuple[int, list[bytes]]]) -> Any:
        columns = {"line": pa.array([line for line, _ in rows], pa.int64())}
        for place in self._used:
            columns[f"c{place}"] = pa.array([fields[place].decode() for _, fields in rows], pa.string())
        return pa.table(columns)

    def _fault(self, line: int, content: bytes, fields: list[bytes] | None) -> Fault:
        raw = _shown(content)
        if fields is None:
            return Fault(line, raw, "QUOTES_UNMATCHED", "A quote stands where none may, or is not closed.")
        return Fault(line, raw, "COLUMNS_MISCOUNTED", f"The row has {len(fields)} columns; the file has {len(self.columns)}.")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How columns are told apart."""

    delimiter: bytes
    quote: bytes

    def split(self, row: bytes) -> list[bytes] | None:
        """The row's columns; None where its quotes do not hold together."""
        if not self.quote or self.quote not in row:
            return row.split(self.delimiter)
        fields = []
        place = 0
        pattern = self._pattern()
        while match := pattern.match(row, place):
            quoted, plain, end = match.groups()
            fields.append(plain if quoted is None else quoted.replace(self.quote * 2, self.quote))
            if not end:
                return fields
            place = match.end()
        return None

    def is_plain(self, content: bytes) -> bool:
        """Whether nothing in the chunk needs a look; the parser counts rows and columns."""
        if content.startswith(b"\n") or b"\n\n" in content or (len(self.delimiter) > 1 and _UNIT_SEPARATOR in content):
            return False
        quotes = content.count(self.quote) if self.quote else 0
        if not quotes:
            return True
        if len(self.delimiter) > 1:
            return False
        # What stands between quoted columns begins and ends with what parts columns or rows; between doubled quotes is nothing.
        ends = (self.delimiter, b"\n")
        first, *between = content.split(self.quote)[::2]
        return (
            quotes % 2 == 0
            and (not first or first.endswith(ends))
            and between[-1].startswith(ends)
            and all(part[:1] in ends and part[-1:] in ends for part in between[:-1])
        )

    def is_doubtful(self, line: bytes) -> bool:
        """Whether the line, with as many delimiters as it should have, is yet to be looked at by itself."""
        return (bool(self.quote) and self.quote in line) or (len(self.delimiter) > 1 and _UNIT_SEPARATOR in line)

    def lines_of_row(self, lines: list[bytes], place: int, columns: int) -> int:
        """How many lines the row takes that begins there; 0 where that is not to be told from these lines."""
        if not self.quote or lines[place].count(self.quote) % 2 == 0:
            return 1
        for end in range(place + 1, min(len(lines), place + LINES_OF_ROW_MAX)):
            if lines[end].count(self.quote) % 2:
                fields = self.split(b"\n".join(lines[place : end + 1]))
                # Where it does not fit, the quote of this line is a stray one, and the others stand by themselves.
                return end + 1 - place if fields is not None and len(fields) == columns else 1
        return 0

    def whole(self, lines: list[bytes], place: int) -> bytes:
        """The row that begins there, with all its lines."""
        if not self.quote or lines[place].count(self.quote) % 2 == 0:
            return lines[place]
        for end in range(place + 1, min(len(lines), place + LINES_OF_ROW_MAX)):
            if lines[end].count(self.quote) % 2:
                return b"\n".join(lines[place : end + 1])
        return lines[place]

    def _pattern(self) -> re.Pattern[bytes]:
        quote, delimiter = re.escape(self.quote), re.escape(self.delimiter)
        quoted = rb"%s((?:[^%s]|%s%s)*)%s" % (quote, quote, quote, quote, quote)
        return re.compile(rb"(?:%s|((?:(?!%s)[^%s])*))(%s|\Z)" % (quoted, delimiter, quote, delimiter), re.DOTALL)


def _numbers(first: int, count: int) -> Any:
    return pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), count), start=first - 1)


def _shown(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")[:RAW_CHARACTERS_MAX]


def _before(first: Chunk | None, others: Iterator[Chunk]) -> Iterator[Chunk]:
    if first is not None:
        yield first
    yield from others
