"""From what a run has written to the rows of `results`: days, months, quarters and years, by owner, unit and product.

Everything above the leaf is a sum of it. Only averages of a quarter or a year are not sums of the months' averages: they are rounded
and shared anew for each account, from the exact sums of days that the months' leaves keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
from ibis import ir

from services.performance.engine.engines import EXACT_QUOTIENT, compiled
from services.performance.engine.measures import ACCOUNT_RESULTS, DAY_RESULTS, ISSUES, MEASURES, OWNER
from services.performance.engine.result_rows import COUNTS, EARNINGS, ROW, STOCKS
from services.performance.engine.rounding import exact, half_even, shared_by_quota
from services.performance.engine.settling import WHOLE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def month_rows(connection: DuckDBPyConnection, leaf: Path, table: str) -> None:
    """Makes a table of the month's rows from its leaf."""
    _view(connection, "month_leaf", [leaf])
    rows = _totals(ibis.table(ACCOUNT_RESULTS, name="month_leaf"))
    _keep(connection, table, rows)


def period_rows(
    connection: DuckDBPyConnection, leaves: Mapping[date, Path], people: Path, start: date, as_of: date, table: str
) -> None:
    """Makes a table of the rows of a quarter or a year so far, from the leaves of its months.

    Daily averages are over the calendar days from `start` to `as_of`; days of months that have no leaf count as days without
    balances. `people` is `OWNERSHIP["people"]`: by staff number ties of a rounding are decided, the pool's last.
    """
    _view(connection, "period_leaf", leaves.values())
    _view(connection, "period_people", [people])
    _keep(connection, table, _totals(account_rows(connection, max(leaves), start, as_of)))
    connection.execute("DROP TABLE period_owned")


def account_rows(connection: DuckDBPyConnection, last_month: date, start: date, as_of: date) -> ir.Table:
    """The rows of a quarter or a year so far by account and owner.

    From the tables `period_leaf`, of the months' leaves, and `period_people`, by which ties are decided.
    """
    connection.execute(EXACT_QUOTIENT)
    owned = _owned(last_month)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE period_owned AS {compiled(owned, 'duckdb')}")
    rows = ibis.table(owned.schema(), name="period_owned")
    objects = rows.group_by(WHOLE).aggregate(owners=rows.count())
    several = objects.filter(objects.owners > 1).drop("owners")
    days = exact((as_of - start).days + 1)
    parts = [
        _averaged(rows.anti_join(several, WHOLE), days, divided=False),
        _averaged(rows.semi_join(several, WHOLE), days, divided=True),
    ]
    return ibis.union(*parts)


def _owned(last_month: date) -> ir.Table:
    """What each owner has of each object in all months together, with his staff number."""
    leaf = ibis.table(ACCOUNT_RESULTS, name="period_leaf")
    people = ibis.table({"person_id": "string", "staff_number": "string"}, name="period_people")
    rows = leaf.group_by([*WHOLE, "customer_number", *OWNER]).aggregate(
        customer_id=leaf.customer_id.max(),
        balance=(leaf.month_date == ibis.literal(last_month)).ifelse(leaf.balance, 0).sum(),
        balance_days=exact(leaf.balance_days.sum()),
        base_days=exact(leaf.base_days.sum()),
        **{name: leaf[name].sum() for name in EARNINGS},
    )
    return rows.left_join(people, "person_id").drop("person_id_right")


def _averaged(rows: ir.Table, days: ir.Value, *, divided: bool) -> ir.Table:
    """With averages over so many days, rounded once for an object, and shared where it has several owners."""
    order = [rows.staff_number.isnull(), rows.staff_number, rows.person_id, rows.organisation_unit_id, rows.customer_number]

    def average(sum_of_days: ir.Value) -> ir.Value:
        amount = shared_by_quota(sum_of_days, days, WHOLE, order) if divided else half_even(sum_of_days, days)
        return amount.cast("int64")

    rows = rows.mutate(average_balance=average(rows.balance_days), base_balance=average(rows.base_days))
    return rows.mutate(increment=rows.average_balance - rows.base_balance)


def day_rows(connection: DuckDBPyConnection, days: Path, before: Path | None, month: date, as_of: date, table: str) -> None:
    """Makes a table of the rows of each day that `days`, a file of DAY_RESULTS, has: what was earned is the day's own.

    `before` is the file of the computation that this one goes on from: of it the last day is subtracted from the first one here.
    """
    _view(connection, "days_to_date", [days])
    to_date = ibis.table(DAY_RESULTS, name="days_to_date")
    subtracted = to_date
    if before is not None:
        _view(connection, "days_before", [before])
        earlier = ibis.table(DAY_RESULTS, name="days_before")
        subtracted = ibis.union(to_date, earlier.filter(earlier.day == earlier.day.max().as_scalar()), distinct=False)
    nothing = dict.fromkeys((*COUNTS, *STOCKS), ibis.literal(0, "int64"))
    following = subtracted.mutate(
        day=subtracted.day + ibis.interval(days=1),
        **nothing,
        **{name: -subtracted[name] for name in EARNINGS},
    ).select(*DAY_RESULTS)
    both = ibis.union(to_date.select(*DAY_RESULTS), following, distinct=False)
    both = both.filter(both.day.between(ibis.literal(month), ibis.literal(as_of)))
    rows = both.group_by(["day", *OWNER]).aggregate(**{name: both[name].sum() for name in (*COUNTS, *MEASURES)})
    _keep(connection, table, rows.filter(_anything(rows)))


