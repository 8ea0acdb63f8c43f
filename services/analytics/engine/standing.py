"""What stands on the day of an analysis, from datasets and from what was exported of SQL: customers, accounts, prices.

Each file is sorted by customer's number, so that one customer's rows are found without a scan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.engines.expressions import quoted
from services.chassis.kernel.money import FRACTION_DIGITS, fraction_digits
from services.chassis.lake.schemas import SCHEMAS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.lake import Lake, Pin

# Of a customer's rows a reader reads about so many others.
_ROW_GROUP = 50_000


@dataclass(frozen=True, slots=True)
class StandingInputs:
    """What is read; of the future nothing."""

    as_of_date: date
    home_currency_code: str
    # By dataset the revisions that stand on the day; of prices all that have stood since the analysis looks back.
    pins: dict[str, list[Pin]]
    # Standing orders as they stood a while before.
    orders_before: Sequence[Pin]
    # What was exported of SQL: `records.parquet`, `aliases.parquet`, `events.parquet`.
    exported: Path


def write_standing(connection: DuckDBPyConnection, lake: Lake, inputs: StandingInputs, folder: Path) -> None:
    """Writes customers, accounts, happenings, standing_orders and rates (`engine.tables`) into the folder."""
    for name in ("records", "aliases", "events"):
        _view(connection, name, f"FROM read_parquet({quoted(inputs.exported / f'{name}.parquet')})")
    for name in ("accounts", "balances", "customers", "fx_rates", "standing_orders", "interest_rates", "ftp_curve"):
        lake.relation(connection, SCHEMAS[name], inputs.pins.get(name, [])).create_view(f"{name}_read", replace=True)
    lake.relation(connection, SCHEMAS["standing_orders"], inputs.orders_before).create_view("orders_before_read", replace=True)
    connection.execute("SET VARIABLE as_of = ?", [inputs.as_of_date])
    connection.execute("SET VARIABLE home = ?", [inputs.home_currency_code])
    written: dict[str, Callable[[], str]] = {
        # Compared with those of the analysis before.
        "aliases": lambda: "FROM aliases",
        "customers": lambda: _CUSTOMERS,
        "accounts": lambda: _accounts(connection, inputs.home_currency_code),
        "happenings": lambda: _HAPPENINGS,
        "standing_orders": lambda: _STANDING_ORDERS,
        "rates": lambda: _RATES,
    }
    for name, query in written.items():
        copy(connection, query(), folder / f"{name}.parquet")
        _view(connection, name, f"FROM read_parquet({quoted(folder / f'{name}.parquet')})")


def copy(connection: DuckDBPyConnection, query: str, path: Path) -> None:
    """Writes what the query answers into one file, whole or not at all: what is killed in the midst leaves another name."""
    unfinished = path.with_name(f".{path.name}.part")
    connection.execute(
        f"COPY ({query}) TO {quoted(unfinished)} "
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {_ROW_GROUP})"
    )
    unfinished.replace(path)


def _view(connection: DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")


def _accounts(connection: DuckDBPyConnection, home: str) -> str:
    """The query, once the rates of exchange are there by which balances are converted."""
    digits = ", ".join(f"('{code}', {count})" for code, count in FRACTION_DIGITS.items())
    _view(connection, "digits", f"SELECT * FROM (VALUES {digits}) AS known(currency_code, digits)")
    connection.execute(_EXCHANGE.format(home_factor=10 ** fraction_digits(home)))
    return _ACCOUNTS


# The core system alone knows since when somebody is a customer; it may tell several times, by several systems.
_CUSTOMERS = """
WITH known AS (
    SELECT coalesce(aliases.survivor_number, customer_number) AS customer_number, min(open_date) AS open_date
    FROM customers_read LEFT JOIN aliases USING (customer_number)
    WHERE open_date <= getvariable('as_of')
    GROUP BY ALL
)
SELECT customer_id, records.customer_number, kind, tier, lead_person_id, organisation_path, open_date
FROM records LEFT JOIN known USING (customer_number)
ORDER BY customer_number
"""

# What one minor unit of the currency is in minor units of the home currency: `factor` / `divisor`.
_EXCHANGE = """
CREATE OR REPLACE TEMP TABLE exchange AS
SELECT
    currency_code,
    max_by(exchange_rate_e8, business_date)::HUGEINT * {home_factor} AS factor,
    100000000::HUGEINT * pow(10, coalesce(any_value(digits), 2))::HUGEINT AS divisor
