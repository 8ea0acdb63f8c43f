"""What can be commented: for each kind of thing how it is found in somebody's reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from services.activity.model.base import Working
from services.activity.model.feedback import Feedback
from services.activity.model.lead import Lead
from services.activity.model.opportunity import Opportunity
from services.activity.model.person import Person, Post
from services.activity.model.task import Task
from services.activity.rules.comments import scope_of_posts
from services.activity.usecases import reaching
from services.activity.usecases.knowledge import reading
from services.chassis.db.scope import WHOLE_BANK, with_reach
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing in somebody's reach."""

    # As it is kept, such as `tasks/0198…`.
    resource: str
    # For whom it is; None where it is for no customer in particular.
    customer_id: str | None
    # Whose it is, who is told; empty where it is nobody's.
    owner_person_id: str = ""
    # Whether it is the customer himself.
    of_customer: bool = False


# Finds a thing by its id; says whether something new is to be kept of it.
Find = Callable[[UnitOfWork, str, bool], Thing]


def _customer(work: UnitOfWork, thing_id: str, to_keep: bool) -> Thing:  # noqa: FBT001 - as every kind is found
    customer = reaching.customer(work, thing_id, to_keep=to_keep)
    return Thing(f"customers/{customer.customer_id}", customer.customer_id, customer.lead_person_id, of_customer=True)


def _document(work: UnitOfWork, thing_id: str, _to_keep: bool) -> Thing:  # noqa: FBT001 - the same
    version = reading.found(work, thing_id)
    return Thing(f"documents/{version.document_id}", None, version.publisher_person_id)


def _working(name: str, model: type[Working]) -> Find:
    def find(work: UnitOfWork, thing_id: str, to_keep: bool) -> Thing:  # noqa: FBT001 - the same
        item = reaching.found(work, model, thing_id)
        if to_keep and item.customer_id:
            _keepable(work, item.customer_id)
        return Thing(f"{name}/{thing_id.lower()}", item.customer_id, item.owner_person_id)

    return find


def _keepable(work: UnitOfWork, customer_id: str) -> None:
    """Raises RuleBroken CUSTOMER_GONE and CUSTOMER_MERGED where nothing new is kept of the customer of what is reached."""
    with work.whole_bank():
        reaching.customer(replace(work, scope=WHOLE_BANK), customer_id, to_keep=True)


THINGS: Mapping[str, Find] = {
    "customers": _customer,
    "documents": _document,
    "feedback": _working("feedback", Feedback),
    "leads": _working("leads", Lead),
    "opportunities": _working("opportunities", Opportunity),
    "tasks": _working("tasks", Task),
}


def found(work: UnitOfWork, resource: str, *, to_keep: bool = False) -> Thing:
    """The thing, in the caller's reach; raises InvalidInput RESOURCE_UNKNOWN, and as each kind does where it is not."""
    kind, _, thing_id = resource.partition("/")
    find = THINGS.get(kind)
    if find is None:
        violation = FieldViolation("resource", f"One of {', '.join(sorted(THINGS))}, and its id.")
        raise InvalidInput("RESOURCE_UNKNOWN", "Nothing of that kind can be commented.", violations=(violation,))
    return find(work, thing_id, to_keep)


def reached_by(work: UnitOfWork, resource: str, person_id: str) -> bool:
    """Whether somebody else of the bank, who is not shut out, reaches the thing by his posts."""
    person = work.session.get(Person, person_id)
    if person is None or person.disabled:
        return False
    if resource.startswith("documents/"):
        return reading.reads(work, resource.partition("/")[2], person_id)
    posts = work.session.execute(select(Post.role, Post.organisation_path).where(Post.person_id == person_id)).all()
    scope = scope_of_posts((post.role, post.organisation_path) for post in posts)
    if scope is None:
        return False
    caller = Caller(person_id)
    if scope.own:
        scope = with_reach(work.session.connection(), scope, caller, work.business_date)
    # Looked up as he would look it up himself; only that he finds it is told.
    with work.whole_bank():
        try:
            found(replace(work, caller=caller, scope=scope), resource)
        except NotFound:
            reached = False
        else:
            reached = True
    return reached
