"""Tells people what they must read: once it holds, and again shortly before the day by which they must, if they have not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select

from services.activity.model.document import DocumentReceipt, DocumentVersion
from services.activity.model.person import Person
from services.activity.usecases.knowledge import reading
from services.activity.usecases.notifying import notify
from services.chassis.db.session import UnitOfWork

# So many versions, and people of each, in one turn.
_VERSIONS_AT_ONCE = 5
_PEOPLE_AT_ONCE = 500
REMINDED_DAYS_BEFORE = 2


def announce(work: UnitOfWork) -> None:
    """Tells the next people of what came to hold."""
    came = select(DocumentVersion).where(
        DocumentVersion.told_to_person_id.is_not(None), DocumentVersion.start_date <= work.business_date
    )
    for version in _some(work, came.order_by(DocumentVersion.start_date, DocumentVersion.document_id)):
        version.told_to_person_id = _tell(work, version, version.told_to_person_id or "", "document_to_read")


def remind(work: UnitOfWork) -> None:
    """Reminds the next people of what they must read soon and have not."""
    soon = work.business_date + timedelta(days=REMINDED_DAYS_BEFORE)
    due = select(DocumentVersion).where(
        DocumentVersion.reminded_to_person_id.is_not(None), DocumentVersion.read_by_date <= soon,
        DocumentVersion.start_date <= work.business_date,
    )  # fmt: skip
    for version in _some(work, due.order_by(DocumentVersion.read_by_date, DocumentVersion.document_id)):
        version.reminded_to_person_id = _tell(work, version, version.reminded_to_person_id or "", "document_unread")


def _some(work: UnitOfWork, statement: Any) -> Sequence[DocumentVersion]:
    # Another process at the same is passed by.
    locked = statement.limit(_VERSIONS_AT_ONCE).with_for_update(skip_locked=True)
    versions: Sequence[DocumentVersion] = work.session.scalars(locked).all()
    return versions


def _tell(work: UnitOfWork, version: DocumentVersion, after: str, kind: str) -> str | None:
    """Tells the next of the audience who have not read it; answers the last one's id, or None where nobody is left."""
    if not version.holds_on(work.business_date):
        return None
    read = exists().where(
        DocumentReceipt.document_id == version.document_id,
        DocumentReceipt.version == version.version,
        DocumentReceipt.person_id == Person.person_id,
    )
    statement = reading.audience(work, version).where(Person.person_id > after, ~read)
    people = work.session.scalars(statement.order_by(Person.person_id).limit(_PEOPLE_AT_ONCE)).all()
    told = {"readByDate": version.read_by_date.isoformat() if version.read_by_date else "", "version": str(version.version)}
    ids = [person.person_id for person in people]
    notify(work, ids, kind, resource=f"documents/{version.document_id}", parameters=told)
    return ids[-1] if len(ids) == _PEOPLE_AT_ONCE else None