def customers_differ(connection: DuckDBPyConnection, former: Path, now: Path, leaf: Path) -> bool:
    """Whether a number that a leaf names stands for another customer in one of the two files than in the other."""
    for name, file in (("customers_before", former), ("customers_now", now), ("customers_leaf", leaf)):
        _view(connection, name, [file])
    query = (
        "SELECT 1 FROM ((FROM customers_before EXCEPT FROM customers_now) UNION ALL (FROM customers_now EXCEPT FROM customers_before))"
        " WHERE customer_number IN (SELECT customer_number FROM customers_leaf) LIMIT 1"
    )
    return bool(connection.execute(query).fetchall())


def write_issues_to_date(connection: DuckDBPyConnection, folder: Path, before: Path | None) -> None:
    """Writes `issues_to_date.parquet` beside `issues.parquet`: with those of the computation that this one goes on from."""
    _view(connection, "issues", [folder / "issues.parquet"] + ([before / "issues_to_date.parquet"] if before else []))
    issues = ibis.table(ISSUES, name="issues")
    keys = [name for name in ISSUES if name != "row_count"]
    query = compiled(issues.group_by(keys).aggregate(row_count=issues.row_count.sum()), "duckdb")
    target = str(folder / "issues_to_date.parquet").replace("'", "''")
    connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def load_issues(connection: DuckDBPyConnection, file: Path, table: str) -> None:
    """Makes a view of what `write_issues_to_date` wrote."""
    _view(connection, table, [file])


def sums(connection: DuckDBPyConnection, table: str, names: Sequence[str] = MEASURES, where: str = "true") -> dict[str, int]:
    """The exact sum of each column over the rows."""
    columns = ", ".join(f"coalesce(sum({name}), 0)" for name in names)
    (row,) = connection.execute(f"SELECT {columns} FROM {table} WHERE {where}").fetchall()
    return {name: int(value) for name, value in zip(names, row, strict=True)}


def day_sha256s(connection: DuckDBPyConnection, table: str) -> dict[str, str]:
    """By day, SHA-256 over its rows in their order: equal where every one of them is."""
    columns = ", ".join(f"coalesce({name}::VARCHAR, '')" for name in ROW)
    query = (
        f"SELECT day, sha256(string_agg(line, chr(30) ORDER BY line)) FROM "
        f"(SELECT day, concat_ws(chr(31), {columns}) AS line FROM {table}) GROUP BY day ORDER BY day"
    )
    return {day.isoformat(): digest for day, digest in connection.execute(query).fetchall()}


def _totals(leaf: ir.Table) -> ir.Table:
    """The sums of a leaf by owner, unit and product, with how many accounts and customers there are."""
    account = leaf.dataset + chr(31) + leaf.source_system + chr(31) + leaf.account_number
    # Whoever is not known here is told from others by the number in his own system.
    unknown = (leaf.customer_number != "").ifelse(leaf.source_system + chr(31) + leaf.customer_number, ibis.null("string"))
    customer = (leaf.customer_id != "").ifelse(leaf.customer_id, unknown)
    rows = leaf.group_by(list(OWNER)).aggregate(
        account_count=account.nunique(),
        customer_count=customer.nunique(),
        **{name: leaf[name].sum() for name in MEASURES},
    )
    return rows.filter(_anything(rows))


def _anything(rows: ir.Table) -> ir.BooleanValue:
    """Whether a row says anything at all."""
    said = rows.account_count != 0
    for name in MEASURES:
        said |= rows[name] != 0
    return said


def _view(connection: DuckDBPyConnection, name: str, files: Iterable[Path]) -> None:
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM read_parquet([{paths}], hive_partitioning = false)")


def _keep(connection: DuckDBPyConnection, table: str, rows: ir.Table) -> None:
    # A sum of whole numbers is wider in the engine than Ibis knows, and a day later is an instant there.
    types = {name: "VARCHAR" for name in OWNER} | {"day": "DATE"}
    columns = ", ".join(f"{name}::{types.get(name, 'BIGINT')} AS {name}" for name in rows.columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {columns} FROM ({compiled(rows, 'duckdb')})")
