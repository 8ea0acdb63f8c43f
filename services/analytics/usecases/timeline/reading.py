"""Reads what an analysis's files have of one customer: they are sorted by its number, so that little of them is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from services.analytics.rules.timeline import COLUMNS
from services.analytics.usecases.analyses.keeping import Files

# Of one customer; a company with more shows those that opened last.
ACCOUNTS_MAX = 1_000
RATE_CHANGES_MAX = 200
_ACCOUNT = ("kind", "product_code", "source_system", "open_date", "maturity_date", "close_date", "balance")
_RATE = ("day", "source", "product_code", "currency_code", "tenor_days", "rate_e8")
_LISTED = "listed"


@dataclass(frozen=True, slots=True)
class RateChange:
    """Another rate that the bank lists for a product: of the tenor that moved most."""

    day: date
    product_code: str
    tenor_days: int
    former_rate_e8: int
    rate_e8: int
    # How many other tenors of the product moved on that day.
    others: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the files say of a customer between two days."""

    # In their order, and of each column the value of each day.
    days: Sequence[date] = ()
    values: Mapping[str, Sequence[int | None]] = field(default_factory=lambda: dict.fromkeys(COLUMNS, ()))
    # With the columns of `_ACCOUNT`.
    accounts: Sequence[Mapping[str, Any]] = ()
    # Of products that the customer has or had.
    rate_changes: Sequence[RateChange] = ()
    history_days: int = 0
    # Nothing is known of a customer that no analysis has seen.
    thin: bool = True


def read(files: Files, customer_numbers: Sequence[str], start_date: date, end_date: date) -> Facts:
    """The facts of a customer, by its number and those of the records that were merged into it.

    Features go by that of the record that stands, which is the first; days and accounts also by those under which they were kept.
    """
    days, values = _days(files.days(start_date, end_date), customer_numbers, start_date, end_date)
    accounts = _accounts(files.accounts, customer_numbers, start_date)
    products = {row["product_code"] for row in accounts if row["product_code"]}
    history_days, thin = _history(files.features, customer_numbers[:1])
    changes = sorted(_rate_changes(files.folder / "rates.parquet", products, start_date, end_date), key=lambda each: each.day)
    return Facts(days, values, accounts, changes[-RATE_CHANGES_MAX:], history_days, thin)


def _days(
    paths: Sequence[Path], numbers: Sequence[str], start_date: date, end_date: date
) -> tuple[list[date], dict[str, list[int | None]]]:
    """Each day once: where records were merged, what was kept under their numbers is added up."""
    import pyarrow.compute as pc

    from services.analytics.engine.one_customer import rows_of

    if not paths:
        return [], {name: [] for name in COLUMNS}
    rows = rows_of(paths, numbers, ("day", *COLUMNS))
    rows = rows.filter((pc.field("day") >= start_date) & (pc.field("day") <= end_date))
    summed = rows.group_by("day").aggregate([(name, "sum") for name in COLUMNS]).sort_by("day")
    return summed.column("day").to_pylist(), {name: summed.column(f"{name}_sum").to_pylist() for name in COLUMNS}


def _accounts(path: Path, numbers: Sequence[str], start_date: date) -> list[Mapping[str, Any]]:
    """Accounts that were open on the first day or later, those that opened last first."""
    from services.analytics.engine.one_customer import rows_of

    rows: list[Mapping[str, Any]] = rows_of([path], numbers, _ACCOUNT).to_pylist()
    held = [row for row in rows if row["close_date"] is None or row["close_date"] >= start_date]
    return sorted(held, key=lambda row: row["open_date"] or date.min, reverse=True)[:ACCOUNTS_MAX]


def _history(path: Path, numbers: Sequence[str]) -> tuple[int, bool]:
    from services.analytics.engine.one_customer import rows_of

    found = rows_of([path], numbers, ("history_days", "thin")).to_pylist()
    return (found[0]["history_days"] or 0, bool(found[0]["thin"])) if found else (0, True)


def _rate_changes(path: Path, products: set[str], start_date: date, end_date: date) -> Iterator[RateChange]:
    """What the bank lists is told day by day, whether or not it changed."""
    changes: dict[tuple[date, str, str], list[tuple[int, int, int]]] = {}
    last: dict[tuple[str, str, int], int] = {}
    for row in _rates(path, products):
        key = row["product_code"], row["currency_code"], row["tenor_days"] or 0
        former, last[key] = last.get(key), row["rate_e8"]
        if former is not None and former != row["rate_e8"] and start_date <= row["day"] <= end_date:
            changes.setdefault((row["day"], *key[:2]), []).append((key[2], former, row["rate_e8"]))
    for (day, product_code, _), tenors in changes.items():
        tenor_days, former, rate = max(tenors, key=lambda each: (abs(each[2] - each[1]), -each[0]))
        yield RateChange(day, product_code, tenor_days, former, rate, len(tenors) - 1)


def _rates(path: Path, products: set[str]) -> list[Mapping[str, Any]]:
    """What is listed of those products, in the order of days."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow.parquet import read_table

    if not products or not path.exists():
        return []
    rows = read_table(path, columns=list(_RATE), use_threads=False)
    listed = (pc.field("source") == _LISTED) & pc.field("product_code").isin(pa.array(sorted(products), pa.string()))
    # A rate that a source left empty is no other rate.
    found: list[Mapping[str, Any]] = rows.filter(listed & pc.field("rate_e8").is_valid()).sort_by("day").to_pylist()
    return found
