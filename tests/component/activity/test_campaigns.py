"""Campaigns: many customers get a task each, in portions that survive being broken off; what came of it is counted."""

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from workbench.activity.v1 import campaign_pb2, task_events_pb2, task_pb2
from workbench.customer.v1 import duplicate_events_pb2, exchange_events_pb2
from workbench.identity.v1 import events_pb2
from workbench.operations.v1 import operation_service_pb2

from services.activity.model.notification import Notification
from services.activity.model.task import Task
from services.activity.usecases.campaigns import dispatching
from services.chassis.kernel.errors import InvalidInput, LimitReached, NotAllowed, NotFound, RuleBroken, StaleVersion
from tests.component.town import run_together

SUCCEEDED = operation_service_pb2.OPERATION_STATE_SUCCEEDED
RUNNING, ENDED = campaign_pb2.CAMPAIGN_STATE_RUNNING, campaign_pb2.CAMPAIGN_STATE_ENDED
GIVEN, GONE = campaign_pb2.CAMPAIGN_CUSTOMER_STATE_GIVEN, campaign_pb2.CAMPAIGN_CUSTOMER_STATE_GONE
OUT_OF_REACH = campaign_pb2.CAMPAIGN_CUSTOMER_STATE_OUT_OF_REACH
BALANCED = campaign_pb2.CAMPAIGN_ASSIGNMENT_BALANCED
SUCCESS, DECLINED = task_pb2.TASK_RESULT_SUCCESS, task_pb2.TASK_RESULT_DECLINED
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(at):
    at(NOW)


def create(person, **fields):
    draft = {"display_name": "年末存款", "script": "您好", "due_date": "2026-12-31", "target_count": 2, **fields}
    return person.call("CreateCampaign", campaign=draft)


def ended(person, operation):
    for _ in range(200):
        operation = person.call("GetOperation", service="activity", operation_id=operation.operation_id)
        if operation.state > operation_service_pb2.OPERATION_STATE_RUNNING:
            return operation
        time.sleep(0.05)
    raise AssertionError(operation)


def launched(person, customers, **fields):
    campaign = create(person, **fields)
    person.call("AddCampaignCustomers", campaign_id=campaign.campaign_id, customer_ids=customers)
    operation = ended(person, person.call("LaunchCampaign", campaign_id=campaign.campaign_id))
    assert operation.state == SUCCEEDED, operation
    return person.call("GetCampaign", campaign_id=campaign.campaign_id)


def progress(person, campaign):
    return person.call("GetCampaignProgress", campaign_id=campaign.campaign_id)


def test_each_customers_lead_has_the_task_and_results_are_counted(town, monkeypatch):
    # More than one portion.
    monkeypatch.setattr(dispatching, "CUSTOMERS_PER_STEP", 2)
    mine, others = [town.customer(town.rm1_east) for _ in range(3)], [town.customer(town.rm2_east) for _ in range(2)]
    campaign = launched(town.manager_east, [*mine, *others])
    assert (campaign.state, campaign.customer_count) == (RUNNING, 5)
    tasks = town.rm1_east.call("ListTasks", campaign_id=campaign.campaign_id).tasks
    assert sorted(task.customer_id for task in tasks) == sorted(mine)
    assert {(task.title, task.due_date, task.kind) for task in tasks} == {("年末存款", "2026-12-31", task_pb2.TASK_KIND_CAMPAIGN)}
    assert len(town.recorded(task_events_pb2.TaskCreated, campaign_id=campaign.campaign_id)) == 5
    with pytest.raises(InvalidInput) as refused:
        town.rm1_east.call("CompleteTask", task_id=tasks[0].task_id)
    assert refused.value.reason == "RESULT_MISSING"
    for task, result in zip(tasks, (SUCCESS, DECLINED), strict=False):
        town.rm1_east.call("CompleteTask", task_id=task.task_id, result=result)
    told = progress(town.manager_east, campaign)
    assert (told.total.task_count, told.total.open_count, told.total.done_count, told.total.on_time_count) == (5, 3, 2, 2)
    assert told.target_basis_points == 5_000
    assert [(each.result, each.count) for each in told.total.results] == [(SUCCESS, 1), (DECLINED, 1)]
    assert [(each.person_id, each.counts.task_count) for each in told.people] == [
        (town.rm1_east.person_id, 3), (town.rm2_east.person_id, 2),
    ]  # fmt: skip
    # Told once, of all his tasks.
    with town.service.database.transaction(read_only=True) as work:
        note = work.session.scalars(select(Notification).filter_by(person_id=town.rm1_east.person_id)).one()
    assert (note.kind, note.parameters["count"]) == ("campaign_assigned", "3")


