"""What stands on the day of an analysis, and of whom something new came since the one before."""

from datetime import date

import pyarrow as pa
import pytest
from pyarrow import parquet

from services.analytics.engine import standing, touching
from services.analytics.engine.standing import StandingInputs
from services.analytics.usecases.analyses import exporting
from services.chassis import keys
from services.chassis.lake.lake import Lake
from tests.component.books import Books

DAY, BEFORE = date(2026, 11, 24), date(2026, 8, 26)
_TYPES = {"string": pa.string(), "int64": pa.int64(), "date": pa.date32(), "bool": pa.bool_(), "time": pa.timestamp("us")}
_TYPES |= {"strings": pa.list_(pa.string())}


@pytest.fixture
def books(tmp_path):
    keys.create_keys(tmp_path)
    # Datasets with personal columns are sealed.
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    return Books(Lake(tmp_path / "lake", memory_mb_max=256), source_system="core")


def put(path, columns, rows):
    schema = pa.schema([(name, _TYPES[type_]) for name, type_ in columns.items()])
    parquet.write_table(pa.Table.from_pylist([{name: row.get(name) for name in columns} for row in rows], schema), path)


def stood(books, folder, numbers=("A", "B"), aliases=(), events=(), orders_before=(), **pins):
    """The files, as rows by their names."""
    folder.mkdir()
    put(folder / "records.parquet", exporting.CUSTOMERS, [{"customer_id": f"id-{n}", "customer_number": n} for n in numbers])
    put(folder / "aliases.parquet", exporting.ALIASES, [{"customer_number": a, "survivor_number": b} for a, b in aliases])
    put(folder / "events.parquet", exporting.EVENTS, list(events))
    made = folder / "made"
    made.mkdir()
    inputs = StandingInputs(DAY, "CNY", {name: list(each) for name, each in pins.items()}, list(orders_before), folder)
    with books.lake.connection() as connection:
        standing.write_standing(connection, books.lake, inputs, made)
    return {path.stem: parquet.read_table(path).to_pylist() for path in made.glob("*.parquet")}


def test_nothing_at_all_is_empty_files(books, tmp_path):
    found = stood(books, tmp_path / "x", numbers=())
    assert found == {name: [] for name in ("customers", "aliases", "accounts", "happenings", "standing_orders", "rates")}


def test_balances_are_in_the_home_currency_and_one_without_a_rate_is_not_known(books, tmp_path):
    accounts = books.write(
        "accounts",
        DAY,
        [
            {"account_number": number, "customer_number": "A", "currency_code": code}
            for number, code in (("1", "CNY"), ("2", "USD"), ("3", "JPY"), ("4", "XXX"), ("5", "CNY"))
        ],
    )
    rows = (("1", "CNY", -5), ("2", "USD", 10_001), ("3", "JPY", 1_000), ("4", "XXX", 7))
    balances = books.write(
        "balances",
        DAY,
        [{"account_number": n, "currency_code": c, "balance_minor_units": a, "interest_rate_e8": 3} for n, c, a in rows],
    )
    rates = books.exchange_rates(DAY, {"USD": 712_345_678, "JPY": 4_712_345})
    found = stood(books, tmp_path / "x", accounts=[accounts], balances=[balances], fx_rates=[rates])["accounts"]
    # 100.01 dollars at 7.12345678, and 1,000 yen, which have no hundredths, at 0.04712345.
    assert {row["account_number"]: row["balance"] for row in found} == {"1": -5, "2": 71_242, "3": 4_712, "4": None, "5": None}
    assert {row["interest_rate_e8"] for row in found} == {3, None}


def test_nothing_of_a_later_day_is_read(books, tmp_path):
    later = date(2026, 11, 25)
    rows = [
        {"account_number": "1", "open_date": later},
        {"account_number": "2", "close_date": later, "state": "CLOSED"},
        {"account_number": "3", "close_date": DAY, "state": "CLOSED"},
    ]
    accounts = books.write("accounts", later, [row | {"customer_number": "A"} for row in rows])
    found = stood(books, tmp_path / "x", accounts=[accounts])["accounts"]
    told = [(row["account_number"], row["state"], row["close_date"]) for row in found]
    assert told == [("2", "ACTIVE", None), ("3", "CLOSED", DAY)]


