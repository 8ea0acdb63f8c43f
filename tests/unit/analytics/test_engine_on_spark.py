"""The same expressions on Spark: every row of what a month and an analysis write is the one that DuckDB writes."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, timedelta

import pytest

from services.analytics.engine.customer_days import ISSUES_FILE, write_month
from services.analytics.engine.features import write_features
from services.analytics.engine.inputs import DayInputs, PinnedDay
from services.chassis import keys
from services.chassis.lake.lake import Lake
from tests.component.books import Books
from tests.servers import java
from tests.unit.analytics.analysis_files import inputs_of, random_bank

pytestmark = pytest.mark.timeout(900)
AS_OF = date(2026, 11, 24)


@pytest.fixture
def session(monkeypatch):
    """A Spark session inside this process and its Java, reachable from this machine alone."""
    java()
    # Read when pyspark is imported.
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    builder = (
        SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "1")
    )
    for name, value in {"host": "127.0.0.1", "bindAddress": "127.0.0.1", "memory": "1g"}.items():
        builder = builder.config(f"spark.driver.{name}", value)
    with warnings.catch_warnings():
        # Of pyspark's own sockets and files.
        warnings.simplefilter("ignore")
        started = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
        yield started
        started.stop()


def pins(lake):
    """Two days of a bank: several currencies and sorts, what nobody owns, transfers to oneself, visits."""
    books, day = Books(lake, "core"), AS_OF - timedelta(days=1)
    numbers = [f"A{n}" for n in range(9)]
    kinds = ("DEMAND_DEPOSIT", "TERM_DEPOSIT", "WEALTH_PRODUCT", "LOAN", "CARD")
    accounts = [{"account_number": a, "customer_number": f"C{n % 4}", "kind": kinds[n % 5]} for n, a in enumerate(numbers)]
    people = [
        {"customer_number": f"C{n}", "kind": k, "display_name": f"N{n}", "state": "ACTIVE"}
        for n, k in enumerate(("RETAIL", "CORPORATE"))
    ]
    yield books.write("accounts", day, accounts)
    yield books.write("customers", day, people)
    yield books.exchange_rates(day, {"USD": 712345678, "JPY": 4_712_345})
    for each in (day, AS_OF):
        for n, currency in enumerate(("CNY", "USD", "JPY", "XYZ")):
            balances = dict.fromkeys([*numbers[n::4], f"NOBODY{n}"], (-1) ** n * (10**13 + 7 * n + each.day))
            yield Books(lake, "core").balances(each, balances, revision=n + 1, currency_code=currency)
        moved = [
            {"transaction_number": f"{each}{n}", "account_number": a, "amount_minor_units": (-1) ** n * (n + 5), "kind": kind}
            | {"counterparty_name": "N0", "currency_code": ("CNY", "JPY")[n % 2]}
            for n, (a, kind) in enumerate((a, k) for a in numbers for k in ("TRANSFER_OUT", "SALARY", "BILL", "CARD_PAYMENT"))
        ]
        yield books.write("transactions", each, moved)
        visit = {"event_number": "1", "customer_number": "C1", "kind": "SIGN_IN", "event_time": datetime(2026, 1, 1, tzinfo=UTC)}
        yield books.write("ebanking_events", each, [visit | {"duration_seconds": 5}])


def differing(connection, one, other):
    """Rows that one file has and the other has not, as often; and how many rows there are."""
    one, other = (f"FROM read_parquet('{path}')" for path in (one, other))
    rows = connection.execute(f"({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one})").fetchall()
    return rows, connection.execute(f"SELECT count(*) FROM ({one})").fetchall()[0][0]


@pytest.mark.filterwarnings("ignore")
def test_spark_writes_the_rows_that_duckdb_writes(session, tmp_path):
    from services.chassis.engines.spark import Spark

    keys.create_keys(tmp_path)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    lake = Lake(tmp_path / "lake", memory_mb_max=256)
    inputs = DayInputs(AS_OF.replace(day=1), AS_OF, "CNY", tuple(PinnedDay(pin.business_date, pin) for pin in pins(lake)))
    analysis = inputs_of(tmp_path / "bank", random_bank(5, AS_OF), AS_OF)
    with lake.connection() as connection:
        for name, engine in (("duckdb", None), ("spark", Spark(session, connection, tmp_path / "shared"))):
            (tmp_path / "shared").mkdir(exist_ok=True)
            write_month(connection, lake, inputs, tmp_path / name, engine)
            write_features(connection, analysis, tmp_path / name / "features.parquet", engine)
        for file, least in (("customer_days.parquet", 8), (ISSUES_FILE, 2), ("features.parquet", 12)):
            rows, count = differing(connection, tmp_path / "duckdb" / file, tmp_path / "spark" / file)
            assert rows == [], file
            assert count >= least
