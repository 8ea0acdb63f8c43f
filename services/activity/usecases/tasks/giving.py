"""Takes on and gives tasks, gives them to others, and follows them up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select
from workbench.activity.v1 import task_events_pb2, task_pb2, task_service_pb2

from services.activity.model.person import Person
from services.activity.model.task import Task, TaskStep
from services.activity.rules.load_balancing import spread
from services.activity.rules.tasks import StepKind, TaskKind, TaskPriority
from services.activity.usecases import reaching
from services.activity.usecases.notifying import notify
from services.activity.usecases.tasks import deadlines, deciding
from services.activity.usecases.tasks.opening import open_task, shown_date, step
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput, LimitReached, RuleBroken, located

REMINDED_AT_MOST_EVERY = timedelta(hours=1)
TEAM_MAX = 500
RELATIONSHIP_MANAGER = "relationship_manager"


def create(work: UnitOfWork, draft: task_pb2.Task) -> Task:
    """A task that the caller takes on."""
    return _open(work, draft, work.caller.person_id, work.caller.organisation_path)


def dispatch(work: UnitOfWork, request: task_service_pb2.DispatchTaskRequest) -> Task:
    """A task for somebody in the caller's scope."""
    person = deciding.able(work, request.owner_person_id, "owner_person_id")
    return _open(work, request.task, person.person_id, person.organisation_path)


def reassign(work: UnitOfWork, request: task_service_pb2.ReassignTaskRequest) -> Task:
    """Gives a task to another."""
    person = deciding.able(work, request.owner_person_id, "owner_person_id")
    task = deciding.given(work, request.task_id, request.etag)
    task.require_open()
    give(work, task, person)
    return task


def balance(work: UnitOfWork, request: task_service_pb2.BalanceTasksRequest) -> list[Task]:
    """Spreads tasks over people, the least busy first."""
    people = team(work, request.organisation_path, request.person_ids)
    tasks = []
    for place, task_id in enumerate(request.task_ids):
        with located(f"task_ids[{place}]"):
            task = deciding.given(work, task_id)
            task.require_open()
            tasks.append(task)
    busy = loads(work, people)
    # What is spread weighs on nobody meanwhile.
    for task in tasks:
        if task.owner_person_id in busy:
            busy[task.owner_person_id] -= 1
    chosen = spread((task.task_id for task in tasks), busy)
    by_id = {person.person_id: person for person in people}
    for task in tasks:
        give(work, task, by_id[chosen[task.task_id]])
    return tasks


def remind(work: UnitOfWork, task_id: str) -> Task:
    """Tells its owner that somebody waits for it."""
    task = deciding.given(work, task_id)
    task.require_open()
    if task.remind_time is not None and work.now - task.remind_time < REMINDED_AT_MOST_EVERY:
        raise LimitReached("REMINDED_JUST_NOW", "He was reminded within the hour.")
    task.reminder_count += 1
    task.remind_time = task.update_time = work.now
    step(work, task, StepKind.REMINDED)
    told = {"dueDate": shown_date(task.due_date)}
    notify(work, [task.owner_person_id], "task_reminded", resource=f"tasks/{task.task_id}", parameters=told, urgent=True)
    return task


def give(work: UnitOfWork, task: Task, person: Person) -> None:
    """Gives an open task to somebody who can do it; nothing happens where it is his."""
    former = task.owner_person_id
    if former == person.person_id:
        return
    # He may be in another unit, in which PostgreSQL would let no row of this caller's go.
    work.reach(person.organisation_path)
    task.owner_person_id, task.organisation_path, task.update_time = person.person_id, person.organisation_path, work.now
    moved = TaskStep.of(task, StepKind.REASSIGNED, work.new_id(), work.caller.person_id, work.now)
    moved.former_owner_person_id, moved.owner_person_id = former, person.person_id
    work.session.add(moved)
    work.session.flush()
    work.record(
        task_events_pb2.TaskReassigned(
            task_id=task.task_id,
            former_owner_person_id=former,
            owner_person_id=person.person_id,
            organisation_path=person.organisation_path,
        )
    )
    resource, told = f"tasks/{task.task_id}", {"dueDate": shown_date(task.due_date)}
    notify(work, [person.person_id], "task_assigned", resource=resource, parameters=told)
    notify(work, [former], "task_taken_away", resource=resource)


def team(work: UnitOfWork, organisation_path: str, person_ids: Iterable[str]) -> list[Person]:
    """Among whom work is spread: those named, or the relationship managers of a unit; all of them in the caller's scope.

    Raises NotFound PERSON_NOT_FOUND and UNIT_NOT_FOUND, RuleBroken PERSON_DISABLED and TEAM_EMPTY.
    """
    if named := list(dict.fromkeys(each.lower() for each in person_ids)):
        return [deciding.able(work, person_id, f"person_ids[{place}]") for place, person_id in enumerate(named)]
    if not organisation_path:
        raise InvalidInput("TEAM_UNCLEAR", "Name people, or a unit.")
    path = reaching.unit_path(work, organisation_path)
    people = list(work.session.scalars(reaching.people_below(path, RELATIONSHIP_MANAGER).limit(TEAM_MAX)))
    if not people:
        raise RuleBroken("TEAM_EMPTY", "The unit has no relationship manager who could do it.")
    return people


def loads(work: UnitOfWork, people: Iterable[Person]) -> dict[str, int]:
    """How many open tasks each of them has, also with nobody else's scope: no more than the number is told."""
    person_ids = sorted({person.person_id for person in people})
    statement = select(Task.owner_person_id, func.count()).where(Task.open, among(Task.owner_person_id, person_ids))
    with work.whole_bank():
        found = {row[0]: row[1] for row in work.session.execute(statement.group_by(Task.owner_person_id))}
    return {person_id: found.get(person_id, 0) for person_id in person_ids}


def _open(work: UnitOfWork, draft: task_pb2.Task, owner_person_id: str, organisation_path: str) -> Task:
    with located("task"):
        title = deciding.titled(draft.title)
        due_date = deadlines.checked(work, draft.due_date, "due_date")
        customer_id = reaching.customer(work, draft.customer_id, to_keep=True).customer_id if draft.customer_id else None
    task = open_task(
        work,
        kind=draft.kind or TaskKind.GENERAL,
        title=title,
        description=draft.description,
        owner_person_id=owner_person_id,
        organisation_path=organisation_path,
        customer_id=customer_id,
        due_date=due_date,
        priority=draft.priority or TaskPriority.NORMAL,
        dispatcher_person_id=work.caller.person_id,
    )
    work.resource = f"tasks/{task.task_id}"
    return task
