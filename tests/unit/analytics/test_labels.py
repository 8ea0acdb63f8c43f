"""Who left, by the written definition: each way to leave, and whoever is left out."""

from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.analytics.engine.labels import write_labels
from services.analytics.rules.leaving import Leaving

AS_OF = date(2026, 6, 30)
RULE = Leaving()
_FLOWS = ("salary_inflow", "settlement_inflow")


def days_of(numbers, until=AS_OF + timedelta(days=90)):
    """Rows from 90 days before on: of each customer a function from the day's place (1 is the first after) to its row."""
    rows = []
    for number, row_of in numbers.items():
        for place in range(-89, (until - AS_OF).days + 1):
            row = row_of(place)
            if row is not None:
                rows.append({"customer_number": number, "day": AS_OF + timedelta(days=place)} | row)
    names = ("deposit", "term", "wealth", *_FLOWS)
    columns = {name: pa.array([row.get(name, 0) for row in rows], pa.int64()) for name in names}
    head = {
        "customer_number": pa.array([row["customer_number"] for row in rows], pa.string()),
        "day": pa.array([row["day"] for row in rows], pa.date32()),
    }
    return pa.table(head | columns)


@pytest.fixture
def label(tmp_path):
    def made(numbers, **fields):
        days, path = tmp_path / "days.parquet", tmp_path / "labels.parquet"
        pq.write_table(days_of(numbers, **fields), days)
        with duckdb.connect() as connection:
            if not write_labels(connection, [days], AS_OF, 90, 0.5, path, leaving=RULE):
                return None
        return {row["customer_number"]: row for row in pq.read_table(path).to_pylist()}

    return made


def steady(amount):
    return lambda _place: {"deposit": amount}


def test_half_of_the_own_average_is_the_border(label):
    rows = label(
        {
            "1": steady(1_000_000),
            "2": lambda place: {"deposit": 1_000_000 if place <= 0 else 500_000},
            "3": lambda place: {"deposit": 1_000_000 if place <= 0 else 500_001},
            # From one product to another is not away.
            "4": lambda place: {"deposit": 1_000_000} if place <= 0 else {"wealth": 1_000_000},
        }
    )
    assert [rows[number]["left"] for number in "1234"] == [False, True, False, False]
    assert (rows["2"]["assets_before"], rows["2"]["assets_after"], rows["2"]["lost"]) == (1_000_000, 500_000, 500_000)
    assert rows["2"]["leave_date"] == AS_OF + timedelta(days=1)
    assert rows["1"]["leave_date"] is None


def test_days_without_an_account_are_days_without_balance(label):
    rows = label({"1": lambda place: {"deposit": 900_000} if place <= 30 else None, "2": steady(1)})
    assert (rows["1"]["assets_after"], rows["1"]["left"]) == (300_000, True)
    assert rows["1"]["leave_date"] == AS_OF + timedelta(days=31)


def test_a_salary_that_ends_is_leaving_though_the_balance_stays(label):
    def paid(last):
        return lambda place: {"deposit": 1_000_000, "salary_inflow": 500 if place % 30 == 5 and place <= last else 0}

    rows = label({"1": paid(90), "2": paid(5), "3": paid(40), "4": paid(-60)})
    assert [rows[number]["salary_left"] for number in "1234"] == [False, True, False, False]
    assert [rows[number]["left"] for number in "1234"] == [False, True, False, False]


def test_settlement_that_fades_is_leaving(label):
    def settled(after):
        return lambda place: {"deposit": 1_000_000, "settlement_inflow": 1_000 if place <= 0 else after}

    rows = label({"1": settled(1_000), "2": settled(200), "3": settled(201), "4": settled(0)})
    assert [rows[number]["left"] for number in "1234"] == [False, True, False, True]


def test_whoever_is_gone_had_nothing_or_has_just_come_is_left_out(label):
    rows = label(
        {
            "gone": lambda place: {"deposit": 1_000_000 if place < -10 else 1_000},
            "poor": steady(RULE.assets_min - 1),
            "new": lambda place: {"deposit": 1_000_000} if place > -29 else None,
            "zero": steady(0),
            "owes": steady(-1_000_000),
            "later": lambda place: {"deposit": 1_000_000} if place > 0 else None,
            "before": lambda place: {"deposit": 1_000_000} if place < -20 else None,
            "stays": steady(1_000_000),
        }
    )
    assert {number: row["left"] for number, row in rows.items()} == {
        "gone": None, "poor": None, "new": None, "zero": None, "owes": None, "stays": False,
    }  # fmt: skip
    assert rows["gone"]["gone"]


def test_a_horizon_that_is_not_over_has_no_labels(label, tmp_path):
    assert label({"1": steady(1_000_000)}, until=AS_OF + timedelta(days=89)) is None
    assert not (tmp_path / "labels.parquet").exists()
    with duckdb.connect() as connection:
        assert not write_labels(connection, [], AS_OF, 90, 0.5, tmp_path / "labels.parquet")


@pytest.mark.parametrize(
    "fault",
    [{"kept_fraction": 1.0}, {"kept_fraction": -0.1}, {"horizon_days": 0}, {"flow_silence_days": 91}, {"assets_min": 0}],
)
def test_a_definition_that_means_nothing_is_refused(fault):
    with pytest.raises(ValueError, match=r"\."):
        Leaving(**fault)
