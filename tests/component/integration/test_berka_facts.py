"""All transactions of the PKDD'99 bank in columns: typed by their feeds, rebuilt to balances, held against a lossy copy."""

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise, permutations

import pytest

from deploy.demonstration.berka import files
from services.chassis import keys
from services.chassis.lake.lake import Lake
from services.chassis.lake.schemas import SCHEMAS
from services.integration.engine import differences, rebuilding, reconciling, staging
from services.integration.model.feed_definition import load
from services.integration.usecases.definitions import PACKS

# The file states balances in tenths of a crown, and amounts too: what interest left over below them is lost in each.
TENTH_OF_A_CROWN = 10
FEEDS = {feed.name: feed for feed in map(load, (PACKS / "berka").glob("transactions*.toml"))}
ROWS = {"berka.transactions": 49_102, "berka.transactions-english": 30_200, "berka-copy.transactions": 28_205}
CREDITS = {"PRIJEM", "credit", "Credit"}


@pytest.fixture(scope="module")
def deliveries(shared_data):
    return {each.feed: each for each in files.transactions(shared_data / "berka")}


@pytest.fixture(scope="module")
def engine(deliveries, tmp_path_factory):
    """An engine with a view of typed rows for each feed, named by its place, and no row at fault."""
    home = tmp_path_factory.mktemp("keys")
    keys.create_keys(home)
    keys.use_data_keys(keys.DataKeys.load(home / keys.DATA_KEYS_FILE))
    with Lake(home / "lake").connection() as connection:
        for name, delivery in deliveries.items():
            folder = tmp_path_factory.mktemp("staged")
            with delivery.open() as content:
                staged = staging.stage(connection, FEEDS[name], content, folder, "UTC")
            assert (staged.rows_read, staged.bad) == (ROWS[name], [])
            url = staging.staged_url(FEEDS[name], folder)
            system = FEEDS[name].feed.source_system
            connection.execute(
                f"CREATE TABLE {table(name)} AS SELECT '{system}' AS source_system, row_date AS business_date, "
                f"* EXCLUDE (line, fault, row_date) FROM read_parquet('{url}')"
            )
        yield connection


def table(feed):
    return feed.replace(".", "_").replace("-", "_")


def original(delivery):
    """The rows of a file as Python's own reader has them: account, date, signed amount and balance in halers."""
    with delivery.open() as file:
        text = io.StringIO(file.read().decode("ascii"))
        heading = text.readline().replace('"', "").lower().strip()
        delimiter = ";" if ";" in heading else ","
        for row in csv.DictReader(text, heading.split(delimiter), delimiter=delimiter):
            amount = int(Decimal(row["amount"]) * 100)
            yield (
                row["account_id"],
                row["date"],
                amount if row["type"] in CREDITS else -amount,
                int(Decimal(row["balance"]) * 100),
            )


@pytest.mark.parametrize("feed", ROWS)
def test_amounts_and_balances_sum_to_the_haler(engine, deliveries, feed):
    rows = list(original(deliveries[feed]))
    expected = (len(rows), sum(amount for *_, amount, _ in rows), sum(balance for *_, balance in rows))
    held = "count(*), sum(amount_minor_units)::BIGINT, sum(balance_after_minor_units)::BIGINT"
    assert engine.execute(f"SELECT {held} FROM {table(feed)}").fetchall() == [expected]


@pytest.fixture(scope="module")
def rebuilt(engine):
    engine.execute("CREATE VIEW movements AS FROM berka_transactions UNION ALL FROM berka_transactions_english")
    rebuilding.rebuild(engine, tolerance_minor_units=TENTH_OF_A_CROWN)
    return engine


