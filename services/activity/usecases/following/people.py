"""Keeps the replica of people, posts and units by identity's events.

Events come at least once and, for one person, in order; the inbox lets each take effect once, and each is harmless twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, update
from workbench.identity.v1 import announcement_events_pb2, events_pb2

from services.activity.model.base import placed_models
from services.activity.model.person import Person, Unit
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork


def create(work: UnitOfWork, event: events_pb2.PersonCreated) -> None:
    """Somebody came to the bank."""
    person = _known(work, event)
    person.display_name = event.display_name
    if not person.posts:
        person.organisation_path = event.organisation_path


def announce(work: UnitOfWork, event: announcement_events_pb2.PersonAnnounced) -> None:
    """How somebody stands: told to a service that did not follow from the beginning."""
    person = _known(work, event)
    person.display_name, person.disabled = event.display_name, event.disabled
    person.organisation_path = event.organisation_path
    held = {post.grant_id for post in event.posts}
    person.posts = [post for post in person.posts if post.grant_id in held]
    for post in event.posts:
        person.take_post(post.grant_id, post.role, post.organisation_path)


def change(work: UnitOfWork, event: events_pb2.PersonUpdated) -> None:
    """Somebody's name or unit changed; the unit of his posts is told by their own events."""
    if person := work.session.get(Person, event.person_id):
        person.display_name = event.display_name
        if not person.posts:
            person.organisation_path = event.organisation_path


def disable(work: UnitOfWork, event: events_pb2.PersonDisabled) -> None:
    """Somebody was shut out."""
    if person := work.session.get(Person, event.person_id):
        person.disabled = True


def enable(work: UnitOfWork, event: events_pb2.PersonEnabled) -> None:
    """Somebody was let in again."""
    if person := work.session.get(Person, event.person_id):
        person.disabled = False


def take_post(work: UnitOfWork, event: events_pb2.PostGranted) -> None:
    """Somebody came to a post."""
    person = _known(work, event)
    person.display_name = event.display_name
    person.take_post(event.grant_id, event.role, event.organisation_path)


def leave_post(work: UnitOfWork, event: events_pb2.PostRevoked) -> None:
    """Somebody lost a post."""
    if person := work.session.get(Person, event.person_id):
        person.leave_post(event.grant_id)


def create_unit(work: UnitOfWork, event: events_pb2.OrganisationUnitCreated) -> None:
    """A unit was added."""
    if work.session.get(Unit, event.organisation_unit_id) is None:
        work.session.add(
            Unit(
                organisation_unit_id=event.organisation_unit_id,
                organisation_path=event.organisation_path,
                display_name=event.display_name,
            )
        )


def announce_unit(work: UnitOfWork, event: announcement_events_pb2.OrganisationUnitAnnounced) -> None:
    """How a unit stands."""
    unit = work.session.get(Unit, event.organisation_unit_id)
    if unit is None:
        unit = Unit(organisation_unit_id=event.organisation_unit_id, organisation_path="", display_name="")
        work.session.add(unit)
    unit.organisation_path, unit.display_name = event.organisation_path, event.display_name


def rename_unit(work: UnitOfWork, event: events_pb2.OrganisationUnitUpdated) -> None:
    """A unit was renamed."""
    if unit := work.session.get(Unit, event.organisation_unit_id):
        unit.display_name = event.display_name


def move_unit(work: UnitOfWork, event: events_pb2.OrganisationUnitMoved) -> None:
    """A unit moved in the tree: what stands below it now stands under its new path, also what was done there long ago."""
    former, path = event.former_organisation_path, event.organisation_path
    for model in placed_models():
        moved: dict[str, Any] = {"organisation_path": path + func.substr(model.organisation_path, len(former) + 1)}
        statement = update(model).where(below(model.organisation_path, former)).values(moved)
        work.session.execute(statement.execution_options(synchronize_session=False))


def _known(work: UnitOfWork, event: Any) -> Person:
    person = work.session.get(Person, event.person_id)
    if person is None:
        person = Person(person_id=event.person_id, staff_number=event.staff_number, display_name=event.display_name)
        work.session.add(person)
    return person
