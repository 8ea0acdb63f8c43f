"""JSON lines: one object a line, its members by their names; `a.b` is the member `b` of the object in `a`.

Numbers stay the digits that the file has: a parser that makes binary fractions of them would change amounts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from services.integration.connectors.formats.records import RAW_CHARACTERS_MAX, Fault
from services.integration.engine.reading.lines import Lines
from services.integration.engine.reading.rows import Opened, Raw, used_columns


@dataclass(slots=True)
class JsonLines(Opened):
    """A file of JSON lines. A member that is not there is empty; a feed's columns are not asked for beforehand."""

    _lines: Lines = field(init=False)

    def open(self) -> None:
        self.columns = used_columns(self.definition)
        self._lines = Lines(self.file, self.definition.format, self.faults.tell)

    def batches(self) -> Iterator[Any]:
        for chunk in self._lines.chunks():
            rows = []
            for place, line in enumerate(chunk.lines):
                if not line.strip():
                    continue
                row = _parsed(line)
                if row is None:
                    raw = line.decode("utf-8", "backslashreplace")[:RAW_CHARACTERS_MAX]
                    self.faults.tell(Fault(chunk.first_line + place, raw, "JSON_BROKEN", "The line is no JSON object."))
                else:
                    rows.append((chunk.first_line + place, row))
            if rows:
                yield as_table(rows, self.columns)
        self.trailer = self._lines.trailer

    def raw(self, lines: Sequence[int]) -> Iterator[tuple[int, Raw]]:
        wanted = iter(lines)
        line = next(wanted, None)
        for chunk in Lines(self.file, self.definition.format, lambda _: None).chunks():
            texts: list[bytes] = []
            while line is not None and line < chunk.first_line + chunk.content.count(b"\n"):
                texts = texts or chunk.lines
                yield line, Raw(line, texts[line - chunk.first_line].decode("utf-8", "backslashreplace")[:RAW_CHARACTERS_MAX])
                line = next(wanted, None)


def as_table(rows: Sequence[tuple[int, Any]], columns: Sequence[str]) -> Any:
    """Numbered objects as a batch; a member that is no text, number or truth value is empty."""
    table = {"line": pa.array([line for line, _ in rows], pa.int64())}
    for place, name in enumerate(columns):
        table[f"c{place}"] = pa.array([_member(row, name) for _, row in rows], pa.string())
    return pa.table(table)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line, parse_float=str, parse_int=str, parse_constant=_refuse, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _refuse(_constant: str) -> Any:
    # NaN and Infinity are no JSON.
    raise ValueError


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        # Which of two amounts of one name is meant nobody can say.
        raise ValueError
    return members


def _member(row: Any, name: str) -> str:
    value = row.get(name)
    if value is None and "." in name:
        value = row
        for step in name.split("."):
            value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode()
