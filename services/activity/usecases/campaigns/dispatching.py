"""Gives out the tasks of a campaign, and takes back what is open once it is over: long work, a portion at a time.

Each step commits tasks, events and what became of the customers together, so that work that is broken off goes on where it was
and gives nobody two. Only what still waits is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from workbench.activity.v1 import campaign_service_pb2, task_events_pb2

from services.activity.model.campaign import Campaign, CampaignCustomer
from services.activity.model.customer import Customer
from services.activity.model.person import Person
from services.activity.model.task import Task, TaskStep
from services.activity.rules.campaigns import CampaignAssignment, CampaignCustomerState, CampaignState
from services.activity.rules.load_balancing import assigned
from services.activity.rules.tasks import StepKind, TaskKind, TaskState
from services.activity.usecases import reaching
from services.activity.usecases.campaigns import finding
from services.activity.usecases.notifying import notify
from services.activity.usecases.tasks import deadlines, giving, opening
from services.activity.usecases.tasks.deciding import DISPATCH
from services.activity.usecases.tasks.doing import cancelled
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken
from services.chassis.longwork import asking
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Task as Step
from services.chassis.longwork.task import Work

LAUNCH = "activity.campaign.launch"
END = "activity.campaign.end"
# A fraction of a second at a branch, where nobody else writes meanwhile.
CUSTOMERS_PER_STEP = 200

_COLUMNS = CampaignCustomer.__table__.c
_MEMBER = (
    _COLUMNS.campaign_customer_id, _COLUMNS.customer_id, _COLUMNS.owner_person_id, _COLUMNS.organisation_path,
)  # fmt: skip
_OUTCOME = update(CampaignCustomer.__table__).where(_COLUMNS.campaign_customer_id == bindparam("b_id"))  # type: ignore[arg-type]


def launch(work: UnitOfWork, request: campaign_service_pb2.LaunchCampaignRequest) -> Operation:
    """Asks for a campaign's tasks to be given out; asked again while that was broken off, it goes on."""
    campaign = finding.run_by(work, request.campaign_id, request.etag)
    campaign.require_running()
    if campaign.state == CampaignState.RUNNING or _is_at_it(work, campaign):
        raise RuleBroken("CAMPAIGN_LAUNCHED", "It is launched already.")
    if not campaign.customer_count:
        raise RuleBroken("CAMPAIGN_EMPTY", "It names no customer.")
    if campaign.due_date < work.business_date:
        violation = FieldViolation("due_date", "From today on.")
        raise InvalidInput("DUE_DATE_UNFIT", "Its day is over.", violations=(violation,))
    giving.team(work, campaign.organisation_path, campaign.assignee_person_ids)
    if campaign.state == CampaignState.DRAFT:
        campaign.state, campaign.launch_time = CampaignState.LAUNCHING.value, work.now
        work.record(_launched(campaign))
    return _ask(work, campaign, LAUNCH)


def end(work: UnitOfWork, request: campaign_service_pb2.EndCampaignRequest) -> Operation:
    """Ends a campaign at once, and asks for what is open to be cancelled."""
    campaign = finding.run_by(work, request.campaign_id, request.etag)
    campaign.require_running()
    state = CampaignState.CANCELLED if request.cancelled else CampaignState.ENDED
    campaign.state, campaign.end_time = state.value, work.now
    work.record(
        task_events_pb2.CampaignEnded(
            campaign_id=campaign.campaign_id, organisation_path=campaign.organisation_path, state=state.value
        )
    )
    return _ask(work, campaign, END)


def _give_portion(work: UnitOfWork, step: Step, _prepared: None) -> None:
    """Gives out the tasks for the next customers that wait."""
    campaign = work.session.get_one(Campaign, step.parameters["campaign_id"], with_for_update=True)
    waiting = (
        select(*_MEMBER)
        .where(CampaignCustomer.campaign_id == campaign.campaign_id, CampaignCustomer.state == CampaignCustomerState.WAITING)
        .order_by(CampaignCustomer.campaign_customer_id)
        .limit(CUSTOMERS_PER_STEP)
    )
    members = work.session.execute(waiting).all() if campaign.state == CampaignState.LAUNCHING else []
    if members:
        _give(work, step, campaign, members)
        step.done += len(members)
        return
    if campaign.state == CampaignState.LAUNCHING:
        campaign.state, campaign.update_time = CampaignState.RUNNING.value, work.now
    _tell_owners(work, campaign)
    step.finish(f"{step.done} customers.")


