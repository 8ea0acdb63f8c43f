"""Analytics by night as the bank grows: days, features, signals and scores of all customers; and what a dashboard asks by day."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from services.analytics.engine.inputs import DayInputs, FeatureInputs, PinnedDay
from services.chassis import keys
from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

CUSTOMERS = (10_000, 100_000, 1_000_000)
FIRST, LAST, DAYS = date(2026, 9, 1), date(2026, 11, 29), 90
MEMORY_MB_MAX = 2_048
_DAY = timedelta(days=1)
_MONTHS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))


# Of ten million customer-days.
DASHBOARD_CUSTOMERS = 112_000
ROUNDS = 7
_STAGES = ("days", "features", "signals", "scores")


def run(console: Console, sizes: Sequence[int] = CUSTOMERS, dashboard_customers: int = DASHBOARD_CUSTOMERS) -> None:
    """Prints both tables."""
    table = Table(title=f"A night, {DAYS} days of balances and movements read anew, {MEMORY_MB_MAX:,} MB for the engine")
    headings = ("customers", "customer-days", "movements", *(f"{stage} s" for stage in _STAGES), "all s", "CPU s", "peak MB")
    for heading in (*headings, "CPU µs a day"):
        table.add_column(heading, justify="right")
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            night = bank(Path(name), size)
            (wall, processor), peak = _apart(by_night, night)
        spent = sum(processor.values())
        table.add_row(
            f"{size:,}", f"{size * DAYS:,}", f"{night.movements:,}", *(f"{wall[stage]:.1f}" for stage in _STAGES),
            f"{sum(wall.values()):.1f}", f"{spent:.1f}", f"{peak:.0f}", f"{spent / size / DAYS * 1e6:.2f}",
        )  # fmt: skip
    console.print(table)
    console.print(_dashboard(dashboard_customers))


def _dashboard(customers: int) -> Table:
    table = Table("what is asked", "ms", title=f"By day: {customers * DAYS:,} customer-days, medians of {ROUNDS}")
    with tempfile.TemporaryDirectory() as name:
        night = bank(Path(name), customers)
        _apart(by_night, night)
        for what, milliseconds in by_day(night).items():
            table.add_row(what, f"{milliseconds:.0f}")
    return table


def by_day(night: Night) -> dict[str, float]:
    """Milliseconds by what is asked, on an engine as the service has it when people wait."""
    read = {name: f"read_parquet('{night.folder}/{name}.parquet')" for name in ("features", "signals", "scores", "customers")}
    days = f"read_parquet('{night.folder}/days-*/customer_days.parquet')"
    asked = {
        "a customer's days": f"FROM {days} WHERE customer_number = 'C000077777'",
        "the bank's balances by day": f"SELECT day, sum(deposit + term + wealth), sum(inflow) FROM {days} GROUP BY day",
        "a tier's balances by day": f"SELECT day, sum(deposit) FROM {days} SEMI JOIN (FROM {read['customers']} WHERE tier = 2) "
        "USING (customer_number) GROUP BY day",
        "the fifty largest falls": f"FROM {read['features']} WHERE fall_30 > 0.2 ORDER BY assets_before DESC LIMIT 50",
        "signs by code and severity": f"SELECT signal_code, severity, count(*) FROM {read['signals']} GROUP BY ALL",
    }
    found = {}
    with Lake(night.folder / "lake").connection() as connection:
        for what, query in asked.items():
            connection.execute(query).fetchall()
            found[what] = median(_milliseconds(connection, query) for _ in range(ROUNDS))
    return found


def _milliseconds(connection: DuckDBPyConnection, query: str) -> float:
    began = time.perf_counter()
    connection.execute(query).fetchall()
    return (time.perf_counter() - began) * 1_000


@dataclass(frozen=True, slots=True)
class Night:
    """What stands on the disk before a night."""

    folder: Path
    months: tuple[DayInputs, ...]
    movements: int


def by_night(night: Night) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds, and processor seconds, by stage."""
    from services.analytics.engine.customer_days import write_month
    from services.analytics.engine.features import write_features
    from services.analytics.engine.learning.scoring import write_scores
    from services.analytics.engine.signals import write_signals
    from services.analytics.rules.supplied_rules import SUPPLIED_RULES

    keys.use_data_keys(keys.DataKeys.load(night.folder / keys.DATA_KEYS_FILE))
    lake, seconds, folder = Lake(night.folder / "lake", memory_mb_max=MEMORY_MB_MAX), ({}, {}), night.folder
    paths = [folder / f"{name}.parquet" for name in ("features", "signals", "scores")]
    features, signals, scores = paths
    with lake.connection() as connection:
        with _timed(seconds, "days"):
            days = [write_month(connection, lake, each, folder / f"days-{each.month_date}") for each in night.months]
        inputs = FeatureInputs(LAST, days, *(folder / f"{name}.parquet" for name in _FACTS), {1: 90, 2: 60})
        with _timed(seconds, "features"):
            write_features(connection, inputs, features)
        with _timed(seconds, "signals"):
            write_signals(connection, features, SUPPLIED_RULES, LAST, signals)
        with _timed(seconds, "scores"):
            write_scores(connection, features, None, signals, scores)
    return seconds


