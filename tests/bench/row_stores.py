"""A month's results beside row stores and a loop: the same account-days in PostgreSQL, SQLite, pandas and an ORM.

All of them divide each day's balance among an account's owners, add up the month and round what each owner has of each account,
as the engine does for these books; only the engine also writes a leaf with all that explains it. What everybody has is compared
to the cent.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
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
from tests import servers
from tests.bench.results import DAYS, books, by_engine, view_books

ACCOUNT_DAYS = 1_000_000
# A loop is given so many, and its time is stretched.
LOOPED = 50_000
ROUNDS = 5
_BATCH_ROWS = 20_000
# By person: daily average, profit and price of all his accounts, in minor units.
Sums = Mapping[str, tuple[int, ...]]
_PROFIT_RATE_E8 = 650_000
# Over what the sums of days are divided; profit and price are for a year of 360 days.
_DIVISORS = {"average_balance": DAYS, "ftp_profit": 360 * 10**8, "unit_price": 360 * 10**5}
_NUMERATORS = {"average_balance": "balance_days", "ftp_profit": "profit", "unit_price": "balance_days * 45"}

_ROWS = """
    SELECT row_number() OVER () AS row_id, account_number, customer_id, balances.business_date::VARCHAR AS day,
        balance_minor_units AS balance
    FROM balances JOIN accounts USING (account_number) JOIN customers USING (customer_number)
"""
_LINES = """
    SELECT share_line_id, object_key AS customer_id, person_id, staff_number, basis_points,
        count(*) OVER (PARTITION BY object_key) AS owners
    FROM share_lines JOIN people USING (person_id)
"""


def _half_even(numerator: str, divisor: int) -> str:
    """Of what is not negative, in whole numbers of 64 bits."""
    doubled, whole = f"(2 * {numerator} + {divisor})", f"((2 * {numerator} + {divisor}) / {2 * divisor})"
    return f"({whole} - CASE WHEN {doubled} % {2 * divisor} = 0 AND {whole} % 2 = 1 THEN 1 ELSE 0 END)"


_SUMMED = f"CAST(sum({{0}}) AS BIGINT) AS balance_days, CAST(sum({{0}} * {_PROFIT_RATE_E8}) AS BIGINT) AS profit"
# PostgreSQL and SQLite both read it.
_SHARED = f"""
    WITH alone AS (
        SELECT account_number, person_id, {_SUMMED.format("balance")}
        FROM account_days JOIN lines USING (customer_id) WHERE owners = 1 GROUP BY account_number, person_id
    ), quotas AS (
        SELECT account_number, day, person_id, staff_number, balance, balance * basis_points / 10000 AS part,
            balance * basis_points % 10000 AS rest
        FROM account_days JOIN lines USING (customer_id) WHERE owners > 1
    ), parts AS (
        SELECT account_number, person_id, staff_number, part + CASE WHEN
            row_number() OVER (PARTITION BY account_number, day ORDER BY rest DESC, staff_number)
            <= balance - sum(part) OVER (PARTITION BY account_number, day) THEN 1 ELSE 0 END AS own
        FROM quotas
    ), together AS (
        SELECT account_number, person_id, staff_number, {_SUMMED.format("own")}
        FROM parts GROUP BY account_number, person_id, staff_number
    ), rounded AS ({
    " UNION ALL ".join(
        f"SELECT account_number, person_id, staff_number, '{name}' AS measure, {numerator} AS numerator, "
        f"CAST({_DIVISORS[name]} AS BIGINT) AS divisor, "
        f"{_half_even(f'CAST(sum({numerator}) OVER (PARTITION BY account_number) AS BIGINT)', _DIVISORS[name])} AS total "
        "FROM together"
        for name, numerator in _NUMERATORS.items()
    )
}
    ), complete AS (
        SELECT person_id, measure, numerator / divisor + CASE WHEN
            row_number() OVER (PARTITION BY account_number, measure ORDER BY numerator % divisor DESC, staff_number)
            <= total - sum(numerator / divisor) OVER (PARTITION BY account_number, measure) THEN 1 ELSE 0 END AS amount
        FROM rounded
        UNION ALL
        {
    " UNION ALL ".join(
        f"SELECT person_id, '{name}', {_half_even(f'({numerator})', _DIVISORS[name])} FROM alone"
        for name, numerator in _NUMERATORS.items()
    )
}
    )
    SELECT person_id, {
    ", ".join(f"sum(CASE WHEN measure = '{name}' THEN amount ELSE 0 END)" for name in _NUMERATORS)
} FROM complete GROUP BY person_id
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


class _Line(_Base):
    __tablename__ = "lines"

    share_line_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(Text)
    staff_number: Mapped[str] = mapped_column(Text)
    basis_points: Mapped[int] = mapped_column(BigInteger)
    owners: Mapped[int] = mapped_column(BigInteger)


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
        ways: dict[str, Callable[[], Sums | float]] = {
            "the engine": lambda: by_engine(folder, inputs)[0],
            "pandas": lambda: _by_pandas(files),
            **{name: lambda url=url: _by_sql(url) for name, url in urls.items()},
            "ORM loop": lambda: _by_loop(urls["SQLite"]),
        }
        seconds: dict[str, list[float]] = defaultdict(list)
        for _ in range(rounds):
            for way, work in ways.items():
                began = time.monotonic()
                found = work()
                # The engine's own time is without what it compiles, which stands from then on.
                seconds[way].append(found if isinstance(found, float) else time.monotonic() - began)
                if way not in ("ORM loop", "the engine"):
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
        files = {"account_days": (folder / "account_days.parquet", _ROWS), "lines": (folder / "lines.parquet", _LINES)}
        for path, query in files.values():
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return {name: path for name, (path, _) in files.items()}


