"""Parquet: its columns by their names, each value as text. A decimal keeps its digits, a time is ISO, bytes are UTF-8 or base64.

A column of lists or structures cannot be a canonical column, and is left out.
"""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from services.integration.connectors.formats.records import Fault, Record, clipped, unreadable
from services.integration.connectors.formats.seekable import seekable
from services.integration.model.feed_definition import Format

BATCH_ROWS = 10_000
# Held in memory where the stream cannot jump.
FILE_BYTES_MAX = 256_000_000
COLUMNS_MAX = 2_000


def read(stream: BinaryIO, written: Format) -> Iterator[Record | Fault]:  # noqa: ARG001 - the file says all of itself
    """The rows of a Parquet file, a batch at a time; the line of a row is its number."""
    try:
        found = pq.ParquetFile(seekable(stream, FILE_BYTES_MAX))
        names = _flat_columns(found.schema_arrow)
        number = 0
        for batch in found.iter_batches(batch_size=BATCH_ROWS, columns=names):
            for row in batch.to_pylist():
                number += 1
                values = {name: _text(value) for name, value in row.items() if value is not None}
                yield Record(number, clipped("\t".join(values.values())), values)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise unreadable(f"this is no Parquet file that can be read ({type(error).__name__})") from None


def _flat_columns(schema: Any) -> list[str]:
    if len(schema.names) > COLUMNS_MAX:
        raise unreadable(f"more than {COLUMNS_MAX} columns")
    return [column.name for column in schema if not pa.types.is_nested(column.type)]


def _text(value: Any) -> str:  # noqa: PLR0911 - one return for each type
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            # Its shortest digits, without an exponent.
            return format(Decimal(repr(value)), "f") if math.isfinite(value) else repr(value)
        case Decimal():
            return format(value, "f")
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case bytes():
            try:
                return value.decode("utf-8")
            except UnicodeDecodeError:
                return base64.b64encode(value).decode("ascii")
        case _:
            return str(value)
