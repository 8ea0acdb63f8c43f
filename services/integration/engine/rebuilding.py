"""Daily balances rebuilt from transactions, and held against the balances that the transactions themselves state.

A balance is 0 before an account's first movement; a day's closing balance is the sum of all movements up to that day. What is
published of a day is a snapshot, as the dataset promises: every account that has moved by then has its balance, moved or not on
that day. A day on which no account moved has none.

What a file states after each movement is no closing balance by itself, for nothing says in which order a day's movements were
booked. The order is found: each movement leads from the balance before it (what it states less its amount) to the one that it
states, and an order is consistent where each goes on from where the one before it ended. Where several end the day differently,
the one that goes on from the day before holds; where there is none, that is told, and the stated balance nearest to the expected
one is compared.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

from services.integration.engine.differences import amount_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A day of more movements than this is not searched for its order: the movements that could follow one another grow too many.
ORDERED_MOVEMENTS_MAX = 12


class DifferenceKind(Enum):
    """Why a day's rebuilt balance is not the stated one."""

    # The first day's movements do not begin at 0.
    OPENING = "OPENING"
    # The day's movements have no consistent order.
    NO_ORDER = "NO_ORDER"
    # The stated balance moved by something else than the day's movements.
    GAP = "GAP"
    # It did, by no more than the tolerance for each movement: the source rounds what it states.
    ROUNDING = "ROUNDING"
    # The day's arithmetic holds; the difference comes from an earlier day.
    CARRIED = "CARRIED"


def rebuild(connection: DuckDBPyConnection, *, tolerance_minor_units: int) -> None:
    """From the view `movements` (rows of `transactions`) the tables `standing_balances` and `balance_differences`.

    `tolerance_minor_units` is what one stated balance may be off, where the source rounds it. A day is compared only where each
    of its movements states a balance.
    """
    connection.execute(_DAYS)
    connection.execute(_MOVEMENTS_OF_DAYS.format(limit=ORDERED_MOVEMENTS_MAX))
    _order_days(connection, tolerance_minor_units)
    connection.execute(_STATED)
    connection.execute(_DIFFERENCES.format(tolerance=int(tolerance_minor_units)))


def row_counts(connection: DuckDBPyConnection) -> dict[str, int]:
    """Account-days with a rebuilt balance, with a stated one, and how many of these are equal in all."""
    ((rebuilt, stated),) = connection.execute("SELECT count(*), count(*) FILTER (stated) FROM days").fetchall()
    ((unequal,),) = connection.execute("SELECT count(*) FROM balance_differences").fetchall()
    return {"left": rebuilt, "right": stated, "matched": stated, "equal": stated - unequal}


def told_differences() -> str:
    """The query that answers `balance_differences` in the columns that are kept: left is rebuilt, right is stated."""
    told = {
        f"{side}_value": amount_text(f"{name}_minor_units", "currency_code")
        for side, name in (("left", "rebuilt"), ("right", "stated"), ("step", "step"))
    }
    values = ", ".join(f"{expression} AS {name}" for name, expression in told.items())
    return (
        "SELECT number, account_number || ' ' || currency_code AS key, business_date, 'balance_minor_units' AS column_name, "
        f"kind, {values} FROM balance_differences"
    )


# Of each of these dates every account that has moved by then.
_STANDING = """
    SELECT account_number, currency_code, business_date, balance_minor_units
    FROM ({dates}) CROSS JOIN (SELECT account_number, currency_code FROM days GROUP BY ALL)
    ASOF JOIN days USING (account_number, currency_code, business_date)
"""

# One row an account and day: what moved, and the balance that follows from it.
_DAYS = f"""
    CREATE OR REPLACE TEMP TABLE days AS
    SELECT row_number() OVER () AS day, *,
        sum(moved) OVER (PARTITION BY account_number, currency_code ORDER BY business_date)::BIGINT AS balance_minor_units
    FROM (
        SELECT account_number, currency_code, business_date, sum(amount_minor_units)::BIGINT AS moved, count(*) AS movements,
            count(balance_after_minor_units) = count(*) AS stated
        FROM movements
        GROUP BY account_number, currency_code, business_date
    );
    CREATE OR REPLACE TEMP TABLE standing_balances AS {_STANDING.format(dates="SELECT DISTINCT business_date FROM days")};
"""

# The movements of the days that are compared; `place` is a bit of the set of movements that an order has used up.
_MOVEMENTS_OF_DAYS = """
    CREATE OR REPLACE TEMP TABLE movements_of_days AS
    SELECT day, movements, transaction_number, balance_after_minor_units AS after,
        balance_after_minor_units - amount_minor_units AS before,
        row_number() OVER (PARTITION BY day ORDER BY transaction_number) - 1 AS place
    FROM movements JOIN days USING (account_number, currency_code, business_date)
    WHERE stated;
    CREATE OR REPLACE TEMP TABLE orders AS
    SELECT day, movements, (1 << place)::BIGINT AS used, before AS opening, after AS closing, 0::BIGINT AS error
    FROM movements_of_days WHERE movements <= {limit};
"""

# One movement more behind each order so far; of orders that differ only on their way, the one with the least error goes on.
_LONGER_ORDERS = """
    CREATE OR REPLACE TEMP TABLE orders AS
    SELECT day, movements, used, opening, closing, min(error) AS error
    FROM (
        SELECT day, movements, used, opening, closing, error FROM orders WHERE movements < {length}
        UNION ALL
        SELECT o.day, o.movements, o.used | (1 << m.place)::BIGINT, o.opening, m.after, o.error + abs(m.before - o.closing)
        FROM orders o JOIN movements_of_days m ON o.day = m.day
        WHERE o.movements >= {length} AND o.used & (1 << m.place)::BIGINT = 0 AND abs(m.before - o.closing) <= {tolerance}
    )
    GROUP BY ALL
"""