@contextmanager
def _timed(seconds: tuple[dict[str, float], dict[str, float]], stage: str) -> Iterator[None]:
    began, processor_began = time.monotonic(), time.process_time()
    yield
    wall, processor = seconds
    wall[stage], processor[stage] = time.monotonic() - began, time.process_time() - processor_began


def _apart(work: Any, *given: Any) -> tuple[Any, float]:
    """What it answers, and the peak of memory in MB, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_peaking, work, *given).result()


def _peaking(work: Any, *given: Any) -> tuple[Any, float]:
    found = work(*given)
    return found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bank(folder: Path, customers: int) -> Night:
    """Writes 90 days of a bank: 1.3 accounts a customer, a movement in three days, a visit in nine."""
    keys.create_keys(folder)
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    lake, accounts, pinned = Lake(folder / "lake"), customers * 13 // 10, []
    with lake.connection() as connection:

        def written(dataset: str, day: date, query: str) -> None:
            pin = Pin(f"core.{dataset}", dataset, "core", day, 1)
            lake.write(connection, _completed(connection, dataset, query), SCHEMAS[dataset], pin)
            pinned.append(PinnedDay(day, pin))

        numbers = {"customers": customers, "accounts": accounts}
        for month in _MONTHS:
            written("accounts", month, _ACCOUNTS.format(**numbers))
            written("customers", month, _PEOPLE.format(**numbers))
        for n in range(DAYS):
            for dataset, query in _DAILY.items():
                written(dataset, FIRST + n * _DAY, query.format(n=n, **numbers))
        for name, query in _FACTS.items():
            connection.execute(
                f"COPY ({query.format(**numbers)}) TO '{folder / name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )
    months = tuple(_month(month, pinned) for month in _MONTHS)
    return Night(folder, months, DAYS * (customers // 3))


def _month(month: date, pinned: Sequence[PinnedDay]) -> DayInputs:
    days = tuple(each for each in pinned if (each.day.year, each.day.month) == (month.year, month.month))
    return DayInputs(month, max(each.day for each in days), "CNY", days)


def _completed(connection: DuckDBPyConnection, dataset: str, query: str) -> str:
    given = connection.sql(query).columns
    lacking = [f"NULL AS {column.name}" for column in SCHEMAS[dataset].columns if column.name not in given]
    return f"SELECT {', '.join(['*', *lacking])} FROM ({query})"


_CUSTOMER = "printf('C%09d', n)"
_ACCOUNT = "printf('6222%012d', n)"
_ACCOUNTS = f"""
    SELECT {_ACCOUNT} AS account_number, printf('C%09d', n % {{customers}}) AS customer_number,
        CASE WHEN n < {{customers}} THEN 'DEMAND_DEPOSIT' ELSE 'TERM_DEPOSIT' END AS kind, 'CNY' AS currency_code,
        DATE '2020-01-01' AS open_date, 'ACTIVE' AS state
    FROM range({{accounts}}) accounts(n)
"""
_PEOPLE = f"""
    SELECT {_CUSTOMER} AS customer_number, 'RETAIL' AS kind, printf('Name %d', n) AS display_name, 'ACTIVE' AS state
    FROM range({{customers}}) customers(n)
