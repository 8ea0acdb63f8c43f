"""Results as the books grow: from one million to a hundred million account-days, beside the same written by hand in SQL.

Both read the same Parquet on the same engine, in turns; what they come to is compared row by row, to the last cent.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import duckdb
from rich.console import Console
from rich.table import Table

from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS
from services.performance.engine.computing import LEAF_FILE, compute
from services.performance.engine.inputs import MonthInputs, PinnedDay
from services.performance.rules.catalogue import DayBasis, FtpMethod, ProductRule, Selection, Slot
from services.performance.rules.formulas import SOURCES, Declared, parse

DAYS = 30
ACCOUNT_DAYS = (1_000_000, 10_000_000, 100_000_000)
PEOPLE, UNITS = 3_000, 200
# Of a hundred customers so many are shared by two.
DIVIDED_PERCENT = 5
MONTH, LAST = date(2026, 11, 1), date(2026, 11, DAYS)
_FORMULAS = {
    Slot.BALANCE: "balance",
    Slot.FTP_PROFIT: "balance * (ftp_rate - customer_rate)",
    Slot.UNIT_PRICE: "balance * 0.3 * 0.0015",
}


def run(console: Console, sizes: Sequence[int] = ACCOUNT_DAYS, rounds: int = 3) -> None:
    """Prints the table."""
    table = Table(title=f"A month's leaf, all days at once: medians of {rounds} rounds")
    for heading in ("account-days", "s", "CPU s", "ns a row", "peak MB", "by hand s", "CPU s", "peak MB", "ratio", "by CPU"):
        table.add_column(heading, justify="right")
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            inputs = books(folder, size)
            measured = [[_apart(work, folder, inputs) for work in (by_engine, by_hand)] for _ in range(rounds)]
            _require_same(folder)
        own, hand = ([median(each) for each in zip(*turns, strict=True)] for turns in zip(*measured, strict=True))
        figures = (*own[:2], own[1] / size * 1e9, own[2], *hand, own[0] / hand[0], own[1] / hand[1])
        table.add_row(f"{size:,}", *(f"{figure:.2f}" if figure < 10 else f"{figure:.0f}" for figure in figures))
    console.print(table)


def _apart(work: Callable[[Path, MonthInputs], tuple[float, float]], folder: Path, inputs: MonthInputs) -> tuple[float, ...]:
    """Seconds, processor seconds and the peak of memory in MB, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_peaking, work, folder, inputs).result()


def _peaking(work: Callable[[Path, MonthInputs], tuple[float, float]], folder: Path, inputs: MonthInputs) -> tuple[float, ...]:
    return *work(folder, inputs), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _timed(found: list[float]) -> Iterator[None]:
    began, cpu_began = time.monotonic(), time.process_time()
    yield
    found += [time.monotonic() - began, time.process_time() - cpu_began]


def by_engine(folder: Path, inputs: MonthInputs) -> tuple[float, float]:
    """The product's own, once its statements are compiled."""
    lake, found = Lake(folder / "lake"), []
    with lake.connection() as connection:
        first = MonthInputs(**{name: getattr(inputs, name) for name in MonthInputs.__slots__} | {"as_of_date": MONTH})
        compute(connection, lake, first, folder / "first", by_day=False)
        with _timed(found):
            compute(connection, lake, inputs, folder / "out", by_day=False)
    return found[0], found[1]


def by_hand(folder: Path, inputs: MonthInputs, memory_mb_max: int | None = None) -> tuple[float, float]:
    """One statement that knows these books: one product, one currency, shares that hold the whole month.

    In as much memory as the engine is given, or in so much.
    """
    lake, found = Lake(folder / "lake", **({"memory_mb_max": memory_mb_max} if memory_mb_max else {})), []
    with lake.connection() as connection:
        view_books(connection, lake, inputs)
        with _timed(found):
            connection.execute(f"COPY ({_BY_HAND}) TO '{folder}/by_hand.parquet' (FORMAT parquet, COMPRESSION zstd)")
    return found[0], found[1]


def view_books(connection: duckdb.DuckDBPyConnection, lake: Lake, inputs: MonthInputs) -> None:
    """The month's balances, the accounts, and whose they are, by the names that the queries give them."""
    balances = [each.pin for each in inputs.days if each.pin.dataset == "balances"]
    accounts = next(each.pin for each in inputs.days if each.pin.dataset == "accounts")
    lake.relation(connection, SCHEMAS["balances"], balances).create_view("balances")
    lake.relation(connection, SCHEMAS["accounts"], [accounts]).create_view("accounts")
    for name in _OWNERSHIP:
        connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{inputs.ownership}/{name}.parquet')")


