"""Of whom something new came since the analysis of the same date before, so that all others need not be looked at anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.analytics.engine.standing import copy
from services.chassis.engines.expressions import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ISSUES_MAX = 100


def write_touched(connection: DuckDBPyConnection, compared: Sequence[tuple[Path, Path | None]], path: Path) -> None:
    """Writes the numbers of customers of whom a row of any file is another than in the file that it is compared with.

    A file without the column `customer_number` is of everybody: where it differs, all are touched. The first that is compared is
    that of customers; None stands for a file without rows.
    """
    queries = []
    for now, former in compared:
        columns = _columns(connection, now)
        if "customer_number" in columns:
            queries.append(_DIFFERING.format(now=_read(now), former=_former(now, former), columns=", ".join(columns)))
        elif _differs(connection, now, former, columns):
            queries.append(f"SELECT customer_number FROM {_read(compared[0][0])}")
    copy(connection, f"SELECT DISTINCT customer_number FROM ({' UNION ALL '.join(queries)}) ORDER BY 1", path)


def write_merged(connection: DuckDBPyConnection, fresh: Path, former: Path, touched: Path, path: Path) -> None:
    """Writes the rows of whoever was touched as they are now, and of all others as they were."""
    query = (
        f"SELECT * FROM {_read(fresh)} UNION ALL BY NAME "
        f"SELECT former.* FROM {_read(former)} former ANTI JOIN {_read(touched)} USING (customer_number) ORDER BY customer_number"
    )
    copy(connection, query, path)


def counts(connection: DuckDBPyConnection, features: Path, touched: Path) -> dict[str, int]:
    """How many customers there are, of how many there is too little, and how many were looked at anew."""
    query = f"SELECT count(*), count(*) FILTER (thin) FROM {_read(features)}"
    ((customers, thin),) = connection.execute(query).fetchall()
    anew = customers
    if touched.exists():
        query = f"SELECT count(*) FROM {_read(features)} SEMI JOIN {_read(touched)} USING (customer_number)"
        ((anew,),) = connection.execute(query).fetchall()
    return {"customer_count": customers, "touched_count": anew, "thin_count": thin}


def issues(connection: DuckDBPyConnection, paths: Sequence[Path]) -> list[list[Any]]:
    """What could not be counted of several months: reason, subject and rows, most rows first."""
    files = [path for path in paths if path.exists()]
    if not files:
        return []
    read = ", ".join(quoted(path) for path in files)
    query = (
        f"SELECT reason, subject, sum(row_count)::BIGINT AS row_count FROM read_parquet([{read}]) "
        f"GROUP BY reason, subject ORDER BY row_count DESC, reason, subject LIMIT {ISSUES_MAX}"
    )
    return [list(row) for row in connection.execute(query).fetchall()]


# What a customer's rows come to, whatever their order: a difference that this does not see happens once in 2^64 customers.
_DIFFERING = """
SELECT customer_number
FROM (SELECT customer_number, sum(hash({columns})) AS said FROM {now} GROUP BY customer_number) AS now
FULL JOIN (SELECT customer_number, sum(hash({columns})) AS said FROM {former} GROUP BY customer_number) AS former
USING (customer_number)
WHERE now.said IS DISTINCT FROM former.said
"""


def _differs(connection: DuckDBPyConnection, now: Path, former: Path | None, columns: Sequence[str]) -> bool:
    names = ", ".join(columns)
    of_file = "(SELECT sum(hash({names})) FROM {rows})"
    left, right = (of_file.format(names=names, rows=rows) for rows in (_read(now), _former(now, former)))
    ((differs,),) = connection.execute(f"SELECT {left} IS DISTINCT FROM {right}").fetchall()
    return bool(differs)


def _columns(connection: DuckDBPyConnection, path: Path) -> list[str]:
    return [row[0] for row in connection.execute(f"DESCRIBE FROM {_read(path)}").fetchall()]


def _former(now: Path, former: Path | None) -> str:
    return _read(former) if former and former.exists() else f"(FROM {_read(now)} WHERE false)"


def _read(path: Path) -> str:
    return f"read_parquet({quoted(path)})"
