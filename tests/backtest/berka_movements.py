"""Berka's raw transactions, as far as they are there: our own days, features and labels, by the service's own code.

1993 and its first quarter after are there of all accounts, 1995 to 1998 of 354 accounts that took a loan, each until it did. What
an account is on a date is known only if it is told of for a horizon after it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from services.analytics.engine.customer_days import write_month
from services.analytics.engine.features import write_features
from services.analytics.engine.inputs import DayInputs, FeatureInputs, PinnedDay
from services.analytics.engine.labels import write_labels
from services.analytics.engine.learning import rows as learning_rows
from services.analytics.engine.learning.rows import Origin
from services.analytics.engine.tables import ACCOUNTS, CUSTOMERS, HAPPENINGS, engine_type
from services.analytics.rules.features import FEATURES, MODEL_FEATURES
from services.analytics.rules.leaving import Leaving
from services.chassis.lake.lake import Pin, stored_columns
from services.chassis.lake.schemas import Schema
from tests.backtest.data_sets import DataSet

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

# The last day of the first part may be incomplete.
FIRST, LAST_EARLY = date(1993, 1, 1), date(1994, 3, 30)
LEAVING = Leaving(kept_fraction=0.5, days_before_min=60)
_DAY = timedelta(days=1)
_EVERY = 28 * _DAY
_GAP = 4
# As of these dates: nine of 1993, and from 1996 on one in twelve weeks.
_EARLY = tuple(date(1993, 12, 30) - n * _EVERY for n in range(8, -1, -1))
_LATE = tuple(_EARLY[-1] + n * 3 * _EVERY for n in range(11, 21))
_FIRST_TESTED = 7
# Features look back 485 days at the most.
_NEAR_DAYS = 600

_FILES = {
    "early": "trans_1993-01-01_1994-03-31_part.asc.gz",
    "late": "trans_354_loan_accounts_1995-1998.csv.gz",
}
_MOVED = """
    CREATE TABLE {name} AS
    SELECT account_id, strptime('19' || date, '%Y%m%d')::DATE AS day,
        (round(amount * 100)::BIGINT * CASE WHEN type IN ('PRIJEM', 'credit') THEN 1 ELSE -1 END) AS amount,
        CASE WHEN type IN ('PRIJEM', 'credit') THEN
            CASE WHEN trim(k_symbol) = 'DUCHOD' THEN 'SALARY' WHEN k_symbol IN ('UROK', 'interest credited') THEN 'INTEREST'
                WHEN operation IN ('PREVOD Z UCTU', 'collection from another bank') THEN 'TRANSFER_IN' ELSE 'CASH_IN' END
        ELSE
            CASE WHEN operation IN ('PREVOD NA UCET', 'remittance to another bank') THEN 'TRANSFER_OUT'
                WHEN operation IN ('VYBER KARTOU', 'credit card withdrawal') THEN 'CARD' ELSE 'CASH_OUT' END
        END AS kind
    FROM given
"""
_TABLES = """
    CREATE TABLE moved AS SELECT 'early' AS part, * FROM early WHERE day <= DATE '{last}' UNION ALL SELECT 'late', * FROM late;
    CREATE TABLE told AS
    SELECT part, account_id, printf('%s-%d', part, account_id) AS number, min(day) AS first,
        max(CASE part WHEN 'early' THEN DATE '{last}' ELSE day END) AS last
    FROM moved GROUP BY part, account_id;
    CREATE TABLE closing AS
    SELECT number, day, sum(coalesce(amount, 0)) OVER (PARTITION BY number ORDER BY day) AS balance
    FROM (SELECT number, unnest(generate_series(first, last, INTERVAL 1 DAY))::DATE AS day, part, account_id FROM told)
    LEFT JOIN (SELECT part, account_id, day, sum(amount) AS amount FROM moved GROUP BY ALL) USING (part, account_id, day)
"""
_DATASETS = {
    "customers": """
        SELECT number AS customer_number, 'RETAIL' AS kind, number AS display_name, first AS open_date, 'ACTIVE' AS state
        FROM told
    """,
    "accounts": """
        SELECT number AS account_number, number AS customer_number, 'SAVINGS' AS kind, 'CZK' AS currency_code,
            first AS open_date, 'ACTIVE' AS state
        FROM told
    """,
    "balances": """
        SELECT day AS business_date, number AS account_number, 'CZK' AS currency_code, balance::BIGINT AS balance_minor_units
        FROM closing
    """,
    "transactions": """
        SELECT day AS business_date, number AS account_number, 'CZK' AS currency_code, amount AS amount_minor_units, kind,
            row_number() OVER ()::VARCHAR AS transaction_number
        FROM moved JOIN told USING (part, account_id)
    """,
}


class _Lake:
    """Stands where the lake stands."""

    def relation(self, connection: DuckDBPyConnection, schema: Schema, pins: Sequence[Pin]) -> DuckDBPyRelation:
        nothing = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in stored_columns(schema))
        days = sorted({pin.business_date for pin in pins})
        query = f"SELECT {nothing} WHERE false"
        if days and (found := _DATASETS.get(schema.name)):
            dated = f"DATE '{days[-1]}' AS business_date, " if "business_date" not in found else ""
            within = f"WHERE business_date BETWEEN DATE '{days[0]}' AND DATE '{days[-1]}'"
            query += f" UNION ALL BY NAME SELECT 'core' AS source_system, {dated}* FROM ({found}) {'' if dated else within}"
        return connection.sql(f"SELECT {', '.join(name for name, _ in stored_columns(schema))} FROM ({query})")


def load_apart(folder: Path) -> DataSet:
    """The same, with the engine's files in a folder of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        return load(folder, Path(name))


