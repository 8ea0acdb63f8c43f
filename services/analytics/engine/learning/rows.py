"""Rows to learn from and to score: features as a matrix, NaN where nothing is known; the same files give the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

# Of a hash, so that a part of the customers is always the same part.
_PARTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Origin:
    """A business date with its features, and who left after it."""

    as_of_date: date
    features: Path
    labels: Path


@dataclass(frozen=True, slots=True)
class Rows:
    """Customers at dates, sorted by date and number: one row each in every array."""

    features: NDArray[np.float64]
    # 1 who left.
    target: NDArray[np.float64]
    # What of his assets was gone, minor units.
    lost: NDArray[np.float64]
    # The place of the date among the origins, and of the customer among all.
    origin: NDArray[np.int64]
    customer: NDArray[np.int64]
    # The kind of customer.
    kind: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Exclusions:
    """How many customers at dates were left out, and why: the first reason that fits counts."""

    thin: int
    gone: int
    little_or_new: int
    # Not drawn, where there are more rows than are learned from.
    not_drawn: int


def read(
    connection: DuckDBPyConnection, origins: Sequence[Origin], names: Sequence[str], rows_max: int
) -> tuple[Rows, Exclusions]:
    """All rows whose outcome counts; of more than about `rows_max` those of a part of the customers, always the same part."""
    import numpy as np

    joined = " UNION ALL ".join(_joined(place, origin) for place, origin in enumerate(origins))
    counts = f"""SELECT count(*) FILTER (thin), count(*) FILTER (NOT thin AND gone), count(*) FILTER (NOT thin AND NOT gone
        AND "left" IS NULL), count(*) FILTER (NOT thin AND "left" IS NOT NULL) FROM ({joined})"""
    ((thin, gone, little, eligible),) = connection.execute(counts).fetchall()
    share = min(_PARTS, _PARTS * rows_max // max(1, eligible))
    columns = ", ".join(f'"{name}"::DOUBLE AS "f{index}"' for index, name in enumerate(names))
    query = f"""SELECT {columns}, "left"::DOUBLE AS target, lost::DOUBLE AS lost, origin, customer_number, kind FROM ({joined})
        WHERE NOT thin AND "left" IS NOT NULL AND md5_number_lower(customer_number) % {_PARTS} < {share}
        ORDER BY origin, customer_number"""
    found = connection.execute(query).fetchnumpy()
    count = len(found["target"])
    matrix = np.column_stack([_floats(found[f"f{index}"]) for index in range(len(names))]) if count else np.empty((0, len(names)))
    customer = np.unique(np.asarray(found["customer_number"]).astype(str), return_inverse=True)[1]
    kind = _floats(found["kind"])
    rows = Rows(
        matrix,
        _floats(found["target"]),
        _floats(found["lost"]),
        np.asarray(found["origin"], dtype=np.int64),
        np.asarray(customer, dtype=np.int64),
        np.where(np.isnan(kind), 0, kind).astype(np.int64),
    )
    return rows, Exclusions(thin, gone, little, eligible - count)


def looks_until(connection: DuckDBPyConnection, origins: Sequence[Origin], names: Sequence[str]) -> dict[str, int]:
    """By a feature that is a date: by how many days the latest of its values is after its file's date; only where it is."""
    late: dict[str, int] = {}
    for origin in origins if names else ():
        columns = ", ".join(f"max(\"{name}\" - DATE '{origin.as_of_date}')" for name in names)
        (row,) = connection.execute(f"SELECT {columns} FROM {_parquet(origin.features)}").fetchall()
        for name, days in zip(names, row, strict=True):
            if days is not None and days > 0:
                late[name] = max(days, late.get(name, 0))
    return late


def seen(connection: DuckDBPyConnection, features: Sequence[Path], names: Sequence[str], rows_max: int) -> NDArray[np.float64]:
    """The features of all customers of whom enough is known, also of those without an outcome: what a model gets to see."""
    import numpy as np

    files = ", ".join(_quoted(path) for path in features)
    source = f"(SELECT * FROM read_parquet([{files}]) WHERE NOT thin)"
    ((count,),) = connection.execute(f"SELECT count(*) FROM {source}").fetchall()
    share = min(_PARTS, _PARTS * rows_max // max(1, count))
    columns = ", ".join(f'"{name}"::DOUBLE AS "f{index}"' for index, name in enumerate(names))
    query = f"SELECT {columns} FROM {source} WHERE md5_number_lower(customer_number) % {_PARTS} < {share}"
    found = connection.execute(query).fetchnumpy()
    return np.column_stack([_floats(found[f"f{index}"]) for index in range(len(names))])


def batches(
    connection: DuckDBPyConnection, features: Path, names: Sequence[str], more: Sequence[str], rows_max: int
) -> Iterator[tuple[NDArray[np.float64], dict[str, Any]]]:
    """All rows of the file in its order, so many at a time: the matrix, and the other columns as Arrow arrays."""
    import numpy as np

    columns = ", ".join(f'"{name}"::DOUBLE AS "f{index}"' for index, name in enumerate(names))
    query = f"SELECT {columns}, {', '.join(more)} FROM {_parquet(features)}"
    for batch in connection.sql(query).to_arrow_reader(rows_max):
        matrix = np.empty((batch.num_rows, len(names)))
        for index in range(len(names)):
            matrix[:, index] = batch.column(index).to_numpy(zero_copy_only=False)
        yield matrix, {name: batch.column(len(names) + index) for index, name in enumerate(more)}


def _joined(place: int, origin: Origin) -> str:
    # A customer of whom there is no outcome at all was not there on the date by his balances.
    return (
        f'SELECT {place} AS origin, features.*, labels."left", labels.lost, coalesce(labels.gone, false) AS gone '
        f"FROM {_parquet(origin.features)} AS features LEFT JOIN {_parquet(origin.labels)} AS labels USING (customer_number)"
    )


def _floats(column: Any) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan), dtype=np.float64)


def _parquet(path: Path) -> str:
    return f"read_parquet({_quoted(path)})"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
