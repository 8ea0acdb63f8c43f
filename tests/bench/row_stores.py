"""A month's results beside row stores and a loop: the same books in PostgreSQL, SQLite, pandas and an ORM.

What each is given to do stands in `row_works`. Every row of the leaf is compared to the cent, and every sum.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import duckdb
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from services.chassis.engines.expressions import FUNCTIONS, compiled
from services.chassis.lake.lake import Lake
from services.performance.engine.computing import LEAF_FILE
from services.performance.engine.inputs import MonthInputs
from tests import servers
from tests.bench import row_works
from tests.bench.results import DAYS, books, by_engine, by_hand, view_books
from tests.bench.row_works import AMOUNTS, KEY, Account, AccountDay, Base, Line, Price, Sums

ACCOUNT_DAYS = 10_000_000
ROUNDS = 5
_BATCH_ROWS = 20_000
_READ = f"SELECT {', '.join((*KEY, *AMOUNTS))} FROM"
Found = TypeVar("Found")
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


def run(console: Console, account_days: int = ACCOUNT_DAYS, rounds: int = ROUNDS) -> None:
    """Prints the tables."""
    with tempfile.TemporaryDirectory() as name, servers.postgresql() as postgresql:
        folder = Path(name)
        inputs = books(folder, account_days)
        files = _exported(folder, inputs)
        urls = {"SQLite": f"sqlite:///{folder}/rows.db", "PostgreSQL, one process": postgresql.create_database()}
        for url in urls.values():
            _fill(url, files)
        stretched = account_days / (row_works.LOOPED_ACCOUNTS * DAYS)
        # Each answers its seconds: the engine's are without what it compiles, which stands from then on.
        leaf: dict[str, Callable[[], float]] = {
            "the engine": lambda: by_engine(folder, inputs)[0],
            "one statement of DuckDB, 8 GB": lambda: by_hand(folder, inputs, memory_mb_max=8_000)[0],
            "pandas": lambda: _timed(lambda: row_works.leaf_by_pandas(folder, files))[0],
            **{name: lambda url=url: _kept(url) for name, url in urls.items()},
            "ORM loop": lambda: _looped(urls["SQLite"], row_works.leaf_by_loop)[0] * stretched,
        }
        console.print(_measured(f"{account_days:,} account-days to the leaf and to what each owner has", leaf, rounds))
        _require_same(folder, urls)
        found: dict[str, Sums] = {}

        def told(way: str, work: Callable[[], tuple[float, Sums]]) -> Callable[[], float]:
            def timed() -> float:
                took, found[way] = work()
                return took

            return timed

        sums = {
            "Ibis on DuckDB": told("Ibis on DuckDB", lambda: _by_expression(folder, files)),
            "pandas": told("pandas", lambda: _timed(lambda: row_works.sums_by_pandas(files))),
            **{name: told(name, lambda url=url: _summed(url)) for name, url in urls.items()},
        }
        looped = {"ORM loop": lambda: _looped(urls["SQLite"], row_works.sums_by_loop)[0] * stretched}
        console.print(_measured(f"{account_days:,} account-days to sums alone, ranked", sums | looped, rounds))
        assert all(each == found["Ibis on DuckDB"] for each in found.values()), "Sums differ."


def _measured(title: str, ways: Mapping[str, Callable[[], float]], rounds: int) -> Table:
    """The first way beside all others."""
    table = Table(title=f"{title}: medians of {rounds} rounds in turns")
    for heading in ("by", "s", "times the first"):
        table.add_column(heading, justify="right")
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for way, work in ways.items():
            seconds[way].append(work())
    own = median(next(iter(seconds.values())))
    for way, measured in seconds.items():
        table.add_row(way, f"{median(measured):.2f}", f"{median(measured) / own:.1f}")
    return table


def _timed(work: Callable[[], Found]) -> tuple[float, Found]:
    began = time.monotonic()
    found = work()
    return time.monotonic() - began, found


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
    Base.metadata.create_all(engine)
    with engine.begin() as connection, duckdb.connect() as source:
        for model in (AccountDay, Account, Price, Line):
            reader = source.sql(f"FROM read_parquet('{files[model.__tablename__]}')").to_arrow_reader(_BATCH_ROWS)
            for batch in reader:
                connection.execute(model.__table__.insert(), batch.to_pylist())
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _require_same(folder: Path, urls: Mapping[str, str]) -> None:
    """The leaf of each way, row by row."""
    with duckdb.connect() as connection:
        wanted = _leaf(connection.execute(f"{_READ} read_parquet('{folder}/out/{LEAF_FILE}')").fetchall())
        assert _leaf(connection.execute(f"{_READ} read_parquet('{folder}/pandas.parquet')").fetchall()) == wanted, "pandas"
    kept = {way: _read(url, "leaf") for way, url in urls.items()}
    assert all(each == wanted for each in kept.values()), list(kept)
    looped = _read(urls["SQLite"], row_works.Result.__tablename__)
    assert looped, "The loop kept nothing."
    assert looped == {key: wanted[key] for key in looped}, "ORM loop"


def _read(url: str, table: str) -> Leaf:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = _leaf(connection.execute(text(f"{_READ} {table}")).fetchall())
    engine.dispose()
    return found


def _leaf(rows: Iterable[Sequence[Any]]) -> Leaf:
    return {tuple(map(str, row[: len(KEY)])): tuple(map(int, row[len(KEY) :])) for row in rows}


def _kept(url: str) -> float:
    """The leaf and the totals, as tables."""
    engine = create_engine(url)
    with engine.begin() as connection:
        _alone(connection)
        for name in ("leaf", "totals"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        took, _ = _timed(lambda: [connection.execute(text(each)) for each in (row_works.SHARED, row_works.TOTALS)])
    engine.dispose()
    return took


def _summed(url: str) -> tuple[float, Sums]:
    engine = create_engine(url)
    with engine.connect() as connection:
        _alone(connection)
        found = _timed(lambda: row_works.as_sums(connection.execute(text(row_works.SUMS)).fetchall()))
    engine.dispose()
    return found


def _alone(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET max_parallel_workers_per_gather = 0")


def _by_expression(folder: Path, files: Mapping[str, Path]) -> tuple[float, Sums]:
    statement = compiled(row_works.sums_by_expression(), "duckdb")
    with Lake(folder / "lake").connection() as connection:
        connection.execute(FUNCTIONS)
        for name, path in files.items():
            connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{path}')")
        return _timed(lambda: row_works.as_sums(connection.execute(statement).fetchall()))


def _looped(url: str, work: Callable[[Session], Found]) -> tuple[float, Found]:
    engine = create_engine(url)
    with Session(engine) as session:
        found = _timed(lambda: work(session))
    engine.dispose()
    return found
