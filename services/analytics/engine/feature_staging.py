"""Fills the tables of `feature_tables` in DuckDB, whichever engine computes: what stands on the business date, nothing after it.

Customers are taken some at a time, in the order of their numbers, in which the files are sorted.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from services.analytics.engine.feature_tables import BACK_MAX, FLOW_WINDOWS, WINDOWS
from services.analytics.engine.inputs import FeatureInputs
from services.chassis.engines.expressions import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Of so many customers' days features are computed at a time.
_ROWS = 8_000_000
_OF_CUSTOMERS = ("feature_customers", "feature_days", "feature_accounts", "feature_orders", "feature_happenings")


class FeatureStaging:
    """The tables of a computation, some customers at a time. `begin` and `take` answer the names of those that are filled."""

    def __init__(self, connection: DuckDBPyConnection, inputs: FeatureInputs) -> None:
        self._connection = connection
        self._inputs = inputs

    def begin(self) -> list[str]:
        """What is the same for all customers: which days are known, and what could be earned."""
        inputs = self._inputs
        self._run(f"SET VARIABLE as_of = DATE '{inputs.as_of_date}'")
        self._run(f"SET VARIABLE first_day = DATE '{inputs.as_of_date}' - {BACK_MAX}")
        days = ", ".join(quoted(path) for path in inputs.days)
        read = f"SELECT * FROM read_parquet([{days}]) WHERE day BETWEEN getvariable('first_day') AND getvariable('as_of')"
        self._run(f"CREATE OR REPLACE TEMP VIEW told_days AS {read if inputs.days else _NO_DAYS}")
        for name in ("customers", "accounts", "standing_orders", "happenings", "rates"):
            self._run(f"CREATE OR REPLACE TEMP VIEW told_{name} AS FROM read_parquet({quoted(getattr(inputs, name))})")
        self._merge()
        self._run(_CALENDAR)
        self._fill_dates("moved_days", inputs.movement_dates)
        self._fill_dates("visited_days", inputs.online_dates)
        self._run(_SPANS)
        self._run(_MOMENT)
        self._run(_RATE_BANDS)
        self._fill_customers()
        return ["calendar", "spans", "moment"]

    def portions(self) -> list[tuple[str, str]]:
        """The first and the last number of each portion; together they are all customers."""
        ((days,),) = self._connection.execute("SELECT count(*) FROM calendar").fetchall()
        size = max(1, _ROWS // max(days, 1))
        return self._connection.execute(_PORTIONS.format(size=size)).fetchall()

    def take(self, first: str, last: str) -> list[str]:
        """The customers with these numbers and all between."""
        within = f"customer_number BETWEEN {quoted(first)} AND {quoted(last)}"
        if self._inputs.touched:
            within += " AND customer_number IN (SELECT customer_number FROM wanted)"
        for name in _OF_CUSTOMERS:
            self._run(f"CREATE OR REPLACE TEMP VIEW {name} AS {_QUERIES[name].format(within=within)}")
        return list(_OF_CUSTOMERS)

    def _merge(self) -> None:
        """Whose days are another's too: those of both records are added up, day by day, once."""
        if not self._inputs.aliases:
            self._run("CREATE OR REPLACE TEMP VIEW all_days AS FROM told_days")
            return
        self._run(f"CREATE OR REPLACE TEMP VIEW aliases AS FROM read_parquet({quoted(self._inputs.aliases)})")
        self._run(_MERGED)

    def _fill_dates(self, name: str, dates: Collection[date] | None) -> None:
        """Days of which something is known; where it is not said, all."""
        if dates is None:
            self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS {_ALL_DATES}")
            return
        values = ", ".join(f"(DATE '{day}')" for day in sorted(dates)) or "(NULL::DATE)"
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT day FROM (VALUES {values}) given(day) "
            "WHERE day BETWEEN getvariable('first_day') AND getvariable('as_of')"
        )

    def _fill_customers(self) -> None:
        cycles: list[Any] = [[int(tier), int(days)] for tier, days in sorted(self._inputs.contact_cycle_days.items())]
        self._run("CREATE OR REPLACE TEMP TABLE cycles (tier BIGINT, contact_cycle_days BIGINT)")
        if cycles:
            self._connection.executemany("INSERT INTO cycles VALUES (?, ?)", cycles)
        of_touched = ""
        if self._inputs.touched:
            of_touched = f"SEMI JOIN read_parquet({quoted(self._inputs.touched)}) USING (customer_number)"
        self._run(f"CREATE OR REPLACE TEMP TABLE wanted AS SELECT DISTINCT customer_number FROM told_customers {of_touched}")

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)


