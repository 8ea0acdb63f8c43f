"""The rules of relations: days, shares, chains of shareholders, birthdays, entries of a timeline."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.customer.v1 import relation_pb2
from workbench.timeline.v1 import events_pb2

from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.customer.rules import relations, shareholdings, timeline
from services.customer.rules.groups import GroupRole
from services.customer.rules.key_persons import tidy_birthday
from services.customer.rules.kinds import CustomerKind
from services.customer.rules.relations import Days, RelationKind

TODAY = date(2026, 11, 25)
HOLDER = RelationKind.SHAREHOLDER
some_days = st.dates(date(2020, 1, 1), date(2020, 2, 1))


@st.composite
def spans(draw):
    start = draw(some_days)
    return Days(start, draw(st.none() | st.dates(start, date(2020, 2, 10))))


def holds(days, day):
    return days.start <= day and (days.end is None or day <= days.end)


def test_what_relations_are_is_numbered_as_the_contract_numbers_it():
    for ours, theirs, prefix in (
        (RelationKind, relation_pb2.RelationKind, "RELATION_KIND_"),
        (GroupRole, relation_pb2.GroupRole, "GROUP_ROLE_"),
        (timeline.Category, events_pb2.TimelineCategory, "TIMELINE_CATEGORY_"),
    ):
        assert {prefix + item.name: item.value for item in ours} == {name: number for name, number in theirs.items() if number}


# Days
@given(spans(), spans())
def test_two_spans_overlap_where_they_have_a_day_in_common(one, two):
    days = [date(2019, 12, 31) + timedelta(days=place) for place in range(60)]
    assert one.overlap(two) == two.overlap(one) == any(holds(one, day) and holds(two, day) for day in days)


def test_an_end_before_the_start_is_refused():
    assert Days(TODAY, TODAY).checked().end == TODAY
    with pytest.raises(InvalidInput, match="DATES_INVALID"):
        Days(TODAY, TODAY - timedelta(days=1)).checked()


# Shares
@pytest.mark.parametrize(
    ("text", "millionths"),
    [("100", 1_000_000), ("33.3333", 333_333), ("0.0001", 1), ("50.0", 500_000), ("7", 70_000), ("0.5", 5_000)],
)
def test_a_share_is_exact(text, millionths):
    assert relations.parse_share(text, HOLDER) == millionths
    assert relations.parse_share(relations.percent_text(millionths), HOLDER) == millionths


@given(st.integers(1, 1_000_000))
def test_a_share_reads_back_as_it_was_written(millionths):
    assert relations.parse_share(relations.percent_text(millionths), HOLDER) == millionths


def test_three_thirds_are_no_more_than_the_whole():
    thirds = [(Days(TODAY), 333_333)] * 3
    relations.check_shares(thirds)
    relations.check_shares([*thirds, (Days(TODAY), 1)])
    with pytest.raises(RuleBroken, match="SHARES_EXCEED"):
        relations.check_shares([*thirds, (Days(TODAY), 2)])


@given(st.lists(st.tuples(spans(), st.integers(1, 100)), max_size=8))
def test_the_peak_is_the_most_of_any_day(shares):
    days = [date(2019, 12, 31) + timedelta(days=place) for place in range(60)]
    most = max(sum(share for span, share in shares if holds(span, day)) for day in days)
    assert relations.peak(shares) == most


@given(st.sampled_from(RelationKind), st.sampled_from(CustomerKind), st.sampled_from(CustomerKind))
def test_people_are_related_to_people_and_represent_organisations(kind, from_kind, to_kind):
    try:
        relations.check_fit(kind, from_kind, to_kind, "x" if kind == RelationKind.OTHER else "")
    except InvalidInput:
        return
    if kind in (RelationKind.SPOUSE, RelationKind.PARENT, RelationKind.SIBLING):
        assert from_kind == to_kind == CustomerKind.RETAIL
    if kind in (RelationKind.SHAREHOLDER, RelationKind.LEGAL_REPRESENTATIVE, RelationKind.ACTUAL_CONTROLLER):
        assert to_kind != CustomerKind.RETAIL


# Holdings
def shares(**steps):
    return {start: [(to, Fraction(share)) for to, share in ends.items()] for start, ends in steps.items()}


def test_shares_multiply_along_chains_and_add_up():
    found = shareholdings.effective("a", shares(a={"b": "1/2", "c": "1/4"}, b={"d": "1/2"}, c={"d": "1/1"}))
    assert found.total == {"b": Fraction(1, 2), "c": Fraction(1, 4), "d": Fraction(1, 2)}
    assert found.direct == {"b": Fraction(1, 2), "c": Fraction(1, 4)}
    assert not found.truncated


def test_companies_that_hold_one_another_do_not_multiply_themselves():
    found = shareholdings.effective("a", shares(a={"b": "1/2"}, b={"a": "1/2", "c": "1/2"}, c={"b": "1/3"}))
    assert found.total == {"b": Fraction(1, 2), "c": Fraction(1, 4)}


def test_a_share_that_is_not_known_ends_its_chain_and_says_so():
    found = shareholdings.effective("a", {"a": [("b", None), ("c", Fraction(1))], "b": [("c", Fraction(1))]})
    assert (found.total, found.truncated) == ({"c": Fraction(1)}, True)


def test_more_chains_than_there_is_time_for_are_cut():
    firms = [str(place) for place in range(12)]
    tangle = {one: [(other, Fraction(1, 11)) for other in firms if other != one] for one in firms}
    found = shareholdings.effective("0", tangle)
    assert found.truncated
    assert all(0 < share <= 1 for share in found.total.values())


@given(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=19))
def test_a_chain_holds_its_product(millionths):
    steps = {str(place): [(str(place + 1), Fraction(share, 1_000_000))] for place, share in enumerate(millionths)}
    found = shareholdings.effective("0", steps)
    product = Fraction(1)
    for share in millionths:
        product *= Fraction(share, 1_000_000)
    assert found.total[str(len(millionths))] == product


# Key persons
@pytest.mark.parametrize("birthday", ["", "1970-01-01", "--02-29", "2000-02-29", "--12-31"])
def test_birthdays_with_and_without_a_year(birthday):
    assert tidy_birthday(birthday, TODAY) == birthday


@pytest.mark.parametrize("birthday", ["--02-30", "1999-02-29", "2026-11-26", "--13-01"])
def test_days_that_are_no_birthdays(birthday):
    with pytest.raises(InvalidInput, match="DATES_INVALID") as refused:
        tidy_birthday(birthday, TODAY)
    assert birthday not in str(refused.value)
