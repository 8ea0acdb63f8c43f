"""Running balances of all accounts at once, from pinned datasets of closing balances; `rules.averages.folded` has it for one.

A day costs the comparison of two datasets: of an account whose balance stayed, nothing is computed and nothing written. What was
kept of an account until now is given as rows of `held`; without it, its balance is made from all the days given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from services.chassis.lake.schemas import SCHEMAS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.lake import Lake, Pin

_SCHEMA = SCHEMAS["balances"]
_KEY = "account_number, currency_code"
# As the columns of `results` and `held` come: an account in a currency, and its running balance.
RUNNING = ("account_number", "currency_code", "since", "balance", "month_sum", "quarter_sum", "year_sum", "base")
_TYPES = ", ".join(
    f"{name} {type_}" for name, type_ in zip(RUNNING, ("VARCHAR", "VARCHAR", "DATE", *["BIGINT"] * 5), strict=True)
)
_DAY = f"{_KEY}, balance_minor_units AS balance"


def find_affected(connection: DuckDBPyConnection, lake: Lake, corrected: Sequence[tuple[Pin, Pin | None]]) -> None:
    """Fills `affected` with the accounts of which these revisions say other balances than the ones that they replace."""
    connection.execute("CREATE OR REPLACE TEMP TABLE affected (account_number VARCHAR, currency_code VARCHAR)")
    for pin, former in corrected:
        lake.relation(connection, _SCHEMA, [pin]).create_view("new_day", replace=True)
        lake.relation(connection, _SCHEMA, [former] if former else []).create_view("old_day", replace=True)
        connection.execute(
            f"""
            INSERT INTO affected
            SELECT {_KEY} FROM (
                (SELECT {_DAY} FROM new_day EXCEPT SELECT {_DAY} FROM old_day)
                UNION (SELECT {_DAY} FROM old_day EXCEPT SELECT {_DAY} FROM new_day)
            )
            """
        )
    connection.execute("CREATE OR REPLACE TEMP TABLE affected AS SELECT DISTINCT * FROM affected")


def find_all(connection: DuckDBPyConnection, lake: Lake, pins: Sequence[Pin]) -> None:
    """Fills `affected` with all accounts that any of these days has."""
    lake.relation(connection, _SCHEMA, pins).create_view("days", replace=True)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE affected AS SELECT DISTINCT {_KEY} FROM days")


def find_points(connection: DuckDBPyConnection, lake: Lake, pins: Sequence[Pin], *, after: date | None, affected: bool) -> None:
    """Fills `points` with the days on which a balance differs from the account's day before, of days later than `after`.

    With `affected`, of those accounts only.
    """
    lake.relation(connection, _SCHEMA, pins).create_view("days", replace=True)
    narrowed = f"SEMI JOIN affected USING ({_KEY})" if affected else ""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE points AS
        SELECT {_KEY}, day, balance FROM (
            SELECT {_DAY}, business_date AS day,
                lag(balance_minor_units) OVER (PARTITION BY {_KEY} ORDER BY business_date) AS former
            FROM days {narrowed}
        )
        WHERE (former IS NULL OR former <> balance) AND day > ?
        """,
        [after or date.min],
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE held ({_TYPES})")


def moved_accounts(connection: DuckDBPyConnection, after: str, size: int) -> list[str]:
    """So many of the accounts in `points`, in their order, after that one."""
    found = connection.execute(
        "SELECT DISTINCT account_number FROM points WHERE account_number > ? ORDER BY 1 LIMIT ?", [after, size]
    )
    return [number for (number,) in found.fetchall()]


def hold(connection: DuckDBPyConnection, rows: Sequence[Sequence[Any]]) -> None:
    """Adds what was kept of accounts until now, as rows of RUNNING."""
    import pyarrow as pa

    if rows:
        columns = dict(zip(RUNNING, map(list, zip(*rows, strict=True)), strict=True))
        connection.register("chunk", pa.table(columns))
        connection.execute("INSERT INTO held SELECT * FROM chunk")
        connection.unregister("chunk")


def fold(connection: DuckDBPyConnection, base_date: date | None, *, affected: bool) -> int:
    """Fills `results` with the running balances that are now others, each with its `place`; answers how many.

    With `affected` it has each of those accounts, with no balance where no day has one any more.
    """
    base_day = f"DATE '{base_date}'" if base_date else "make_date(year(ends.since) - 1, 12, 31)"
    sums = ", ".join(_sum(period) for period in ("month", "quarter", "year"))
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE folded AS
        WITH days AS (
            SELECT {_KEY}, day, points.balance FROM points LEFT JOIN held USING ({_KEY})
            WHERE held.since IS NULL OR points.day > held.since
            UNION ALL SELECT {_KEY}, since, balance FROM held
        ), changes AS (
            SELECT * FROM (SELECT *, lag(balance) OVER (PARTITION BY {_KEY} ORDER BY day) AS former FROM days)
            WHERE former IS NULL OR former <> balance
        ), spans AS (
            SELECT {_KEY}, day, balance::HUGEINT AS balance, lead(day) OVER (PARTITION BY {_KEY} ORDER BY day) AS until
            FROM changes
        ), ends AS (
            SELECT {_KEY}, max(day) AS since, arg_max(balance, day) AS balance FROM spans GROUP BY ALL
        )
        SELECT {_KEY}, ends.since, ends.balance::BIGINT AS balance, {sums},
            coalesce(
                arg_max(spans.balance, spans.day) FILTER (spans.day <= {base_day}),
                any_value(CASE WHEN held.since > {base_day} THEN held.base END), 0
            )::BIGINT AS base
        FROM ends JOIN spans USING ({_KEY}) LEFT JOIN held USING ({_KEY})
        GROUP BY {_KEY}, ends.since, ends.balance
        """
    )
    wanted = (
        f"SELECT {', '.join(RUNNING)} FROM affected LEFT JOIN folded USING ({_KEY})"
        if affected
        else f"SELECT folded.* FROM folded LEFT JOIN held USING ({_KEY}) WHERE held.since IS NULL OR folded.since > held.since"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE results AS SELECT row_number() OVER (ORDER BY {_KEY}) - 1 AS place, * FROM ({wanted})"
    )
    ((rows,),) = connection.execute("SELECT count(*) FROM results").fetchall()
    return int(rows)


def _sum(period: str) -> str:
    """The sum of the days before the last change, in its period: of what was held, and of the spans since."""
    start = f"date_trunc('{period}', ends.since)::DATE"
    span = f"spans.balance * greatest(0, date_diff('day', greatest(spans.day, {start}), spans.until))"
    held = f"CASE WHEN date_trunc('{period}', held.since)::DATE = {start} THEN held.{period}_sum ELSE 0 END"
    total = f"coalesce(sum({span}) FILTER (spans.until IS NOT NULL), 0) + coalesce(any_value({held}), 0)"
    return f"({total})::BIGINT AS {period}_sum"


def days_of(
    connection: DuckDBPyConnection, lake: Lake, pins: Sequence[Pin], number: str, currency_code: str
) -> list[tuple[date, int]]:
    """One account's closing balances as the datasets have them, by day."""
    lake.relation(connection, _SCHEMA, pins).create_view("days", replace=True)
    return connection.execute(
        "SELECT business_date, balance_minor_units FROM days WHERE account_number = ? AND currency_code = ? ORDER BY 1",
        [number, currency_code],
    ).fetchall()