def load(folder: Path, work: Path) -> DataSet:
    """Accounts at dates. `work` is an empty folder for the engine's files."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for name, file in _FILES.items():
            given = connection.read_csv(str(folder / "berka" / file), sep=";", dtype={"date": "VARCHAR"})
            given.create_view("given", replace=True)
            connection.execute(_MOVED.format(name=name))
        connection.execute(_TABLES.format(last=LAST_EARLY))
        days = _days(connection, work)
        origins = [_origin(connection, work, days, day) for day in (*_EARLY, *_LATE)]
        rows, excluded = learning_rows.read(connection, origins, MODEL_FEATURES, 1_000_000)
    known = ~np.isnan(rows.features).all(axis=0)
    names = tuple(name for name, there in zip(MODEL_FEATURES, known, strict=True) if there)
    stretches = np.array([(origin.as_of_date - _EARLY[0]) // _EVERY for origin in origins])[rows.origin]
    return DataSet(
        name="Berka, raw transactions",
        source="PKDD'99 Discovery Challenge (Berka & Sochorová)",
        names=names,
        features=rows.features[:, known],
        target=rows.target,
        values=rows.lost,
        excluded={
            f"{excluded.thin:,} accounts on dates": "too short a history",
            f"{excluded.gone:,}": "gone already",
            f"{excluded.little_or_new:,}": "too little money",
        },
        public="none: others had the full table",
        directions={name: FEATURES[name].risk for name in names},
        stretches=stretches,
        first_tested=_FIRST_TESTED,
        gap=_GAP,
        clusters=rows.customer,
        note="our own features and definition of leaving, 90 days ahead",
    )


def _days(connection: DuckDBPyConnection, work: Path) -> list[Path]:
    months = [date(1993 + n // 12, n % 12 + 1, 1) for n in (*range(15), *range(27, 72))]
    written = []
    for month in months:
        end = (month + 32 * _DAY).replace(day=1) - _DAY
        # The first part's last month is not whole.
        end = LAST_EARLY if (month.year, month.month) == (LAST_EARLY.year, LAST_EARLY.month) else end
        days = [month + n * _DAY for n in range((end - month).days + 1)]
        daily = [(name, day) for name in ("balances", "transactions") for day in days]
        pinned = [PinnedDay(day, Pin(f"core.{name}", name, "core", day, 1)) for name, day in daily]
        pinned += [PinnedDay(end, Pin(f"core.{name}", name, "core", end, 1)) for name in ("customers", "accounts")]
        target = work / f"days-{month}"
        target.mkdir()
        written.append(write_month(connection, _Lake(), DayInputs(month, end, "CZK", tuple(pinned)), target))  # type: ignore[arg-type]
    return written


_STANDING_ORDERS = {"customer_number": "string", "order_number": "string", "active": "boolean", "active_before": "boolean"}
_RATES = {
    "day": "date", "source": "string", "product_code": "string", "currency_code": "string", "tenor_days": "int64",
    "rate_e8": "int64",
}  # fmt: skip
# What stands beside the days; of what nothing is known no row.
_FACTS = {
    "customers": (
        CUSTOMERS,
        """
        UNION ALL BY NAME SELECT number AS customer_id, number AS customer_number, 1 AS kind, 1 AS tier, first AS open_date
        FROM told WHERE {known}
        """,
    ),
    "accounts": (
        ACCOUNTS,
        """
        UNION ALL BY NAME SELECT number AS customer_number, 'core' AS source_system, number AS account_number,
            'SAVINGS' AS kind, 'CZK' AS currency_code, first AS open_date, 'ACTIVE' AS state, 0 AS balance
        FROM told WHERE {known}
        """,
    ),
    "standing_orders": (_STANDING_ORDERS, ""),
    "happenings": (HAPPENINGS, ""),
    "rates": (_RATES, ""),
}


def _origin(connection: DuckDBPyConnection, work: Path, days: Sequence[Path], day: date) -> Origin:
    """Of the accounts that are told of until the horizon is over."""
    facts = {name: work / f"{name}-{day}.parquet" for name in _FACTS}
    known = f"first <= DATE '{day}' AND last >= DATE '{day}' + {LEAVING.horizon_days}"
    for name, (columns, query) in _FACTS.items():
        nothing = ", ".join(f"NULL::{engine_type(type_)} AS {column}" for column, type_ in columns.items())
        rows = f"SELECT {nothing} WHERE false {query.format(known=known)}"
        order = " ORDER BY customer_number" if query else ""
        connection.execute(f"COPY (FROM ({rows}){order}) TO '{facts[name]}' (FORMAT parquet)")
    features, labels = work / f"features-{day}.parquet", work / f"labels-{day}.parquet"
    # Of the other part's months nothing is needed.
    near = [path for path in days if abs((_month_of(path) - day).days) < _NEAR_DAYS]
    write_features(connection, FeatureInputs(day, near, contact_cycle_days={}, **facts), features)
    assert write_labels(connection, near, day, LEAVING.horizon_days, LEAVING.kept_fraction, labels, leaving=LEAVING), (
        f"The horizon of {day} is not over"
    )
    return Origin(day, features, labels)


def _month_of(path: Path) -> date:
    return date.fromisoformat(path.parent.name.removeprefix("days-"))
