"""Results as the books grow: account-days a second, and what memory holds, from one million to a hundred million account-days."""

from __future__ import annotations

import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS
from services.performance.engine.computing import compute
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


def run(console: Console, sizes: tuple[int, ...] = ACCOUNT_DAYS) -> None:
    """Prints the table."""
    table = Table(
        "account-days", "written in", "leaf s", "CPU s", "ns a row (CPU)", "peak MB", title="A month's leaf, all days at once"
    )
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            began = time.monotonic()
            inputs = books(Path(name), size)
            written = time.monotonic() - began
            # A process of its own: its peak is the run's.
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                seconds, cpu_seconds, peak_mb = process.submit(measured, Path(name), inputs).result()
            row = (
                f"{size:,}",
                f"{written:.0f} s",
                f"{seconds:.1f}",
                f"{cpu_seconds:.1f}",
                f"{cpu_seconds / size * 1e9:.0f}",
                f"{peak_mb:.0f}",
            )
            table.add_row(*row)
    console.print(table)


def measured(folder: Path, inputs: MonthInputs) -> tuple[float, float, float]:
    """Seconds and processor seconds of a run whose statements are compiled, and the peak of memory in MB."""
    lake = Lake(folder / "lake")
    with lake.connection() as connection:
        compute(connection, lake, MonthInputs(**{**_fields(inputs), "as_of_date": MONTH}), folder / "first", by_day=False)
        began, cpu_began = time.monotonic(), time.process_time()
        compute(connection, lake, inputs, folder / "out", by_day=False)
        seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu_began
    return seconds, cpu_seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fields(inputs: MonthInputs) -> dict[str, object]:
    return {name: getattr(inputs, name) for name in MonthInputs.__slots__}


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

        facts = written("accounts", MONTH, _ACCOUNTS.format(accounts=accounts))
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
            connection.execute(f"COPY ({query.format(customers=accounts // 2)}) TO '{ownership}/{name}.parquet' (FORMAT parquet)")
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
    SELECT printf('6222%012d', n) AS account_number, 'CNY' AS currency_code, (hash(n) % 100000000 + {n} * 1000)::BIGINT AS balance_minor_units
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
    "people": f"SELECT printf('person-%029d', n) AS person_id, printf('%06d', n) AS staff_number FROM range({PEOPLE}) people(n)",
    "affiliations": f"""
        SELECT printf('person-%029d', n) AS person_id, printf('unit-%031d', n % {UNITS}) AS organisation_unit_id,
            DATE '1900-01-01' AS start_date, NULL::DATE AS end_date
        FROM range({PEOPLE}) people(n)
    """,
    "units": f"SELECT printf('%04d', n) AS unit_number, printf('unit-%031d', n) AS organisation_unit_id FROM range({UNITS}) units(n)",
    "customers": """
        SELECT printf('C%09d', n) AS customer_number, printf('customer-%027d', n) AS customer_id FROM range({customers}) customers(n)
    """,
}
