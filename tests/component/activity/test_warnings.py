"""Warnings of analytics: told to whom they concern, with one task each, which ends with the warning and never ends it."""

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from workbench.activity.v1 import task_events_pb2, task_pb2
from workbench.analytics.v1 import warning_events_pb2, warning_pb2

from services.activity.model.notification import Notification
from services.activity.rules.notification_kinds import KINDS

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(at):
    at(NOW)


def raised(town, customer_id, assignee, warning_id="", severity=2, **fields):
    warning_id = warning_id or str(uuid.uuid4())
    town.announce(
        warning_events_pb2.WarningRaised(
            warning_id=warning_id,
            customer_id=customer_id,
            assignee_person_id=assignee.person_id if assignee else "",
            organisation_path=f"{town.root}EAST/E01/",
            severity=severity,
            signal_codes=["BALANCE_FALL"],
            business_date="2026-11-25",
            **{"due_date": "2026-11-28"} | fields,
        )
    )
    return warning_id


def assigned(town, customer_id, warning_id, former, assignee):
    town.announce(
        warning_events_pb2.WarningAssigned(
            warning_id=warning_id,
            customer_id=customer_id,
            former_assignee_person_id=former.person_id if former else "",
            assignee_person_id=assignee.person_id if assignee else "",
            organisation_path=f"{town.root}EAST/E01/",
            due_date="2026-11-30",
            severity=2,
        )
    )


def closed(town, customer_id, warning_id, outcome):
    told = {"warning_id": warning_id, "customer_id": customer_id, "business_date": "2026-11-27"}
    town.announce(warning_events_pb2.WarningClosed(**told, organisation_path=f"{town.root}EAST/E01/", outcome=outcome))


def told(town, person):
    """Of what somebody was told, the first first."""
    with town.service.database.transaction(read_only=True) as work:
        mine = select(Notification).filter_by(person_id=person.person_id).order_by(Notification.notification_id)
        return [each.kind for each in work.session.scalars(mine)]


def tasks(person, **fields):
    return list(person.call("ListTasks", **fields).tasks)


def test_whoever_is_to_look_after_him_is_told_and_has_a_task(town):
    customer_id = town.customer(town.rm1_east)
    warning_id = raised(town, customer_id, town.rm1_east)
    (task,) = tasks(town.rm1_east)
    assert (task.kind, task.customer_id, task.due_date) == (task_pb2.TASK_KIND_WARNING, customer_id, "2026-11-28")
    assert (task.source, task.priority) == ("warning", task_pb2.TASK_PRIORITY_HIGH)
    # Once, and of the warning.
    assert told(town, town.rm1_east) == ["warning_raised"]
    assert {"warning_raised", "warning_waits"} <= KINDS.keys()
    raised(town, customer_id, town.rm1_east, warning_id, severity=3, again=True, due_date="2026-12-01")
    (task,) = tasks(town.rm1_east)
    assert (task.priority, task.due_date) == (task_pb2.TASK_PRIORITY_URGENT, "2026-12-01")
    assert told(town, town.rm1_east) == ["warning_raised", "warning_raised"]


def test_those_in_charge_are_told_of_what_is_nobodys(town):
    customer_id = town.customer(town.rm1_east, lead_person_id="")
    warning_id = raised(town, customer_id, None)
    assert told(town, town.leader_east) == ["warning_waits"]
    assigned(town, customer_id, warning_id, None, town.rm2_east)
    (task,) = tasks(town.rm2_east)
    assert task.due_date == "2026-11-30"
    assert told(town, town.rm2_east) == ["warning_raised"]


def test_the_task_goes_to_whom_the_warning_goes(town):
    customer_id = town.customer(town.rm1_east)
    warning_id = raised(town, customer_id, town.rm1_east)
    assigned(town, customer_id, warning_id, town.rm1_east, town.rm2_east)
    assert tasks(town.rm1_east, person_id=town.rm1_east.person_id) == []
    (task,) = tasks(town.rm2_east)
    assert task.due_date == "2026-11-30"
    # With the customer: activity moves the task by itself, in whichever order the two are told.
    town.reassign(customer_id, town.rm2_east, town.rm1_west)
    assigned(town, customer_id, warning_id, town.rm2_east, town.rm1_west)
    (task,) = tasks(town.rm1_west)
    assigned(town, customer_id, warning_id, town.rm1_west, None)
    assert town.rm1_west.call("GetTask", task_id=task.task_id).state == task_pb2.TASK_STATE_CANCELLED
    assigned(town, customer_id, warning_id, None, town.rm1_west)
    assert town.rm1_west.call("GetTask", task_id=task.task_id).state == task_pb2.TASK_STATE_OPEN


def test_the_end_of_a_warning_ends_its_task(town):
    customer_id = town.customer(town.rm1_east)
    retained, faded, done = (raised(town, customer_id, town.rm1_east) for _ in range(3))
    by_warning = dict(zip((retained, faded, done), sorted(tasks(town.rm1_east), key=lambda task: task.task_id), strict=True))
    closed(town, customer_id, retained, warning_pb2.WARNING_OUTCOME_RETAINED)
    closed(town, customer_id, faded, warning_pb2.WARNING_OUTCOME_FADED)
    ended = {name: town.rm1_east.call("GetTask", task_id=task.task_id) for name, task in by_warning.items()}
    assert (ended[retained].state, ended[retained].result) == (task_pb2.TASK_STATE_DONE, task_pb2.TASK_RESULT_SUCCESS)
    assert ended[faded].state == task_pb2.TASK_STATE_CANCELLED
    assert len(town.recorded(task_events_pb2.TaskCompleted, task_id=by_warning[retained].task_id)) == 1
    # Done by hand, it waits for the warning: more severe, it is to be done again; told of the end, nothing is left to do.
    town.rm1_east.call("CompleteTask", task_id=by_warning[done].task_id)
    raised(town, customer_id, town.rm1_east, done, severity=3, again=True)
    assert town.rm1_east.call("GetTask", task_id=by_warning[done].task_id).state == task_pb2.TASK_STATE_OPEN
    for _ in range(2):
        closed(town, customer_id, done, warning_pb2.WARNING_OUTCOME_LOST)
    ended = town.rm1_east.call("GetTask", task_id=by_warning[done].task_id)
    assert (ended.state, ended.result) == (task_pb2.TASK_STATE_DONE, task_pb2.TASK_RESULT_DECLINED)
    closed(town, customer_id, str(uuid.uuid4()), warning_pb2.WARNING_OUTCOME_LOST)
