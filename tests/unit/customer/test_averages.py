"""Daily average balances: golden numbers, the day-by-day rule, and the engine that computes all accounts at once."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.lake.lake import Pin
from services.customer.engine import balances as engine
from services.customer.engine.snapshots import batch
from services.customer.rules.averages import Average, Period, Running, divided, figures, first_day, folded, nothing_yet, reference

D = date
MONTH, QUARTER, YEAR = Period


def averages(balances, as_of, **how):
    balances = {day: amount for day, amount in sorted(balances.items()) if day <= as_of}
    told = figures(folded(balances.items(), how.get("base_date")), as_of, **how)
    assert told == reference(balances, as_of, **how)
    return told


def test_a_missing_day_carries_the_last_balance_forward():
    told = averages({D(2026, 3, 1): 100, D(2026, 3, 4): 400}, D(2026, 3, 5))
    # 100 + 100 + 100 + 400 + 400 over five days.
    assert told.averages[MONTH] == Average(1_100, 5)
    assert told.averages[MONTH].minor_units == 220


def test_the_days_before_the_opening_count_nothing_and_the_denominator_stays():
    told = averages({D(2026, 3, 16): 3_100}, D(2026, 3, 31))
    assert told.averages[MONTH] == Average(3_100 * 16, 31)
    assert told.averages[MONTH].minor_units == 1_600
    assert told.averages[QUARTER] == Average(3_100 * 16, 90)
    assert told.averages[YEAR] == told.averages[QUARTER]


def test_a_leap_year_has_366_days_and_its_february_29():
    told = averages({D(2023, 12, 31): 366}, D(2024, 12, 31))
    assert told.averages[YEAR] == Average(366 * 366, 366)
    assert averages({D(2024, 1, 1): 29}, D(2024, 2, 29)).averages[MONTH] == Average(29 * 29, 29)
    assert averages({D(2026, 1, 1): 28}, D(2026, 2, 28)).averages[MONTH] == Average(28 * 28, 28)


def test_a_month_ends_and_the_next_begins_at_nothing():
    balances = {D(2026, 1, 31): 1_000, D(2026, 2, 1): 50}
    assert averages(balances, D(2026, 1, 31)).averages[MONTH] == Average(1_000, 31)
    told = averages(balances, D(2026, 2, 1))
    assert told.averages == {MONTH: Average(50, 1), QUARTER: Average(1_050, 32), YEAR: Average(1_050, 32)}
    assert averages(balances, D(2026, 4, 1)).averages[QUARTER] == Average(50, 1)


def test_an_overdrawn_account_averages_below_nothing():
    told = averages({D(2026, 3, 1): -100, D(2026, 3, 2): 99}, D(2026, 3, 2))
    assert told.averages[MONTH] == Average(-1, 2)
    # Half to even, also below nothing.
    assert told.averages[MONTH].minor_units == 0
    assert divided(-3, 2) == -2
    assert [divided(amount, 4) for amount in (2, 6, -2, -6, 3, 5)] == [0, 2, 0, -2, 1, 1]


def test_increments_are_against_the_last_years_end():
    told = averages({D(2025, 12, 20): 500, D(2026, 1, 11): 700}, D(2026, 1, 20))
    assert (told.base, told.balance, told.increment) == (500, 700, 200)
    # Ten days of 500 and ten of 700, less 500.
    assert told.year_increment == 100
    assert averages({D(2026, 1, 11): 700}, D(2026, 1, 20)).base == 0


def test_increments_are_against_another_day_where_one_is_set():
    balances = {D(2025, 12, 20): 500, D(2026, 4, 10): 700, D(2026, 7, 1): 900}
    assert averages(balances, D(2026, 8, 1), base_date=D(2026, 6, 30)).base == 700
    assert averages(balances, D(2026, 8, 1), base_date=D(2026, 3, 31)).base == 500


def test_a_closed_account_counts_nothing_from_its_last_day_on():
    told = averages({D(2026, 3, 1): 310}, D(2026, 3, 31), closed=D(2026, 3, 11))
    assert (told.balance, told.averages[MONTH]) == (0, Average(3_100, 31))
    # A balance that moved after it says that the account lived on.
    told = averages({D(2026, 3, 1): 310, D(2026, 3, 12): 1}, D(2026, 3, 12), closed=D(2026, 3, 11))
    assert (told.balance, told.averages[MONTH].sum) == (1, 3_411)


def test_large_amounts_keep_every_digit():
    amount = 10**16 + 1
    told = averages({D(2024, 1, 1): amount}, D(2024, 12, 31))
    assert (told.averages[YEAR].sum, told.averages[YEAR].minor_units) == (amount * 366, amount)


def test_unlike_periods_do_not_add_up():
    assert Average(1, 30) + Average(2, 30) == Average(3, 30)
    with pytest.raises(ValueError, match="unlike periods"):
        Average(1, 30) + Average(2, 31)
    assert nothing_yet(D(2026, 2, 3)).averages[MONTH] == Average(0, 3)
    assert first_day(QUARTER, D(2026, 12, 31)) == D(2026, 10, 1)


# Opened once: each takes a while.
CONNECTION = duckdb.connect()
AMOUNTS = st.sampled_from([0, 1, -7, 100, 100, 10**15])
DAYS = st.integers(0, 430).map(lambda place: D(2023, 11, 20) + timedelta(days=place))


@given(
    st.dictionaries(DAYS, AMOUNTS, min_size=1, max_size=12),
    st.integers(0, 400),
    st.none() | st.integers(-20, 400),
    st.sampled_from([None, D(2024, 3, 31)]),
)
def test_a_running_balance_says_what_the_days_say(balances, later, closes, base_date):
    last = max(balances)
    closed = None if closes is None else last + timedelta(days=closes)
    as_of = last + timedelta(days=later)
    running = folded(sorted(balances.items()), base_date)
    assert figures(running, as_of, closed, base_date) == reference(balances, as_of, closed, base_date)


class Days:
    """A lake of balances in memory: each revision of a day with its rows by account."""

    def __init__(self):
        self.rows = {}

    def relation(self, connection, _schema, pins):
        rows = [
            f"('{account}', 'CNY', {amount}, DATE '{pin.business_date}')"
            for pin in pins
            for account, amount in self.rows[pin].items()
        ]
        columns = "account_number, currency_code, balance_minor_units, business_date"
        none = "('', 'CNY', 0::BIGINT, DATE '2000-01-01')"
        return connection.sql(f"SELECT * FROM (VALUES {', '.join([none, *rows])}) AS days({columns}) WHERE account_number <> ''")


class Book:
    """Keeps running balances as the service does: by the days that follow, and anew where a day is corrected."""

    def __init__(self, base_date):
        self.lake, self.base_date = Days(), base_date
        self.current, self.kept = {}, {}

    def publish(self, day, rows):
        former = self.current.get(day)
        pin = Pin("core.balances", "balances", "core", day, former.revision + 1 if former else 1)
        self.lake.rows[pin] = rows
        last = max(self.current, default=None)
        before = self.current[last] if last else None
        self.current[day] = pin
        with CONNECTION.cursor() as connection:
            if last is not None and day <= last:
                engine.find_affected(connection, self.lake, [(pin, former)])
                engine.find_points(
                    connection, self.lake, [self.current[each] for each in sorted(self.current)], after=None, affected=True
                )
                count = engine.fold(connection, self.base_date, affected=True)
            else:
                pins = [before, pin] if before else [pin]
                engine.find_points(connection, self.lake, pins, after=last, affected=False)
                engine.hold(
                    connection, [self.kept[each] for each in engine.moved_accounts(connection, "", 9) if each in self.kept]
                )
                count = engine.fold(connection, self.base_date, affected=False)
            for row in batch(connection, "results", engine.RUNNING, 0, count):
                self.kept[row["account_number"]] = tuple(row.values())

    def running(self, account):
        row = self.kept.get(account)
        return Running(row[2], row[3], *row[4:7], base=row[7]) if row and row[2] else None

    def days(self, account):
        return {day: rows[account] for day, pin in self.current.items() if account in (rows := self.lake.rows[pin])}


SPARSE_DAYS = st.sampled_from(
    [D(2023, 12, 30), D(2023, 12, 31), D(2024, 1, 1), D(2024, 1, 31), D(2024, 2, 29), D(2024, 3, 1), D(2024, 4, 1), D(2025, 1, 2)]
)
REVISIONS = st.lists(
    st.tuples(SPARSE_DAYS, st.dictionaries(st.sampled_from("ABC"), st.sampled_from([0, 1, -7, 100, 10**15]), max_size=3)),
    min_size=1,
    max_size=9,
)


@settings(max_examples=40, deadline=None)
@given(REVISIONS, st.sampled_from([None, D(2024, 1, 31)]))
def test_day_by_day_and_corrected_equals_made_anew_and_equals_the_rule(revisions, base_date):
    book = Book(base_date)
    for day, rows in revisions:
        book.publish(day, rows)
    as_of = max(book.current) + timedelta(days=3)
    for account in "ABC":
        days = book.days(account)
        if not days:
            assert book.running(account) is None
            continue
        expected = reference(days, as_of, base_date=base_date)
        assert figures(book.running(account), as_of, base_date=base_date) == expected
        assert figures(folded(sorted(days.items()), base_date), as_of, base_date=base_date) == expected
