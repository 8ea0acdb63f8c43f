"""A month's results beside row stores and a loop: the same books in PostgreSQL, SQLite, pandas and an ORM.

All of them do what the engine does of these books, from tables of the same rows: they look up an account's facts, its owners and
the price of funds, divide each day's balance among the owners, add up the month, round what each owner has of each account, and
keep the leaf and what everybody has. Every row of the leaf is compared to the cent.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from sqlalchemy import BigInteger, Text, create_engine, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis.lake.lake import Lake
from services.performance.engine.computing import LEAF_FILE
from services.performance.engine.inputs import MonthInputs
from tests import servers
from tests.bench.results import DAYS, LAST, PROFIT_DIVISOR, books, by_engine, by_hand, view_books

ACCOUNT_DAYS = 10_000_000
# A loop is given so many accounts, and its time is stretched.
LOOPED_ACCOUNTS = 1_500
ROUNDS = 5
_BATCH_ROWS = 20_000
_PRICE_DIVISOR = 360 * 10**5
# What is rounded: over what the sums of days are divided, and how many of them the numerator has.
_MEASURES = {
    "average_balance": ("balance_days", DAYS),
    "ftp_profit": ("profit", PROFIT_DIVISOR),
    "unit_price": ("price", _PRICE_DIVISOR),
}
_KEY = ("account_number", "person_id", "organisation_unit_id")
_AMOUNTS = (
    "balance", "average_balance", "increment", "ftp_profit", "contribution", "eva", "unit_price", "balance_days",
    "ftp_profit_numerator", "unit_price_numerator",
)  # fmt: skip
_TOLD = ", ".join(_AMOUNTS)
# Account, person and unit, and the amounts.
Leaf = Mapping[tuple[str, ...], tuple[int, ...]]

# As row stores take them: dates as text.
_TABLES = {
    "account_days": """
        SELECT row_number() OVER () AS row_id, account_number, business_date::VARCHAR AS day, balance_minor_units AS balance
        FROM balances
    """,
    "accounts": """
        SELECT account_number, customer_id, interest_rate_e8 AS rate_e8 FROM accounts JOIN customers USING (customer_number)
    """,
    "prices": "SELECT DISTINCT business_date::VARCHAR AS day, 2150000 AS ftp_rate_e8 FROM balances",
    "lines": """
        SELECT share_line_id, object_key AS customer_id, person_id, staff_number, organisation_unit_id, basis_points,
            count(*) OVER (PARTITION BY object_key) AS owners
        FROM (SELECT * EXCLUDE (organisation_unit_id) FROM share_lines)
        JOIN people USING (person_id) JOIN affiliations USING (person_id)
    """,
}


def _half_even(numerator: str, divisor: int) -> str:
    """Of what is not negative, in whole numbers of 64 bits."""
    doubled, whole = f"(2 * {numerator} + {divisor})", f"((2 * {numerator} + {divisor}) / {2 * divisor})"
    return f"({whole} - CASE WHEN {doubled} % {2 * divisor} = 0 AND {whole} % 2 = 1 THEN 1 ELSE 0 END)"


_SUMMED = f"""
    CAST(sum(CASE WHEN day = '{LAST}' THEN own ELSE 0 END) AS BIGINT) AS balance, CAST(sum(own) AS BIGINT) AS balance_days,
    CAST(sum(own * (ftp_rate_e8 - rate_e8)) AS BIGINT) AS profit, CAST(sum(own * 45) AS BIGINT) AS price