def _give(work: UnitOfWork, step: Step, campaign: Campaign, members: Sequence[Any]) -> None:
    known = reaching.customers(work, (each.customer_id for each in members))
    team = {person.person_id: person for person in giving.team(work, campaign.organisation_path, campaign.assignee_person_ids)}
    kept: dict[str, int] = step.checkpoint.get("loads", {})
    # Counted once, then kept with the work.
    loads = {key: kept[key] for key in team} if kept.keys() >= team.keys() else giving.loads(work, team.values())
    # A merge may have brought two of them together.
    free = dict.fromkeys(each.customer_id for each in members if each.customer_id in known and known[each.customer_id].stands)
    for customer_id in _given_already(work, campaign, free):
        del free[customer_id]
    leads = [(customer_id, known[customer_id].lead_person_id) for customer_id in free]
    people = team | _able(work, {lead for _, lead in leads if lead})
    chosen = assigned(leads, people, loads, to_leads=campaign.assignment == CampaignAssignment.LEAD)
    outcomes = []
    for member in members:
        person_id = chosen.pop(member.customer_id, None)
        state = _state(known.get(member.customer_id), taken=person_id is not None, free=member.customer_id in free)
        free.pop(member.customer_id, None)
        owner = people[person_id] if person_id else member
        outcomes.append(
            {
                "b_id": member.campaign_customer_id,
                "state": state.value,
                "task_id": work.new_id() if person_id else None,
                "owner_person_id": person_id or member.owner_person_id,
                "organisation_path": owner.organisation_path,
                "customer_id": member.customer_id,
            }
        )
        if person_id in loads:
            loads[person_id] += 1
    _write(work, campaign, outcomes)
    step.checkpoint["loads"] = loads


def _write(work: UnitOfWork, campaign: Campaign, outcomes: Sequence[Mapping[str, Any]]) -> None:
    # Units that owners are in may lie apart from the campaign's own.
    work.reach(*sorted({each["organisation_path"] for each in outcomes}))
    late = {path: _escalate_date(work, campaign, path) for path in {each["organisation_path"] for each in outcomes}}
    rows = [_task(work, campaign, each, late[each["organisation_path"]]) for each in outcomes if each["task_id"]]
    if rows:
        work.insert_all(Task, rows)
        work.session.execute(insert(TaskStep), [_step(work, row["task_id"]) for row in rows])
        work.record(*(_created(work, row) for row in rows))
    columns = ("state", "task_id", "owner_person_id", "organisation_path")
    values = [{"b_id": each["b_id"]} | {f"b_{name}": each[name] for name in columns} for each in outcomes]
    work.session.execute(_OUTCOME.values({name: bindparam(f"b_{name}") for name in columns}), values)


def _cancel_portion(work: UnitOfWork, step: Step, _prepared: None) -> None:
    """Cancels the next tasks that are open."""
    campaign_id = step.parameters["campaign_id"]
    still_open = select(Task).where(Task.campaign_id == campaign_id, Task.open).order_by(Task.task_id).limit(CUSTOMERS_PER_STEP)
    with work.whole_bank():
        tasks = work.session.scalars(still_open.with_for_update()).all()
        for task in tasks:
            task.end(TaskState.CANCELLED, work.now, work.business_date)
            opening.step(work, task, StepKind.CANCELLED)
        work.session.flush()
    work.record(*map(cancelled, tasks))
    per_person = Counter(step.checkpoint.get("owners", {})) + Counter(task.owner_person_id for task in tasks)
    step.checkpoint["owners"] = dict(per_person)
    step.done += len(tasks)
    if len(tasks) < CUSTOMERS_PER_STEP:
        for person_id, count in sorted(per_person.items()):
            told = {"count": str(count)}
            notify(work, [person_id], "campaign_ended", resource=f"campaigns/{campaign_id}", parameters=told)
        step.finish(f"{step.done} tasks cancelled.")


WORKS = (Work(LAUNCH, DISPATCH, _give_portion), Work(END, DISPATCH, _cancel_portion))


def _ask(work: UnitOfWork, campaign: Campaign, kind: str) -> Operation:
    subject, parameters = f"campaigns/{campaign.campaign_id}", {"campaign_id": campaign.campaign_id}
    operation = asking.ask(work, kind, parameters, subject=subject, total=campaign.customer_count)
    campaign.operation_id, campaign.update_time = operation.operation_id, work.now
    return operation


