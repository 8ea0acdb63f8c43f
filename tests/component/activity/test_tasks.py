"""Tasks: taken on, given, done, followed up, and told of where they are late; within the reach of whoever asks."""

import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from workbench.activity.v1 import task_events_pb2, task_pb2, task_service_pb2
from workbench.customer.v1 import duplicate_events_pb2, exchange_events_pb2
from workbench.identity.v1 import events_pb2

from services.activity.model.notification import Notification
from services.activity.model.task import Task
from services.activity.rules.tasks import TaskKind
from services.activity.usecases.tasks.opening import open_task
from services.chassis.kernel.errors import InvalidInput, LimitReached, NotAllowed, NotFound, RuleBroken, StaleVersion
from tests.component.town import run_together

DONE, OPEN = task_pb2.TASK_STATE_DONE, task_pb2.TASK_STATE_OPEN
# A Wednesday; the days after it are ordinary weeks.
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@contextmanager
def acting(town, person):
    """A transaction of somebody with the scope of his post."""
    (grant,) = person.caller.grants
    with town.service.database.transaction(person.caller, scope=grant.scope) as work:
        yield work


def told(town, person):
    """What somebody was told, the first first."""
    with town.service.database.transaction(read_only=True) as work:
        mine = select(Notification).filter_by(person_id=person.person_id).order_by(Notification.notification_id)
        return [(each.kind, each.resource) for each in work.session.scalars(mine)]


def create(person, title="打电话", **fields):
    return person.call("CreateTask", task={"title": title, **fields})


def dispatch(leader, owner, title="回访", **fields):
    return leader.call("DispatchTask", task={"title": title, **fields}, owner_person_id=owner.person_id)


def titles(person, **fields):
    return [task.title for task in person.call("ListTasks", **fields).tasks]