"""
_DAILY = {
    # A twentieth falls from the 60th day on.
    "balances": f"""
        SELECT {_ACCOUNT} AS account_number, 'CNY' AS currency_code,
            ((hash(n) % 100000000 + hash(n + {{n}}) % 1000000)::BIGINT // CASE WHEN n % 20 = 0 AND {{n}} > 60 THEN 4 ELSE 1 END)
                AS balance_minor_units
        FROM range({{accounts}}) accounts(n)
    """,
    "transactions": """
        SELECT printf('{n}-%d', n) AS transaction_number, printf('6222%012d', n * 3 + {n} % 3) AS account_number,
            'CNY' AS currency_code, CASE WHEN n % 2 = 0 THEN 100000 ELSE -(n % 77777) - 1 END AS amount_minor_units,
            CASE WHEN n % 2 = 1 THEN 'TRANSFER_OUT' WHEN n % 10 = 0 THEN 'SALARY' ELSE 'TRANSFER_IN' END AS kind,
            CASE WHEN n % 10 = 5 THEN printf('Name %d', n * 3 + {n} % 3) WHEN n % 2 = 1 THEN 'Somebody' END AS counterparty_name,
            printf('X%d', n) AS counterparty_account_number
        FROM range({customers} // 3) movements(n)
    """,
    "ebanking_events": """
        SELECT printf('{n}-%d', n) AS event_number, printf('C%09d', n * 9 + {n} % 9) AS customer_number, 'SIGN_IN' AS kind,
            TIMESTAMP '2026-09-01' AS event_time, 60 AS duration_seconds
        FROM range({customers} // 9) visits(n)
    """,
}
_FACTS = {
    "customers": f"""
        SELECT printf('id-%032d', n) AS customer_id, {_CUSTOMER} AS customer_number, 1 AS kind, 1 + n % 4 AS tier,
            printf('p%d', n % 3000) AS lead_person_id, '/HO/' AS organisation_path, DATE '2020-01-01' AS open_date
        FROM range({{customers}}) customers(n)
    """,
    "accounts": f"""
        SELECT printf('C%09d', n % {{customers}}) AS customer_number, 'core' AS source_system, {_ACCOUNT} AS account_number,
            CASE WHEN n < {{customers}} THEN 'DEMAND_DEPOSIT' ELSE 'TERM_DEPOSIT' END AS kind,
            CASE WHEN n < {{customers}} THEN 'S101' ELSE 'T112' END AS product_code, 'CNY' AS currency_code,
            DATE '2020-01-01' AS open_date,
            CASE WHEN n >= {{customers}} THEN DATE '2026-11-20' + (n % 90)::INTEGER END AS maturity_date,
            NULL::DATE AS close_date, 'ACTIVE' AS state, 1500000 AS interest_rate_e8, 5000000 AS balance, '0101' AS unit_number
        FROM range({{accounts}}) accounts(n) ORDER BY customer_number
    """,
    "standing_orders": f"""
        SELECT {_CUSTOMER} AS customer_number, 'o' AS order_number, n % 50 > 0 AS active, true AS active_before
        FROM range(0, {{customers}}, 5) orders(n)
    """,
    "happenings": f"""
        SELECT printf('C%09d', n // 2) AS customer_number, printf('contacts/%d', n) AS source, '' AS customer_id,
            CASE WHEN n % 20 = 0 THEN 3 ELSE 1 END AS kind, DATE '{LAST}' - (hash(n) % 300)::INTEGER AS start_date,
            NULL::DATE AS end_date, DATE '{LAST}' - 5 AS due_date, printf('p%d', n % 3000) AS person_id,
            [printf('p%d', n % 2999)] AS other_person_ids, 1 AS sort, 1 AS channel, 2 AS state, 0 AS outcome, 30 AS minutes,
            1 AS people_met_count, false AS customer_began, false AS low, TIMESTAMP '2026-11-01' AS update_time
        FROM range({{customers}} * 2) happenings(n) ORDER BY customer_number
    """,
    "rates": """
        SELECT DATE '2026-09-01' AS day, 'listed' AS source, 'S101' AS product_code, 'CNY' AS currency_code,
            unnest([0, 90, 365]) AS tenor_days, unnest([1000000, 1400000, 1800000]) AS rate_e8
    """,
}
