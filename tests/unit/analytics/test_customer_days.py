"""Customers' days: what a month's datasets come to, by customer and date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from services.analytics.engine.customer_days import ISSUES_FILE, write_month
from services.analytics.engine.inputs import DayInputs, PinnedDay
from services.chassis import keys
from services.chassis.lake.lake import Lake
from tests.component.books import Books

DAY = date(2026, 11, 2)
USUAL = dict.fromkeys(("deposit", "term", "wealth", "loan", "inflow", "outflow"), 0)


@pytest.fixture
def books(tmp_path):
    """Books in a lake of their own."""
    keys.create_keys(tmp_path)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    return Books(Lake(tmp_path / "lake", memory_mb_max=256), "core")


def made(books, folder, pins, *, month=DAY.replace(day=1), end=DAY, home="CNY"):
    """The rows by customer and day, and the issues."""
    pinned = tuple(each if isinstance(each, PinnedDay) else PinnedDay(each.business_date, each) for each in pins)
    with books.lake.connection() as connection:
        path = write_month(connection, books.lake, DayInputs(month, end, home, pinned), folder / "out")
        found = connection.sql(f"FROM read_parquet('{path}')")
        names = found.columns
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        issues = connection.sql(f"FROM read_parquet('{path.with_name(ISSUES_FILE)}')").fetchall()
    assert [(row["customer_number"], row["day"]) for row in rows] == sorted((row["customer_number"], row["day"]) for row in rows)
    return {(row["customer_number"], row["day"]): row for row in rows}, issues


def test_balances_count_by_sort_and_flows_by_purpose(books, tmp_path):
    kinds = {"D": "DEMAND_DEPOSIT", "M": "MARGIN_DEPOSIT", "T": "TERM_DEPOSIT", "W": "WEALTH_PRODUCT", "L": "LOAN", "K": "CARD"}
    accounts = books.write("accounts", DAY, [{"account_number": a, "customer_number": "C1", "kind": k} for a, k in kinds.items()])
    people = books.write("customers", DAY, [{"customer_number": "C1", "kind": "RETAIL", "display_name": "张三", "state": "ACTIVE"}])
    balances = books.balances(DAY, {"D": 100, "M": 20, "T": 3_000, "W": 500, "L": 70_000, "K": 9})
    moved = [
        ("D", 900, "SALARY", None, None), ("D", 50, "TRANSFER_IN", None, None), ("D", -30, "CARD_PAYMENT", None, None),
        ("K", 9, "CARD_PAYMENT", None, None), ("L", 1_000, "LOAN_DRAWDOWN", None, None), ("L", -400, "LOAN_PAYMENT", None, None),
        ("D", -200, "TRANSFER_OUT", " 张三 ", "X9"), ("D", -70, "TRANSFER_OUT", "张三", "T"), ("D", -5, "TRANSFER_OUT", "李四", "X8"),
    ]  # fmt: skip
    columns = ("account_number", "amount_minor_units", "kind", "counterparty_name", "counterparty_account_number")
    rows = [dict(zip(columns, row, strict=True)) | {"transaction_number": str(n)} for n, row in enumerate(moved)]
    visits = [
        {"event_number": str(n), "customer_number": "C1", "kind": kind, "event_time": datetime(2026, 11, 2), "duration_seconds": s}
        for n, (kind, s) in enumerate([("SIGN_IN", 60), ("INQUIRY", None), ("SIGN_IN", -5), ("OTHER", 10**9)])
    ]
    pins = [accounts, people, balances, books.write("transactions", DAY, rows), books.write("ebanking_events", DAY, visits)]
    found, issues = made(books, tmp_path, pins)
    assert found == {
        ("C1", DAY): {
            "customer_number": "C1", "day": DAY, "deposit": 120, "term": 3_000, "wealth": 500, "loan": 70_000, "account_count": 5,
            "inflow": 950, "outflow": 305, "salary_inflow": 900, "settlement_inflow": 0, "own_transfer_out": 200,
            "card_spending": 39, "loan_drawn": 1_000, "loan_repaid": 400, "movement_count": 9, "sign_in_count": 2,
            "online_seconds": 60 + 86_400,
        }
    }  # fmt: skip
    assert issues == []