def test_a_source_opens_one_task_for_each_key(town):
    customer = town.customer(town.rm1_east)
    owner = {"owner_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    opened = []
    for _ in range(2):
        # Whoever opens it need not reach it.
        with acting(town, town.rm1_west) as work:
            opened.append(
                open_task(
                    work,
                    kind=TaskKind.SATISFACTION,
                    title="回访",
                    customer_id=customer,
                    source="survey",
                    source_key=customer,
                    **owner,
                ).task_id
            )
    (event,) = town.recorded(task_events_pb2.TaskCreated, customer_id=customer)
    assert {event.task_id} == set(opened)
    assert event.source == "survey"
    assert event.due_date > event.business_date
    assert told(town, town.rm1_east) == [("task_assigned", f"tasks/{event.task_id}")]


def test_a_task_that_is_written_and_done(town, at):
    at(NOW)
    customer = town.customer(town.rm1_east)
    task = create(town.rm1_east, customer_id=customer, due_date="2026-11-26", priority=task_pb2.TASK_PRIORITY_HIGH)
    assert (task.state, task.customer_name, task.owner_name) == (OPEN, "欧阳芳", "王雅婷")
    started = town.rm1_east.call("StartTask", task_id=task.task_id, etag=task.etag)
    done = town.rm1_east.call(
        "CompleteTask", task_id=task.task_id, etag=started.etag, outcome="有意向", result=task_pb2.TASK_RESULT_INTERESTED
    )
    assert (done.state, done.on_time, done.outcome) == (DONE, True, "有意向")
    (event,) = town.recorded(task_events_pb2.TaskCompleted, task_id=task.task_id)
    assert (event.on_time, event.customer_id, event.due_date) == (True, customer, "2026-11-26")
    steps = town.rm1_east.call("ListTaskSteps", task_id=task.task_id).steps
    assert [step.kind for step in steps] == [
        task_pb2.TASK_STEP_KIND_CREATED, task_pb2.TASK_STEP_KIND_STARTED, task_pb2.TASK_STEP_KIND_DONE,
    ]  # fmt: skip
    for method in ("CompleteTask", "StartTask", "CancelTask"):
        with pytest.raises(RuleBroken) as refused:
            town.rm1_east.call(method, task_id=task.task_id)
        assert refused.value.reason == "TASK_ENDED"
    again = town.rm1_east.call("ReopenTask", task_id=task.task_id)
    assert (again.state, again.outcome, again.HasField("finish_time")) == (OPEN, "", False)


def test_without_a_day_the_policy_of_the_nearest_unit_counts_in_workdays(town, at):
    at(NOW)
    assert create(town.rm1_east, kind=task_pb2.TASK_KIND_LEAD).due_date == "2026-11-27"
    policy = {"kind": task_pb2.TASK_KIND_LEAD, "due_workdays": 4, "escalate_workdays": 1}
    town.manager_east.call("SetTaskPolicy", task_policy={"organisation_path": town.manager_east.organisation_path, **policy})
    assert create(town.rm1_east, kind=task_pb2.TASK_KIND_LEAD).due_date == "2026-12-01"
    assert create(town.rm1_west, kind=task_pb2.TASK_KIND_LEAD).due_date == "2026-11-27"
    own = {"organisation_path": town.leader_east.organisation_path, **policy, "due_workdays": 1}
    for _ in range(2):
        town.leader_east.call("SetTaskPolicy", task_policy=own)
    assert create(town.rm1_east, kind=task_pb2.TASK_KIND_LEAD).due_date == "2026-11-26"
    shown = {each.kind: each for each in town.rm1_east.call("ListTaskPolicies").task_policies}
    assert shown[task_pb2.TASK_KIND_LEAD].organisation_path == town.leader_east.organisation_path
    assert shown[task_pb2.TASK_KIND_GENERAL].organisation_path == "/"
    with pytest.raises(NotFound):
        town.leader_east.call("SetTaskPolicy", task_policy={**own, "organisation_path": town.manager_east.organisation_path})
    with pytest.raises(NotFound):
        town.rm1_east.call("ListTaskPolicies", organisation_path=town.manager_west.organisation_path)


def test_who_gives_a_task_reaches_the_person_and_the_customer(town):
    customer, elsewhere = town.customer(town.rm1_east), town.customer(town.rm1_west)
    task = dispatch(town.leader_east, town.rm1_east, customer_id=customer)
    assert told(town, town.rm1_east) == [("task_assigned", f"tasks/{task.task_id}")]
    assert task.dispatcher_person_id == town.leader_east.person_id
    for owner, of in ((town.rm1_west, ""), (town.rm1_east, elsewhere), (town.rm1_east, str(uuid.uuid4()))):
        with pytest.raises(NotFound):
            dispatch(town.leader_east, owner, customer_id=of)
    with pytest.raises(NotAllowed):
        dispatch(town.rm1_east, town.rm1_east)
    town.announce(events_pb2.PersonDisabled(person_id=town.rm1_east.person_id))
    with pytest.raises(RuleBroken) as refused:
        dispatch(town.leader_east, town.rm1_east)
    assert refused.value.reason == "PERSON_DISABLED"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"due_date": "2026-02-30"}, "DATE_INVALID"),
        ({"due_date": "0001-01-01"}, "DUE_DATE_UNFIT"),
        ({"due_date": "9999-12-31"}, "DUE_DATE_UNFIT"),
        ({"due_date": "2026-11-24"}, "DUE_DATE_UNFIT"),
        ({"title": ""}, "TITLE_MISSING"),
        ({"title": "回访\n"}, "REQUEST_INVALID"),
        ({"title": "x" * 201}, "REQUEST_INVALID"),
        ({"description": "a\0b"}, "REQUEST_INVALID"),
        ({"kind": 99}, "REQUEST_INVALID"),
        ({"customer_id": "none"}, "REQUEST_INVALID"),
    ],
)
def test_bad_input_is_refused(town, at, fields, reason):
    at(NOW)
    with pytest.raises(InvalidInput) as refused:
        create(town.rm1_east, **fields)
    assert refused.value.reason == reason


def test_a_task_changes_by_who_gave_it_and_not_by_who_has_it(town, at):
    at(NOW)
    task = dispatch(town.leader_east, town.rm1_east, description="一")
    sent = {"task_id": task.task_id, "due_date": "2026-12-03", "etag": task.etag}
    mask = {"paths": ["due_date", "description"]}
    with pytest.raises(NotAllowed) as refused:
        town.rm1_east.call("UpdateTask", task=sent, update_mask=mask)
    assert refused.value.reason == "NOT_IN_CHARGE"
    changed = town.leader_east.call("UpdateTask", task=sent, update_mask=mask)
    assert (changed.title, changed.due_date, changed.description) == ("回访", "2026-12-03", "")
    with pytest.raises(StaleVersion) as stale:
        town.leader_east.call("UpdateTask", task=sent, update_mask=mask)
    assert stale.value.reason == "TASK_CHANGED"
    with pytest.raises(InvalidInput):
        town.leader_east.call("UpdateTask", task=sent, update_mask={"paths": ["nothing"]})
    with pytest.raises(NotFound):
        town.rm1_west.call("GetTask", task_id=task.task_id)