"""
_OWNERS = "account_number, person_id, organisation_unit_id, staff_number"
_PRICED = "account_days JOIN accounts USING (account_number) JOIN lines USING (customer_id) JOIN prices USING (day)"
# PostgreSQL and SQLite both read it.
_SHARED = f"""
    CREATE TABLE leaf AS
    WITH quotas AS (
        SELECT {_OWNERS}, day, rate_e8, ftp_rate_e8, balance, balance * basis_points / 10000 AS part,
            balance * basis_points % 10000 AS rest
        FROM {_PRICED} WHERE owners > 1
    ), parts AS (
        SELECT {_OWNERS}, day, rate_e8, ftp_rate_e8, part + CASE WHEN
            row_number() OVER (PARTITION BY account_number, day ORDER BY rest DESC, staff_number)
            <= balance - sum(part) OVER (PARTITION BY account_number, day) THEN 1 ELSE 0 END AS own
        FROM quotas
    ), together AS (
        SELECT {_OWNERS}, {_SUMMED} FROM parts GROUP BY {_OWNERS}
    ), settled AS (
        SELECT *, {
    ", ".join(
        f"{numerator} / {divisor} + CASE WHEN "
        f"row_number() OVER (PARTITION BY account_number ORDER BY {numerator} % {divisor} DESC, staff_number) <= "
        f"{_half_even(f'CAST(sum({numerator}) OVER (PARTITION BY account_number) AS BIGINT)', divisor)} - "
        f"sum({numerator} / {divisor}) OVER (PARTITION BY account_number) THEN 1 ELSE 0 END AS {name}"
        for name, (numerator, divisor) in _MEASURES.items()
    )
} FROM together
    ), alone AS (
        SELECT {_OWNERS}, {_SUMMED} FROM (SELECT {_OWNERS}, day, rate_e8, ftp_rate_e8, balance AS own FROM {
    _PRICED
} WHERE owners = 1) whole
        GROUP BY {_OWNERS}
    ), complete AS (
        SELECT *, {", ".join(f"{_half_even(numerator, divisor)} AS {name}" for name, (numerator, divisor) in _MEASURES.items())}
        FROM alone UNION ALL SELECT * FROM settled
    )
    SELECT {", ".join(_KEY)}, balance, average_balance, average_balance AS increment, ftp_profit, ftp_profit AS contribution,
        ftp_profit AS eva, unit_price, balance_days, profit AS ftp_profit_numerator, price AS unit_price_numerator
    FROM complete
"""
_TOTALS = f"""
    CREATE TABLE totals AS
    SELECT person_id, organisation_unit_id, count(DISTINCT account_number) AS account_count,
        {", ".join(f"sum({name}) AS {name}" for name in _AMOUNTS)}
    FROM leaf GROUP BY person_id, organisation_unit_id
