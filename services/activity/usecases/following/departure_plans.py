"""Gives whoever is to get to know a customer in a plan around a departure a task for it, which follows the plan's item.

Of one item there is one task. Whether it is done, contacts say, not the task.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from workbench.activity.v1 import task_events_pb2
from workbench.analytics.v1 import departure_events_pb2, departure_pb2

from services.activity.model.customer import Customer
from services.activity.model.person import Person
from services.activity.model.task import Task
from services.activity.rules.tasks import StepKind, TaskKind, TaskResult, TaskState, is_open
from services.activity.usecases.notifying import notify
from services.activity.usecases.tasks import doing, giving
from services.activity.usecases.tasks.opening import open_task, step
from services.chassis.db.session import UnitOfWork

SOURCE = "departure_plan"
_TITLES = {
    departure_pb2.DEPARTURE_PLAN_KIND_HAND_OVER: "交接客户:与客户见面 Take over: meet the customer",
    departure_pb2.DEPARTURE_PLAN_KIND_SECOND_CONTACT: "第二联系人:与客户见面 Second contact: meet the customer",
}


def take_assigned(work: UnitOfWork, event: departure_events_pb2.DeparturePlanItemAssigned) -> None:
    """Somebody is to get to know a customer: he has a task; where it was another's, that one has it no more."""
    task, person = _task(work, event.item_id), work.session.get(Person, event.person_id)
    if task is None:
        _open(work, event)
        return
    if not is_open(task.state):
        task.reopen(work.now)
        step(work, task, StepKind.REOPENED)
        work.record(task_events_pb2.TaskReopened(task_id=task.task_id, owner_person_id=task.owner_person_id))
    if person is not None and task.owner_person_id != person.person_id:
        giving.give(work, task, person)
    work.session.flush()


def take_done(work: UnitOfWork, event: departure_events_pb2.DeparturePlanItemDone) -> None:
    """They know each other."""
    task = _task(work, event.item_id)
    if task is not None and is_open(task.state):
        task.end(TaskState.DONE, work.now, work.business_date)
        task.result = TaskResult.SUCCESS.value
        step(work, task, StepKind.DONE)
        work.session.flush()
        work.record(doing.completed(work, task))


def take_withdrawn(work: UnitOfWork, event: departure_events_pb2.DeparturePlanItemWithdrawn) -> None:
    """It is nobody's any more."""
    _cancel(work, event.item_id)


def take_ended(work: UnitOfWork, event: departure_events_pb2.DeparturePlanEnded) -> None:
    """The plan is over: what is open of it will not be done."""
    for item_id in event.open_item_ids:
        _cancel(work, item_id)


def _task(work: UnitOfWork, item_id: str) -> Task | None:
    statement = select(Task).where(Task.source == SOURCE, Task.source_key == item_id).with_for_update()
    task: Task | None = work.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    return task


def _open(work: UnitOfWork, event: departure_events_pb2.DeparturePlanItemAssigned) -> None:
    customer = work.session.get(Customer, event.customer_id)
    open_task(
        work,
        kind=TaskKind.VISIT,
        title=_TITLES[event.kind],
        owner_person_id=event.person_id,
        organisation_path=event.organisation_path,
        customer_id=event.customer_id if customer else None,
        due_date=date.fromisoformat(event.due_date),
        source=SOURCE,
        source_key=event.item_id,
    )


def _cancel(work: UnitOfWork, item_id: str) -> None:
    task = _task(work, item_id)
    if task is None or not is_open(task.state):
        return
    task.end(TaskState.CANCELLED, work.now, work.business_date)
    step(work, task, StepKind.CANCELLED)
    work.session.flush()
    work.record(doing.cancelled(task))
    notify(work, [task.owner_person_id], "task_cancelled", resource=f"tasks/{task.task_id}")
