"""Customers' days: what a month's datasets come to, by customer and date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.analytics.engine import day_staging
from services.analytics.engine.customer_days import ISSUES_FILE, write_month
from services.analytics.engine.inputs import DayInputs, PinnedDay
from services.chassis import keys
from services.chassis.lake.lake import Lake
from tests.component.books import Books

MONTH, DAY = date(2026, 11, 1), date(2026, 11, 2)
NEXT = DAY + timedelta(days=1)
STOCKS = ("deposit", "term", "wealth", "loan")


@pytest.fixture
def books(tmp_path):
    """Books in a lake of their own."""
    keys.create_keys(tmp_path)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    return Books(Lake(tmp_path / "lake", memory_mb_max=256, threads=1), "core")


def made(books, folder, pins, *, end=DAY):
    """The rows by customer and day, and the issues."""
    pinned = tuple(each if isinstance(each, PinnedDay) else PinnedDay(each.business_date, each) for each in pins)
    with books.lake.connection() as connection:
        path = write_month(connection, books.lake, DayInputs(MONTH, end, "CNY", pinned), folder)
        found = connection.sql(f"FROM read_parquet('{path}')")
        names = found.columns
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        issues = connection.sql(f"FROM read_parquet('{path.with_name(ISSUES_FILE)}')").fetchall()
    assert {each.name for each in folder.iterdir()} == {path.name, ISSUES_FILE}
    assert [(row["customer_number"], row["day"]) for row in rows] == sorted((row["customer_number"], row["day"]) for row in rows)
    return {(row["customer_number"], row["day"]): row for row in rows}, issues


def movements(books, day, *rows):
    """Movements of (account, amount, kind, whom it goes to, to which account, currency)."""
    names = ("account_number", "amount_minor_units", "kind", "counterparty_name", "counterparty_account_number", "currency_code")
    told = [dict(zip(names, row, strict=False)) | {"transaction_number": f"{day}/{n}"} for n, row in enumerate(rows)]
    return books.write("transactions", day, told)


def people(books, **kinds):
    """Customers by number."""
    rows = [{"customer_number": n, "kind": kind, "display_name": "张三", "state": "ACTIVE"} for n, kind in kinds.items()]
    return books.write("customers", DAY, rows)


def test_balances_count_by_sort_and_flows_by_purpose(books, tmp_path):
    kinds = {"D": "DEMAND_DEPOSIT", "M": "MARGIN_DEPOSIT", "T": "TERM_DEPOSIT", "W": "WEALTH_PRODUCT", "L": "LOAN", "K": "CARD"}
    accounts = books.write("accounts", DAY, [{"account_number": a, "customer_number": "C1", "kind": k} for a, k in kinds.items()])
    balances = books.balances(DAY, {"D": 100, "M": 20, "T": 3_000, "W": 500, "L": 70_000, "K": 9})
    moved = movements(
        books, DAY, ("D", 900, "SALARY"), ("D", 50, "TRANSFER_IN"), ("D", -30, "CARD_PAYMENT"), ("K", 9, "CARD_PAYMENT"),
        ("L", 1_000, "LOAN_DRAWDOWN"), ("L", -400, "LOAN_PAYMENT"), ("D", -200, "TRANSFER_OUT", " 张三 ", "X9"),
        # To an account that the bank itself keeps; to somebody else.
        ("D", -70, "TRANSFER_OUT", "张三", "T"), ("D", -5, "TRANSFER_OUT", "李四", "X8"),
    )  # fmt: skip
    visits = [("SIGN_IN", 60), ("INQUIRY", None), ("SIGN_IN", -5), ("OTHER", 10**9)]
    visited = [
        {"event_number": str(n), "customer_number": "C1", "kind": kind, "event_time": datetime(2026, 11, 2, tzinfo=UTC)}
        | {"duration_seconds": seconds}
        for n, (kind, seconds) in enumerate(visits)
    ]
    pins = [accounts, people(books, C1="RETAIL"), balances, moved, books.write("ebanking_events", DAY, visited)]
    found, issues = made(books, tmp_path / "out", pins)
    assert found == {
        ("C1", DAY): {
            "customer_number": "C1", "day": DAY, "deposit": 120, "term": 3_000, "wealth": 500, "loan": 70_000, "account_count": 5,
            "inflow": 950, "outflow": 305, "salary_inflow": 900, "settlement_inflow": 0, "own_transfer_out": 200,
            "card_spending": 39, "loan_drawn": 1_000, "loan_repaid": 400, "movement_count": 9, "sign_in_count": 2,
            "online_seconds": 60 + 86_400,
        }
    }  # fmt: skip
    assert issues == []


def test_settlement_is_what_comes_to_organisations(books, tmp_path):
    accounts = books.accounts(DAY, {"A": "C1", "B": "C2", "U": "C3"})
    moved = movements(
        books, DAY, ("A", 7, "BILL"), ("A", 5, "TRANSFER_IN"), ("A", 3, "CASH_DEPOSIT"), ("B", 5, "BILL"), ("U", 5, "BILL")
    )
    found, _ = made(books, tmp_path / "out", [accounts, moved, people(books, C1="CORPORATE", C2="RETAIL")])
    assert [found[number, DAY]["settlement_inflow"] for number in ("C1", "C2", "C3")] == [12, 0, 0]
    # No balance is told of on that day: none is known, which is not 0.
    assert [found["C1", DAY][name] for name in STOCKS] == [None] * 4


def test_each_day_has_its_own_rate_and_what_has_none_is_told_and_not_counted(books, tmp_path):
    accounts = books.accounts(MONTH, {"A": "C1"})
    rates = [books.exchange_rates(date(2026, 10, 30), {"USD": 7 * 10**8}), books.exchange_rates(NEXT, {"USD": 8 * 10**8})]
    pins = [accounts, *rates]
    # The account changes its currency in between.
    for day, currency in ((DAY, "USD"), (NEXT, "USD"), (NEXT + timedelta(days=1), "XYZ")):
        pins += [books.balances(day, {"A": -1_000}, currency_code=currency)]
        pins += [movements(books, day, ("A", 1_000, "SALARY", None, None, currency))]
    found, issues = made(books, tmp_path / "out", pins, end=date(2026, 11, 30))
    assert [(row["deposit"], row["inflow"], row["account_count"]) for row in found.values()] == [
        (-7_000, 7_000, 1), (-8_000, 8_000, 1), (0, 0, 1),
    ]  # fmt: skip
    assert issues == [("CURRENCY_WITHOUT_RATE", "XYZ", 2)]


def test_a_day_without_a_revision_has_the_one_before_it(books, tmp_path):
    balances = books.balances(DAY, {"A": 100})
    pins = [books.accounts(MONTH, {"A": "C1"}), balances, PinnedDay(NEXT, balances), movements(books, DAY, ("A", 9, "SALARY"))]
    found, _ = made(books, tmp_path / "out", pins, end=NEXT)
    assert [(row["day"], row["deposit"], row["inflow"]) for row in found.values()] == [(DAY, 100, 9), (NEXT, 100, 0)]


def test_what_nobody_owns_or_nobody_can_have_is_told_and_not_counted(books, tmp_path):
    balances = books.balances(DAY, {"A": 2**63 - 1, "B": -(2**63), "NOBODY": 5, "C": 10**15})
    moved = movements(books, DAY, ("A", -(2**63), "SALARY"), ("NOBODY", 5, "SALARY"))
    pins = [books.accounts(DAY, {"A": "C1", "B": "C1", "C": "C2"}), balances, moved]
    found, issues = made(books, tmp_path / "out", pins)
    assert {key[0]: row["deposit"] for key, row in found.items()} == {"C1": 0, "C2": 10**15}
    assert issues == [("ACCOUNT_UNKNOWN", "", 2), ("AMOUNT_OUT_OF_BOUNDS", "", 3)]


def test_accounts_that_the_latest_revision_lacks_are_as_an_earlier_one_has_them(books, tmp_path):
    pins = [
        books.accounts(MONTH, {"A": "C1", "B": "C1"}), books.accounts(NEXT, {"A": "C2"}), books.balances(DAY, {"A": 5, "B": 7}),
    ]  # fmt: skip
    found, _ = made(books, tmp_path / "out", pins, end=NEXT)
    assert {key[0]: row["deposit"] for key, row in found.items()} == {"C1": 7, "C2": 5}


def test_movements_of_a_system_that_keeps_no_accounts_are_those_of_the_system_that_does(books, tmp_path):
    cards = Books(books.lake, "cards")
    pins = [books.accounts(DAY, {"A": "C1"}), books.balances(DAY, {"A": 5}), movements(cards, DAY, ("A", -30, "CARD_PAYMENT"))]
    found, issues = made(books, tmp_path / "out", pins)
    assert (found["C1", DAY]["deposit"], found["C1", DAY]["card_spending"], issues) == (5, 30, [])


def test_sums_are_exact_beyond_what_floating_point_numbers_hold(books, tmp_path):
    numbers = {f"A{n}": "C1" for n in range(40)}
    balances = books.balances(DAY, dict.fromkeys(numbers, 10**15 - 1))
    moved = movements(books, DAY, *((number, 10**15 - 1, "SALARY") for number in numbers))
    found, _ = made(books, tmp_path / "out", [books.accounts(DAY, numbers), balances, moved])
    assert [found["C1", DAY][name] for name in ("deposit", "inflow", "salary_inflow")] == [40 * (10**15 - 1)] * 3


def test_nothing_at_all_is_a_file_without_rows_and_the_future_is_not_looked_at(books, tmp_path):
    assert made(books, tmp_path / "none", []) == ({}, [])
    pins = [books.accounts(DAY, {"A": "C1"}), books.balances(date(9999, 12, 31), {"A": 1}), books.balances(NEXT, {"A": 2})]
    assert made(books, tmp_path / "future", pins) == ({}, [])


def test_steps_of_one_day_come_to_the_same(books, tmp_path, monkeypatch):
    pins = [books.accounts(MONTH, {"A": "C1", "B": "C2"})]
    pins += [books.balances(day, {"A": day.day, "B": 7}) for day in (DAY, NEXT)]
    pins += [movements(books, NEXT, ("A", 3, "SALARY"))]
    whole = made(books, tmp_path / "whole", pins, end=NEXT)
    monkeypatch.setattr(day_staging, "_STEP_ROWS", 1)
    assert made(books, tmp_path / "steps", pins, end=NEXT) == whole
    assert len(whole[0]) == 4


def test_a_month_is_the_same_to_the_byte_from_the_same_pins(books, tmp_path):
    pins = [books.accounts(MONTH, {str(n): f"C{n % 7}" for n in range(50)}), books.balances(DAY, {str(n): n for n in range(50)})]
    made(books, tmp_path / "one", pins)
    made(books, tmp_path / "other", pins)
    assert (tmp_path / "one/customer_days.parquet").read_bytes() == (tmp_path / "other/customer_days.parquet").read_bytes()