"""


class _Base(DeclarativeBase):
    pass


class _AccountDay(_Base):
    __tablename__ = "account_days"

    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_number: Mapped[str] = mapped_column(Text)
    day: Mapped[str] = mapped_column(Text)
    balance: Mapped[int] = mapped_column(BigInteger)


class _Account(_Base):
    __tablename__ = "accounts"

    account_number: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    rate_e8: Mapped[int] = mapped_column(BigInteger)


class _Price(_Base):
    __tablename__ = "prices"

    day: Mapped[str] = mapped_column(Text, primary_key=True)
    ftp_rate_e8: Mapped[int] = mapped_column(BigInteger)


class _Line(_Base):
    __tablename__ = "lines"

    share_line_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(Text)
    staff_number: Mapped[str] = mapped_column(Text)
    organisation_unit_id: Mapped[str] = mapped_column(Text)
    basis_points: Mapped[int] = mapped_column(BigInteger)
    owners: Mapped[int] = mapped_column(BigInteger)


class _Result(_Base):
    __tablename__ = "looped_leaf"

    account_number: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    organisation_unit_id: Mapped[str] = mapped_column(Text, primary_key=True)
    balance: Mapped[int] = mapped_column(BigInteger)
    average_balance: Mapped[int] = mapped_column(BigInteger)
    increment: Mapped[int] = mapped_column(BigInteger)
    ftp_profit: Mapped[int] = mapped_column(BigInteger)
    contribution: Mapped[int] = mapped_column(BigInteger)
    eva: Mapped[int] = mapped_column(BigInteger)
    unit_price: Mapped[int] = mapped_column(BigInteger)
    balance_days: Mapped[int] = mapped_column(BigInteger)
    ftp_profit_numerator: Mapped[int] = mapped_column(BigInteger)
    unit_price_numerator: Mapped[int] = mapped_column(BigInteger)


def run(console: Console, account_days: int = ACCOUNT_DAYS, rounds: int = ROUNDS) -> None:
    """Prints the table."""
    table = Table(
        title=f"{account_days:,} account-days to the leaf and to what each owner has: medians of {rounds} rounds in turns"
    )
    for heading in ("by", "s", "times the engine"):
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as name, servers.postgresql() as postgresql:
        folder = Path(name)
        inputs = books(folder, account_days)
        files = _exported(folder, inputs)
        urls = {"SQLite": f"sqlite:///{folder}/rows.db", "PostgreSQL, one process": postgresql.create_database()}
        for url in urls.values():
            _fill(url, files)
        # Each answers its seconds: the engine's are without what it compiles, which stands from then on.
        ways: dict[str, Callable[[], float]] = {
            "the engine": lambda: by_engine(folder, inputs)[0],
            "one statement, 8 GB": lambda: by_hand(folder, inputs, memory_mb_max=8_000)[0],
            "pandas": lambda: _timed(lambda: _by_pandas(folder, files)),
            **{name: lambda url=url: _by_sql(url) for name, url in urls.items()},
            "ORM loop": lambda: _by_loop(urls["SQLite"]) * (account_days / (LOOPED_ACCOUNTS * DAYS)),
        }
        seconds: dict[str, list[float]] = defaultdict(list)
        for _ in range(rounds):
            for way, work in ways.items():
                seconds[way].append(work())
        _require_same(folder, urls)
        own = median(seconds["the engine"])
        for way, measured in seconds.items():
            table.add_row(way, f"{median(measured):.2f}", f"{median(measured) / own:.1f}")
    console.print(table)


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _exported(folder: Path, inputs: MonthInputs) -> Mapping[str, Path]:
    lake = Lake(folder / "lake")
    files = {name: folder / f"{name}.parquet" for name in _TABLES}
    with lake.connection() as connection:
        view_books(connection, lake, inputs)
        for name, query in _TABLES.items():
            connection.execute(f"COPY ({query}) TO '{files[name]}' (FORMAT parquet)")
    return files


def _fill(url: str, files: Mapping[str, Path]) -> None:
    engine = create_engine(url)
    _Base.metadata.create_all(engine)
    with engine.begin() as connection, duckdb.connect() as source:
        for model in (_AccountDay, _Account, _Price, _Line):
            reader = source.sql(f"FROM read_parquet('{files[model.__tablename__]}')").to_arrow_reader(_BATCH_ROWS)
            for batch in reader:
                connection.execute(model.__table__.insert(), batch.to_pylist())
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _require_same(folder: Path, urls: Mapping[str, str]) -> None:
    """The leaf of each way, row by row."""
    with duckdb.connect() as connection:
        read = f"SELECT {', '.join(_KEY)}, {_TOLD} FROM read_parquet('{folder}/{{}}')"
        wanted = _leaf(connection.execute(read.format(f"out/{LEAF_FILE}")).fetchall())
        assert _leaf(connection.execute(read.format("pandas.parquet")).fetchall()) == wanted, "pandas"
    for way, url in urls.items():
        engine = create_engine(url)
        with engine.connect() as connection:
            assert _leaf(connection.execute(text(f"SELECT {', '.join(_KEY)}, {_TOLD} FROM leaf")).fetchall()) == wanted, way
        engine.dispose()
    engine = create_engine(urls["SQLite"])
    with engine.connect() as connection:
        looped = _leaf(connection.execute(text(f"SELECT {', '.join(_KEY)}, {_TOLD} FROM looped_leaf")).fetchall())
    engine.dispose()
    assert looped, "The loop kept nothing."
    assert looped == {key: wanted[key] for key in looped}, "ORM loop"


def _leaf(rows: Iterable[Sequence[Any]]) -> Leaf:
    return {tuple(map(str, row[: len(_KEY)])): tuple(map(int, row[len(_KEY) :])) for row in rows}


def _by_pandas(folder: Path, files: Mapping[str, Path]) -> None:
    import pandas as pd

    rows, accounts, prices, lines = (pd.read_parquet(files[name]) for name in ("account_days", "accounts", "prices", "lines"))
    rows = rows.merge(accounts, on="account_number").merge(prices, on="day")
    alone = rows.merge(lines[lines.owners == 1], on="customer_id").rename(columns={"balance": "own"})
    shared = rows.merge(lines[lines.owners > 1], on="customer_id")
    shared["own"], rest = (shared.balance * shared.basis_points).divmod(10_000)
    shared["own"] += _one_more(shared, ["account_number", "day"], shared.balance, shared.own, rest)
    measured = []
    for owned in (alone, shared):
        owned["balance"] = owned.own.where(owned.day == str(LAST), 0)
        owned["profit"] = owned.own * (owned.ftp_rate_e8 - owned.rate_e8)
        owned["price"] = owned.own * 45
        owned["balance_days"] = owned.own
        sums = ["balance", "balance_days", "profit", "price"]
        found = owned.groupby([*_KEY, "staff_number"], sort=False)[sums].sum().reset_index()
        for name, (numerator, divisor) in _MEASURES.items():
            whole = found[numerator].groupby(found.account_number).transform("sum")
            total, remainder = (2 * whole + divisor).divmod(2 * divisor)
            total -= (remainder == 0) & (total % 2 == 1)
            floors, rest = found[numerator].divmod(divisor)
            found[name] = floors + _one_more(found, ["account_number"], total, floors, rest)
        measured.append(found)
    leaf = pd.concat(measured).rename(columns={"profit": "ftp_profit_numerator", "price": "unit_price_numerator"})
    leaf = leaf.assign(increment=leaf.average_balance, contribution=leaf.ftp_profit, eva=leaf.ftp_profit)
    leaf.to_parquet(folder / "pandas.parquet")
    by_owner = leaf.groupby(["person_id", "organisation_unit_id"])
    totals = by_owner[list(_AMOUNTS)].sum().assign(account_count=by_owner.account_number.nunique())
    totals.to_parquet(folder / "pandas_totals.parquet")


def _one_more(rows: Any, within: list[str], total: Any, floors: Any, rest: Any) -> Any:
    """1 where a part's remainder is among the largest, until nothing is missing from the total."""
    missing = total - floors.groupby([rows[name] for name in within]).transform("sum")
    ordered = rows[[*within, "staff_number"]].assign(rest=rest).sort_values(["rest", "staff_number"], ascending=[False, True])
    return (ordered.groupby(within, sort=False).cumcount().sort_index() < missing).astype("int64")


