"""Opens tasks: what somebody takes on, what he is given, and what the service gives by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from workbench.activity.v1 import task_events_pb2

from services.activity.model.task import Task, TaskStep
from services.activity.rules.tasks import NO_DATE, TITLE_LENGTH_MAX, StepKind, TaskKind, TaskPriority, TaskResult, TaskState
from services.activity.usecases.notifying import notify
from services.activity.usecases.tasks import deadlines
from services.chassis.db.session import UnitOfWork


def open_task(  # noqa: PLR0913 - what a task is made of, given by name
    work: UnitOfWork,
    *,
    kind: int,
    title: str,
    owner_person_id: str,
    organisation_path: str,
    customer_id: str | None = None,
    due_date: date | None = None,
    source: str = "",
    source_key: str = "",
    description: str = "",
    priority: int = TaskPriority.NORMAL,
    dispatcher_person_id: str = "",
    tells: bool = True,
) -> Task:
    """A task of somebody's; told to him, unless he opens it himself, or is told otherwise.

    Of one `source`, such as `survey`, there is one task for each `source_key`: opened again it is the one that there is, as it
    stands, whoever's it is by now. `kind` is a `rules.tasks.TaskKind`. Without a `due_date` it is due as the policy of the
    unit has it for the kind. Whether the caller may give somebody a task is looked at before.
    """
    if source_key:
        work.hold(f"tasks/{source}/{source_key}")
        with work.whole_bank():
            known: Task | None = work.session.scalars(select(Task).filter_by(source=source, source_key=source_key)).one_or_none()
        if known is not None:
            return known
    rule = deadlines.deadline(work, organisation_path, kind)
    due = due_date or deadlines.due_after(work, rule, organisation_path)
    task = Task(
        task_id=work.new_id(),
        kind=TaskKind(kind).value,
        priority=TaskPriority(priority).value,
        title=title[:TITLE_LENGTH_MAX],
        description=description,
        customer_id=customer_id or None,
        owner_person_id=owner_person_id,
        organisation_path=organisation_path,
        due_date=due,
        dispatcher_person_id=dispatcher_person_id,
        source=source,
        source_key=source_key or None,
        escalate_date=deadlines.escalated_after(work, rule.escalate_workdays, due, organisation_path),
        create_time=work.now,
        update_time=work.now,
    )
    work.session.add(task)
    step(work, task, StepKind.CREATED)
    work.session.flush()
    work.record(created(work, task))
    if tells:
        tell_owner(work, task)
    return task


def blank(work: UnitOfWork) -> dict[str, Any]:
    """The values of a new task's row that say nothing yet, for those who insert many at once."""
    return {
        "state": TaskState.OPEN.value,
        "open": True,
        "description": "",
        "result": TaskResult.UNSPECIFIED.value,
        "outcome": "",
        "escalation_level": 0,
        "reminder_count": 0,
        "remind_time": None,
        "finish_time": None,
        "finish_date": None,
        "create_time": work.now,
        "update_time": work.now,
        "version": 1,
    }


def step(work: UnitOfWork, task: Task, kind: StepKind) -> None:
    """Keeps that something happened to a task."""
    work.session.add(TaskStep.of(task, kind, work.new_id(), work.caller.person_id, work.now))


def tell_owner(work: UnitOfWork, task: Task) -> None:
    """Tells whose it is that he has it."""
    told = {"dueDate": shown_date(task.due_date)}
    urgent = task.priority == TaskPriority.URGENT
    notify(work, [task.owner_person_id], "task_assigned", resource=f"tasks/{task.task_id}", parameters=told, urgent=urgent)


def created(work: UnitOfWork, task: Task) -> task_events_pb2.TaskCreated:
    """What is told to others of a new task."""
    return task_events_pb2.TaskCreated(
        task_id=task.task_id,
        kind=task.kind,
        owner_person_id=task.owner_person_id,
        organisation_path=task.organisation_path,
        customer_id=task.customer_id or "",
        due_date=shown_date(task.due_date),
        dispatcher_person_id=task.dispatcher_person_id,
        campaign_id=task.campaign_id or "",
        source=task.source,
        business_date=work.business_date.isoformat(),
    )


def shown_date(due_date: date) -> str:
    """A due date as it is told: empty where there is none."""
    return "" if due_date == NO_DATE else due_date.isoformat()
