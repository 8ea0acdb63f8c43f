"""Keeps in which unit somebody works, and when: handled after the replica of the person, whose unit it follows."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from workbench.identity.v1 import announcement_events_pb2, events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.service import Subscription
from services.performance.model.person import FIRST_DATE, Affiliation, Person
from services.performance.model.share import ShareLine
from services.performance.usecases.runs.marking import ownership_changed


def follow(work: UnitOfWork, event: Any) -> None:
    """Somebody came, or his unit may have changed: from today on he works in the unit that the replica says."""
    person = work.session.get(Person, event.person_id)
    if person is None or not person.organisation_path:
        return
    work.session.flush()
    of_person = select(Affiliation).where(Affiliation.person_id == person.person_id)
    current = work.session.scalars(of_person.where(Affiliation.end_date.is_(None))).one_or_none()
    today = work.business_date
    if current is None:
        start_date = FIRST_DATE
    elif current.organisation_path == person.organisation_path:
        return
    elif current.start_date >= today:
        # Twice on a day: the last unit of the day is the day's.
        current.organisation_path = person.organisation_path
        _mark(work, person, today)
        return
    else:
        current.end_date, start_date = moved(today, -1), today
    _mark(work, person, start_date)
    work.session.add(Affiliation(person_id=person.person_id, start_date=start_date, organisation_path=person.organisation_path))


def _mark(work: UnitOfWork, person: Person, start_date: date) -> None:
    """Whoever owns something takes its results along into another unit."""
    if work.session.scalar(select(ShareLine.share_line_id).where(ShareLine.person_id == person.person_id).limit(1)):
        ownership_changed(work, start_date, reason="affiliations")


AFFILIATIONS = tuple(
    Subscription(event, follow)
    for event in (
        announcement_events_pb2.PersonAnnounced,
        events_pb2.PersonCreated,
        events_pb2.PersonUpdated,
        events_pb2.PostGranted,
        events_pb2.PostRevoked,
    )
)