def _require_same(folder: Path) -> None:
    with duckdb.connect() as connection:
        own = f"SELECT {_COMPARED} FROM read_parquet('{folder}/out/{LEAF_FILE}')"
        hand = f"SELECT {_COMPARED} FROM read_parquet('{folder}/by_hand.parquet')"
        ((rows,),) = connection.execute(f"SELECT count(*) FROM ({hand})").fetchall()
        for one, other in ((own, hand), (hand, own)):
            ((differing,),) = connection.execute(f"SELECT count(*) FROM ({one} EXCEPT ALL {other})").fetchall()
            assert not differing, f"{differing} of {rows} rows differ."


def books(folder: Path, size: int) -> MonthInputs:
    """Writes a month of so many account-days, and whose they are."""
    lake, accounts = Lake(folder / "lake"), size // DAYS
    with lake.connection() as connection:

        def written(dataset: str, day: date, query: str) -> Pin:
            pin = Pin(f"core.{dataset}", dataset, "core", day, 1)
            named = {column.name for column in SCHEMAS[dataset].columns}
            given = connection.sql(query)
            missing = "".join(f", NULL AS {name}" for name in sorted(named - set(given.columns)))
            lake.write(connection, f"SELECT *{missing} FROM ({query})", SCHEMAS[dataset], pin)
            return pin

        # Delivered before the month: they stand on all its days alike.
        facts = written("accounts", date(2026, 10, 31), _ACCOUNTS.format(accounts=accounts))
        curve = written(
            "ftp_curve", MONTH, "SELECT 'CNY' AS currency_code, unnest([0, 30, 365]) AS tenor_days, 2150000 AS ftp_rate_e8"
        )
        days = [PinnedDay(MONTH, curve)]
        for n in range(DAYS):
            day = date(2026, 11, n + 1)
            days += [PinnedDay(day, facts), PinnedDay(day, written("balances", day, _BALANCES.format(accounts=accounts, n=n)))]
        ownership = folder / "ownership"
        ownership.mkdir()
        for name, query in _OWNERSHIP.items():
            rows = query.format(customers=accounts // 2 + 1)
            connection.execute(f"COPY ({rows}) TO '{ownership}/{name}.parquet' (FORMAT parquet)")
    return MonthInputs(MONTH, LAST, "CNY", tuple(days), (), (_product(),), ownership)


def _product() -> ProductRule:
    formulas = {slot: parse(text, Declared(SOURCES["balances"], {}), slot.outcome) for slot, text in _FORMULAS.items()}
    return ProductRule(
        code="DEPOSIT",
        version_id="1",
        dataset="balances",
        selection=Selection(remaining=True),
        measures=formulas,
        ftp_method=FtpMethod.POOL,
        ftp_tenor_days=30,
        fixed_ftp_rate_e8=0,
        day_basis=DayBasis.DAYS_360,
        currency_day_bases={},
        start_date=date(2000, 1, 1),
        end_date=None,
    )


_ACCOUNTS = f"""
    SELECT printf('6222%012d', n) AS account_number, printf('C%09d', n // 2) AS customer_number, 'DEMAND_DEPOSIT' AS kind,
        'CNY' AS currency_code, printf('%04d', n % {UNITS}) AS unit_number, DATE '2024-01-01' AS open_date, 'ACTIVE' AS state,
        1500000 AS interest_rate_e8
    FROM range({{accounts}}) accounts(n)
"""
_BALANCES = """
    SELECT printf('6222%012d', n) AS account_number, 'CNY' AS currency_code,
        (hash(n) % 100000000 + {n} * 1000)::BIGINT AS balance_minor_units
    FROM range({accounts}) accounts(n)
"""
_PERSON = f"printf('person-%029d', (n + {{place}}) % {PEOPLE})"
_LINE = f"""
    SELECT printf('line-%030d-{{place}}', n) AS share_line_id, 1 AS object_kind, printf('customer-%027d', n) AS object_key,
        {_PERSON} AS person_id, printf('unit-%031d', n % {UNITS}) AS organisation_unit_id, DATE '2020-01-01' AS start_date,
        NULL::DATE AS end_date, 0 AS from_minor_units, NULL::BIGINT AS to_minor_units, {{points}} AS basis_points
    FROM range({{{{customers}}}}) customers(n) WHERE n % 100 {{which}} {DIVIDED_PERCENT}
"""
_OWNERSHIP = {
    "share_lines": " UNION ALL ".join(
        _LINE.format(place=place, points=points, which=which)
        for place, points, which in ((0, 10_000, ">="), (1, 6_667, "<"), (2, 3_333, "<"))
    ),
    "people": f"""
        SELECT printf('person-%029d', n) AS person_id, printf('%06d', n) AS staff_number FROM range({PEOPLE}) people(n)
    """,
    "affiliations": f"""
        SELECT printf('person-%029d', n) AS person_id, printf('unit-%031d', n % {UNITS}) AS organisation_unit_id,
            DATE '1900-01-01' AS start_date, NULL::DATE AS end_date
        FROM range({PEOPLE}) people(n)
    """,
    "units": f"""
        SELECT printf('%04d', n) AS unit_number, printf('unit-%031d', n) AS organisation_unit_id FROM range({UNITS}) units(n)
    """,
    "customers": """
        SELECT printf('C%09d', n) AS customer_number, printf('customer-%027d', n) AS customer_id
        FROM range({customers}) customers(n)
    """,
}


def _half_even(numerator: str, divisor: str) -> str:
    """Of what is not negative: to the nearest whole number, a half to the even one."""
    doubled = f"(2 * ({numerator})::HUGEINT + {divisor})"
    tie = f"{doubled} % (2 * {divisor}) = 0 AND {doubled} // (2 * {divisor}) % 2 = 1"
    return f"({doubled} // (2 * {divisor}) - CASE WHEN {tie} THEN 1 ELSE 0 END)::BIGINT"


# Of a rate in hundred-millionths, and of a price in hundred-thousandths; both for a year of 360 days.
PROFIT_DIVISOR, _PRICE_DIVISOR = 360 * 10**8, 360 * 10**5
_COMPARED = "account_number, person_id, balance, average_balance, ftp_profit, unit_price"
_BY_HAND = f"""
WITH facts AS (
    SELECT account_number, customer_id, interest_rate_e8 AS rate_e8 FROM accounts JOIN customers USING (customer_number)
), owners AS (
    SELECT object_key AS customer_id, person_id, staff_number, basis_points, count(*) OVER (PARTITION BY object_key) AS owners
    FROM share_lines JOIN people USING (person_id)
), whole AS (
    SELECT account_number, any_value(customer_id) AS customer_id, sum(balance_minor_units) AS balance_days,
        sum(balance_minor_units * (2150000 - rate_e8)::HUGEINT) AS profit,
        any_value(balance_minor_units) FILTER (business_date = DATE '{LAST}') AS balance
    FROM balances JOIN facts USING (account_number)
    WHERE customer_id IN (SELECT customer_id FROM owners WHERE owners = 1)
    GROUP BY account_number
), alone AS (
    SELECT account_number, person_id, balance, balance_days, profit FROM whole JOIN owners USING (customer_id)
), quotas AS (
    SELECT account_number, business_date, person_id, staff_number, rate_e8, balance_minor_units AS balance,
        balance_minor_units::HUGEINT * basis_points // 10000 AS part, balance_minor_units::HUGEINT * basis_points % 10000 AS rest
    FROM balances JOIN facts USING (account_number) JOIN owners USING (customer_id) WHERE owners > 1
), parts AS (
    SELECT *, part + CASE WHEN row_number() OVER (PARTITION BY account_number, business_date ORDER BY rest DESC, staff_number)
        <= balance - sum(part) OVER (PARTITION BY account_number, business_date) THEN 1 ELSE 0 END AS own
    FROM quotas
), together AS (
    SELECT account_number, person_id, any_value(staff_number) AS staff_number, sum(own)::HUGEINT AS balance_days,
        sum(own * (2150000 - rate_e8))::HUGEINT AS profit,
        any_value(own::BIGINT) FILTER (business_date = DATE '{LAST}') AS balance
    FROM parts GROUP BY account_number, person_id
), rounded AS (
    SELECT account_number, person_id, staff_number, balance, unnest([
        {{'measure': 'average_balance', 'numerator': balance_days, 'divisor': {DAYS}}},
        {{'measure': 'ftp_profit', 'numerator': profit, 'divisor': {PROFIT_DIVISOR}}},
        {{'measure': 'unit_price', 'numerator': balance_days * 45, 'divisor': {_PRICE_DIVISOR}}}
    ], recursive := true) FROM together
), settled AS (
    SELECT *, numerator // divisor AS floor, numerator % divisor AS rest, sum(numerator) OVER object AS total,
        row_number() OVER (PARTITION BY account_number, measure ORDER BY numerator % divisor DESC, staff_number) AS place
    FROM rounded WINDOW object AS (PARTITION BY account_number, measure)
), complete AS (
    SELECT account_number, person_id, balance, measure, floor + CASE WHEN place <= {_half_even("total", "divisor")}
        - sum(floor) OVER (PARTITION BY account_number, measure) THEN 1 ELSE 0 END AS amount
    FROM settled
)
SELECT account_number, person_id, balance::BIGINT AS balance, {_half_even("balance_days", str(DAYS))} AS average_balance,
    {_half_even("profit", str(PROFIT_DIVISOR))} AS ftp_profit,
    {_half_even("balance_days::HUGEINT * 45", str(_PRICE_DIVISOR))} AS unit_price
FROM alone
UNION ALL
FROM (PIVOT complete ON measure IN ('average_balance', 'ftp_profit', 'unit_price') USING any_value(amount)::BIGINT)
"""