def _order_days(connection: DuckDBPyConnection, tolerance_minor_units: int) -> None:
    ((longest,),) = connection.execute("SELECT coalesce(max(movements), 0) FROM orders").fetchall()
    for length in range(2, longest + 1):
        connection.execute(_LONGER_ORDERS.format(length=length, tolerance=int(tolerance_minor_units)))


# Of each compared day the stated closing balance. How far stated balances are from rebuilt ones at the last day that leaves no
# choice says what to expect of a day that does.
_STATED = """
    CREATE OR REPLACE TEMP TABLE stated_days AS
    WITH ends AS (
        SELECT day, closing, min(error) AS error, true AS ordered FROM orders GROUP BY day, closing
        UNION ALL
        SELECT day, after, 0, false FROM movements_of_days m WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.day = m.day)
        GROUP BY day, after
    ), sole AS (
        SELECT day, any_value(closing) AS closing FROM ends WHERE ordered GROUP BY day HAVING count(*) = 1
    ), expected AS (
        SELECT days.*, balance_minor_units + coalesce(last_value(closing - balance_minor_units IGNORE NULLS) OVER (
            PARTITION BY account_number, currency_code ORDER BY business_date), 0) AS expected
        FROM days LEFT JOIN sole USING (day)
    )
    SELECT expected.day, account_number, currency_code, business_date, moved, movements, balance_minor_units,
        arg_min(closing, (abs(closing - expected), error, closing)) AS stated_minor_units, bool_and(ordered) AS ordered
    FROM expected JOIN ends USING (day)
    GROUP BY ALL
"""

# `step` is what the stated balance moved beyond the day's own movements since the compared day before.
_DIFFERENCES = """
    CREATE OR REPLACE TEMP TABLE balance_differences AS
    SELECT row_number() OVER (ORDER BY account_number, currency_code, business_date) AS number, account_number, currency_code,
        business_date, balance_minor_units AS rebuilt_minor_units, stated_minor_units,
        stated_minor_units - balance_minor_units AS difference_minor_units, step AS step_minor_units, movements,
        CASE WHEN NOT ordered THEN 'NO_ORDER'
            WHEN abs(step) > {tolerance} * movements THEN if(first, 'OPENING', 'GAP')
            WHEN step <> 0 THEN 'ROUNDING'
            ELSE 'CARRIED' END AS kind
    FROM (
        SELECT *, row_number() OVER of_account = 1 AS first,
            stated_minor_units - balance_minor_units
                - lag(stated_minor_units - balance_minor_units, 1, 0) OVER of_account AS step
        FROM stated_days
        WINDOW of_account AS (PARTITION BY account_number, currency_code ORDER BY business_date)
    )
    WHERE stated_minor_units <> balance_minor_units OR step <> 0 OR NOT ordered
"""


# Against what is published: a date whose balances are the same rows gets no new revision. One that is published has balances,
# though nothing moved on it after all.
_OTHER_DATES = "SELECT DISTINCT business_date FROM published EXCEPT SELECT business_date FROM days"
_CHANGES = f"""
    INSERT INTO standing_balances {_STANDING.format(dates=_OTHER_DATES)};
    CREATE OR REPLACE TEMP TABLE changed_dates AS
    WITH ours AS (SELECT account_number, currency_code, business_date, balance_minor_units FROM standing_balances),
        theirs AS (SELECT account_number, currency_code, business_date, balance_minor_units FROM published)
    SELECT DISTINCT business_date FROM ((FROM ours EXCEPT ALL FROM theirs) UNION ALL (FROM theirs EXCEPT ALL FROM ours))
"""


def keep_changes(connection: DuckDBPyConnection, balances_url: str, dates_url: str) -> None:
    """Writes the balances of the dates on which they differ from the view `published`, and those dates."""
    connection.execute(_CHANGES)
    connection.execute(
        f"COPY (FROM standing_balances SEMI JOIN changed_dates USING (business_date) ORDER BY business_date) TO '{balances_url}' "
        "(FORMAT parquet)"
    )
    connection.execute(f"COPY (FROM changed_dates ORDER BY business_date) TO '{dates_url}' (FORMAT parquet)")


def changed_dates(connection: DuckDBPyConnection) -> int:
    """On how many dates they differ."""
    ((dates,),) = connection.execute("SELECT count(*) FROM changed_dates").fetchall()
    return int(dates)


def load_changes(connection: DuckDBPyConnection, balances_url: str, dates_url: str, *, after: date, size: int) -> list[date]:
    """The next so many dates behind that one; their balances are at hand for `balances_of`."""
    dates = connection.execute(
        "SELECT business_date FROM read_parquet(?) WHERE business_date > ? ORDER BY business_date LIMIT ?",
        [dates_url, after, size],
    ).fetchall()
    days = [day for (day,) in dates]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE loaded_balances AS FROM read_parquet(?) "
        # Rows are by date: what lies before or behind is not read.
        "WHERE business_date BETWEEN ? AND ? AND list_contains(?, business_date)",
        [balances_url, min(days, default=after), max(days, default=after), days],
    )
    return days


def balances_of(day: date) -> str:
    """The query that answers one loaded date's rows of `balances`."""
    return (
        "SELECT account_number, currency_code, balance_minor_units, NULL AS available_minor_units, NULL AS product_code, "
        f"NULL AS unit_number, NULL AS interest_rate_e8 FROM loaded_balances WHERE business_date = DATE '{day}'"
    )
