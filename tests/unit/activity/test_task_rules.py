"""The rules of tasks and campaigns: deadlines, and work spread over people."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.activity.v1 import campaign_pb2, task_pb2

from services.activity.rules import campaigns, tasks
from services.activity.rules.campaigns import reached_basis_points
from services.activity.rules.deadlines import DEADLINES, nearest
from services.activity.rules.load_balancing import assigned, spread
from services.activity.rules.tasks import NO_DATE, TaskKind, TaskState, is_overdue, was_on_time

PEOPLE = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), min_size=1)


@pytest.mark.parametrize(
    ("numbers", "contract", "prefix"),
    [
        (tasks.TaskKind, task_pb2.TaskKind, "TASK_KIND_"),
        (tasks.TaskState, task_pb2.TaskState, "TASK_STATE_"),
        (tasks.TaskPriority, task_pb2.TaskPriority, "TASK_PRIORITY_"),
        (tasks.TaskResult, task_pb2.TaskResult, "TASK_RESULT_"),
        (tasks.StepKind, task_pb2.TaskStepKind, "TASK_STEP_KIND_"),
        (campaigns.CampaignState, campaign_pb2.CampaignState, "CAMPAIGN_STATE_"),
        (campaigns.CampaignAssignment, campaign_pb2.CampaignAssignment, "CAMPAIGN_ASSIGNMENT_"),
        (campaigns.CampaignCustomerState, campaign_pb2.CampaignCustomerState, "CAMPAIGN_CUSTOMER_STATE_"),
    ],
)
def test_numbers_are_those_of_the_contract(numbers, contract, prefix):
    told = {name: number for name, number in contract.items() if number}
    assert {f"{prefix}{each.name}": each.value for each in numbers if each.value} == told


def test_every_kind_has_a_deadline():
    assert set(DEADLINES) == set(TaskKind)


def test_what_is_late_and_what_was_in_time():
    day = date(2026, 11, 25)
    assert not is_overdue(TaskState.OPEN, day, day)
    assert is_overdue(TaskState.STARTED, day, date(2026, 11, 26))
    assert not is_overdue(TaskState.DONE, day, date(2026, 11, 26))
    assert was_on_time(TaskState.DONE, day, day)
    assert was_on_time(TaskState.DONE, NO_DATE, day)
    assert not was_on_time(TaskState.DONE, day, date(2026, 11, 26))
    assert not was_on_time(TaskState.CANCELLED, day, day)


def test_the_nearest_unit_is_the_longest_path_above():
    assert nearest("/HO/EAST/E01/", {"/HO/", "/HO/EAST/", "/HO/EAST/E0/"}) == "/HO/EAST/"
    assert nearest("/HO/EAST/", {"/HO/EAST/E01/"}) is None


def test_what_is_reached_of_an_aim():
    assert reached_basis_points(1, 0) is None
    assert reached_basis_points(1, 3) == 3_333
    assert reached_basis_points(2**31, 1) == 10_000_000


@given(st.integers(0, 60), PEOPLE)
def test_work_is_spread_as_evenly_as_it_can_be(count, loads):
    items = [f"{number:03}" for number in range(count)]
    given_to = spread(items, loads)
    assert sorted(given_to) == items
    after = {person: load + list(given_to.values()).count(person) for person, load in loads.items()}
    got = [after[person] for person in set(given_to.values())]
    if got:
        assert max(got) - min(got) <= 1
        assert all(after[person] >= max(got) - 1 for person in loads)
    assert spread(items, dict(reversed(loads.items()))) == given_to


def test_nobody_does_nothing():
    with pytest.raises(ValueError, match="nobody"):
        spread(["1"], {})


@given(st.lists(st.sampled_from(["a", "b", "gone", ""]), max_size=30), PEOPLE)
def test_a_lead_who_can_gets_his_own_and_the_team_gets_the_rest(leads, loads):
    customers = [(f"{number:03}", lead) for number, lead in enumerate(leads)]
    able = set(loads) | {"a", "b"}
    chosen = assigned(customers, able, loads, to_leads=True)
    for customer, lead in customers:
        assert chosen[customer] == lead if lead in able else chosen[customer] in loads
    balanced = assigned(customers, able, loads, to_leads=False)
    assert set(balanced.values()) <= set(loads)
    assert set(assigned(customers, (), loads, to_leads=True).values()) <= {None}
