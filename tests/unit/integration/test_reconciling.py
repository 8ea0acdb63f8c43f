"""Two exports of the same facts: held against a comparison of dictionaries, and case by case."""

from collections import Counter
from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.lake.lake import stored_columns
from services.chassis.lake.schemas import SCHEMAS
from services.integration.engine import reconciling

DAY = date(1993, 2, 28)
SCHEMA = SCHEMAS["transactions"]


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        for side in ("left", "right"):
            columns = ", ".join(f"{name} {type_}" for name, type_ in stored_columns(SCHEMA))
            connection.execute(f"CREATE TABLE {side}_rows ({columns})")
        yield connection


def reconciled(engine, left, right, **options):
    for side, rows in (("left", left), ("right", right)):
        engine.execute(f"DELETE FROM {side}_rows")
        for row in rows:
            values = {"source_system": side, "business_date": DAY, "account_number": "A", "currency_code": "CZK"} | row
            places = ", ".join("?" for _ in values)
            engine.execute(f"INSERT INTO {side}_rows ({', '.join(values)}) VALUES ({places})", list(values.values()))
    reconciling.reconcile(engine, reconciling.Comparison(SCHEMA, **options))
    found = "SELECT key, column_name, kind, left_value, right_value FROM differences ORDER BY number"
    return engine.execute(found).fetchall()


def row(number, amount=100, **values):
    return {"transaction_number": number, "amount_minor_units": amount} | values


rows = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 2)), max_size=6)


@given(rows, rows)
@settings(max_examples=20)
def test_each_row_is_matched_once(engine, left, right):
    found = reconciled(engine, [row(*each) for each in left], [row(*each) for each in right])
    kinds = Counter(kind for _, _, kind, *_ in found)
    counts = {key: (sum(key == k for k, _ in left), sum(key == k for k, _ in right)) for key in "abcd"}
    assert kinds["MISSING"] == sum(max(on_left - on_right, 0) for on_left, on_right in counts.values())
    assert kinds["EXTRA"] == sum(max(on_right - on_left, 0) for on_left, on_right in counts.values())
    told = reconciling.row_counts(engine)
    assert (told["left"], told["right"]) == (len(left), len(right))
    assert told["matched"] == sum(min(pair) for pair in counts.values())
    if Counter(left) == Counter(right):
        assert found == []


@pytest.mark.parametrize(
    ("left", "right", "tolerance", "expected"),
    [
        (1250, 1300, 0, "ROUNDED"),
        (1250, 1200, 0, "ROUNDED"),
        (-1250, -1300, 0, "ROUNDED"),
        (1249, 1300, 0, "DIFFERING"),
        (1249, 1250, 1, "WITHIN_TOLERANCE"),
        (1249, 1251, 1, "DIFFERING"),
        (1249, None, 1, "EMPTIED"),
        (None, 1249, 1, "FILLED"),
    ],
)
def test_amounts_differ_in_their_kinds(engine, left, right, tolerance, expected):
    told = reconciled(engine, [row("1", left)], [row("1", right)], tolerance_minor_units=tolerance)
    assert [(column, kind) for _, column, kind, *_ in told] == [("amount_minor_units", expected)]


def test_amounts_are_told_with_all_their_digits_in_units_of_their_currency(engine):
    for currency, left, right in (
        ("CZK", "92233720368547758.07", "-0.05"),
        ("JPY", "9223372036854775807", "-5"),
        ("KWD", "9223372036854775.807", "-0.005"),
    ):
        money = {"currency_code": currency}
        told = reconciled(engine, [row("1", 2**63 - 1, **money)], [row("1", -5, **money)])
        assert told == [("1", "amount_minor_units", "DIFFERING", left, right)]


def test_dates_are_shifted_by_years_and_days(engine):
    left = [row("1", business_date=date(1993, 2, 28), value_date=date(1993, 3, 1))]
    right = [row("1", business_date=date(2016, 2, 29), value_date=date(2016, 3, 2))]
    assert reconciled(engine, left, right, shift_years=23, shift_days=1) == []
    told = reconciled(engine, left, right, shift_years=23)
    assert [(column, kind) for _, column, kind, *_ in told] == [("business_date", "DIFFERING"), ("value_date", "DIFFERING")]


def test_what_says_something_of_a_person_is_not_told(engine):
    told = reconciled(engine, [row("1", counterparty_name="王雅婷")], [row("1", counterparty_name="李明")])
    assert told == [("1", "counterparty_name", "DIFFERING", None, None)]


def test_only_the_columns_that_are_named_are_compared(engine):
    left, right = [row("1", counterparty_bank="AB")], [row("1", 7, counterparty_bank="CD")]
    assert [each[1] for each in reconciled(engine, left, right, columns=("counterparty_bank",))] == ["counterparty_bank"]
