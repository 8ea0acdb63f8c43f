"""The table of a shadow export: its columns, and the three kinds of files that it is written as."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from workbench.performance.v1 import explain_service_pb2

from services.chassis.files.workbook import WorkbookWriter
from services.chassis.words.formulas import neutralised
from services.performance.engine.measures import ACCOUNT_DAYS
from services.performance.rules.proof import ACCRUALS

if TYPE_CHECKING:
    from services.performance.usecases.explaining.days import Row

# By name the type in the engine's words: of the month, of whose a row is, what the engine computed, by what it is divided.
COLUMNS: Mapping[str, str] = {
    "month_date": "date",
    "as_of_date": "date",
    # Whether it is of the person whose figures are exported.
    "own": "boolean",
    "staff_number": "string",
    # In which order owners of an account get a cent where remainders are equal; the pool is the last.
    "owner_order": "int64",
    **ACCOUNT_DAYS,
    "basis_days": "int64",
    **{f"{name}_divisor": "decimal(38,0)" for name in ACCRUALS},
}
_MARK = "\ufeff".encode()

CSV, XLSX, PARQUET = (
    explain_service_pb2.FIGURE_FORMAT_CSV,
    explain_service_pb2.FIGURE_FORMAT_XLSX,
    explain_service_pb2.FIGURE_FORMAT_PARQUET,
)
FILES = {
    CSV: ("figures.csv", "text/csv; charset=utf-8"),
    XLSX: ("figures.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    PARQUET: ("figures.parquet", "application/vnd.apache.parquet"),
}


class Writer(Protocol):
    """Writes a table piece by piece."""

    def write(self, rows: Sequence[Row]) -> bytes:
        """What the rows add to the file."""

    def close(self) -> bytes:
        """The rest of it."""


def writer(format_: int) -> Writer:
    """Of one of the formats."""
    return {CSV: _Csv, XLSX: _Workbook, PARQUET: _Parquet}[format_]()


class _Csv:
    def __init__(self) -> None:
        self._heading = _MARK + _lines([list(COLUMNS)])

    def write(self, rows: Sequence[Row]) -> bytes:
        content, self._heading = self._heading + _lines([_cells(row) for row in rows]), b""
        return content

    def close(self) -> bytes:
        return self._heading


class _Workbook:
    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._writer = WorkbookWriter(self._pieces.append, "figures")
        self._writer.write(list(COLUMNS))

    def write(self, rows: Sequence[Row]) -> bytes:
        for row in rows:
            self._writer.write(_cells(row))
        return self._taken()

    def close(self) -> bytes:
        self._writer.close()
        return self._taken()

    def _taken(self) -> bytes:
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content


class _Parquet:
    def __init__(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        types = {
            "boolean": pa.bool_(),
            "date": pa.date32(),
            "decimal(38,0)": pa.decimal128(38, 0),
            "int64": pa.int64(),
            "string": pa.string(),
        }
        self._schema = pa.schema([(name, types[type_]) for name, type_ in COLUMNS.items()])
        self._out = io.BytesIO()
        self._writer = pq.ParquetWriter(self._out, self._schema, compression="zstd")

    def write(self, rows: Sequence[Row]) -> bytes:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pylist([dict(row) for row in rows], self._schema))
        return self._taken()

    def close(self) -> bytes:
        self._writer.close()
        return self._taken()

    def _taken(self) -> bytes:
        # The writer counts its place by itself, and never goes back.
        content = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return content


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _cells(row: Row) -> list[str]:
    return [_cell(row[name], type_) for name, type_ in COLUMNS.items()]


def _cell(value: Any, type_: str) -> str:
    if value is None:
        return ""
    # A number with its sign is no formula, and has to stay one.
    return neutralised(value) if type_ == "string" else f"{value}"
