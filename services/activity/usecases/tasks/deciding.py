"""Who does a task, and who decides over it: reaching the customer is not enough for either."""

from __future__ import annotations

from services.activity.model.person import Person
from services.activity.model.task import Task
from services.activity.usecases import reaching
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotAllowed, RuleBroken, located

DISPATCH = "activity.task.dispatch"


def own(work: UnitOfWork, task_id: str, etag: str = "") -> Task:
    """A task that the caller does: his own, of whom he stands in for, or below a unit that he is in charge of; to be changed.

    Raises NotFound, StaleVersion, and NotAllowed NOT_IN_CHARGE.
    """
    task = reaching.found(work, Task, task_id, to_change=True, etag=etag)
    does = task.owner_person_id in (work.caller.person_id, *work.scope.stands_in_for)
    if not does and not leads(work, task.organisation_path):
        raise NotAllowed("NOT_IN_CHARGE", "It is somebody else's to do.")
    return task


def given(work: UnitOfWork, task_id: str, etag: str = "") -> Task:
    """A task over which the caller decides: he gave it, or is in charge of its unit; to be changed. Raises as `own` does."""
    task = reaching.found(work, Task, task_id, to_change=True, etag=etag)
    if task.dispatcher_person_id != work.caller.person_id and not leads(work, task.organisation_path):
        raise NotAllowed("NOT_IN_CHARGE", "Whoever gave it decides over it, or is in charge of its unit.")
    return task


def leads(work: UnitOfWork, organisation_path: str) -> bool:
    """Whether the caller gives out work in that unit."""
    caller = work.caller
    return caller.holds(DISPATCH) and any(
        organisation_path.startswith(path) for path in caller.scope(DISPATCH).organisation_paths
    )


def able(work: UnitOfWork, person_id: str, field: str) -> Person:
    """Somebody in the caller's scope who can be given work; raises NotFound PERSON_NOT_FOUND, RuleBroken PERSON_DISABLED."""
    with located(field):
        person = reaching.person(work, person_id)
    if person.disabled:
        raise RuleBroken("PERSON_DISABLED", "He is shut out, and does nothing more.", metadata={"personId": person.person_id})
    return person


def titled(text: str) -> str:
    """A title as it is kept; raises InvalidInput TITLE_MISSING where it says nothing."""
    title = " ".join(text.split())
    if not title:
        raise InvalidInput("TITLE_MISSING", "Say what is to be done.", violations=(FieldViolation("title", "Say something."),))
    return title
