"""A product that a bank adds without code is in its results from the day on which it begins."""

import time
from datetime import date

import pytest
from sqlalchemy import select

from services.performance.model import Result, Run
from services.performance.rules.catalogue import Measure
from services.performance.rules.periods import PeriodKind
from tests.component.books import TownBooks
from tests.component.performance.product_builders import definition, own_product, published

MONTH = date(2026, 9, 1)
DAYS = [date(2026, 9, day) for day in (1, 2, 3)]
# 360,000 yuan: at one per cent of spread a day of 360 has ten yuan.
BALANCE = 36_000_000


@pytest.fixture
def shop(town):
    """The catalogue with what a test adds to it."""
    with own_product(town):
        yield town


@pytest.fixture
def books(shop):
    """A green loan of 360,000 yuan and an ordinary one, for three days, with one price of funds."""
    books = TownBooks.of(shop)
    kept = {"kind": "LOAN", "open_date": date(2026, 8, 1), "maturity_date": date(2027, 8, 1), "interest_rate_e8": 5_000_000}
    numbers = [("G1", shop.code), ("L1", "L01")]
    accounts = [{"account_number": n, "customer_number": "C1", "product_code": code} | kept for n, code in numbers]
    books.write("accounts", date(2026, 8, 1), accounts)
    books.ftp_curve(date(2026, 8, 1), {1: 1_000_000, 30: 2_000_000})
    for day in DAYS:
        books.balances(day, {"G1": BALANCE, "L1": BALANCE})
    return books


def computed(town):
    """The month's results by product, once they are computed."""
    run_id = town.analyst.call("StartRun", month_date=MONTH.isoformat()).run_id
    deadline = time.monotonic() + 90
    while not (run := _run(town, run_id)).end_time:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert run.error_reason == ""
    with town.service.database.transaction(read_only=True) as work:
        of_month = (Result.period_kind == PeriodKind.MONTH, Result.start_date == MONTH)
        return {row.product_code: row for row in work.session.scalars(select(Result).where(*of_month))}


def _run(town, run_id):
    with town.service.database.transaction(read_only=True) as work:
        return work.session.get_one(Run, run_id)


def test_a_new_product_takes_its_accounts_from_its_first_day_on(shop, books):
    published(shop, start_date="2026-09-02")
    dearer = definition(shop.code)
    dearer.parameters[0].value = "0.012"
    dearer.sources[0].formulas.add(measure=Measure.UNIT_PRICE, formula="balance * cost * coefficient")
    published(shop, start_date="2026-09-03", definition=dearer)
    results = computed(shop)
    assert set(results) == {"LOAN", shop.code}
    # Three per cent of spread: three days of the ordinary loan, and the green one's first, which was ordinary then.
    assert results["LOAN"].ftp_profit == 4 * 3_000
    # 0.6 per cent less on the second day, 1.2 on the third, which alone has a price.
    assert results[shop.code].ftp_profit == 2_400 + 1_800
    assert results[shop.code].unit_price == 1_200
    assert {code: row.balance for code, row in results.items()} == {"LOAN": BALANCE, shop.code: BALANCE}