def _by_sql(url: str) -> float:
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET max_parallel_workers_per_gather = 0")
        for name in ("leaf", "totals"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        took = _timed(lambda: [connection.execute(text(each)) for each in (_SHARED, _TOTALS)])
    engine.dispose()
    return took


def _by_loop(url: str) -> float:
    """As it is often written: objects, and sums in Python."""
    engine = create_engine(url)
    with Session(engine) as session:
        session.query(_Result).delete()
        session.commit()
        took = _timed(lambda: _loop(session))
    engine.dispose()
    return took


def _loop(session: Session) -> None:
    lines: dict[str, list[_Line]] = defaultdict(list)
    accounts = {account.account_number: account for account in islice(session.scalars(select(_Account)), LOOPED_ACCOUNTS)}
    customers = {account.customer_id for account in accounts.values()}
    wanted = _Line.customer_id.between(min(customers), max(customers))
    for line in session.scalars(select(_Line).where(wanted).order_by(_Line.staff_number)):
        lines[line.customer_id].append(line)
    prices = {price.day: price.ftp_rate_e8 for price in session.scalars(select(_Price))}
    sums: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0, 0]))
    for row in session.scalars(select(_AccountDay).where(_AccountDay.account_number <= max(accounts))):
        account = accounts[row.account_number]
        owners = lines[account.customer_id]
        for line, own in zip(owners, _parts(row.balance, [line.basis_points for line in owners], 10_000), strict=True):
            found = sums[row.account_number][line.share_line_id]
            found[0] += own if row.day == str(LAST) else 0
            found[1] += own
            found[2] += own * (prices[row.day] - account.rate_e8)
            found[3] += own * 45
    for number, owned in sums.items():
        owners = {line.share_line_id: line for line in lines[accounts[number].customer_id]}
        shared = {}
        for place, (name, (_, divisor)) in enumerate(_MEASURES.items(), start=1):
            numerators = [each[place] for each in owned.values()]
            total = round(Fraction(sum(numerators), divisor))
            shared[name] = _completed([divmod(each, divisor) for each in numerators], total)
        for place, (line_id, found) in enumerate(owned.items()):
            average, profit, price = (shared[name][place] for name in _MEASURES)
            line = owners[line_id]
            session.add(
                _Result(
                    account_number=number, person_id=line.person_id, organisation_unit_id=line.organisation_unit_id,
                    balance=found[0], average_balance=average, increment=average, ftp_profit=profit, contribution=profit,
                    eva=profit, unit_price=price, balance_days=found[1], ftp_profit_numerator=found[2],
                    unit_price_numerator=found[3],
                )
            )  # fmt: skip
    session.commit()


def _parts(amount: int, weights: Sequence[int], whole: int) -> list[int]:
    return _completed([divmod(amount * weight, whole) for weight in weights], amount)


def _completed(quotas: Sequence[tuple[int, int]], total: int) -> list[int]:
    """Whole parts; who misses most of one has one more, the first of equal ones."""
    missing = total - sum(floor for floor, _ in quotas)
    first = sorted(range(len(quotas)), key=lambda place: -quotas[place][1])[:missing]
    return [floor + (place in first) for place, (floor, _) in enumerate(quotas)]