def test_customers_are_since_the_core_system_knows_them_also_by_a_merged_record(books, tmp_path):
    since = {"A": date(2010, 1, 1), "M": date(2001, 2, 3), "B": date(2026, 12, 1)}
    told = [{"customer_number": n, "open_date": d, "kind": "RETAIL", "state": "ACTIVE"} for n, d in since.items()]
    customers = books.write("customers", DAY, told)
    found = stood(books, tmp_path / "x", aliases=[("M", "A")], customers=[customers])["customers"]
    assert [(row["customer_number"], row["open_date"]) for row in found] == [("A", date(2001, 2, 3)), ("B", None)]


def test_orders_that_are_told_of_no_more_are_as_good_as_cancelled(books, tmp_path):
    accounts = books.accounts(DAY, {"1": "A"})
    order = {"account_number": "1", "currency_code": "CNY", "amount_minor_units": 1}
    before = books.write("standing_orders", BEFORE, [order | {"order_number": n, "state": "ACTIVE"} for n in ("1", "2", "3")])
    states = {"1": "ACTIVE", "2": "CANCELLED", "4": "ACTIVE"}
    now = books.write("standing_orders", DAY, [order | {"order_number": n, "state": s} for n, s in states.items()])
    pins = {"accounts": [accounts], "standing_orders": [now]}
    found = stood(books, tmp_path / "x", orders_before=[before], **pins)["standing_orders"]
    told = {row["order_number"]: (row["active"], row["active_before"]) for row in found}
    assert told == {"1": (True, True), "2": (False, True), "3": (False, True), "4": (True, False)}


def rows_file(path, rows):
    parquet.write_table(
        pa.table({"customer_number": [n for n, _ in rows], "amount": pa.array([a for _, a in rows], pa.int64())}), path
    )
    return path


def test_whoever_has_another_row_is_touched_and_nobody_else(books, tmp_path):
    former = rows_file(tmp_path / "former.parquet", [("A", 1), ("A", 2), ("B", 1), ("C", 1), ("E", None)])
    # The order of rows says nothing; B has another amount, C is gone, D has come, E is known by now.
    now = rows_file(tmp_path / "now.parquet", [("A", 2), ("A", 1), ("B", 3), ("D", 1), ("E", 0)])
    with books.lake.connection() as connection:
        touching.write_touched(connection, [(now, former)], tmp_path / "touched.parquet")
        touched = parquet.read_table(tmp_path / "touched.parquet")["customer_number"].to_pylist()
        assert touched == ["B", "C", "D", "E"]
        # A month that nobody has looked at yet touches whoever is in it.
        touching.write_touched(connection, [(now, None)], tmp_path / "touched.parquet")
        assert parquet.read_table(tmp_path / "touched.parquet").num_rows == 4
        touching.write_touched(connection, [(now, now)], tmp_path / "touched.parquet")
        assert parquet.read_table(tmp_path / "touched.parquet").num_rows == 0


def test_rows_of_the_touched_are_new_and_all_others_stand(books, tmp_path):
    former = rows_file(tmp_path / "former.parquet", [("A", 1), ("B", 1), ("C", 1)])
    fresh = rows_file(tmp_path / "fresh.parquet", [("B", 3), ("D", 4)])
    touched = tmp_path / "touched.parquet"
    parquet.write_table(pa.table({"customer_number": ["B", "C", "D"]}), touched)
    with books.lake.connection() as connection:
        touching.write_merged(connection, fresh, former, touched, tmp_path / "merged.parquet")
    merged = parquet.read_table(tmp_path / "merged.parquet").to_pylist()
    assert [(row["customer_number"], row["amount"]) for row in merged] == [("A", 1), ("B", 3), ("D", 4)]
