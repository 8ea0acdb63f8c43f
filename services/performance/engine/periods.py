"""From what a run has written to the rows of `results`: days, months, quarters and years, by owner, unit and product.

Everything above the leaf is a sum of it. Only averages of a quarter or a year are not sums of the months' averages: they are
rounded and shared anew for each object, from the exact sums of days that the months' leaves keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from services.chassis.engines.expressions import FUNCTIONS, quoted, statement
from services.performance.engine.measures import ACCOUNT_RESULTS, DAY_RESULTS, ISSUES, MEASURES, OWNER
from services.performance.engine.result_rows import COUNTS, EARNINGS, ROW, STOCKS
from services.performance.engine.rounding import exact, half_even, shared_by_quota
from services.performance.engine.settling import ORDER, WHOLE, totals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from ibis import ir

_PEOPLE = {"person_id": "string", "staff_number": "string"}
# Nothing in a statement is of one day: they are compiled once.
_PERIOD = {"first_date": "date", "last_date": "date", "last_month_date": "date", "days": "int64"}
_OBJECT = (*WHOLE, "customer_number", *OWNER)
_OWNED = {
    **dict.fromkeys((*_OBJECT, "customer_id", "staff_number"), "string"),
    **dict.fromkeys(("balance", *EARNINGS, "is_pool"), "int64"),
    **dict.fromkeys(("balance_days", "base_days", "days"), "decimal(38,0)"),
}


def month_rows(connection: DuckDBPyConnection, leaf: Path, table: str) -> None:
    """Makes a table of the month's rows from its leaf."""
    connection.execute(FUNCTIONS)
    _view(connection, "month_leaf", [leaf])
    _keep(connection, table, statement("duckdb", _month_rows))


def period_rows(
    connection: DuckDBPyConnection, leaves: Mapping[date, Path], people: Path, start: date, as_of: date, table: str
) -> None:
    """Makes a table of the rows of a quarter or a year so far, from the leaves of its months.

    Daily averages are over the calendar days from `start` to `as_of`; days of months that have no leaf count as days without
    balances. `people` is `OWNERSHIP["people"]`: by staff number ties of a rounding are decided.
    """
    _view(connection, "period_leaf", leaves.values())
    _view(connection, "period_people", [people])
    _own(connection, max(leaves), start, as_of)
    _keep(connection, table, statement("duckdb", _period_rows))
    connection.execute("DROP TABLE period_owned")


def account_rows(connection: DuckDBPyConnection, last_month: date, start: date, as_of: date, table: str) -> None:
    """Makes a table of the rows of a quarter or a year so far by account and owner: what `period_rows` adds up.

    From the tables `period_leaf`, of all owners of the accounts, and `period_people`.
    """
    _own(connection, last_month, start, as_of)
    _keep(connection, table, statement("duckdb", _account_rows), _OWNED | dict.fromkeys(MEASURES, "int64"))


def day_rows(connection: DuckDBPyConnection, days: Path, before: Path | None, month: date, as_of: date, table: str) -> None:
    """Makes a table of the rows of each day that `days`, a file of DAY_RESULTS, has: what was earned is the day's own.

    `before` is the file of the computation that this one goes on from: of it the last day is subtracted from the first one here.
    """
    _view(connection, "days_to_date", [days])
    if before is None:
        connection.execute("CREATE OR REPLACE TEMP VIEW days_before AS FROM days_to_date WHERE false")
    else:
        last = f"SELECT max(day) FROM read_parquet({quoted(before)})"
        query = f"FROM read_parquet({quoted(before)}) WHERE day = ({last})"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW days_before AS {query}")
    _period(connection, month, as_of, month)
    _keep(connection, table, statement("duckdb", _day_rows))


def customers_differ(connection: DuckDBPyConnection, former: Path, now: Path, leaf: Path) -> bool:
    """Whether a number that a leaf names stands for another customer in one of the two files than in the other."""
    for name, file in (("customers_before", former), ("customers_now", now), ("customers_leaf", leaf)):
        _view(connection, name, [file])
    query = (
        "SELECT 1 FROM ((FROM customers_before EXCEPT FROM customers_now)"
        " UNION ALL (FROM customers_now EXCEPT FROM customers_before))"
        " WHERE customer_number IN (SELECT customer_number FROM customers_leaf) LIMIT 1"
    )
    return bool(connection.execute(query).fetchall())


