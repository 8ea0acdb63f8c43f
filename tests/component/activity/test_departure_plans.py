"""Plans around a departure: one task for each customer of them, which follows the plan."""

import uuid
from datetime import UTC, datetime

import pytest
from workbench.activity.v1 import task_events_pb2, task_pb2
from workbench.analytics.v1 import departure_events_pb2, departure_pb2

HAND_OVER = departure_pb2.DEPARTURE_PLAN_KIND_HAND_OVER
PLAN = {"plan_id": str(uuid.uuid4())}


@pytest.fixture(autouse=True)
def _now(at):
    at(datetime(2026, 11, 25, 2, 0, tzinfo=UTC))


def assign(town, person, customer_id, item_id="", kind=HAND_OVER):
    item_id = item_id or str(uuid.uuid4())
    told = {"item_id": item_id, "kind": kind, "customer_id": customer_id, "person_id": person.person_id, "due_date": "2026-12-24"}
    town.announce(departure_events_pb2.DeparturePlanItemAssigned(**PLAN, **told, organisation_path=person.organisation_path))
    return item_id


def tasks(person, **fields):
    return [
        each for each in person.call("ListTasks", person_id=person.person_id, **fields).tasks if each.source == "departure_plan"
    ]


def test_whoever_is_assigned_has_a_task(town):
    customer = town.customer(town.rm1_east)
    item_id = assign(town, town.rm1_east, customer)
    assign(town, town.rm1_east, customer, item_id)
    (task,) = tasks(town.rm1_east)
    assert (task.kind, task.customer_id, task.due_date) == (task_pb2.TASK_KIND_VISIT, customer, "2026-12-24")
    assert (task.title, task.source_key) == ("交接客户:与客户见面 Take over: meet the customer", item_id)
    # A customer of whom nothing is known here keeps nobody from it.
    assign(town, town.rm1_east, str(uuid.uuid4()), kind=departure_pb2.DEPARTURE_PLAN_KIND_SECOND_CONTACT)
    assert sorted(bool(each.customer_id) for each in tasks(town.rm1_east)) == [False, True]


def test_it_goes_to_somebody_else_and_comes_back(town):
    customer = town.customer(town.rm1_east)
    item_id = assign(town, town.rm1_east, customer)
    assign(town, town.rm2_east, customer, item_id)
    assert tasks(town.rm1_east) == []
    (task,) = tasks(town.rm2_east)
    town.announce(departure_events_pb2.DeparturePlanItemWithdrawn(**PLAN, item_id=item_id))
    assert town.rm2_east.call("GetTask", task_id=task.task_id).state == task_pb2.TASK_STATE_CANCELLED
    assign(town, town.rm1_east, customer, item_id)
    (task,) = tasks(town.rm1_east)
    assert task.state == task_pb2.TASK_STATE_OPEN


def test_it_ends_with_the_item_and_with_the_plan(town):
    customer = town.customer(town.rm1_east)
    done, left = (assign(town, town.rm1_east, customer) for _ in range(2))
    of_item = {each.source_key: each.task_id for each in tasks(town.rm1_east)}
    for _ in range(2):
        town.announce(departure_events_pb2.DeparturePlanItemDone(**PLAN, item_id=done))
        told = {"done_count": 1, "open_count": 1, "open_item_ids": [left, str(uuid.uuid4())]}
        town.announce(departure_events_pb2.DeparturePlanEnded(**PLAN, **told))
    for item_id, state in ((done, task_pb2.TASK_STATE_DONE), (left, task_pb2.TASK_STATE_CANCELLED)):
        assert town.rm1_east.call("GetTask", task_id=of_item[item_id]).state == state
    (completed,) = town.recorded(task_events_pb2.TaskCompleted, task_id=of_item[done])
    assert completed.result == task_pb2.TASK_RESULT_SUCCESS
