"""Dependence: the formula, and that the engine's statement computes the very same."""

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.analytics.engine import dependence as engine
from services.analytics.engine.dependence import Dependences
from services.analytics.rules import dependence as rules
from services.analytics.rules.dependence import Tie
from services.analytics.rules.dependence_words import reasons
from tests.unit.analytics.dependence_builders import source

AS_OF = date(2026, 11, 25)


def ago(days):
    return None if days is None else AS_OF - timedelta(days=days)


@pytest.mark.parametrize(
    ("tie", "dependence"),
    [
        # All contacts his, for years, of a young relation, and nobody else is known: all of it would go.
        (Tie(10_000, 800, 1_000, 0), 10_000),
        (Tie(10_000, 800, 1_000, 1), 7_000),
        (Tie(10_000, 800, 1_000, 2), 5_000),
        (Tie(10_000, 800, 1_000, 9), 4_000),
        # Four years with the bank, and ten, hold against it.
        (Tie(10_000, 800, 4 * 365, 0), 8_500),
        (Tie(10_000, 800, 4_000, 0), 7_000),
        # He is new.
        (Tie(10_000, 10, 1_000, 0), 2_500),
        (Tie(10_000, 90, 1_000, 0), 5_000),
        (Tie(10_000, None, None, 0), 2_500),
        (Tie(5_000, 800, 1_000, 1), 3_500),
        # A lead of whose contacts nothing is known, and one who has none where others have.
        (Tie(None, 800, 1_000, 0), 2_500),
        (Tie(0, 800, 1_000, 3), 0),
        # 3,333 by 0.75, by 0.85, by 0.7: 1,487.35…
        (Tie(3_333, 400, 2_000, 1), 1_487),
    ],
)
def test_the_formula(tie, dependence):
    assert tie.dependence_e4 == dependence


def test_what_is_at_risk_is_of_what_is_there():
    assert [rules.at_risk(amount, 3_333) for amount in (100, 0, -5, 10**15)] == [33, 0, 0, 333_300_000_000_000]


def test_a_unit_and_its_key_person():
    assert rules.unit_dependence([100, 700, 200, 0, -3], 10_000) == rules.UnitDependence(700, 1_000, 1)
    assert rules.unit_dependence([100, 100, 100, 100], 1_000) == rules.UnitDependence(1_000, 4_000, 2)
    # Two on whom one customer depends wholly: no more than all there is.
    assert rules.unit_dependence([100, 100], 100).dependence_e4 == 10_000
    nothing = rules.UnitDependence(0, 0, 0)
    assert [rules.unit_dependence(amounts, whole) for amounts, whole in (([], 5), ([5], 0), ([0], 0))] == [
        nothing, rules.UnitDependence(0, 0, 1), nothing,
    ]  # fmt: skip


def test_words_say_the_numbers():
    assert reasons(Tie(7_500, 3 * 365, 0, 0), 9) == (
        "近一年联系的 75 %（9 次）；往来 3 年；客户不认识本行其他人",
        "75 % of a year's contacts (9 contacts); for 3 years; the customer knows nobody else of the bank",
    )
    assert reasons(Tie(None, None, 0, 1), 0)[1] == (
        "no contacts recorded in a year; since when is not known; the customer knows 1 other of the bank"
    )
    assert reasons(Tie(1, 1, 0, 2), 1)[1].startswith("0 % of a year's contacts (1 contact); for 1 day; ")


def relation(number, person, contacts=1, share=10_000, days=800, **fields):
    told = {"customer_number": number, "person_id": person, "contact_count": contacts, "share_e4": share}
    return told | {"first_date": ago(days), "last_date": ago(1) if contacts else None} | fields


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        yield opened


def test_people_who_are_gone_bind_nobody(connection, tmp_path):
    found = source(
        tmp_path,
        AS_OF,
        customers=[{"customer_number": "1", "balance": 1_000, "open_date": ago(1_000)}],
        relations=[relation("1", "a", 2, 2_500), relation("1", "gone", 6, 7_500)],
    )
    (row,) = Dependences(connection, found, ["a"], ["a"]).rows()
    assert (row.share_e4, row.others_count, row.dependence_e4, row.at_risk_minor_units) == (10_000, 0, 10_000, 1_000)
    # While the other is there, he holds his part.
    (row,) = Dependences(connection, found, ["a", "gone"], ["a"]).rows()
    assert (row.share_e4, row.others_count, row.dependence_e4) == (2_500, 1, 1_750)
    # Both together have all of it.
    (row,) = Dependences(connection, found, ["a", "gone"], ["a", "gone"], together=True).rows()
    assert (row.share_e4, row.others_count, row.dependence_e4, row.contact_count) == (10_000, 0, 10_000, 8)
    assert [each.person_id for each in Dependences(connection, found, ["a", "gone"], ["a", "gone"]).by_person()] == ["gone", "a"]


