"""Who deals with whom: one row a customer and person, of a year of contacts."""

from datetime import date, timedelta

import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.analytics.engine.tables import RELATIONS
from services.analytics.rules.happenings import HappeningKind
from tests.unit.analytics.dependence_builders import relations_of

AS_OF = date(2026, 11, 25)
OPEN = date(2020, 1, 1)


def contact(number, *people, days_ago=10, **fields):
    told = {"customer_number": number, "start_date": AS_OF - timedelta(days=days_ago)}
    return told | {"person_id": people[0] if people else "", "other_person_ids": list(people[1:])} | fields


def hand_over(number, lead, days_ago):
    return contact(number, lead, days_ago=days_ago, kind=HappeningKind.LEAD_CHANGED.value)


def by_person(rows):
    return {(row["customer_number"], row["person_id"]): row for row in rows}


def test_shares_of_contacts_are_divided_among_who_took_part(tmp_path):
    rows = relations_of(
        tmp_path,
        AS_OF,
        customers=[{"customer_number": "1", "lead_person_id": "a", "open_date": OPEN}],
        happenings=[
            contact("1", "a", days_ago=400),
            contact("1", "a", days_ago=300),
            contact("1", "a", "b", "a", "", days_ago=20),
            contact("1", "c", days_ago=3),
            # Nobody's, another kind, and what has not come yet.
            contact("1", days_ago=3),
            contact("1", "d", kind=HappeningKind.TASK.value),
            contact("1", "e", days_ago=-1),
        ],
    )
    found = by_person(rows)
    assert list(found) == [("1", "a"), ("1", "b"), ("1", "c")]
    assert [row["contact_count"] for row in rows] == [2, 1, 1]
    # 1 + ½, ½, 1 of three.
    assert [row["share_e4"] for row in rows] == [5_000, 1_667, 3_333]
    assert found["1", "a"]["is_lead"]
    assert not found["1", "b"]["is_lead"]
    # No hand-over is known: the lead has led since the customer opened.
    assert (found["1", "a"]["first_date"], found["1", "a"]["last_date"]) == (OPEN, AS_OF - timedelta(days=20))
    assert found["1", "c"]["first_date"] == AS_OF - timedelta(days=3)


def test_a_lead_without_contacts_is_there_since_he_came_to_lead(tmp_path):
    rows = relations_of(
        tmp_path,
        AS_OF,
        customers=[
            {"customer_number": "1", "lead_person_id": "a", "open_date": OPEN},
            {"customer_number": "2", "lead_person_id": "a", "open_date": None},
            {"customer_number": "3", "lead_person_id": "a", "open_date": date(2030, 1, 1)},
            {"customer_number": "4", "open_date": OPEN},
            {"customer_number": "5", "lead_person_id": "a", "open_date": OPEN},
        ],
        happenings=[
            hand_over("1", "z", 700),
            hand_over("1", "a", 200),
            hand_over("1", "a", -3),
            # Led by somebody of whom no hand-over is known, after one to another: since when is not known.
            hand_over("5", "z", 100),
            contact("4", "old", days_ago=365),
        ],
    )
    assert [(row["customer_number"], row["first_date"], row["contact_count"]) for row in rows] == [
        ("1", AS_OF - timedelta(days=200), 0),
        ("2", None, 0),
        ("3", None, 0),
        ("5", None, 0),
    ]


def test_nobody_has_an_empty_file_of_the_right_columns(tmp_path):
    assert relations_of(tmp_path, AS_OF, customers=[], happenings=[]) == []
    types = {"string": "string", "int64": "int64", "date": "date32[day]", "boolean": "bool"}
    schema = pq.read_schema(tmp_path / "relations.parquet")
    assert {field.name: str(field.type) for field in schema} == {name: types[type_] for name, type_ in RELATIONS.items()}


PEOPLE = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4)
CONTACTS = st.lists(st.tuples(st.sampled_from(["1", "2"]), PEOPLE, st.integers(-5, 500)), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(CONTACTS, st.randoms(use_true_random=False))
def test_shares_add_up_whatever_the_order_and_nothing_after_the_date_counts(tmp_path, contacts, random):
    customers = [{"customer_number": number, "lead_person_id": "a"} for number in ("1", "2")]
    happenings = [contact(number, *people, days_ago=days) for number, people, days in contacts]
    rows = relations_of(tmp_path, AS_OF, customers=customers, happenings=happenings)
    for number in ("1", "2"):
        shares = [row["share_e4"] for row in rows if row["customer_number"] == number]
        counted = any(each == number and 0 <= days < 365 for each, _, days in contacts)
        assert abs(sum(shares) - 10_000 * counted) <= len(shares)
    past = [each for each in happenings if each["start_date"] <= AS_OF]
    random.shuffle(past)
    assert relations_of(tmp_path, AS_OF, customers=customers, happenings=past) == rows