def test_rebuilt_balances_are_the_sums_of_all_movements_so_far(rebuilt, deliveries):
    """Held against plain additions, one after the other."""
    days = defaultdict(int)
    for feed in ("berka.transactions", "berka.transactions-english"):
        for account, day, amount, _ in original(deliveries[feed]):
            days[account, day] += amount
    balance, expected = defaultdict(int), {}
    moved = defaultdict(list)
    for account, day in days:
        moved[day].append(account)
    for day in sorted(moved):
        for account in moved[day]:
            balance[account] += days[account, day]
        expected[date(1900 + int(day[:2]), int(day[2:4]), int(day[4:]))] = (len(balance), sum(balance.values()), dict(balance))
    held = rebuilt.execute(
        "SELECT business_date, count(*), sum(balance_minor_units)::BIGINT FROM standing_balances GROUP BY business_date"
    ).fetchall()
    assert {day: rest for day, *rest in held} == {day: [count, total] for day, (count, total, _) in expected.items()}
    for place in range(0, len(expected), 97):
        day = sorted(expected)[place]
        rows = rebuilt.execute(
            "SELECT account_number, balance_minor_units FROM standing_balances WHERE business_date = ?", [day]
        ).fetchall()
        assert dict(rows) == expected[day][2]


def test_every_stated_balance_is_explained(rebuilt):
    """The stated balances hold everywhere, to the tenths that they are rounded to, but for the day at which a file is cut off."""
    assert rebuilding.row_counts(rebuilt) == {"left": 63_399, "right": 63_399, "matched": 63_399, "equal": 32_957}
    counted = differences.counts(rebuilt, rebuilding.told_differences())
    assert counted == [
        ("balance_minor_units", "CARRIED", 26_998),
        ("balance_minor_units", "GAP", 28),
        ("balance_minor_units", "ROUNDING", 3_416),
    ]
    gaps = rebuilt.execute("SELECT DISTINCT business_date FROM balance_differences WHERE kind = 'GAP'").fetchall()
    assert gaps == [(date(1994, 3, 31),)]


def test_without_a_tolerance_days_are_told_that_have_no_consistent_order(rebuilt, deliveries):
    """Held against a search through all orders of each day."""
    rebuilding.rebuild(rebuilt, tolerance_minor_units=0)
    told = rebuilt.execute("SELECT account_number, business_date FROM balance_differences WHERE kind = 'NO_ORDER'").fetchall()
    days = defaultdict(list)
    for feed in ("berka.transactions", "berka.transactions-english"):
        for account, day, amount, balance in original(deliveries[feed]):
            days[account, date(1900 + int(day[:2]), int(day[2:4]), int(day[4:]))].append((balance - amount, balance))
    disordered = [place for place, rows in days.items() if len(rows) > 1 and not any(map(_goes_on, permutations(rows)))]
    assert sorted(told) == sorted(disordered)
    assert len(told) == 346
    rebuilding.rebuild(rebuilt, tolerance_minor_units=TENTH_OF_A_CROWN)


def _goes_on(rows):
    return all(before[1] == after[0] for before, after in pairwise(rows))


def test_the_copy_differs_in_exactly_the_rounded_amounts(engine):
    """28,205 rows of 1993 once more, 23 years later: 8,325 amounts are whole crowns, and nothing else differs."""
    engine.execute("CREATE VIEW left_rows AS FROM berka_transactions WHERE year(business_date) = 1993")
    engine.execute("CREATE VIEW right_rows AS FROM berka_copy_transactions")
    reconciling.reconcile(engine, reconciling.Comparison(SCHEMAS["transactions"], shift_years=23))
    assert differences.counts(engine, "FROM differences") == [("amount_minor_units", "ROUNDED", 8_325)]
    assert reconciling.row_counts(engine) == {"left": 28_205, "right": 28_205, "matched": 28_205, "equal": 28_205 - 8_325}
    first = engine.execute(
        "SELECT key, business_date, left_value, right_value FROM differences ORDER BY number LIMIT 1"
    ).fetchall()
    ((key, day, left, right),) = first
    assert day == date(1993, 1, 31)
    assert abs(Decimal(left) - Decimal(right)) <= Decimal("0.50")
    assert key.isdecimal()
    assert right.endswith(".00")