def test_two_writers_and_one_is_told(town):
    task = create(town.rm1_east)
    outcomes = []

    def complete(_number):
        try:
            outcomes.append(town.rm1_east.call("CompleteTask", task_id=task.task_id, etag=task.etag).state)
        except (StaleVersion, RuleBroken) as refused:
            outcomes.append(refused.reason)

    run_together(complete, range(3))
    assert outcomes.count(DONE) == 1
    assert len(town.recorded(task_events_pb2.TaskCompleted, task_id=task.task_id)) == 1


def test_a_task_goes_to_another_and_both_are_told(town):
    task = dispatch(town.manager_east, town.rm1_east)
    with pytest.raises(NotFound):
        town.manager_east.call("ReassignTask", task_id=task.task_id, owner_person_id=town.rm1_west.person_id)
    moved = town.manager_east.call("ReassignTask", task_id=task.task_id, owner_person_id=town.rm2_east.person_id)
    assert (moved.owner_person_id, moved.organisation_path) == (town.rm2_east.person_id, town.rm2_east.organisation_path)
    assert told(town, town.rm1_east)[-1] == ("task_taken_away", f"tasks/{task.task_id}")
    assert told(town, town.rm2_east) == [("task_assigned", f"tasks/{task.task_id}")]
    with pytest.raises(NotFound):
        town.rm1_east.call("GetTask", task_id=task.task_id)
    assert town.recorded(task_events_pb2.TaskReassigned, task_id=task.task_id)[0].owner_person_id == town.rm2_east.person_id


def test_tasks_are_spread_over_the_team(town):
    third = town.colleague("relationship_manager", "EAST/E01/")
    tasks = [dispatch(town.manager_east, town.rm1_east, title=f"{number}") for number in range(7)]
    dispatch(town.manager_east, third, title="已有")
    path = town.manager_east.organisation_path
    spread = town.manager_east.call("BalanceTasks", task_ids=[task.task_id for task in tasks], organisation_path=path).tasks
    loads = {load.person_id: load.open_count for load in town.manager_east.call("ListTaskLoads").loads}
    assert sorted(loads.values()) == [2, 3, 3]
    assert [task.task_id for task in spread] == [task.task_id for task in tasks]
    with pytest.raises(InvalidInput):
        town.manager_east.call("BalanceTasks", task_ids=[tasks[0].task_id])
    with pytest.raises(RuleBroken) as empty:
        alone = town.colleague("branch_manager", "NORTH/")
        alone.call("ListTaskLoads")
    assert empty.value.reason == "TEAM_EMPTY"


def test_a_list_is_of_a_person_a_customer_or_a_unit(town, at):
    at(NOW)
    customer = town.customer(town.rm1_east)
    create(town.rm1_east, title="后", due_date="2026-12-01")
    create(town.rm1_east, title="先", due_date="2026-11-26", customer_id=customer)
    create(town.rm2_east, title="二")
    assert titles(town.rm1_east) == ["先", "后"]
    assert titles(town.leader_east, person_id=town.rm1_east.person_id) == ["先", "后"]
    assert titles(town.rm1_east, customer_id=customer) == ["先"]
    assert titles(town.manager_east, organisation_path=town.manager_east.organisation_path) == ["先", "后", "二"]
    page = town.rm1_east.call("ListTasks", page_size=1)
    assert titles(town.rm1_east, page_size=1, page_token=page.next_page_token) == ["后"]
    for outside in ({"person_id": town.rm1_west.person_id}, {"organisation_path": town.root}, {"campaign_id": str(uuid.uuid4())}):
        with pytest.raises(NotFound):
            town.manager_east.call("ListTasks", **outside)
    with pytest.raises(InvalidInput):
        town.manager_east.call("ListTasks", customer_id=customer, organisation_path=town.manager_east.organisation_path)
    at(NOW + timedelta(days=2))
    assert titles(town.rm1_east, overdue=True) == ["先"]