def _fill(url: str, files: Mapping[str, Path]) -> None:
    engine = create_engine(url)
    _Base.metadata.create_all(engine)
    with engine.begin() as connection, duckdb.connect() as source:
        for model in (_AccountDay, _Line):
            name = model.__tablename__
            reader = source.sql(f"FROM read_parquet('{files[name]}')").to_arrow_reader(_BATCH_ROWS)
            for batch in reader:
                connection.execute(model.__table__.insert(), batch.to_pylist())
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _told(folder: Path) -> Sums:
    """What the leaf has."""
    with duckdb.connect() as connection:
        sums = ", ".join(f"sum({name})" for name in _NUMERATORS)
        leaf = f"read_parquet('{folder}/out/{LEAF_FILE}')"
        rows = connection.execute(f"SELECT person_id, {sums} FROM {leaf} WHERE person_id <> '' GROUP BY person_id").fetchall()
    return _sums(rows)


def _sums(rows: Iterable[Sequence[Any]]) -> Sums:
    return {str(person_id): tuple(map(int, totals)) for person_id, *totals in rows}


def _by_pandas(files: Mapping[str, Path]) -> Sums:
    import pandas as pd

    rows, lines = (pd.read_parquet(files[name]) for name in ("account_days", "lines"))
    alone = rows.merge(lines[lines.owners == 1], on="customer_id").rename(columns={"balance": "own"})
    shared = rows.merge(lines[lines.owners > 1], on="customer_id")
    shared["own"], rest = (shared.balance * shared.basis_points).divmod(10_000)
    shared["own"] += _one_more(shared, ["account_number", "day"], shared.balance, shared.own, rest)
    measured = []
    for owned in (alone, shared):
        owned["profit"] = owned.own * _PROFIT_RATE_E8
        found = owned.groupby(["account_number", "person_id", "staff_number"], sort=False)[["own", "profit"]].sum().reset_index()
        numerators = {"average_balance": found.own, "ftp_profit": found.profit, "unit_price": found.own * 45}
        for name, numerator in numerators.items():
            divisor = _DIVISORS[name]
            total, remainder = (2 * numerator.groupby(found.account_number).transform("sum") + divisor).divmod(2 * divisor)
            total -= (remainder == 0) & (total % 2 == 1)
            floors, rest = numerator.divmod(divisor)
            found[name] = floors + _one_more(found, ["account_number"], total, floors, rest)
        measured.append(found)
    totals = pd.concat(measured).groupby("person_id")[list(_NUMERATORS)].sum()
    return _sums(totals.reset_index().to_numpy())


def _one_more(rows: Any, within: list[str], total: Any, floors: Any, rest: Any) -> Any:
    """1 where a part's remainder is among the largest, until nothing is missing from the total."""
    missing = total - floors.groupby([rows[name] for name in within]).transform("sum")
    ordered = rows[[*within, "staff_number"]].assign(rest=rest).sort_values(["rest", "staff_number"], ascending=[False, True])
    return (ordered.groupby(within, sort=False).cumcount().sort_index() < missing).astype("int64")


def _by_sql(url: str) -> Sums:
    engine = create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET max_parallel_workers_per_gather = 0")
        rows = connection.execute(text(_SHARED)).fetchall()
    engine.dispose()
    return _sums(rows)


def _by_loop(url: str) -> Sums:
    """As it is often written: objects, and sums in Python."""
    engine = create_engine(url)
    owned: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    with Session(engine) as session:
        lines: dict[str, list[_Line]] = defaultdict(list)
        for line in session.scalars(select(_Line).order_by(_Line.staff_number)):
            lines[line.customer_id].append(line)
        for row in session.scalars(select(_AccountDay).limit(LOOPED)):
            weights = [line.basis_points for line in lines[row.customer_id]]
            for line, part in zip(lines[row.customer_id], _parts(row.balance, weights, 10_000), strict=True):
                owned[row.account_number][line.person_id] += part
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for parts in owned.values():
        days = sum(parts.values())
        for place, (factor, divisor) in enumerate(zip((1, _PROFIT_RATE_E8, 45), _DIVISORS.values(), strict=True)):
            total = round(Fraction(days * factor, divisor))
            for person_id, part in zip(parts, _parts(total, list(parts.values()), days), strict=True):
                found[person_id][place] += part
    engine.dispose()
    return {person_id: tuple(totals) for person_id, totals in found.items()}


def _parts(amount: int, weights: Sequence[int], whole: int) -> list[int]:
    """Whole parts by weight; who misses most of one has one more, the first of equal ones."""
    quotas = [divmod(amount * weight, whole or 1) for weight in weights]
    missing = amount - sum(floor for floor, _ in quotas)
    first = sorted(range(len(quotas)), key=lambda place: -quotas[place][1])[:missing]
    return [floor + (place in first) for place, (floor, _) in enumerate(quotas)]
