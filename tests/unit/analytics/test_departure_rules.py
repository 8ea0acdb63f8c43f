"""What is expected to go with somebody, how sure that is, what past departures say, and who takes over."""

import random
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.engine.balances import Averages, averages
from services.analytics.rules import departures as rules
from services.analytics.rules.departures import AtRisk, KeepRate, Loss, Outcome
from services.analytics.rules.succession import Assignment, Candidate, assigned, done


def at_risk(customers):
    parts = [(balance, dependence / 10_000) for balance, dependence in customers]
    return AtRisk(
        len(parts),
        sum(balance for balance, _ in parts),
        sum(round(balance * part) for balance, part in parts),
        sum(balance**2 * part for balance, part in parts),
        sum((balance * part) ** 2 for balance, part in parts),
    )


def test_nothing_goes_where_nothing_depends_and_all_where_all_does():
    sure = KeepRate(0, 0, 9)
    assert rules.expected_loss(at_risk([]), sure) == Loss(0, 0, 0)
    assert rules.expected_loss(at_risk([(1_000, 0)]), sure) == Loss(0, 0, 0)
    assert rules.expected_loss(at_risk([(1_000, 10_000)]), sure) == Loss(1_000, 1_000, 1_000)
    assert rules.expected_loss(at_risk([(1_000, 10_000)]), KeepRate(10_000, 0, 9)) == Loss(0, 0, 0)
    # One customer who goes or stays: nobody knows.
    assert rules.expected_loss(at_risk([(1_000, 5_000)]), sure) == Loss(500, 0, 1_000)


def test_four_of_five_simulated_departures_lie_within():
    draw = random.Random(7)
    customers = [(draw.randrange(1, 10**7), draw.randrange(10_000)) for _ in range(150)]
    keep, within = KeepRate(2_500, 1_500, 0), 0
    loss = rules.expected_loss(at_risk(customers), keep)
    for _ in range(1_500):
        going = 1 - min(max(draw.gauss(0.25, 0.15), 0), 1)
        went = sum(balance for balance, part in customers if draw.random() < part / 10_000 * going)
        within += loss.low_minor_units <= went <= loss.high_minor_units
    assert 0.75 < within / 1_500 < 0.85


@given(
    st.lists(st.tuples(st.integers(0, 10**13), st.integers(0, 10_000)), max_size=20),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
)
def test_the_interval_is_about_what_is_expected(customers, rate, deviation):
    sums = at_risk(customers)
    sums = AtRisk(*[getattr(sums, name) for name in ("customer_count", "balance_minor_units")],
                  min(sums.at_risk_minor_units, sums.balance_minor_units), sums.squares, sums.squares_twice)  # fmt: skip
    loss = rules.expected_loss(sums, KeepRate(rate, deviation, 0))
    assert 0 <= loss.low_minor_units <= loss.expected_minor_units <= loss.high_minor_units <= sums.balance_minor_units


def test_the_keep_rate_goes_from_the_practice_to_the_banks_own():
    assert rules.keep_rate([]) == KeepRate(2_500, 1_500, 0)
    three = rules.keep_rate([8_500] * 3)
    assert (three.rate_e4, three.departure_count) == (5_500, 3)
    many = rules.keep_rate([8_000] * 97)
    assert (many.rate_e4, many.deviation_e4 < 400) == (7_835, True)
    # Those that differ make it less sure.
    assert rules.keep_rate([0, 10_000] * 5).deviation_e4 > 4_000


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [
        (Outcome(1_000, 500, 0, 0), 10_000),
        (Outcome(1_000, 500, 250, 0), 5_000),
        (Outcome(1_000, 500, 900, 0), 0),
        # Of all that others had a tenth went as well: of 350 lost 100 would have gone anyway.
        (Outcome(1_000, 500, 350, 1_000), 5_000),
        (Outcome(1_000, 500, 50, 1_000), 10_000),
        (Outcome(1_000, 0, 300, 0), None),
        (Outcome(0, 0, 0, 0), None),
    ],
)
def test_what_a_departure_teaches(outcome, kept):
    assert outcome.keep_rate_e4 == kept


def test_gone_is_whoever_keeps_73_percent_or_less():
    assert [rules.gone(1_000, after) for after in (730, 731, 0, -5)] == [True, False, True, True]
    assert not rules.gone(0, 0)


def test_contacts_come_before_place_and_place_before_room():
    far = Candidate("far", same_place=False, customer_count=100)
    near = Candidate("near", same_place=True, customer_count=100)
    free = Candidate("free", same_place=True, customer_count=50)
    (known,) = assigned(["1"], [far, near, free], {("1", "far"): 9_000}, adds_load=True)
    assert (known.person_id, known.contact_share_e4, known.same_place, known.customer_count) == ("far", 9_000, False, 100)
    (found,) = assigned(["1"], [far, near, free], {}, adds_load=True)
    assert (found.person_id, found.contact_share_e4, found.same_place, found.customer_count) == ("free", 0, True, 50)
    assert assigned(["1"], [far, near], {}, adds_load=True)[0].person_id == "near"
    assert assigned(["1"], [], {}, adds_load=True) == [Assignment("1", "")]
    assert assigned([], [far], {}, adds_load=True) == []


@given(st.integers(1, 5), st.integers(0, 60), st.booleans())
def test_customers_are_spread_by_load(colleagues, customers, adds_load):
    people = [Candidate(f"{place}", same_place=True, customer_count=0) for place in range(colleagues)]
    found = assigned([f"c{place}" for place in range(customers)], people, {}, adds_load=adds_load)
    counts = [sum(each.person_id == person.person_id for each in found) for person in people]
    assert max(counts) - min(counts) <= 1
    assert sum(counts) == customers


def test_who_was_met_twice_is_known():
    assert [done(count) for count in range(4)] == [False, False, True, True]


LEFT = date(2026, 3, 1)


def write_days(folder, rows):
    columns = {
        "customer_number": pa.string(),
        "day": pa.date32(),
        "deposit": pa.int64(),
        "term": pa.int64(),
        "wealth": pa.int64(),
    }
    table = pa.table({name: pa.array([row.get(name, 0) for row in rows], type_) for name, type_ in columns.items()})
    pq.write_table(table, folder / "customer_days.parquet")
    return [folder / "customer_days.parquet"]


def measured(files):
    with duckdb.connect() as connection:
        told = {"before_date": LEFT, "after_date": LEFT + timedelta(days=90), "days": 30}
        return averages(connection, files, ["1", "2", "nobody"], **told)


def test_what_is_left_is_the_average_of_the_days_before(tmp_path):
    rows = [
        {"customer_number": number, "day": LEFT + timedelta(days=day), "deposit": amount, "wealth": 10}
        for day in range(-40, 100)
        for number, amount in (("1", 1_000 if day < 75 else 400), ("3", 990 if day < 40 else 490), ("4", 50 if day < 40 else 990))
    ]
    # One who closed in time: no row is nothing.
    rows += [{"customer_number": "2", "day": LEFT + timedelta(days=day), "term": 600} for day in range(-40, 76)]
    found = measured(write_days(tmp_path, rows))
    assert found == Averages({"1": (14 * 1_010 + 16 * 410) // 30, "2": 15 * 600 // 30}, 500 * 10_000 // 1_060)


def test_without_days_there_is_nothing_to_measure(tmp_path):
    before = [{"customer_number": "1", "day": LEFT, "deposit": 1}]
    assert measured(write_days(tmp_path, before)) is None
    assert measured(write_days(tmp_path, [])) is None
