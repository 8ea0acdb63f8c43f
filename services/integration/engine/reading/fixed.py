"""Fixed-width text: columns are cut by the bytes of the file's own encoding, and decoded after that.

A chunk is cut column by column, never row by row. A column that cuts a character in two is no text: its line is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from services.chassis.kernel.errors import InvalidInput
from services.chassis.lake.schemas import Type
from services.integration.connectors.formats.records import RAW_CHARACTERS_MAX, Fault
from services.integration.engine.reading.lines import Lines, codec
from services.integration.engine.reading.rows import Opened, Raw, require_columns, sources_of, used_columns
from services.integration.model.feed_definition import FixedColumn


@dataclass(slots=True)
class Fixed(Opened):
    """A fixed-width file."""

    _lines: Lines = field(init=False)
    _used: list[tuple[str, FixedColumn]] = field(init=False)
    _least_bytes: int = field(init=False)

    def open(self) -> None:
        format_ = self.definition.format
        if len("0".encode(self._encoding)) > 1:
            raise InvalidInput("FEED_FAULTY", f"[format] a fixed format cannot be cut by bytes of {format_.encoding}.")
        self.columns = [column.name for column in format_.fixed]
        require_columns(self.definition, self.columns)
        used = set(used_columns(self.definition))
        self._used = [(f"c{place}", column) for place, column in enumerate(format_.fixed) if column.name in used]
        self._least_bytes = self._least()
        self._lines = self._new_lines(self.faults.tell)

    def batches(self) -> Iterator[Any]:
        for chunk in self._lines.chunks():
            lines = chunk.lines
            places = [place for place, line in enumerate(lines) if line]
            if short := [place for place in places if len(lines[place]) < self._least_bytes]:
                for place in short:
                    self._tell(chunk.first_line + place, lines[place], "LINE_TOO_SHORT", "The line ends inside of a column.")
                places = [place for place in places if len(lines[place]) >= self._least_bytes]
            yield from self._tables(chunk.first_line, lines, places)
        self.trailer = self._lines.trailer

    def raw(self, lines: Sequence[int]) -> Iterator[tuple[int, Raw]]:
        wanted = iter(lines)
        line = next(wanted, None)
        for chunk in self._new_lines(lambda _: None).chunks():
            texts: list[bytes] = []
            while line is not None and line < chunk.first_line + chunk.content.count(b"\n"):
                texts = texts or chunk.lines
                yield line, Raw(line, self._shown(texts[line - chunk.first_line]))
                line = next(wanted, None)

    def _tables(self, first_line: int, lines: list[bytes], places: list[int]) -> Iterator[Any]:
        if not places:
            return
        try:
            yield self._table(first_line, [lines[place] for place in places], places)
        except UnicodeDecodeError:
            good = [place for place in places if self._is_text(lines[place])]
            for place in sorted(set(places) - set(good)):
                self._tell(first_line + place, lines[place], "BYTES_UNDECODABLE", "A column is no text in the feed's encoding.")
            if good:
                yield self._table(first_line, [lines[place] for place in good], good)

    def _table(self, first_line: int, lines: list[bytes], places: list[int]) -> Any:
        whole = pa.array(lines, pa.binary())
        columns = {"line": pa.array([first_line + place for place in places], pa.int64())}
        for name, column in self._used:
            cut = pc.binary_slice(whole, column.start - 1, column.start - 1 + column.width)
            columns[name] = self._decoded(cut)
        return pa.table(columns)

    def _decoded(self, cut: Any) -> Any:
        """The column as text: one call decodes all of it."""
        if self._encoding in ("utf-8", "ascii"):
            try:
                return cut.cast(pa.string())
            except pa.ArrowInvalid:
                raise UnicodeDecodeError("utf-8", b"", 0, 1, "a column") from None
        joined = pc.binary_join(pa.ListArray.from_arrays([0, len(cut)], cut), b"\n")[0].as_py()
        line_end = b"\n".decode(self._encoding)
        return pa.array(joined.decode(self._encoding).split(line_end), pa.string())

    @property
    def _encoding(self) -> str:
        return codec(self.definition.format.encoding)

    def _is_text(self, line: bytes) -> bool:
        try:
            for _, column in self._used:
                line[column.start - 1 : column.start - 1 + column.width].decode(self._encoding)
        except UnicodeDecodeError:
            return False
        return True

    def _least(self) -> int:
        """How long a line must be: spaces at its end may have been taken off, the end of a number may not."""
        texts = {
            name
            for canonical, rule in self.definition.columns.items()
            if self.definition.schema_.column(canonical).type is Type.TEXT
            for name in sources_of(rule)
        }
        others = [column.start + column.width - 1 for _, column in self._used if column.name not in texts]
        return max(others, default=1)

    def _new_lines(self, tell: Any) -> Lines:
        fixed = self.definition.format.fixed
        record_bytes = max(column.start + column.width - 1 for column in fixed)
        return Lines(
            self.file,
            self.definition.format,
            tell,
            as_it_is=True,
            record_bytes=record_bytes,
            has_header=False,
        )

    def _tell(self, line: int, content: bytes, reason: str, description: str) -> None:
        self.faults.tell(Fault(line, self._shown(content), reason, description))

    def _shown(self, content: bytes) -> str:
        return content.decode(self._encoding, "backslashreplace")[:RAW_CHARACTERS_MAX]
