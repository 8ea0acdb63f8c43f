"""Tells services that ask how units, people and posts stand: see `chassis.announcing`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from google.protobuf.message import Message
from sqlalchemy import select
from workbench.identity.v1 import announcement_events_pb2

from gateway.identity.model.grant import Grant, GrantState
from gateway.identity.model.organisation import OrganisationUnit
from gateway.identity.model.person import Person
from services.chassis.db.session import UnitOfWork
from services.chassis.service import Announcement


def _units(work: UnitOfWork, after: str, size: int) -> Sequence[tuple[str, Message]]:
    key = OrganisationUnit.organisation_unit_id
    statement = select(OrganisationUnit).where(key > after).order_by(key).limit(size).with_for_update(read=True)
    return [
        (
            unit.organisation_unit_id,
            announcement_events_pb2.OrganisationUnitAnnounced(
                organisation_unit_id=unit.organisation_unit_id,
                kind=unit.kind,
                display_name=unit.display_name,
                code=unit.code,
                organisation_path=unit.organisation_path,
            ),
        )
        for unit in work.session.scalars(statement)
    ]


def _people(work: UnitOfWork, after: str, size: int) -> Sequence[tuple[str, Message]]:
    statement = select(Person).where(Person.person_id > after).order_by(Person.person_id).limit(size)
    people = work.session.scalars(statement.with_for_update(read=True)).all()
    held = select(Grant.person_id, Grant.grant_id, Grant.role, Grant.organisation_path).where(
        Grant.person_id.in_([person.person_id for person in people]), Grant.state == GrantState.ACTIVE.value
    )
    rows = work.session.execute(held.order_by(Grant.person_id, Grant.grant_id)).all()
    posts = {person_id: list(grants) for person_id, grants in groupby(rows, attrgetter("person_id"))}
    return [
        (
            person.person_id,
            announcement_events_pb2.PersonAnnounced(
                person_id=person.person_id,
                staff_number=person.staff_number,
                display_name=person.display_name,
                organisation_path=person.organisation_path,
                disabled=not person.active,
                posts=[
                    announcement_events_pb2.AnnouncedPost(
                        grant_id=post.grant_id, role=post.role, organisation_path=post.organisation_path
                    )
                    for post in posts.get(person.person_id, ())
                ],
            ),
        )
        for person in people
    ]


ANNOUNCEMENTS = (Announcement("units", _units), Announcement("people", _people))
