"""Reads a few customers' rows out of an analysis's files, which are sorted by customer's number.

Straight from the files: an engine of its own for each question costs more than the answer, and reads what the files' ends say of
each of their parts twice. Of a file with a million customers' month one part of some sixty thousand rows is read.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import FileMetaData

_KEY = "customer_number"
# Of a row group that does not say: before every number, and behind every number.
_ANY = ("", chr(sys.maxunicode))
# Files that are read at once: it is the processor that works, and it has as many hands.
_READERS = 2


def rows_of(paths: Sequence[Path], customer_numbers: Sequence[str], columns: Sequence[str]) -> pa.Table:
    """The rows of those customers, file by file in the order within each; a table without rows where there are none.

    At least one path is given.
    """
    import pyarrow as pa

    def read(path: Path) -> pa.Table:
        return _rows_of_file(path, customer_numbers, columns)

    if len(paths) == 1:
        return read(paths[0])
    with ThreadPoolExecutor(_READERS, thread_name_prefix="one_customer") as readers:
        return pa.concat_tables(list(readers.map(read, paths)))


def _rows_of_file(path: Path, customer_numbers: Sequence[str], columns: Sequence[str]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow.parquet import ParquetFile

    wanted = list(dict.fromkeys((_KEY, *columns)))
    with ParquetFile(path, memory_map=True) as file:
        # By the metadata's own schema it would be held in a cycle: megabytes, until some later day.
        noted = _Bounds(file.metadata, file.schema_arrow.get_field_index(_KEY))
        places = _places(noted, customer_numbers)
        read = file.read_row_groups(places, columns=wanted, use_threads=False)
        mine = pc.is_in(read.column(_KEY), value_set=pa.array(customer_numbers, pa.string()))
        return read.filter(mine).select(list(columns))


def _places(noted: _Bounds, customer_numbers: Sequence[str]) -> list[int]:
    """Which row groups may have the customers' rows, by the least and the greatest number of each."""
    found: set[int] = set()
    for number in customer_numbers:
        # The first that ends with this number or behind it, to the last that begins with it or before.
        first = bisect_left(noted, number, key=lambda bounds: bounds[1])
        found |= set(range(first, bisect_right(noted, number, key=lambda bounds: bounds[0])))
    return sorted(found)


class _Bounds(Sequence[tuple[str, str]]):
    """The least and the greatest number of each row group, read as they are asked for."""

    def __init__(self, metadata: FileMetaData, key: int) -> None:
        self._metadata, self._key = metadata, key

    def __len__(self) -> int:
        return int(self._metadata.num_row_groups)

    def __getitem__(self, place: Any) -> Any:
        noted = self._metadata.row_group(place).column(self._key).statistics
        return (noted.min, noted.max) if noted is not None and noted.has_min_max else _ANY
