"""Balances rebuilt from movements: held against plain additions, whatever the order in which a day's movements come."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise, permutations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.integration.engine import differences, rebuilding

FIRST = date(1993, 1, 1)
# Small numbers, so that orders often have a choice; more a day than are searched would take a test too long.
amounts = st.integers(-5, 5).filter(bool)
days = st.lists(st.lists(amounts, min_size=1, max_size=4), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        yield connection


def rebuilt(engine, movements, tolerance=0):
    """Rebuilds from (account, day, amount, balance after), numbered as they come."""
    engine.execute(
        "CREATE OR REPLACE TABLE rows (transaction_number VARCHAR, account_number VARCHAR, currency_code VARCHAR, "
        "business_date DATE, amount_minor_units BIGINT, balance_after_minor_units BIGINT)"
    )
    rows = [[str(number), account, "CZK", day, amount, after] for number, (account, day, amount, after) in enumerate(movements)]
    if rows:
        engine.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", rows)
    engine.execute("CREATE OR REPLACE VIEW movements AS FROM rows")
    rebuilding.rebuild(engine, tolerance_minor_units=tolerance)
    columns = "business_date, rebuilt_minor_units, stated_minor_units, step_minor_units, kind"
    return engine.execute(f"SELECT {columns} FROM balance_differences ORDER BY number").fetchall()


def booked(days_, account="A"):
    """Movements with the balances that follow in that order."""
    balance = 0
    for place, day in enumerate(days_):
        for amount in day:
            balance += amount
            yield account, FIRST + timedelta(days=place), amount, balance


@given(days, st.randoms())
@settings(max_examples=25)
def test_whatever_the_order_of_the_rows_all_agrees(engine, days_, random):
    movements = list(booked(days_))
    random.shuffle(movements)
    assert rebuilt(engine, movements) == []
    balances = engine.execute("SELECT business_date, balance_minor_units FROM standing_balances ORDER BY 1").fetchall()
    closing = {day: after for _, day, _, after in booked(days_)}
    assert balances == sorted(closing.items())


@given(days, st.randoms(), st.data())
@settings(max_examples=25)
def test_a_day_is_told_to_have_no_order_exactly_where_it_has_none(engine, days_, random, data):
    movements = list(booked(days_))
    place = data.draw(st.integers(0, len(movements) - 1))
    account, day, amount, after = movements[place]
    movements[place] = (account, day, amount, after + data.draw(st.integers(1, 3)))
    random.shuffle(movements)
    told = {day for day, *_, kind in rebuilt(engine, movements) if kind == "NO_ORDER"}
    by_day = defaultdict(list)
    for _, day, amount, after in movements:
        by_day[day].append((after - amount, after))
    disordered = {day for day, rows in by_day.items() if not any(map(goes_on, permutations(rows)))}
    assert told == disordered


def goes_on(rows):
    return all(before[1] == after[0] for before, after in pairwise(rows))


def test_a_day_has_the_balance_of_every_account_that_has_moved_by_then(engine):
    first, second, third = (FIRST + timedelta(days=place) for place in (0, 3, 4))
    rebuilt(engine, [("A", first, 10, 10), ("B", second, 7, 7), ("A", third, -4, 6)])
    held = engine.execute("FROM standing_balances ORDER BY business_date, account_number").fetchall()
    assert held == [
        ("A", "CZK", first, 10),
        ("A", "CZK", second, 10), ("B", "CZK", second, 7),
        ("A", "CZK", third, 6), ("B", "CZK", third, 7),
    ]  # fmt: skip


def test_a_published_day_on_which_nothing_moved_after_all_keeps_its_balances(engine, tmp_path):
    first, second = FIRST, FIRST + timedelta(days=1)
    rebuilt(engine, [("A", first, 10, 10)])
    engine.execute(
        "CREATE OR REPLACE VIEW published AS FROM (VALUES "
        f"('A', 'CZK', DATE '{first}', 10::BIGINT), ('A', 'CZK', DATE '{second}', 25)) "
        "AS rows (account_number, currency_code, business_date, balance_minor_units)"
    )
    urls = [str(tmp_path / name) for name in ("balances.parquet", "dates.parquet")]
    rebuilding.keep_changes(engine, *urls)
    assert rebuilding.load_changes(engine, *urls, after=date.min, size=9) == [second]
    assert engine.execute(rebuilding.balances_of(second)).fetchall()[0][:3] == ("A", "CZK", 10)


def test_a_missing_movement_is_a_gap_and_is_carried_from_then_on(engine):
    movements = [row for row in booked([[100], [50], [-30], [7]]) if row[2] != 50]
    found = rebuilt(engine, movements)
    assert [(str(day), left, right, step, kind) for day, left, right, step, kind in found] == [
        ("1993-01-03", 70, 120, 50, "GAP"),
        ("1993-01-04", 77, 127, 0, "CARRIED"),
    ]


def test_an_account_that_does_not_begin_at_nothing_is_told(engine):
    movements = [row for row in booked([[100], [50]]) if row[2] != 100]
    assert [row[1:] for row in rebuilt(engine, movements)] == [(50, 150, 100, "OPENING")]


def test_what_the_source_rounds_is_told_as_such(engine):
    """Balances of 1.04, 2.08 and 2.08, of which the source shows tenths; and amounts in tenths."""
    day = timedelta(days=1)
    movements = [("A", FIRST, 10, 10), ("A", FIRST + day, 10, 20), ("A", FIRST + 2 * day, 10, 31), ("A", FIRST + 3 * day, 10, 41)]
    assert [row[1:] for row in rebuilt(engine, movements, tolerance=1)] == [(30, 31, 1, "ROUNDING"), (40, 41, 0, "CARRIED")]


def test_what_a_source_does_not_state_is_not_compared(engine):
    assert rebuilt(engine, [("A", FIRST, 10, None), ("A", FIRST, 5, 15)]) == []
    assert rebuilding.row_counts(engine) == {"left": 1, "right": 0, "matched": 0, "equal": 0}


def test_a_day_of_very_many_movements_is_not_searched_and_comes_to_an_end(engine):
    movements = [("A", FIRST, 1, 1)] * 500 + [("A", FIRST, -1, 0)] * 500
    assert [row[-1] for row in rebuilt(engine, movements)] == ["NO_ORDER"]


def test_no_movement_gives_no_balance(engine):
    assert rebuilt(engine, []) == []
    assert differences.counts(engine, rebuilding.told_differences()) == []