_NO_DAYS = """
    SELECT NULL::VARCHAR AS customer_number, NULL::DATE AS day, NULL::BIGINT AS deposit, NULL::BIGINT AS term,
        NULL::BIGINT AS wealth, NULL::BIGINT AS loan, NULL::BIGINT AS inflow, NULL::BIGINT AS outflow,
        NULL::BIGINT AS salary_inflow, NULL::BIGINT AS settlement_inflow, NULL::BIGINT AS own_transfer_out,
        NULL::INTEGER AS sign_in_count, NULL::BIGINT AS online_seconds
    WHERE false
"""
_SUMMED = ", ".join(
    f"sum({name})::BIGINT AS {name}"
    for name in (
        "deposit", "term", "wealth", "loan", "inflow", "outflow", "salary_inflow", "settlement_inflow", "own_transfer_out",
        "sign_in_count", "online_seconds",
    )
)  # fmt: skip
_MERGED = f"""
    CREATE OR REPLACE TEMP TABLE merging AS
    SELECT customer_number, survivor_number FROM aliases UNION SELECT survivor_number, survivor_number FROM aliases;

    CREATE OR REPLACE TEMP TABLE merged_days AS
    SELECT survivor_number AS customer_number, day, {_SUMMED} FROM told_days JOIN merging USING (customer_number)
    GROUP BY survivor_number, day;

    CREATE OR REPLACE TEMP VIEW all_days AS
    FROM (FROM told_days ANTI JOIN merging USING (customer_number)) UNION ALL BY NAME FROM merged_days
"""
_CALENDAR = """
    CREATE OR REPLACE TEMP TABLE calendar AS
    SELECT day AS calendar_day, (getvariable('as_of') - day)::BIGINT AS calendar_back
    FROM told_days WHERE deposit IS NOT NULL GROUP BY day
"""
_ALL_DATES = """
    SELECT unnest(generate_series((SELECT min(calendar_day) FROM calendar), getvariable('as_of'), INTERVAL 1 DAY))::DATE AS day
"""


def _counts(back: str, prefix: str, names: Collection[str]) -> str:
    return ", ".join(
        f"count(*) FILTER ({back} BETWEEN {WINDOWS[name].first} AND {WINDOWS[name].last}) AS {prefix}days_{name}"
        for name in names
    )


_SPANS = f"""
    CREATE OR REPLACE TEMP TABLE spans AS
    WITH firsts AS (SELECT calendar_day AS span_date FROM calendar),
    known AS (
        SELECT span_date, count(*) AS history_days, {_counts("calendar_back", "", WINDOWS)}
        FROM firsts JOIN calendar ON calendar_day >= span_date GROUP BY span_date
    ), moved AS (
        SELECT span_date, {_counts("getvariable('as_of') - day", "flow_", FLOW_WINDOWS)}
        FROM firsts JOIN moved_days ON day >= span_date GROUP BY span_date
    ), visited AS (
        SELECT span_date, {_counts("getvariable('as_of') - day", "visit_", FLOW_WINDOWS)}
        FROM firsts JOIN visited_days ON day >= span_date GROUP BY span_date
    )
    FROM known LEFT JOIN moved USING (span_date) LEFT JOIN visited USING (span_date)
"""
_MOMENT = """
    CREATE OR REPLACE TEMP TABLE moment AS
    SELECT getvariable('as_of') AS as_of_date, max(calendar_day) AS latest_date,
        (getvariable('as_of') - max(calendar_day))::BIGINT AS latest_back,
        (SELECT max(day) FROM moved_days) AS moved_date,
        EXISTS (FROM told_days WHERE sign_in_count > 0 OR online_seconds > 0) AS visits_known,
        EXISTS (FROM told_standing_orders) AS orders_known
    FROM calendar
"""

