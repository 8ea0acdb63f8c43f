"""Who gets which customer, what is in the way, and whom a customer depends on."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.errors import InvalidInput, NotAllowed
from services.customer.rules.absences import DeputyFor, check_days, check_deputies
from services.customer.rules.coverage import Days, dependence
from services.customer.rules.hand_overs import (
    HandOverRule,
    MoveState,
    Obstacle,
    Portfolio,
    Receiver,
    check_rule,
    check_second_person,
    common_path,
    crosses_branches,
    needs_second_person,
    plan,
)
from services.customer.rules.lifecycle import ENDED

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
PATHS = st.sampled_from(["/HO/", "/HO/EAST/", "/HO/EAST/E01/", "/HO/EAST/E02/", "/HO/WEST/W01/"])
PEOPLE = st.sampled_from([f"p{number}" for number in range(5)])
RECEIVERS = st.lists(st.builds(Receiver, PEOPLE, PATHS), min_size=1, max_size=5, unique_by=lambda each: each.person_id)


@st.composite
def portfolios(draw):
    rows = draw(
        st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3), st.sampled_from([1, 1, 2, 3, 4, 5]), PEOPLE, PATHS), max_size=40)
    )
    return [Portfolio(f"c{n:03}", f"N{n * 7 % 41:03}", *row) for n, row in enumerate(rows)]


@given(portfolios(), RECEIVERS, st.randoms(use_true_random=False))
def test_dealing_out_is_even_whole_and_the_same_in_any_order(customers, receivers, random):
    planned = plan(HandOverRule.EVENLY, customers, receivers, {})
    assert [each.customer.customer_id for each in planned] == sorted(customer.customer_id for customer in customers)
    shuffled = random.sample(customers, len(customers))
    assert plan(HandOverRule.EVENLY, shuffled, receivers, {}) == planned
    got = Counter(each.person_id for each in planned if each.state is MoveState.PLANNED)
    strangers = {receiver.person_id for receiver in receivers} - {customer.lead_person_id for customer in customers}
    if len(strangers) == len(receivers):
        shares = [got[person_id] for person_id in strangers]
        assert max(shares) - min(shares) <= 1
    for each in planned:
        ended = each.customer.state in ENDED
        assert (each.obstacle is Obstacle.CUSTOMER_ENDED) is ended
        # Who leads the customer gets it only where there is nobody else.
        assert (each.obstacle is Obstacle.ALREADY_LEADS) is (
            not ended and {receiver.person_id for receiver in receivers} == {each.customer.lead_person_id}
        )


@given(portfolios(), RECEIVERS)
def test_by_unit_nobody_leaves_his_unit(customers, receivers):
    paths = {receiver.person_id: receiver.organisation_path for receiver in receivers}
    for each in plan(HandOverRule.BY_UNIT, customers, receivers, {}):
        if each.state is MoveState.PLANNED:
            assert paths[each.person_id] == each.customer.organisation_path
        elif each.obstacle is Obstacle.NO_RECEIVER:
            assert each.customer.organisation_path not in paths.values()


@given(portfolios(), RECEIVERS)
def test_dealing_out_spreads_each_tier(customers, receivers):
    customers = [Portfolio(c.customer_id, c.customer_number, 1, c.tier, 1, "gone", c.organisation_path) for c in customers]
    planned = plan(HandOverRule.EVENLY, customers, receivers, {})
    for tier in range(4):
        got = Counter(each.person_id for each in planned if each.customer.tier == tier)
        shares = [got[receiver.person_id] for receiver in receivers]
        assert max(shares) - min(shares) <= 1


def test_all_go_to_one_and_explicit_ones_to_whom_is_said():
    customers = [Portfolio("c1", "N1", 1, 0, 1, "p1", "/HO/EAST/"), Portfolio("c2", "N2", 1, 0, 1, "p1", "/HO/EAST/")]
    receivers = [Receiver("p2", "/HO/EAST/"), Receiver("p3", "/HO/EAST/")]
    assert [each.person_id for each in plan(HandOverRule.ALL_TO_ONE, customers, receivers[:1], {})] == ["p2", "p2"]
    said = plan(HandOverRule.EXPLICIT, customers, receivers, {"c1": "p3"})
    assert [(each.person_id, each.obstacle) for each in said] == [("p3", Obstacle.NONE), ("", Obstacle.NO_RECEIVER)]


def test_rules_that_do_not_fit_their_receivers():
    check_rule(HandOverRule.EVENLY, 2, ["stranger"], ["p1", "p2"])
    for rule, receivers, assigned in ((HandOverRule.ALL_TO_ONE, ["p1", "p2"], []), (HandOverRule.EXPLICIT, ["p1"], ["p2"])):
        with pytest.raises(InvalidInput, match="RULE_UNFIT"):
            check_rule(rule, len(receivers), assigned, receivers)


@pytest.mark.parametrize(
    ("former", "path", "crosses"),
    [
        ("/HO/EAST/E01/", "/HO/EAST/E02/", False),
        ("/HO/EAST/E01/", "/HO/EAST/", False),
        ("/HO/EAST/E01/", "/HO/EASTERN/E01/", True),
        ("/HO/EAST/", "/HO/", True),
        ("/HO/", "/HO/", False),
    ],
)
def test_what_leaves_its_branch(former, path, crosses):
    assert crosses_branches(former, path) is crosses
    assert needs_second_person(1, 50, crosses=crosses) is crosses


def test_size_asks_for_a_second_person_from_the_very_number_on():
    assert [needs_second_person(customers, 50, crosses=False) for customers in (49, 50, 51)] == [False, True, True]


@given(st.lists(PATHS, min_size=1))
def test_the_common_unit_has_all_below_it_and_none_lower_does(paths):
    found = common_path(paths)
    assert all(path.startswith(found) for path in paths)
    assert any(not path.startswith(f"{found}{part}/") for path in paths for part in ("EAST", "WEST", "E01", "E02", "W01"))
    assert common_path(["/HOA/", "/HOB/"]) == common_path([]) == "/"


def test_nobody_decides_what_he_proposed_gives_or_gets():
    check_second_person("d", "a", {"b", "c"})
    for decider in ("a", "b"):
        with pytest.raises(NotAllowed, match="SELF_DECISION"):
            check_second_person(decider, "a", {"b", "c"})


def test_days_of_an_absence():
    check_days(TODAY, TODAY, TODAY)
    check_days(TODAY, TODAY + 365 * DAY, TODAY)
    for start, end in ((TODAY - DAY, TODAY), (TODAY + DAY, TODAY), (TODAY, TODAY + 366 * DAY)):
        with pytest.raises(InvalidInput, match="DATES_UNFIT"):
            check_days(start, end, TODAY)


def test_deputies_that_do_not_go_together():
    check_deputies("a", [DeputyFor("b"), DeputyFor("c", ("1",)), DeputyFor("d", ("2",))])
    many = tuple(map(str, range(600)))
    for deputies in (
        [DeputyFor("a")],
        [DeputyFor("b"), DeputyFor("c")],
        [DeputyFor("b", ("1",)), DeputyFor("c", ("1",))],
        [DeputyFor("b", many), DeputyFor("c", tuple(f"x{each}" for each in many))],
    ):
        with pytest.raises(InvalidInput, match="DEPUTIES_UNFIT"):
            check_deputies("a", deputies)


DAYS = st.builds(
    lambda person, role, start, length, revoked: Days(
        person, role, TODAY + start * DAY, None if length is None else TODAY + (start + length) * DAY, revoked
    ),
    PEOPLE, st.sampled_from([1, 2]), st.integers(-30, 5), st.none() | st.integers(0, 40), st.booleans(),
)  # fmt: skip


@given(st.lists(DAYS, max_size=6))
def test_dependence_counts_who_is_there_today(coverages):
    found = dependence(coverages, TODAY)
    there = {each.person_id for each in coverages if each.hold_on(TODAY)}
    assert found.bank_people_count == len(there)
    assert found.single_threaded is (len(there) <= 1)
    assert found.lead_tenure_days >= 1
    assert found.last_change_date <= TODAY


def test_dependence_of_a_customer_that_was_handed_over():
    former = Days("a", 1, TODAY - 100 * DAY, TODAY - 11 * DAY)
    now, helper = Days("b", 1, TODAY - 10 * DAY), Days("a", 2, TODAY - 3 * DAY, TODAY + DAY)
    found = dependence([former, now, helper], TODAY)
    assert (found.lead_tenure_days, found.bank_people_count, found.single_threaded) == (11, 2, False)
    assert found.last_change_date == TODAY - 3 * DAY
    assert dependence([former, now], TODAY + 5 * DAY).single_threaded


@given(DAYS, st.integers(-40, 40), st.none() | st.integers(0, 40))
def test_overlapping_days_are_those_that_share_one(coverage, start, length):
    first = TODAY + start * DAY
    last = None if length is None else first + length * DAY
    days = [first + number * DAY for number in range(100 if length is None else length + 1)]
    assert coverage.overlap(first, last) is any(coverage.hold_on(day) for day in days)
