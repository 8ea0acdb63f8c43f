"""Tells those in charge of tasks that are late: first of the unit, then above it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from workbench.activity.v1 import task_events_pb2

from services.activity.model.task import Task
from services.activity.rules.tasks import NO_DATE, StepKind, TaskPriority
from services.activity.usecases import reaching
from services.activity.usecases.notifying import notify
from services.activity.usecases.tasks import deadlines
from services.activity.usecases.tasks.opening import step
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above

# So many tasks a turn takes; what is left has the next.
TASKS_AT_ONCE = 200
# To those in charge of the unit, and to those above them.
LEVELS = 2


def escalate(work: UnitOfWork) -> None:
    """Tells of tasks whose day for it has come, a portion of them."""
    late = (
        select(Task)
        .where(Task.open, Task.escalate_date <= work.business_date)
        .order_by(Task.escalate_date, Task.task_id)
        .limit(TASKS_AT_ONCE)
        # Somebody may be at one: it has its turn later.
        .with_for_update(skip_locked=True)
    )
    told: dict[tuple[str, str], list[list[str]]] = {}
    for task in work.session.scalars(late).all():
        key = (task.organisation_path, task.owner_person_id)
        if key not in told:
            told[key] = _chain(work, *key)
        _tell(work, task, told[key])


def _tell(work: UnitOfWork, task: Task, chain: list[list[str]]) -> None:
    level = task.escalation_level
    # Where nobody is above those in charge, they are told a second time.
    leaders = chain[min(level, len(chain) - 1)] if chain else []
    task.escalation_level, task.update_time = level + 1, work.now
    task.escalate_date = _next(work, task)
    step(work, task, StepKind.ESCALATED)
    parameters = {"dueDate": task.due_date.isoformat(), "ownerPersonId": task.owner_person_id, "level": str(level + 1)}
    urgent = task.priority == TaskPriority.URGENT
    notify(work, [task.owner_person_id], "task_overdue", resource=f"tasks/{task.task_id}", parameters=parameters, urgent=urgent)
    notify(work, leaders, "task_escalated", resource=f"tasks/{task.task_id}", parameters=parameters, urgent=urgent)
    work.record(
        task_events_pb2.TaskEscalated(
            task_id=task.task_id,
            owner_person_id=task.owner_person_id,
            organisation_path=task.organisation_path,
            escalation_level=level + 1,
            due_date=task.due_date.isoformat(),
        )
    )


def _next(work: UnitOfWork, task: Task) -> date:
    if task.escalation_level >= LEVELS:
        return NO_DATE
    rule = deadlines.deadline(work, task.organisation_path, task.kind)
    return deadlines.escalated_after(work, rule.escalate_again_workdays, work.business_date, task.organisation_path)


def _chain(work: UnitOfWork, organisation_path: str, owner_person_id: str) -> list[list[str]]:
    """Those in charge of a unit, then those above them; nobody is above himself."""
    chain: list[list[str]] = []
    for path in reversed(paths_above(organisation_path)[1:]):
        leaders = [person_id for person_id in reaching.leaders_of(work, path) if person_id != owner_person_id]
        if leaders and leaders not in chain:
            chain.append(leaders)
    return chain