# By currency and tenor the best rate that is listed for a product in which customers keep deposits (what loans cost is no offer),
# or what stands on the internal curve where nothing is; since when it is so.
_RATE_BANDS = """
    CREATE OR REPLACE TEMP TABLE rate_bands AS
    WITH told AS (
        SELECT source, currency_code, tenor_days, day, max(rate_e8) AS best_e8 FROM told_rates
        WHERE day <= getvariable('as_of') AND (source <> 'listed' OR product_code IN (
            SELECT product_code FROM told_accounts
            WHERE kind IN ('DEMAND_DEPOSIT', 'SAVINGS', 'TERM_DEPOSIT') AND open_date <= getvariable('as_of')
        ))
        GROUP BY source, currency_code, tenor_days, day
    ), latest AS (
        SELECT * FROM told QUALIFY day = max(day) OVER (PARTITION BY source, currency_code)
    ), chosen AS (
        SELECT * FROM latest QUALIFY source = max(source) OVER (PARTITION BY currency_code)
    ), changed AS (
        SELECT chosen.source, chosen.currency_code, chosen.tenor_days, max(told.day) AS other_day
        FROM chosen JOIN told USING (source, currency_code, tenor_days) WHERE told.best_e8 <> chosen.best_e8 GROUP BY ALL
    ), stands AS (
        SELECT source, currency_code, tenor_days, min(told.day) AS since_day
        FROM told LEFT JOIN changed USING (source, currency_code, tenor_days)
        WHERE told.day > coalesce(other_day, DATE '0001-01-01') GROUP BY ALL
    )
    SELECT currency_code AS band_currency, best_e8, since_day,
        CASE WHEN lag(tenor_days) OVER tenors IS NULL THEN -2147483648 ELSE tenor_days END AS first_tenor,
        coalesce(lead(tenor_days) OVER tenors - 1, 2147483647) AS last_tenor
    FROM chosen JOIN stands USING (source, currency_code, tenor_days)
    WINDOW tenors AS (PARTITION BY currency_code ORDER BY tenor_days)
"""
_PORTIONS = """
    SELECT min(customer_number), max(customer_number) FROM (
        SELECT customer_number, (row_number() OVER (ORDER BY customer_number) - 1) // {size} AS portion FROM wanted
    ) GROUP BY portion ORDER BY portion
"""

_QUERIES = {
    "feature_customers": """
        SELECT customer_number, customer_id, kind::BIGINT AS kind, tier::BIGINT AS tier,
            CASE WHEN open_date <= getvariable('as_of') THEN (getvariable('as_of') - open_date)::BIGINT END AS tenure_days,
            contact_cycle_days
        FROM told_customers LEFT JOIN cycles USING (tier) WHERE {within}
    """,
    "feature_days": """
        SELECT customer_number, day, (getvariable('as_of') - day)::BIGINT AS back, deposit + term + wealth AS assets,
            term + wealth AS placed, loan, inflow, outflow, salary_inflow, settlement_inflow, own_transfer_out,
            sign_in_count::BIGINT AS sign_in_count, online_seconds
        FROM all_days WHERE {within}
    """,
    # What is closed later is open on the day; what is opened later is not there.
    "feature_accounts": """
        SELECT customer_number, concat_ws('/', source_system, account_number) AS account_key,
            coalesce(product_code, kind) AS product, kind IN ('TERM_DEPOSIT', 'WEALTH_PRODUCT') AS placed,
            coalesce(close_date > getvariable('as_of'), state NOT IN ('CLOSED', 'SETTLED')) AS is_open,
            open_date, maturity_date, (getvariable('as_of') - maturity_date)::BIGINT AS maturity_back,
            CASE WHEN close_date <= getvariable('as_of') THEN close_date END AS close_date,
            CASE WHEN close_date <= getvariable('as_of') THEN (getvariable('as_of') - close_date)::BIGINT END AS closed_back,
            coalesce(balance, 0) AS balance, best_e8 - interest_rate_e8 AS gap_e8,
            greatest(since_day, open_date) AS gap_date
        FROM told_accounts LEFT JOIN rate_bands ON band_currency = currency_code
            AND kind IN ('DEMAND_DEPOSIT', 'SAVINGS', 'TERM_DEPOSIT')
            AND coalesce(close_date > getvariable('as_of'), state NOT IN ('CLOSED', 'SETTLED'))
            AND CASE WHEN kind = 'TERM_DEPOSIT' THEN coalesce(maturity_date - open_date, 0) ELSE 0 END
                BETWEEN first_tenor AND last_tenor
        WHERE {within} AND open_date <= getvariable('as_of')
    """,
    "feature_orders": "SELECT customer_number, active, active_before FROM told_standing_orders WHERE {within}",
    "feature_happenings": """
        SELECT customer_number, kind::BIGINT AS kind, start_date, (getvariable('as_of') - start_date)::BIGINT AS back,
            coalesce(end_date > getvariable('as_of'), true) AS is_open,
            CASE WHEN due_date < getvariable('as_of') THEN (getvariable('as_of') - due_date)::BIGINT ELSE 0 END AS overdue_days,
            person_id, coalesce(other_person_ids, []::VARCHAR[]) AS other_person_ids, sort::BIGINT AS sort, low
        FROM told_happenings WHERE {within} AND start_date <= getvariable('as_of')
    """,
}