def test_who_has_a_task_reads_what_to_say_and_nobody_else_does(town):
    campaign = launched(town.leader_east, [town.customer(town.rm1_east)])
    assert town.rm1_east.call("GetCampaign", campaign_id=campaign.campaign_id).script == "您好"
    for person in (town.rm2_east, town.rm1_west, town.manager_west):
        with pytest.raises(NotFound):
            person.call("GetCampaign", campaign_id=campaign.campaign_id)
    for method in ("GetCampaignProgress", "ListCampaignCustomers"):
        with pytest.raises(NotFound):
            town.rm1_east.call(method, campaign_id=campaign.campaign_id)
    assert [each.campaign_id for each in town.manager_east.call("ListCampaigns").campaigns] == [campaign.campaign_id]
    assert not town.manager_west.call("ListCampaigns").campaigns
    with pytest.raises(NotAllowed):
        create(town.rm1_east)


def test_a_balanced_one_spreads_over_the_team_by_what_each_has_to_do(town):
    for _ in range(3):
        town.rm1_east.call("CreateTask", task={"title": "已有"})
    customers = [town.customer(town.rm1_east) for _ in range(5)]
    campaign = launched(town.manager_east, customers, assignment=BALANCED)
    shares = {each.person_id: each.counts.task_count for each in progress(town.manager_east, campaign).people}
    assert shares == {town.rm1_east.person_id: 1, town.rm2_east.person_id: 4}
    # Who does not reach the customer is not told its name.
    names = [task.customer_name for task in town.rm2_east.call("ListTasks").tasks]
    assert names == [""] * 4


def test_where_the_lead_is_shut_out_the_team_does_it(town):
    customer = town.customer(town.rm1_east)
    town.announce(events_pb2.PersonDisabled(person_id=town.rm1_east.person_id))
    campaign = launched(town.manager_east, [customer])
    assert progress(town.manager_east, campaign).people[0].person_id == town.rm2_east.person_id


def test_customers_out_of_reach_are_refused_or_passed_over_as_asked(town):
    campaign = create(town.leader_east)
    mine, elsewhere = town.customer(town.rm1_east), town.customer(town.rm1_west)
    asked = {"campaign_id": campaign.campaign_id, "customer_ids": [mine, elsewhere, mine, str(uuid.uuid4())]}
    with pytest.raises(NotFound) as refused:
        town.leader_east.call("AddCampaignCustomers", **asked)
    assert [violation.field for violation in refused.value.violations] == ["customer_ids[1]", "customer_ids[3]"]
    for added in (1, 0):
        answer = town.leader_east.call("AddCampaignCustomers", **asked, skip_unreachable=True)
        assert (answer.added, answer.skipped, answer.customer_count) == (added, 2, 1)
    gone = town.leader_east.call("RemoveCampaignCustomers", **asked)
    assert (gone.removed, gone.customer_count) == (1, 0)
    with pytest.raises(RuleBroken) as empty:
        town.leader_east.call("LaunchCampaign", campaign_id=campaign.campaign_id)
    assert empty.value.reason == "CAMPAIGN_EMPTY"


