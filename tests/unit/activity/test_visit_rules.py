"""The rules of visit cycles: who is due when, and the visits of a week."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.activity.v1 import contact_pb2, visit_cycle_pb2

from services.activity.rules import visit_cycles
from services.activity.rules.visit_cycles import CALL, MEETING, VISIT, VisitRule, next_due, week_start
from services.activity.rules.visit_planning import DueVisit, planned

MONDAY = date(2026, 11, 23)
WEEK = [MONDAY + timedelta(days=number) for number in range(5)]


@pytest.mark.parametrize(
    ("numbers", "contract", "prefix"),
    [
        (visit_cycles.ProposalState, visit_cycle_pb2.VisitProposalState, "VISIT_PROPOSAL_STATE_"),
        (visit_cycles.DeclineReason, visit_cycle_pb2.VisitDeclineReason, "VISIT_DECLINE_REASON_"),
    ],
)
def test_numbers_are_those_of_the_contract(numbers, contract, prefix):
    told = {name: number for name, number in contract.items() if number}
    assert {f"{prefix}{each.name}": each.value for each in numbers} == told
    kinds = (contact_pb2.CONTACT_KIND_VISIT, contact_pb2.CONTACT_KIND_CALL, contact_pb2.CONTACT_KIND_MEETING)
    assert kinds == (VISIT, CALL, MEETING)


def test_who_is_key_is_seen_as_often_as_his_tier_at_least():
    rule = VisitRule(key_cycle_days=10, tier_cycle_days={4: 7, 3: 60})
    assert rule.cycle_days(3, key=False) == 60
    assert rule.cycle_days(3, key=True) == 10
    assert rule.cycle_days(4, key=True) == 7
    assert rule.cycle_days(1, key=True) == 10
    assert rule.cycle_days(1, key=False) == 0
    assert VisitRule(key_cycle_days=0).cycle_days(4, key=True) == 30


@given(st.dates(), st.integers(1, 730), st.text(max_size=12))
def test_who_was_never_seen_is_due_within_a_cycle(begin, days, number):
    due = next_due(None, days, number, begin)
    assert begin <= due
    assert due == date.max or (due - begin).days < days
    assert due == next_due(None, days, number, begin)


def test_who_was_seen_is_due_a_cycle_later():
    assert next_due(date(2024, 2, 19), 10, "C1", MONDAY) == date(2024, 2, 29)
    assert next_due(date(9999, 12, 30), 10, "C1", MONDAY) == date.max
    assert week_start(date(2026, 11, 29)) == MONDAY
    assert week_start(date(1, 1, 3)) == date(1, 1, 1)


@st.composite
def dues(draw, places=("",)):
    ids = draw(st.lists(st.integers(0, 999), unique=True, max_size=40))
    return [
        DueVisit(
            f"{number:03}", MONDAY - timedelta(days=draw(st.integers(-6, 60))), draw(st.booleans()), draw(st.sampled_from(places))
        )
        for number in ids
    ]


DAYS = st.lists(st.sampled_from(WEEK), unique=True)
LOADS = st.dictionaries(st.sampled_from(WEEK), st.integers(0, 5))


@given(dues(), DAYS, st.integers(1, 12), st.randoms())
def test_each_is_planned_once_evenly_and_whoever_is_due_longest_first(due, days, most, random):
    plan = planned(due, days, {}, most)
    assert len(plan) == min(len(due), most * len(days))
    assert set(plan.values()) <= set(days)
    counts = [list(plan.values()).count(day) for day in days]
    assert max(counts, default=0) - min(counts, default=0) <= 1
    assert max(counts, default=0) <= most
    in_order = sorted(due, key=lambda visit: visit.urgency)
    # Who is left over is due last, and whoever is due longer goes no later.
    assert [visit.customer_id for visit in in_order[: len(plan)]] == [
        each.customer_id for each in in_order if each.customer_id in plan
    ]
    went = [plan[visit.customer_id] for visit in in_order[: len(plan)]]
    assert went == sorted(went)
    random.shuffle(due)
    assert planned([*due, *due[:2]], days, {}, most) == plan


@given(dues(("", "东城", "西城", "海淀")), DAYS, LOADS, st.integers(1, 12))
def test_places_have_one_day_and_no_day_has_too_many(due, days, loads, most):
    plan = planned(due, days, loads, most)
    counts = Counter(plan.values())
    room = {day: max(0, most - loads.get(day, 0)) for day in days}
    assert len(plan) == min(len(due), sum(room.values()))
    assert all(count <= room[day] for day, count in counts.items())
    for place in ("东城", "西城", "海淀"):
        there = [plan[visit.customer_id] for visit in due if visit.place == place and visit.customer_id in plan]
        # Where all fit on an empty day that nobody else has filled, they are together.
        if there and not loads and len(plan) <= most:
            assert len(set(there)) == 1


@given(dues(), LOADS)
def test_what_is_planned_already_counts(due, loads):
    plan = planned(due, WEEK, loads, 50)
    after = {day: loads.get(day, 0) + list(plan.values()).count(day) for day in WEEK}
    got = [after[day] for day in set(plan.values())]
    if got:
        assert max(got) - min(got) <= 1
        assert all(after[day] >= max(got) - 1 for day in WEEK)
