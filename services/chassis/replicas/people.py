"""Keeps the replicas of people, posts and units by identity's events.

Events come at least once and, for one person, in order; the inbox lets each take effect once, and each is harmless twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, update
from workbench.identity.v1 import announcement_events_pb2, events_pb2

from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.replicas.tables import PersonReplica, UnitReplica
from services.chassis.service import Subscription


@dataclass(frozen=True, slots=True)
class People:
    """Follows identity for one service's tables; `placed_models` names all of them that have an `organisation_path`."""

    person: type[PersonReplica]
    unit: type[UnitReplica]
    placed_models: Callable[[], Iterable[type[Any]]]

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """What the service follows for it."""
        return (
            Subscription(announcement_events_pb2.OrganisationUnitAnnounced, self.announce_unit),
            Subscription(announcement_events_pb2.PersonAnnounced, self.announce),
            Subscription(events_pb2.OrganisationUnitCreated, self.create_unit),
            Subscription(events_pb2.OrganisationUnitMoved, self.move_unit),
            Subscription(events_pb2.OrganisationUnitUpdated, self.rename_unit),
            Subscription(events_pb2.PersonCreated, self.create),
            Subscription(events_pb2.PersonDisabled, self.disable),
            Subscription(events_pb2.PersonEnabled, self.enable),
            Subscription(events_pb2.PersonUpdated, self.change),
            Subscription(events_pb2.PostGranted, self.take_post),
            Subscription(events_pb2.PostRevoked, self.leave_post),
        )

    def create(self, work: UnitOfWork, event: events_pb2.PersonCreated) -> None:
        """Somebody came to the bank."""
        person = self._known(work, event)
        person.display_name = event.display_name
        if not person.posts:
            person.organisation_path = event.organisation_path

    def announce(self, work: UnitOfWork, event: announcement_events_pb2.PersonAnnounced) -> None:
        """How somebody stands: told to a service that did not follow from the beginning."""
        person = self._known(work, event)
        person.display_name, person.disabled = event.display_name, event.disabled
        person.organisation_path = event.organisation_path
        held = {post.grant_id for post in event.posts}
        person.posts = [post for post in person.posts if post.grant_id in held]
        for post in event.posts:
            person.take_post(post.grant_id, post.role, post.organisation_path)

    def change(self, work: UnitOfWork, event: events_pb2.PersonUpdated) -> None:
        """Somebody's name or unit changed; the unit of his posts is told by their own events."""
        if person := work.session.get(self.person, event.person_id):
            person.display_name = event.display_name
            if not person.posts:
                person.organisation_path = event.organisation_path

    def disable(self, work: UnitOfWork, event: events_pb2.PersonDisabled) -> None:
        """Somebody was shut out."""
        if person := work.session.get(self.person, event.person_id):
            person.disabled = True

    def enable(self, work: UnitOfWork, event: events_pb2.PersonEnabled) -> None:
        """Somebody was let in again."""
        if person := work.session.get(self.person, event.person_id):
            person.disabled = False

    def take_post(self, work: UnitOfWork, event: events_pb2.PostGranted) -> None:
        """Somebody came to a post."""
        person = self._known(work, event)
        person.display_name = event.display_name
        person.take_post(event.grant_id, event.role, event.organisation_path)

    def leave_post(self, work: UnitOfWork, event: events_pb2.PostRevoked) -> None:
        """Somebody lost a post."""
        if person := work.session.get(self.person, event.person_id):
            person.leave_post(event.grant_id)

    def create_unit(self, work: UnitOfWork, event: events_pb2.OrganisationUnitCreated) -> None:
        """A unit was added."""
        if work.session.get(self.unit, event.organisation_unit_id) is None:
            work.session.add(
                self.unit(
                    organisation_unit_id=event.organisation_unit_id,
                    organisation_path=event.organisation_path,
                    display_name=event.display_name,
                    code=event.code,
                )
            )

    def announce_unit(self, work: UnitOfWork, event: announcement_events_pb2.OrganisationUnitAnnounced) -> None:
        """How a unit stands."""
        unit = work.session.get(self.unit, event.organisation_unit_id)
        if unit is None:
            unit = self.unit(organisation_unit_id=event.organisation_unit_id, organisation_path="", display_name="")
            work.session.add(unit)
        unit.organisation_path, unit.display_name, unit.code = event.organisation_path, event.display_name, event.code

    def rename_unit(self, work: UnitOfWork, event: events_pb2.OrganisationUnitUpdated) -> None:
        """A unit was renamed."""
        if unit := work.session.get(self.unit, event.organisation_unit_id):
            unit.display_name = event.display_name

    def move_unit(self, work: UnitOfWork, event: events_pb2.OrganisationUnitMoved) -> None:
        """A unit moved in the tree: what stands below it now stands under its new path, also what was done there long ago."""
        former, path = event.former_organisation_path, event.organisation_path
        for model in self.placed_models():
            moved: dict[str, Any] = {"organisation_path": path + func.substr(model.organisation_path, len(former) + 1)}
            statement = update(model).where(below(model.organisation_path, former)).values(moved)
            work.session.execute(statement.execution_options(synchronize_session=False))

    def _known(self, work: UnitOfWork, event: Any) -> Any:
        person = work.session.get(self.person, event.person_id)
        if person is None:
            person = self.person(person_id=event.person_id, staff_number=event.staff_number, display_name=event.display_name)
            work.session.add(person)
        return person
