"""A month's results beside row stores and a loop: what becomes of the same account-days in PostgreSQL, SQLite, pandas and an ORM.

The others do less: they add up whole accounts by owner, and neither divide nor round nor write a leaf. What both have, the
balance's days of every owner, is compared to the unit.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from sqlalchemy import BigInteger, Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis.lake.lake import Lake
from services.performance.engine.computing import LEAF_FILE
from tests import servers
from tests.bench.results import books, by_engine, view_books

ACCOUNT_DAYS = 1_000_000
# A loop is given so many, and its time is stretched.
LOOPED = 50_000
ROUNDS = 5
_BATCH_ROWS = 20_000
Sums = Mapping[str, int]

_ROWS = """
    SELECT row_number() OVER () AS row_id, account_number, customer_id, balances.business_date::VARCHAR AS day,
        balance_minor_units AS balance
    FROM balances JOIN accounts USING (account_number) JOIN customers USING (customer_number)
"""
_OWNERS = """
    SELECT object_key AS customer_id, any_value(person_id) AS person_id FROM share_lines GROUP BY ALL HAVING count(*) = 1
"""
_ADDED_UP = """
    SELECT person_id, sum(balance_days) FROM (
        SELECT account_number, customer_id, sum(balance) AS balance_days, sum(balance * 650000) AS profit,
            max(CASE WHEN day = '2026-11-30' THEN balance END) AS last_balance
        FROM account_days GROUP BY account_number, customer_id
    ) AS accounts JOIN owners USING (customer_id) GROUP BY person_id
"""


class _Base(DeclarativeBase):
    pass


class _AccountDay(_Base):
    __tablename__ = "account_days"

    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_number: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[str] = mapped_column(Text)
    day: Mapped[str] = mapped_column(Text)
    balance: Mapped[int] = mapped_column(BigInteger)


class _Owner(_Base):
    __tablename__ = "owners"

    customer_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)


def run(console: Console, account_days: int = ACCOUNT_DAYS, rounds: int = ROUNDS) -> None:
    """Prints the table."""
    table = Table(title=f"{account_days:,} account-days to what each owner has: medians of {rounds} rounds in turns")
    for heading in ("by", "s", "times the engine"):
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as name, servers.postgresql() as postgresql:
        folder = Path(name)
        inputs = books(folder, account_days)
        files = _exported(folder, inputs)
        urls = {"SQLite": f"sqlite:///{folder}/rows.db", "PostgreSQL, one process": postgresql.create_database()}
        for url in urls.values():
            _fill(url, files)
        ways: dict[str, Callable[[], Sums]] = {
            "the engine": lambda: _by_engine(folder, inputs),
            "pandas": lambda: _by_pandas(files),
            **{name: lambda url=url: _by_sql(url) for name, url in urls.items()},
            "ORM loop": lambda: _by_loop(urls["SQLite"]),
        }
        seconds: dict[str, list[float]] = defaultdict(list)
        for _ in range(rounds):
            for way, work in ways.items():
                began = time.monotonic()
                found = work()
                seconds[way].append(time.monotonic() - began)
                if way != "ORM loop":
                    assert found == _told(folder), way
        seconds["ORM loop"] = [each * account_days / min(LOOPED, account_days) for each in seconds["ORM loop"]]
        own = median(seconds["the engine"])
        for way, measured in seconds.items():
            table.add_row(way, f"{median(measured):.2f}", f"{median(measured) / own:.1f}")
    console.print(table)


def _exported(folder: Path, inputs: Any) -> Mapping[str, Path]:
    """The rows as others take them: dates as text, each row with its customer."""
    lake = Lake(folder / "lake")
    with lake.connection() as connection:
        view_books(connection, lake, inputs)
        files = {"account_days": (folder / "account_days.parquet", _ROWS), "owners": (folder / "owners.parquet", _OWNERS)}
        for path, query in files.values():
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return {name: path for name, (path, _) in files.items()}


def _fill(url: str, files: Mapping[str, Path]) -> None:
    engine = create_engine(url)
    _Base.metadata.create_all(engine)
    with engine.begin() as connection, duckdb.connect() as source:
        for model in (_AccountDay, _Owner):
            name = model.__tablename__
            reader = source.sql(f"FROM read_parquet('{files[name]}')").to_arrow_reader(_BATCH_ROWS)
            for batch in reader:
                connection.execute(model.__table__.insert(), batch.to_pylist())
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _by_engine(folder: Path, inputs: Any) -> Sums:
    by_engine(folder, inputs)
    return _told(folder)


def _told(folder: Path) -> Sums:
    """Of the leaf: the balance's days of accounts that are one owner's, by owner."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"""SELECT person_id, sum(balance_days)::HUGEINT FROM read_parquet('{folder}/out/{LEAF_FILE}') leaf
            SEMI JOIN read_parquet('{folder}/owners.parquet') owners USING (customer_id) GROUP BY person_id"""
        ).fetchall()
    return {person_id: int(total) for person_id, total in rows}


def _by_pandas(files: Mapping[str, Path]) -> Sums:
    import pandas as pd

    rows, owners = (pd.read_parquet(files[name]) for name in ("account_days", "owners"))
    rows["profit"] = rows["balance"] * 650_000
    rows["last_balance"] = rows["balance"].where(rows["day"] == "2026-11-30")
    added = rows.groupby(["account_number", "customer_id"], sort=False).agg(
        balance_days=("balance", "sum"), profit=("profit", "sum"), last_balance=("last_balance", "max")
    )
    found = added.reset_index().merge(owners, on="customer_id").groupby("person_id")["balance_days"].sum()
    return {str(person_id): int(total) for person_id, total in found.items()}


def _by_sql(url: str) -> Sums:
    engine = create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET max_parallel_workers_per_gather = 0")
        rows = connection.exec_driver_sql(_ADDED_UP).fetchall()
    engine.dispose()
    return {person_id: int(total) for person_id, total in rows}


def _by_loop(url: str) -> Sums:
    """As it is often written: objects, and a sum in Python."""
    engine = create_engine(url)
    found: dict[str, int] = defaultdict(int)
    profits: dict[str, int] = defaultdict(int)
    with Session(engine) as session:
        owners = {owner.customer_id: owner.person_id for owner in session.scalars(select(_Owner))}
        for row in session.scalars(select(_AccountDay).limit(LOOPED)):
            if person_id := owners.get(row.customer_id):
                found[person_id] += row.balance
                profits[row.account_number] += row.balance * 650_000
    engine.dispose()
    return found