def test_only_customers_of_the_units_count_and_pages_go_on(connection, tmp_path):
    customers = [
        {"customer_number": f"{number}", "balance": amount, "loan": 50, "open_date": ago(1_000), "organisation_path": path}
        for number, amount, path in (
            (1, 500, "/HO/E/"), (2, 500, "/HO/E/1/"), (3, None, "/HO/E/"), (4, 900, "/HO/EX/"), (5, -7, "/HO/E/"),
        )
    ]  # fmt: skip
    found = source(tmp_path, AS_OF, customers=customers, relations=[relation(f"{n}", "a") for n in range(1, 6)], paths=["/HO/E/"])
    asked = Dependences(connection, found, ["a"], ["a"])
    first = asked.page(3)
    assert [(each.customer_number, each.at_risk_minor_units) for each in first] == [("1", 500), ("2", 500), ("3", 0)]
    assert [each.customer_number for each in asked.page(3, (first[1].at_risk_minor_units, "2", "a"))] == ["3", "5"]
    assert (asked.at_risk().customer_count, asked.at_risk().balance_minor_units, asked.loans()) == (4, 1_000, (4, 200))
    assert engine.unit_sum(connection, found) == engine.UnitSum(4, 1_000)
    assert list(engine.contact_shares(connection, found, ["id-2", "id-4"], ["a", "b"])) == [
        ("id-2", "a", 10_000), ("id-4", "a", 10_000),
    ]  # fmt: skip


RELATION = st.builds(
    relation,
    st.sampled_from(["1", "2", "3"]),
    st.sampled_from("abcd"),
    st.integers(0, 3),
    st.integers(0, 10_000),
    st.none() | st.integers(0, 2_000),
)
RELATIONS = st.lists(RELATION, max_size=8, unique_by=lambda row: (row["customer_number"], row["person_id"]))
CUSTOMERS = st.lists(
    st.tuples(st.none() | st.integers(-1_000, 10**13), st.none() | st.integers(0, 6_000)), min_size=3, max_size=3
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(RELATIONS, CUSTOMERS, st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("abcd"), min_size=1))
def test_the_engine_computes_what_the_rules_say(connection, tmp_path, relations, customers, present, leaving):
    # A share without a contact is none.
    relations = [row | {"share_e4": row["share_e4"] if row["contact_count"] else 0} for row in relations]
    rows = [
        {"customer_number": f"{place}", "balance": balance, "open_date": ago(days)}
        for place, (balance, days) in enumerate(customers, start=1)
    ]
    asked = Dependences(connection, source(tmp_path, AS_OF, customers=rows, relations=relations), present, leaving, together=True)
    found = {
        row.customer_number: (row.share_e4, row.others_count, row.dependence_e4, row.at_risk_minor_units) for row in asked.rows()
    }
    assert found == {
        row["customer_number"]: each for row in rows if (each := plainly(row, relations, present | leaving, leaving))
    }
    sums = asked.at_risk()
    assert sums.at_risk_minor_units == sum(each[3] for each in found.values())
    assert sums.balance_minor_units >= sums.at_risk_minor_units


def plainly(customer, relations, present, leaving):
    """The same in plain Python, by the rules."""
    mine = [row for row in relations if row["customer_number"] == customer["customer_number"] and row["person_id"] in present]
    theirs = [row for row in mine if row["person_id"] in leaving]
    if not theirs:
        return None
    all_held, held = (sum(row["share_e4"] for row in some) for some in (mine, theirs))
    since = [row["first_date"] for row in theirs if row["first_date"]]
    tie = Tie(
        share_e4=(2 * 10_000 * held + all_held) // (2 * all_held) if all_held else None,
        tie_days=(AS_OF - min(since)).days if since else None,
        bank_days=(AS_OF - customer["open_date"]).days if customer["open_date"] else None,
        others_count=sum(row["contact_count"] > 0 for row in mine) - sum(row["contact_count"] > 0 for row in theirs),
    )
    return tie.share_e4, tie.others_count, tie.dependence_e4, rules.at_risk(customer["balance"] or 0, tie.dependence_e4)
