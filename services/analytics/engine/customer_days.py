"""Customers' days: one row a customer and business date, a month a file, sorted by customer's number.

A month depends on its own pins alone, so that only what is told anew is computed anew. It is computed some days at a time, and
put into order at the end: what memory holds is one step, and what does not fit spills.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.engines.expressions import DuckDb, Engine, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.analytics.engine.inputs import DayInputs
    from services.chassis.lake.lake import Lake

FILE, ISSUES_FILE = "customer_days.parquet", "issues.parquet"
_UNFINISHED = ".steps"
# So that one customer's rows are found without reading many others'.
_ROW_GROUP = 61_440


def write_month(
    connection: DuckDBPyConnection, lake: Lake, inputs: DayInputs, folder: Path, engine: Engine | None = None
) -> Path:
    """Writes `customer_days`, and as `issues` what could not be counted and why; answers the former.

    Reasons are ACCOUNT_UNKNOWN, CURRENCY_WITHOUT_RATE with the currency, and AMOUNT_OUT_OF_BOUNDS.
    """
    from services.analytics.engine.day_rows import day_rows
    from services.analytics.engine.day_staging import DayStaging
    from services.chassis.engines.expressions import statement

    unfinished = folder / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    engine = engine or DuckDb(connection, unfinished)
    staging, steps, unrated = DayStaging(connection, lake, inputs), [], []
    for name in staging.begin():
        engine.take(name)
    for days in staging.steps():
        for name in staging.take(days):
            engine.take(name)
        steps.append(engine.keep("day_rows", statement(engine.dialect, day_rows, inputs.home_currency_code)))
        unrated += staging.unrated()
    path = folder / FILE
    _write(connection, steps, path)
    _write_issues(connection, steps, unrated, folder / ISSUES_FILE)
    for each in steps:
        each.unlink()
    shutil.rmtree(unfinished)
    return path


def _write(connection: DuckDBPyConnection, steps: Sequence[Path], path: Path) -> None:
    from services.analytics.engine.tables import CUSTOMER_DAYS, engine_type

    columns = ", ".join(f"{name}::{engine_type(type_)} AS {name}" for name, type_ in CUSTOMER_DAYS.items())
    connection.execute(
        f"COPY (SELECT {columns} FROM read_parquet({listed(steps)}) WHERE customer_number IS NOT NULL "
        f"ORDER BY customer_number, day) TO {quoted(path)} "
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {_ROW_GROUP})"
    )


def _write_issues(connection: DuckDBPyConnection, steps: Sequence[Path], unrated: Sequence[tuple[str, int]], path: Path) -> None:
    connection.execute("CREATE OR REPLACE TEMP TABLE unrated (currency_code VARCHAR, row_count BIGINT)")
    if unrated:
        connection.executemany("INSERT INTO unrated VALUES (?, ?)", [list(each) for each in unrated])
    connection.execute(f"COPY ({_ISSUES.format(steps=listed(steps))}) TO {quoted(path)} (FORMAT parquet)")


_ISSUES = """
    WITH counted AS (
        SELECT sum(unknown_count) AS unknown_count, sum(excessive_count) AS excessive_count FROM read_parquet({steps})
    )
    SELECT * REPLACE (row_count::BIGINT AS row_count) FROM (
        SELECT 'ACCOUNT_UNKNOWN' AS reason, '' AS subject, unknown_count AS row_count FROM counted
        UNION ALL SELECT 'AMOUNT_OUT_OF_BOUNDS', '', excessive_count FROM counted
        UNION ALL SELECT 'CURRENCY_WITHOUT_RATE', currency_code, sum(row_count) FROM unrated GROUP BY currency_code
    ) WHERE row_count > 0 ORDER BY reason, subject
"""


def listed(paths: Sequence[Path]) -> str:
    """As a list of texts of SQL."""
    return f"[{', '.join(quoted(path) for path in paths)}]"
