"""Lists tasks, what happened to one, and how much each of a unit has to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from workbench.activity.v1 import task_pb2, task_service_pb2

from services.activity.model.customer import Absence
from services.activity.model.person import Person
from services.activity.model.task import Task, TaskStep
from services.activity.rules.tasks import is_overdue
from services.activity.usecases import reaching
from services.activity.usecases.campaigns import finding
from services.activity.usecases.tasks.giving import team
from services.activity.usecases.tasks.opening import shown_date
from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

_BY_DUE = ((Task.due_date, listing.day), (Task.task_id, listing.text))
_plain = Mapper(
    task_pb2.Task,
    omitted=("customer_name", "owner_name", "overdue"),
    computed={"due_date": lambda task: shown_date(task.due_date)},
)
as_step = Mapper(task_pb2.TaskStep)


def list_tasks(work: UnitOfWork, request: task_service_pb2.ListTasksRequest) -> Page:
    """A page of tasks of a person, for a customer, of a campaign or of a unit."""
    statement = _of_subject(work, request).where(Task.open != request.ended)
    if request.overdue:
        statement = statement.where(Task.open, Task.due_date < work.business_date)
    if request.kinds:
        statement = statement.where(Task.kind.in_(list(request.kinds)))
    return listing.read_page(work, statement, request, _BY_DUE, downwards=request.ended)


def list_steps(work: UnitOfWork, request: task_service_pb2.ListTaskStepsRequest) -> Page:
    """A page of what happened to a task that is in reach."""
    task = reaching.found(work, Task, request.task_id)
    statement = select(TaskStep).where(TaskStep.task_id == task.task_id)
    return listing.read_page(work, statement, request, ((TaskStep.task_step_id, listing.text),))


def list_loads(work: UnitOfWork, organisation_path: str) -> list[task_service_pb2.TaskLoad]:
    """How much each relationship manager of a unit has to do, the most first; nobody where it has none."""
    path = reaching.unit_path(work, organisation_path or work.caller.organisation_path)
    people = team(work, path, ())
    person_ids = sorted(person.person_id for person in people)
    open_tasks = (
        select(Task.owner_person_id, func.count(), func.count().filter(Task.due_date < work.business_date))
        .where(Task.open, among(Task.owner_person_id, person_ids))
        .group_by(Task.owner_person_id)
    )
    with work.whole_bank():
        counted = {row[0]: (row[1], row[2]) for row in work.session.execute(open_tasks)}
    absent = _absent(work, person_ids)
    loads = [_load(person, counted.get(person.person_id, (0, 0)), person.person_id in absent) for person in people]
    return sorted(loads, key=lambda load: (-load.open_count, load.person_id))


def as_messages(work: UnitOfWork, tasks: Sequence[Task]) -> list[task_pb2.Task]:
    """Tasks as they are shown, with the names that the reader may know."""
    customers, owners = reaching.names_shown(work, tasks)
    shown = []
    for task in tasks:
        message = _plain(task)
        message.customer_name = customers.get(task.customer_id or "", "")
        message.owner_name = owners.get(task.owner_person_id, "")
        message.overdue = is_overdue(task.state, task.due_date, work.business_date)
        shown.append(message)
    return shown


def as_message(work: UnitOfWork, task: Task) -> task_pb2.Task:
    """One task as it is shown, once what changed has its version."""
    work.session.flush()
    return as_messages(work, [task])[0]


def _of_subject(work: UnitOfWork, request: task_service_pb2.ListTasksRequest) -> Any:
    if sum(map(bool, (request.customer_id, request.organisation_path, request.campaign_id))) > 1:
        raise InvalidInput("SUBJECT_UNCLEAR", "Name a customer, a unit or a campaign: one of them.")
    statement = select(Task)
    if request.customer_id:
        statement = statement.where(Task.customer_id == reaching.customer(work, request.customer_id).customer_id)
    elif request.organisation_path:
        statement = statement.where(below(Task.organisation_path, reaching.unit_path(work, request.organisation_path)))
    elif request.campaign_id:
        statement = statement.where(Task.campaign_id == finding.readable(work, request.campaign_id).campaign_id)
        # Who only has tasks of it sees his own.
        statement = reaching.in_reach(work, statement, Task)
    if request.person_id or not (request.customer_id or request.organisation_path or request.campaign_id):
        statement = statement.where(Task.owner_person_id == reaching.person(work, request.person_id).person_id)
    return statement


def _absent(work: UnitOfWork, person_ids: Sequence[str]) -> set[str]:
    today = work.business_date
    away = select(Absence.person_id).where(among(Absence.person_id, person_ids), Absence.start_date <= today)
    return set(work.session.scalars(away.where(Absence.end_date >= today)))


def _load(person: Person, counts: tuple[int, int], absent: bool) -> task_service_pb2.TaskLoad:  # noqa: FBT001 - of one row
    return task_service_pb2.TaskLoad(
        person_id=person.person_id,
        display_name=person.display_name,
        open_count=counts[0],
        overdue_count=counts[1],
        absent=absent,
    )