def test_what_is_open_goes_with_its_customer_and_a_merge_takes_all(town):
    customer, other = town.customer(town.rm1_east), town.customer(town.rm1_east)
    done, still = create(town.rm1_east, customer_id=customer), create(town.rm1_east, customer_id=customer)
    town.rm1_east.call("CompleteTask", task_id=done.task_id)
    town.reassign(customer, town.rm1_east, town.rm2_east)
    assert town.rm2_east.call("GetTask", task_id=still.task_id).owner_person_id == town.rm2_east.person_id
    assert town.rm1_east.call("GetTask", task_id=done.task_id).owner_person_id == town.rm1_east.person_id
    merge = {"survivor_customer_id": other, "merged_customer_id": customer, "merge_id": f"m-{customer}", "display_name": "欧阳芳"}
    lead = {"lead_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    town.announce(duplicate_events_pb2.CustomersMerged(**merge, **lead))
    assert titles(town.rm1_east, customer_id=other) == [still.title]
    town.announce(exchange_events_pb2.CustomerErased(customer_id=other, erasure_id="e"))
    erased = town.rm1_east.call("GetTask", task_id=done.task_id)
    assert (erased.title, erased.outcome, erased.state) == ("", "", DONE)


def test_what_somebody_wrote_is_nowhere_readable(town):
    task = create(town.rm1_east, title="秘密的话", description="秘密的话")
    with town.service.database.transaction(read_only=True) as work:
        row = work.session.connection().exec_driver_sql(f"SELECT title, description FROM tasks WHERE task_id = '{task.task_id}'")
        assert not any("秘密" in value for value in row.one())


def test_a_reminder_comes_at_most_once_an_hour(town, at):
    at(NOW)
    task = dispatch(town.leader_east, town.rm1_east)
    assert town.leader_east.call("RemindTask", task_id=task.task_id).reminder_count == 1
    with pytest.raises(LimitReached):
        town.leader_east.call("RemindTask", task_id=task.task_id)
    at(NOW + timedelta(hours=2))
    assert town.leader_east.call("RemindTask", task_id=task.task_id).reminder_count == 2
    assert [kind for kind, _ in told(town, town.rm1_east)] == ["task_assigned", "task_reminded", "task_reminded"]


def test_who_is_in_charge_is_told_of_what_is_late_and_then_who_is_above(town, at):
    at(NOW)
    task = create(town.rm1_east, due_date="2026-11-26")

    def run(day):
        at(datetime.combine(day, NOW.timetz()))
        for _ in range(2):
            town.run_timer("tasks.escalate")

    resource = ("task_escalated", f"tasks/{task.task_id}")
    run(date(2026, 11, 29))
    assert resource not in told(town, town.leader_east)
    # Two workdays after it was due, over a weekend; then five more.
    run(date(2026, 11, 30))
    assert told(town, town.leader_east) == [resource]
    assert resource not in told(town, town.manager_east)
    run(date(2026, 12, 7))
    assert told(town, town.manager_east) == [resource]
    run(date(2027, 3, 1))
    assert told(town, town.leader_east) == [resource]
    assert [event.escalation_level for event in town.recorded(task_events_pb2.TaskEscalated, task_id=task.task_id)] == [1, 2]
    town.rm1_east.call("CompleteTask", task_id=task.task_id)
    assert not town.recorded(task_events_pb2.TaskCompleted, task_id=task.task_id)[0].on_time


def test_a_product_manager_reads_and_does_his_own_and_nobody_elses(town):
    task = create(town.rm1_east)
    assert town.product_manager.call("GetTask", task_id=task.task_id).title == task.title
    for method in ("CompleteTask", "CancelTask"):
        with pytest.raises(NotAllowed):
            town.product_manager.call(method, task_id=task.task_id)
    own = create(town.product_manager)
    assert town.product_manager.call("CompleteTask", task_id=own.task_id).state == DONE


def test_a_policy_goes_with_its_unit(town):
    policy = {"kind": task_pb2.TASK_KIND_LEAD, "due_workdays": 9}
    path = town.leader_east.organisation_path
    town.leader_east.call("SetTaskPolicy", task_policy={"organisation_path": path, **policy})
    moved = {"organisation_unit_id": "u", "former_organisation_path": path, "organisation_path": f"{town.root}WEST/E01/"}
    town.announce(events_pb2.OrganisationUnitMoved(**moved))
    shown = town.manager_west.call("ListTaskPolicies", organisation_path=moved["organisation_path"]).task_policies
    assert 9 in [each.due_workdays for each in shown]


def test_a_request_that_comes_twice_opens_one(town):
    request = task_service_pb2.CreateTaskRequest(task={"title": "一次"}, request_id=str(uuid.uuid4()))
    first, second = (town.rm1_east.call("CreateTask", request) for _ in range(2))
    assert first.task_id == second.task_id
    with town.service.database.transaction(read_only=True) as work:
        assert len(work.session.scalars(select(Task).filter_by(owner_person_id=town.rm1_east.person_id)).all()) == 1
