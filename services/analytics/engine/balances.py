"""Average balances of some days, before and after a day on which something happened: of some customers, and of all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from services.analytics.rules.dependence import WHOLE_E4
from services.chassis.engines.expressions import quoted
from services.chassis.kernel.dates import moved

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Averages:
    """What is left, in minor units."""

    # By customer's number the average of the days up to the later day; of who has nothing any more there is none.
    after: Mapping[str, int]
    # Of 10,000 of what all other customers had on average, so much went: what grew left aside, as with those asked about.
    background_e4: int


def averages(
    connection: DuckDBPyConnection,
    files: Sequence[Path],
    customer_numbers: Sequence[str],
    *,
    before_date: date,
    after_date: date,
    days: int,
) -> Averages | None:
    """Over customers' days (`engine/tables.py`): the averages of so many days up to either date, itself included.

    A customer without a row on a day has nothing on it, as long as anybody has one. None where the bank has no days of either.
    """
    import pyarrow as pa

    numbers = pa.table({"customer_number": pa.array(list(customer_numbers), pa.string())})
    connection.register("given_numbers", numbers)
    connection.execute("CREATE OR REPLACE TEMP TABLE followed AS FROM given_numbers")
    connection.unregister("given_numbers")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE averaged AS {_averaged(files, before_date, after_date, days)}")
    ((days_of_both,),) = connection.execute("SELECT coalesce(min(least(before_days, after_days)), 0) FROM averaged").fetchall()
    if not days_of_both:
        return None
    after = dict(
        connection.execute("SELECT customer_number, after FROM averaged SEMI JOIN followed USING (customer_number)").fetchall()
    )
    ((fell, had),) = connection.execute(
        "SELECT coalesce(sum(greatest(before - after, 0)), 0)::HUGEINT, coalesce(sum(greatest(before, 0)), 0)::HUGEINT "
        "FROM averaged ANTI JOIN followed USING (customer_number)"
    ).fetchall()
    return Averages(after, min(fell * WHOLE_E4 // had, WHOLE_E4) if had else 0)


def _averaged(files: Sequence[Path], before_date: date, after_date: date, days: int) -> str:
    paths = ", ".join(quoted(path) for path in files)
    first = _window(before_date, days)
    second = _window(after_date, days)
    return f"""
    WITH rows AS (
        SELECT customer_number, day, deposit + term + wealth AS balance
        FROM read_parquet([{paths}])
        WHERE {first} OR {second}
    ),
    counted AS (
        SELECT count(DISTINCT day) FILTER ({first}) AS before_days, count(DISTINCT day) FILTER ({second}) AS after_days FROM rows
    )
    SELECT
        customer_number,
        before_days,
        after_days,
        (coalesce(sum(balance) FILTER ({first}), 0) // greatest(before_days, 1))::BIGINT AS before,
        (coalesce(sum(balance) FILTER ({second}), 0) // greatest(after_days, 1))::BIGINT AS after
    FROM rows CROSS JOIN counted
    GROUP BY customer_number, before_days, after_days
    """


def _window(last: date, days: int) -> str:
    return f"day BETWEEN DATE '{moved(last, 1 - days).isoformat()}' AND DATE '{last.isoformat()}'"
