"""Computes a month up to a day from pinned inputs.

A run goes through the month in steps, each of which adds its days to the leaf of the step before: so a day that is new costs a
day, and a day that is restated costs the days from it on. Objects are computed in as many parts as memory asks for, each by
itself: what memory holds is one part's joins, and grows no further with the bank.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.engines.expressions import DuckDb, Engine, quoted
from services.performance.engine.inputs import OWNERSHIP, MonthInputs, ObjectKey, PinnedDay

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.lake import Lake
    from services.performance.engine.stepping import AddedDays, Month

__all__ = ["OWNERSHIP", "MonthInputs", "ObjectKey", "PinnedDay", "account_days", "compute"]

# What a computation writes.
LEAF_FILE, DAYS_FILE, ISSUES_FILE = "account_results.parquet", "day_results.parquet", "issues.parquet"
_UNFINISHED = ".steps"
_BATCH_ROWS = 10_000


def compute(
    connection: DuckDBPyConnection,
    lake: Lake,
    inputs: MonthInputs,
    folder: Path,
    *,
    before: Path | None = None,
    by_day: bool = True,
    engine: Callable[[DuckDBPyConnection, Path], Engine] = DuckDb,
) -> None:
    """Writes `account_results`, `day_results` and `issues` into the folder, as Parquet.

    `before` is the folder of an earlier computation from the same inputs up to its own last day (pins of its days, accounts that
    it looked up in later revisions, base, rules, ownership): only days after that one are read, `day_results` and `issues` have
    these days alone, and the leaf is the same as from all days, to the last digit. Without `by_day` days are computed together
    as far as can be, and `day_results` has the last one of each step.
    """
    unfinished = folder / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    month = _month(connection, lake, inputs, engine(connection, unfinished))
    since, leaf = inputs.month_date, [before / LEAF_FILE] if before else []
    if leaf:
        ((last,),) = connection.execute(f"SELECT max(as_of_date) FROM read_parquet({_listed(leaf)})").fetchall()
        since, leaf = (last + timedelta(days=1), leaf) if last else (since, [])
    if since > inputs.as_of_date:
        raise ValueError("The earlier computation has all days already.")
    found: list[AddedDays] = []
    for step in month.staging.steps(since):
        found += month.add(step, leaf, by_day=by_day)
        leaf = found[-1].leaf
    if len(leaf) == len(found[-1].days) == 1:
        leaf[0].rename(folder / LEAF_FILE)
    else:
        _write(
            connection, f"FROM read_parquet({_listed(leaf)}) WHERE as_of_date = DATE '{inputs.as_of_date}'", folder / LEAF_FILE
        )
    days = [path for each in found for path in each.day_results]
    issues = [path for each in found for path in each.issues]
    _write(connection, f"FROM read_parquet({_listed(days)}) ORDER BY ALL", folder / DAYS_FILE)
    told = "SELECT reason, subject, sum(row_count)::BIGINT AS row_count, max(organisation_unit_id) AS organisation_unit_id"
    _write(connection, f"{told} FROM read_parquet({_listed(issues)}) GROUP BY ALL ORDER BY ALL", folder / ISSUES_FILE)
    shutil.rmtree(unfinished)


def account_days(
    connection: DuckDBPyConnection, lake: Lake, inputs: MonthInputs, objects: Sequence[ObjectKey]
) -> Iterator[pa.RecordBatch]:
    """The rows of ACCOUNT_DAYS of those objects, by day: what `compute` adds up, and nothing else."""
    # It keeps nothing in that folder: what is asked for is read from views.
    month = _month(connection, lake, inputs, DuckDb(connection, inputs.ownership), objects)
    wanted = ", ".join(f"({quoted(each.dataset)}, {quoted(each.source_system)}, {quoted(each.number)})" for each in objects)
    for step in month.staging.steps(inputs.month_date):
        rows = " UNION ALL ".join(f"FROM {name}" for name in month.account_days(step))
        if rows:
            found = connection.sql(f"FROM ({rows}) WHERE (dataset, source_system, account_number) IN ({wanted}) ORDER BY ALL")
            yield from found.to_arrow_reader(_BATCH_ROWS)


def _month(
    connection: DuckDBPyConnection, lake: Lake, inputs: MonthInputs, engine: Engine, objects: Sequence[ObjectKey] | None = None
) -> Month:
    # Ibis is not carried by a process that computes nothing.
    from services.performance.engine.stepping import Month

    return Month(connection, lake, inputs, engine, objects)


def _listed(paths: Sequence[Path]) -> str:
    return f"[{', '.join(quoted(path) for path in paths)}]"


def _write(connection: DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"COPY ({query}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