def write_issues_to_date(connection: DuckDBPyConnection, folder: Path, before: Path | None) -> None:
    """Writes `issues_to_date.parquet` beside `issues.parquet`: with those of the computation that this one goes on from."""
    _view(connection, "issues", [folder / "issues.parquet"] + ([before / "issues_to_date.parquet"] if before else []))
    keys = ", ".join(name for name in ISSUES if name != "row_count")
    query = f"SELECT {keys}, sum(row_count)::BIGINT AS row_count FROM issues GROUP BY {keys}"
    target = quoted(folder / "issues_to_date.parquet")
    connection.execute(f"COPY ({query}) TO {target} (FORMAT parquet, COMPRESSION zstd)")


def load_issues(connection: DuckDBPyConnection, file: Path, table: str) -> None:
    """Makes a view of what `write_issues_to_date` wrote: each reason and subject once, of one of the units that kept it."""
    query = (
        "SELECT reason, subject, max(organisation_unit_id) AS organisation_unit_id, sum(row_count)::BIGINT AS row_count "
        f"FROM read_parquet({quoted(file)}) GROUP BY reason, subject"
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {query}")


def has_issue(connection: DuckDBPyConnection, file: Path, reason: str) -> bool:
    """Whether what `write_issues_to_date` wrote has one of that reason."""
    query = f"SELECT 1 FROM read_parquet({quoted(file)}) WHERE reason = ? LIMIT 1"
    return bool(connection.execute(query, [reason]).fetchall())


def sums(connection: DuckDBPyConnection, table: str, names: Sequence[str] = MEASURES, where: str = "true") -> dict[str, int]:
    """The exact sum of each column over the rows."""
    columns = ", ".join(f"coalesce(sum({name}), 0)" for name in names)
    (row,) = connection.execute(f"SELECT {columns} FROM {table} WHERE {where}").fetchall()
    return {name: int(value) for name, value in zip(names, row, strict=True)}


def portions(
    connection: DuckDBPyConnection, table: str, rows_at_once: int, *, days: Sequence[date] | None = None
) -> Iterator[list[dict[str, Any]]]:
    """The rows of one of these tables by the columns' names, so many at a time; of rows of days, only of those days."""
    of_days = ", ".join(f"DATE '{day}'" for day in days or ())
    where = "true" if days is None else f"day IN ({of_days})" if of_days else "false"
    found = connection.execute(f"SELECT * FROM {table} WHERE {where}")
    names = [column[0] for column in found.description]
    while rows := found.fetchmany(rows_at_once):
        yield [dict(zip(names, row, strict=True)) for row in rows]


def day_sha256s(connection: DuckDBPyConnection, table: str) -> dict[str, str]:
    """By day, SHA-256 over its rows in their order: equal where every one of them is."""
    columns = ", ".join(f"coalesce({name}::VARCHAR, '')" for name in ROW)
    query = (
        f"SELECT day, sha256(string_agg(line, chr(30) ORDER BY line)) FROM "
        f"(SELECT day, concat_ws(chr(31), {columns}) AS line FROM {table}) GROUP BY day ORDER BY day"
    )
    return {day.isoformat(): digest for day, digest in connection.execute(query).fetchall()}


def _month_rows() -> ir.Table:
    return _totals(ibis.table(ACCOUNT_RESULTS, name="month_leaf"))


def _own(connection: DuckDBPyConnection, last_month: date, start: date, as_of: date) -> None:
    # With what divides exactly.
    connection.execute(FUNCTIONS)
    _period(connection, start, as_of, last_month)
    _keep(connection, "period_owned", statement("duckdb", _owned), _OWNED)


def _owned() -> ir.Table:
    """What each owner has of each object in all months together."""
    leaf, period = ibis.table(ACCOUNT_RESULTS, name="period_leaf"), ibis.table(_PERIOD, name="results_period")
    people = ibis.table(_PEOPLE, name="period_people")
    rows = leaf.group_by(_OBJECT).aggregate(
        customer_id=leaf.customer_id.max(),
        balance=(leaf.month_date == period.last_month_date.as_scalar()).ifelse(leaf.balance, 0).sum(),
        balance_days=exact(leaf.balance_days.sum()),
        base_days=exact(leaf.base_days.sum()),
        **{name: leaf[name].sum() for name in EARNINGS},
    )
    rows = rows.left_join(people, "person_id").drop("person_id_right")
    return rows.mutate(
        days=exact(period.days.as_scalar()),
        is_pool=(rows.person_id == "").ifelse(1, 0),
        staff_number=ibis.coalesce(rows.staff_number, ""),
    ).select(*_OWNED)


def _period_rows() -> ir.Table:
    return _totals(_account_rows())


def _account_rows() -> ir.Table:
    rows = ibis.table(_OWNED, name="period_owned")
    objects = rows.group_by(WHOLE).aggregate(owners=rows.count())
    several = objects.filter(objects.owners > 1).drop("owners")
    alone, together = rows.anti_join(several, WHOLE), rows.semi_join(several, WHOLE)
    return ibis.union(_averaged(alone, divided=False), _averaged(together, divided=True))


def _averaged(rows: ir.Table, *, divided: bool) -> ir.Table:
    """With the daily averages, rounded once for an object, and shared where it has several owners."""
    parts = {"average_balance": ("balance_days", "days"), "base_balance": ("base_days", "days")}
    if divided:
        rows = shared_by_quota(rows, parts, WHOLE, ORDER)
    else:
        rows = rows.mutate(**{name: half_even(rows[own], rows[days]).cast("int64") for name, (own, days) in parts.items()})
    rows = rows.mutate(increment=rows.average_balance - rows.base_balance)
    return rows.select(*_OBJECT, "customer_id", *MEASURES)


def _day_rows() -> ir.Table:
    to_date, before = (ibis.table(DAY_RESULTS, name=name) for name in ("days_to_date", "days_before"))
    period = ibis.table(_PERIOD, name="results_period")
    passed = ibis.union(to_date, before)
    # What was earned to a day is taken off the day after, also of whom nothing stands there.
    following = passed.mutate(
        day=(passed.day + ibis.interval(days=1)).cast("date"),
        **dict.fromkeys((*COUNTS, *STOCKS), ibis.literal(0, "int64")),
        **{name: -passed[name] for name in EARNINGS},
    )
    both = ibis.union(to_date, following.select(*DAY_RESULTS))
    both = both.filter(both.day.between(period.first_date.as_scalar(), period.last_date.as_scalar()))
    rows = both.group_by(["day", *OWNER]).aggregate(**{name: both[name].sum() for name in (*COUNTS, *MEASURES)})
    return rows.filter(_anything(rows))


def _totals(leaf: ir.Table) -> ir.Table:
    """The sums of a leaf by owner, unit and product, of whom there is anything."""
    rows = totals(leaf, tuple(OWNER))
    return rows.filter(_anything(rows))


def _anything(rows: ir.Table) -> ir.BooleanValue:
    """Whether a row says anything at all."""
    said = rows.account_count != 0
    for name in MEASURES:
        said |= rows[name] != 0
    return said


def _view(connection: DuckDBPyConnection, name: str, files: Iterable[Path]) -> None:
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS FROM read_parquet([{', '.join(map(quoted, files))}], hive_partitioning = false)"
    )


def _period(connection: DuckDBPyConnection, first: date, last: date, last_month: date) -> None:
    columns = f"DATE '{first}' AS first_date, DATE '{last}' AS last_date, DATE '{last_month}' AS last_month_date"
    days = (last - first).days + 1
    connection.execute(f"CREATE OR REPLACE TEMP TABLE results_period AS SELECT {columns}, {days}::BIGINT AS days")


_COLUMN_TYPES = {"int64": "BIGINT", "decimal(38,0)": "DECIMAL(38, 0)", "string": "VARCHAR", "date": "DATE"}
_ROW_TYPES = {"day": "date", **OWNER, **dict.fromkeys((*COUNTS, *MEASURES), "int64")}


def _keep(connection: DuckDBPyConnection, table: str, query: str, types: Mapping[str, str] = _ROW_TYPES) -> None:
    """Makes a table with columns of exactly these types: a sum is wider in the engine than Ibis knows, a day later an instant."""
    found = connection.sql(query)
    columns = ", ".join(f"{name}::{_COLUMN_TYPES[types[name]]} AS {name}" for name in found.columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {columns} FROM ({query})")
