"""Tells people of warnings that analytics raised, and gives each a task: the end of a warning ends it, and never the reverse.

Of one warning there is one task. Told twice, nothing comes a second time but a notification.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from workbench.activity.v1 import task_events_pb2
from workbench.analytics.v1 import warning_events_pb2, warning_pb2

from services.activity.model.customer import Customer
from services.activity.model.person import Person
from services.activity.model.task import Task
from services.activity.rules.tasks import StepKind, TaskKind, TaskPriority, TaskResult, TaskState, is_open
from services.activity.usecases import reaching
from services.activity.usecases.notifying import notify
from services.activity.usecases.tasks import deadlines, doing, giving
from services.activity.usecases.tasks.opening import open_task, step
from services.chassis.db.session import UnitOfWork

SOURCE = "warning"
TITLE = "流失预警跟进 Follow up a warning"
_PRIORITIES = {3: TaskPriority.URGENT, 2: TaskPriority.HIGH}
_RESULTS = {
    warning_pb2.WARNING_OUTCOME_RETAINED: TaskResult.SUCCESS,
    warning_pb2.WARNING_OUTCOME_LOST: TaskResult.DECLINED,
    warning_pb2.WARNING_OUTCOME_NOT_LEAVING: TaskResult.NOT_FITTING,
    warning_pb2.WARNING_OUTCOME_UNREACHABLE: TaskResult.NOT_REACHED,
}


def take_raised(work: UnitOfWork, event: warning_events_pb2.WarningRaised) -> None:
    """Somebody is to look after a customer: he is told and has a task; where it is nobody's yet, those in charge are told."""
    if not event.assignee_person_id:
        _tell_leaders(work, event)
        return
    task = _task(work, event.warning_id) or _opened(work, event)
    if event.again:
        _renew(work, task, date.fromisoformat(event.due_date))
    task.priority = max(task.priority, _priority(event))
    _tell(work, event)


def take_assigned(work: UnitOfWork, event: warning_events_pb2.WarningAssigned) -> None:
    """It came to somebody else, and his task with it."""
    task = _task(work, event.warning_id)
    person = work.session.get(Person, event.assignee_person_id) if event.assignee_person_id else None
    if person is None:
        if task is not None and is_open(task.state):
            _cancel(work, task)
        _tell_leaders(work, event)
        return
    if task is None:
        _opened(work, event)
        _tell(work, event)
        return
    _renew(work, task, date.fromisoformat(event.due_date))
    if task.owner_person_id == person.person_id:
        # It went along with the customer, or is his again.
        _tell(work, event)
    else:
        giving.give(work, task, person)


def take_closed(work: UnitOfWork, event: warning_events_pb2.WarningClosed) -> None:
    """It was said what became of it: there is nothing left to do."""
    task = _task(work, event.warning_id)
    if task is None or not is_open(task.state):
        return
    result = _RESULTS.get(event.outcome)
    if result is None:
        _cancel(work, task)
        return
    task.end(TaskState.DONE, work.now, work.business_date)
    task.result = result.value
    step(work, task, StepKind.DONE)
    work.session.flush()
    work.record(doing.completed(work, task))


def _task(work: UnitOfWork, warning_id: str) -> Task | None:
    statement = select(Task).where(Task.source == SOURCE, Task.source_key == warning_id).with_for_update()
    task: Task | None = work.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    return task


def _opened(work: UnitOfWork, event: warning_events_pb2.WarningRaised | warning_events_pb2.WarningAssigned) -> Task:
    customer = work.session.get(Customer, event.customer_id)
    person = work.session.get(Person, event.assignee_person_id)
    return open_task(
        work,
        kind=TaskKind.WARNING,
        title=TITLE,
        owner_person_id=event.assignee_person_id,
        organisation_path=person.organisation_path if person else event.organisation_path,
        customer_id=event.customer_id if customer else None,
        due_date=date.fromisoformat(event.due_date),
        source=SOURCE,
        source_key=event.warning_id,
        priority=_priority(event),
        # He is told of the warning, which says more.
        tells=False,
    )


def _renew(work: UnitOfWork, task: Task, due_date: date) -> None:
    """It is to be done anew, by another day."""
    if not is_open(task.state):
        task.reopen(work.now)
        step(work, task, StepKind.REOPENED)
        told = {"task_id": task.task_id, "owner_person_id": task.owner_person_id}
        work.record(task_events_pb2.TaskReopened(**told))
    rule = deadlines.deadline(work, task.organisation_path, task.kind)
    task.due_date, task.update_time, task.escalation_level = due_date, work.now, 0
    task.escalate_date = deadlines.escalated_after(work, rule.escalate_workdays, due_date, task.organisation_path)
    work.session.flush()


def _cancel(work: UnitOfWork, task: Task) -> None:
    task.end(TaskState.CANCELLED, work.now, work.business_date)
    step(work, task, StepKind.CANCELLED)
    work.session.flush()
    work.record(doing.cancelled(task))
    notify(work, [task.owner_person_id], "task_cancelled", resource=f"tasks/{task.task_id}")


def _priority(event: warning_events_pb2.WarningRaised | warning_events_pb2.WarningAssigned) -> TaskPriority:
    return _PRIORITIES.get(event.severity, TaskPriority.NORMAL)


def _tell(work: UnitOfWork, event: warning_events_pb2.WarningRaised | warning_events_pb2.WarningAssigned) -> None:
    resource, told = f"warnings/{event.warning_id}", {"dueDate": event.due_date, "severity": str(event.severity)}
    urgent = _priority(event) is TaskPriority.URGENT
    notify(work, [event.assignee_person_id], "warning_raised", resource=resource, parameters=told, urgent=urgent)


def _tell_leaders(work: UnitOfWork, event: warning_events_pb2.WarningRaised | warning_events_pb2.WarningAssigned) -> None:
    leaders = reaching.leaders_of(work, event.organisation_path)
    told = {"dueDate": event.due_date, "severity": str(event.severity)}
    notify(work, leaders, "warning_waits", resource=f"warnings/{event.warning_id}", parameters=told)