FROM fx_rates_read LEFT JOIN digits USING (currency_code)
WHERE quote_currency_code = getvariable('home') AND exchange_rate_e8 > 0 AND currency_code <> getvariable('home')
GROUP BY currency_code
UNION ALL
SELECT getvariable('home'), 1, 1
"""

# Of an account that several revisions or systems tell of, the last word counts; a balance without a rate is not known.
_ACCOUNTS = """
WITH owned AS (
    SELECT
        coalesce(aliases.survivor_number, accounts_read.customer_number) AS customer_number,
        source_system, account_number, kind, product_code, currency_code, open_date, maturity_date,
        CASE WHEN close_date <= getvariable('as_of') THEN close_date END AS close_date,
        CASE
            WHEN close_date > getvariable('as_of') AND state IN ('CLOSED', 'SETTLED') THEN 'ACTIVE' ELSE state
        END AS state,
        interest_rate_e8, unit_number
    FROM accounts_read LEFT JOIN aliases USING (customer_number)
    WHERE open_date <= getvariable('as_of')
    QUALIFY row_number() OVER (PARTITION BY source_system, account_number ORDER BY business_date DESC) = 1
),
held AS (
    SELECT
        source_system,
        account_number,
        sum(CASE WHEN n < 0 THEN -1 ELSE 1 END * ((abs(n) * 2 + divisor) // (divisor * 2)))::BIGINT AS balance,
        any_value(interest_rate_e8) AS interest_rate_e8
    FROM (
        SELECT source_system, account_number, interest_rate_e8, divisor, balance_minor_units::HUGEINT * factor AS n
        FROM balances_read JOIN exchange USING (currency_code)
    )
    GROUP BY source_system, account_number
)
SELECT
    customer_number, owned.source_system, owned.account_number, owned.kind, product_code, currency_code, open_date, maturity_date,
    close_date, state, coalesce(held.interest_rate_e8, owned.interest_rate_e8) AS interest_rate_e8, balance, unit_number
FROM owned
SEMI JOIN records USING (customer_number)
LEFT JOIN held USING (source_system, account_number)
ORDER BY customer_number, source_system, account_number
"""

_HAPPENINGS = """
SELECT records.customer_number, events.* FROM events JOIN records USING (customer_id)
ORDER BY customer_number, start_date, source
"""

# An order that is told of no more is as good as cancelled.
_STANDING_ORDERS = """
WITH orders AS (
    SELECT source_system, account_number, order_number, true AS active, false AS active_before
    FROM standing_orders_read WHERE state = 'ACTIVE'
    UNION ALL
    SELECT source_system, account_number, order_number, false, true FROM orders_before_read WHERE state = 'ACTIVE'
)
SELECT
    customer_number, source_system, order_number, bool_or(active) AS active, bool_or(active_before) AS active_before
FROM orders JOIN accounts USING (source_system, account_number)
GROUP BY ALL
ORDER BY customer_number, source_system, order_number
"""

_RATES = """
SELECT business_date AS day, 'listed' AS source, product_code, currency_code, tenor_days, interest_rate_e8 AS rate_e8
FROM interest_rates_read
UNION ALL
SELECT business_date, 'ftp', '', currency_code, tenor_days, ftp_rate_e8 FROM ftp_curve_read
ORDER BY day, source, product_code, currency_code, tenor_days
"""