def test_who_left_the_scope_merged_or_was_erased_meanwhile_is_passed_over(town):
    kept, left, merged, erased = (town.customer(town.rm1_east) for _ in range(4))
    campaign = create(town.leader_east)
    town.leader_east.call("AddCampaignCustomers", campaign_id=campaign.campaign_id, customer_ids=[kept, left, merged, erased])
    town.reassign(left, town.rm1_east, town.rm1_west)
    town.announce(exchange_events_pb2.CustomerErased(customer_id=erased, erasure_id="e"))
    # Whoever stands for it is in the campaign too, and gets one task.
    merge = {"survivor_customer_id": kept, "merged_customer_id": merged, "merge_id": f"m-{kept}", "display_name": "欧阳芳"}
    lead = {"lead_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    town.announce(duplicate_events_pb2.CustomersMerged(**merge, **lead))
    ended(town.leader_east, town.leader_east.call("LaunchCampaign", campaign_id=campaign.campaign_id))
    shown = town.leader_east.call("ListCampaignCustomers", campaign_id=campaign.campaign_id).customers
    states = sorted((each.customer_id == kept, each.state) for each in shown)
    assert states == [(False, OUT_OF_REACH), (False, GONE), (True, GIVEN), (True, GONE)]
    assert progress(town.leader_east, campaign).skipped_count == 3
    assert len(town.rm1_east.call("ListTasks").tasks) == 1


def test_what_was_broken_off_goes_on_and_gives_nobody_two(town, monkeypatch, at):
    monkeypatch.setattr(dispatching, "CUSTOMERS_PER_STEP", 2)
    # It is tried again after a while, for which a clock must go on.
    at(None)
    customers = [town.customer(town.rm1_east) for _ in range(5)]
    campaign = create(town.leader_east, due_date=(datetime.now(UTC) + timedelta(days=9)).date().isoformat())
    town.leader_east.call("AddCampaignCustomers", campaign_id=campaign.campaign_id, customer_ids=customers)
    steps, write = [], dispatching._write

    def fails_once(*arguments):
        steps.append(arguments)
        write(*arguments)
        if len(steps) == 2:
            raise OSError("The process died.")

    monkeypatch.setattr(dispatching, "_write", fails_once)
    operation = town.leader_east.call("LaunchCampaign", campaign_id=campaign.campaign_id)
    with pytest.raises(RuleBroken) as refused:
        town.leader_east.call("LaunchCampaign", campaign_id=campaign.campaign_id)
    assert refused.value.reason == "CAMPAIGN_LAUNCHED"
    assert ended(town.leader_east, operation).state == SUCCEEDED
    assert progress(town.leader_east, campaign).total.task_count == 5


def test_an_ended_one_cancels_what_is_open_and_is_over(town, monkeypatch):
    monkeypatch.setattr(dispatching, "CUSTOMERS_PER_STEP", 2)
    customers = [town.customer(town.rm1_east) for _ in range(5)]
    campaign = launched(town.leader_east, customers)
    done = town.rm1_east.call("ListTasks").tasks[0]
    town.rm1_east.call("CompleteTask", task_id=done.task_id, result=SUCCESS)
    # One went along with its customer, out of the leader's unit.
    still = town.rm1_east.call("ListTasks").tasks[0]
    town.reassign(still.customer_id, town.rm1_east, town.rm2_east)
    ended(town.leader_east, town.leader_east.call("EndCampaign", campaign_id=campaign.campaign_id))
    told = progress(town.leader_east, campaign)
    assert (told.total.open_count, told.total.cancelled_count, told.total.done_count) == (0, 4, 1)
    assert town.leader_east.call("GetCampaign", campaign_id=campaign.campaign_id).state == ENDED
    assert [each.state for each in town.recorded(task_events_pb2.CampaignEnded, campaign_id=campaign.campaign_id)] == [ENDED]
    for method, fields in (("EndCampaign", {}), ("LaunchCampaign", {})):
        with pytest.raises(RuleBroken) as refused:
            town.leader_east.call(method, campaign_id=campaign.campaign_id, **fields)
        assert refused.value.reason == "CAMPAIGN_ENDED"
    with pytest.raises(RuleBroken):
        town.rm1_east.call("ReopenTask", task_id=done.task_id)


def test_what_is_settled_by_the_launch_does_not_change_after_it(town):
    campaign = launched(town.leader_east, [town.customer(town.rm1_east)])
    sent = {"campaign_id": campaign.campaign_id, "script": "另一句", "due_date": "2026-12-30", "etag": campaign.etag}
    with pytest.raises(RuleBroken) as refused:
        town.leader_east.call("UpdateCampaign", campaign=sent, update_mask={"paths": ["due_date"]})
    assert refused.value.reason == "CAMPAIGN_LAUNCHED"
    assert town.leader_east.call("UpdateCampaign", campaign=sent, update_mask={"paths": ["script"]}).script == "另一句"
    with pytest.raises(StaleVersion) as stale:
        town.leader_east.call("UpdateCampaign", campaign=sent, update_mask={"paths": ["script"]})
    assert stale.value.reason == "CAMPAIGN_CHANGED"
    with pytest.raises(RuleBroken):
        town.leader_east.call(
            "AddCampaignCustomers", campaign_id=campaign.campaign_id, customer_ids=[town.customer(town.rm1_east)]
        )


def test_bad_campaigns_are_refused(town, monkeypatch):
    for fields, error in (
        ({"due_date": "2026-11-01"}, InvalidInput),
        ({"due_date": "9999-12-31"}, InvalidInput),
        ({"display_name": " "}, InvalidInput),
        ({"assignee_person_ids": [town.rm1_west.person_id]}, NotFound),
        ({"organisation_path": town.root}, NotFound),
        ({"target_count": -1}, InvalidInput),
    ):
        with pytest.raises(error):
            create(town.leader_east, **fields)
    monkeypatch.setattr("services.activity.usecases.campaigns.writing.CUSTOMERS_MAX", 1)
    campaign, two = create(town.leader_east), [town.customer(town.rm1_east) for _ in range(2)]
    with pytest.raises(LimitReached):
        town.leader_east.call("AddCampaignCustomers", campaign_id=campaign.campaign_id, customer_ids=two)


def test_two_who_add_the_same_customers_add_them_once(town):
    campaign, customers = create(town.leader_east), [town.customer(town.rm1_east) for _ in range(3)]
    asked = {"campaign_id": campaign.campaign_id, "customer_ids": customers}
    run_together(lambda person: person.call("AddCampaignCustomers", **asked), (town.leader_east, town.manager_east))
    shown = town.leader_east.call("ListCampaignCustomers", campaign_id=campaign.campaign_id).customers
    assert sorted(each.customer_id for each in shown) == sorted(customers)
    assert town.leader_east.call("GetCampaign", campaign_id=campaign.campaign_id).customer_count == 3


def test_two_who_launch_launch_once(town):
    campaign = create(town.leader_east)
    town.leader_east.call("AddCampaignCustomers", campaign_id=campaign.campaign_id, customer_ids=[town.customer(town.rm1_east)])
    outcomes = []

    def launch(person):
        try:
            outcomes.append(person.call("LaunchCampaign", campaign_id=campaign.campaign_id))
        except (RuleBroken, StaleVersion) as refused:
            outcomes.append(refused.reason)

    run_together(launch, (town.leader_east, town.manager_east))
    assert outcomes.count("CAMPAIGN_LAUNCHED") == 1
    assert len(town.recorded(task_events_pb2.CampaignLaunched, campaign_id=campaign.campaign_id)) == 1


def test_a_task_of_a_campaign_is_unique_whatever_happens(town):
    campaign = launched(town.leader_east, [town.customer(town.rm1_east)])
    with town.service.database.transaction(read_only=True) as work:
        (task,) = work.session.scalars(select(Task).filter_by(campaign_id=campaign.campaign_id)).all()
    assert task.source_key == f"{campaign.campaign_id}/{task.customer_id}"
