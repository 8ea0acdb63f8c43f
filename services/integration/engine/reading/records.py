"""Formats that a reader yields record by record: messages, XML, workbooks. Rows are numbered in the order in which they come."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from services.integration.connectors.formats.records import RAW_CHARACTERS_MAX, Fault, Record
from services.integration.engine.reading.json_lines import as_table
from services.integration.engine.reading.rows import Opened, Raw, used_columns

ROWS_OF_BATCH = 10_000


@dataclass(slots=True)
class Records(Opened):
    """A file that a reader of its format takes apart."""

    _records: Iterator[Record | Fault] = field(init=False)

    def open(self) -> None:
        self.columns = used_columns(self.definition)
        self._records = self._read()

    def batches(self) -> Iterator[Any]:
        number = 0
        while batch := list(islice(self._records, ROWS_OF_BATCH)):
            rows = []
            for each in batch:
                number += 1
                if isinstance(each, Fault):
                    self.faults.tell(each)
                else:
                    rows.append((number, each.values))
            if rows:
                yield as_table(rows, self.columns)

    def raw(self, lines: Sequence[int]) -> Iterator[tuple[int, Raw]]:
        """The record's columns as JSON: that is what can be mended, whatever it is cut out of."""
        wanted = set(lines)
        for number, each in enumerate(self._read(), 1):
            if number in wanted and isinstance(each, Record):
                yield number, Raw(each.line, json.dumps(dict(each.values), ensure_ascii=False)[: RAW_CHARACTERS_MAX * 4])

    def _read(self) -> Iterator[Record | Fault]:
        from services.integration.connectors.formats import reader_of

        return reader_of(self.definition.format.kind)(self.file, self.definition.format)