def _is_at_it(work: UnitOfWork, campaign: Campaign) -> bool:
    operation = work.session.get(Operation, campaign.operation_id) if campaign.operation_id else None
    return operation is not None and not operation.ended


def _able(work: UnitOfWork, person_ids: set[str]) -> dict[str, Person]:
    """Those of the leads who can be given work; they lead customers whom the caller reaches."""
    statement = select(Person).where(among(Person.person_id, sorted(person_ids)), ~Person.disabled)
    return {person.person_id: person for person in work.session.scalars(statement)} if person_ids else {}


def _given_already(work: UnitOfWork, campaign: Campaign, customer_ids: Iterable[str]) -> set[str]:
    asked = sorted(customer_ids)
    statement = select(Task.customer_id).where(among(Task.customer_id, asked), Task.campaign_id == campaign.campaign_id)
    with work.whole_bank():
        return {str(customer_id) for customer_id in work.session.scalars(statement)} if asked else set()


def _state(customer: Customer | None, *, taken: bool, free: bool) -> CampaignCustomerState:
    if taken:
        return CampaignCustomerState.GIVEN
    if customer is None:
        return CampaignCustomerState.OUT_OF_REACH
    # One of two that a merge brought together counts as gone: the other has the task.
    return CampaignCustomerState.NOBODY if free else CampaignCustomerState.GONE


def _escalate_date(work: UnitOfWork, campaign: Campaign, path: str) -> date:
    rule = deadlines.deadline(work, path, TaskKind.CAMPAIGN)
    return deadlines.escalated_after(work, rule.escalate_workdays, campaign.due_date, path)


def _task(work: UnitOfWork, campaign: Campaign, given: Mapping[str, Any], escalate_date: date) -> dict[str, Any]:
    return opening.blank(work) | {
        "task_id": given["task_id"],
        "kind": TaskKind.CAMPAIGN.value,
        "priority": campaign.priority,
        "title": campaign.display_name,
        "customer_id": given["customer_id"],
        "owner_person_id": given["owner_person_id"],
        "organisation_path": given["organisation_path"],
        "due_date": campaign.due_date,
        "dispatcher_person_id": campaign.owner_person_id,
        "campaign_id": campaign.campaign_id,
        "source": "campaign",
        "source_key": f"{campaign.campaign_id}/{given['customer_id']}",
        "escalate_date": escalate_date,
    }


def _step(work: UnitOfWork, task_id: str) -> dict[str, Any]:
    return {
        "task_step_id": work.new_id(),
        "task_id": task_id,
        "kind": StepKind.CREATED.value,
        "person_id": work.caller.person_id,
        "former_owner_person_id": "",
        "owner_person_id": "",
        "create_time": work.now,
    }


def _created(work: UnitOfWork, row: Mapping[str, Any]) -> task_events_pb2.TaskCreated:
    return task_events_pb2.TaskCreated(
        task_id=row["task_id"],
        kind=row["kind"],
        owner_person_id=row["owner_person_id"],
        organisation_path=row["organisation_path"],
        customer_id=row["customer_id"],
        due_date=row["due_date"].isoformat(),
        dispatcher_person_id=row["dispatcher_person_id"],
        campaign_id=row["campaign_id"],
        source=row["source"],
        business_date=work.business_date.isoformat(),
    )


def _tell_owners(work: UnitOfWork, campaign: Campaign) -> None:
    """Tells each, once, how many tasks of it he has."""
    statement = select(Task.owner_person_id, func.count()).where(Task.campaign_id == campaign.campaign_id, Task.open)
    with work.whole_bank():
        counts = work.session.execute(statement.group_by(Task.owner_person_id)).all()
    for person_id, count in sorted(counts):
        told = {"count": str(count), "dueDate": campaign.due_date.isoformat()}
        notify(work, [person_id], "campaign_assigned", resource=f"campaigns/{campaign.campaign_id}", parameters=told)


def _launched(campaign: Campaign) -> task_events_pb2.CampaignLaunched:
    return task_events_pb2.CampaignLaunched(
        campaign_id=campaign.campaign_id,
        organisation_path=campaign.organisation_path,
        owner_person_id=campaign.owner_person_id,
        customer_count=campaign.customer_count,
        due_date=campaign.due_date.isoformat(),
    )
