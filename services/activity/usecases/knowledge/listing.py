"""Lists documents, their versions, and whom one is meant for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, exists, select
from sqlalchemy.orm import aliased
from workbench.activity.v1 import knowledge_service_pb2

from services.activity.model.document import DocumentReceipt, DocumentVersion, QuizAttempt
from services.activity.model.person import Person
from services.activity.usecases import reaching
from services.activity.usecases.knowledge import reading
from services.chassis.db import listing
from services.chassis.db.scope import below, in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotAllowed
from services.chassis.kernel.paging import Page


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whom a version is meant for, and how far he is."""

    person: Person
    read_time: datetime | None
    overdue: bool
    attempts: int
    best_score_percent: int
    passed: bool


def list_documents(work: UnitOfWork, request: knowledge_service_pb2.ListDocumentsRequest) -> Page:
    """A page of versions; raises NotAllowed PUBLISHERS_ONLY."""
    statement = select(DocumentVersion)
    if request.kind:
        statement = statement.where(DocumentVersion.kind == request.kind)
    if request.unread_only:
        statement = statement.where(DocumentVersion.read_by_date.is_not(None), ~_was_read(work.caller.person_id))
    if not request.all_states:
        order = ((DocumentVersion.start_date, listing.day), (DocumentVersion.document_id, listing.text))
        return listing.read_page(work, reading.readable(work, statement), request, order, downwards=True)
    if not reading.publishes(work):
        raise NotAllowed("PUBLISHERS_ONLY", "Drafts and what was are for those who publish.")
    later = aliased(DocumentVersion)
    is_last = ~exists().where(later.document_id == DocumentVersion.document_id, later.version > DocumentVersion.version)
    by_id = ((DocumentVersion.document_id, listing.text),)
    return listing.read_page(work, statement.where(is_last), request, by_id, downwards=True)


def list_versions(work: UnitOfWork, request: knowledge_service_pb2.ListDocumentVersionsRequest) -> Page:
    """A page of a document's versions, the last first."""
    document = reading.document(work, request.document_id, to_change=False)
    statement = select(DocumentVersion).where(DocumentVersion.document_id == document.document_id)
    return listing.read_page(work, statement, request, ((DocumentVersion.version, listing.number),), downwards=True)


def list_readers(work: UnitOfWork, request: knowledge_service_pb2.ListDocumentReadersRequest) -> tuple[Sequence[Reader], str]:
    """A page of the people of a unit whom a version is meant for, with the token of the next."""
    version = reading.for_leader(work, request.document_id)
    statement = reading.audience(work, version)
    if request.organisation_path:
        path = reaching.unit_path(work, request.organisation_path)
        statement = statement.where(below(Person.organisation_path, path))
    else:
        statement = in_scope(statement, Person, work.scope, work.caller)
    if request.unread_only:
        read = exists().where(
            DocumentReceipt.document_id == version.document_id,
            DocumentReceipt.version == version.version,
            DocumentReceipt.person_id == Person.person_id,
        )
        statement = statement.where(~read)
    order = ((Person.staff_number, listing.text), (Person.person_id, listing.text))
    page = listing.read_page(work, statement, request, order)
    return _readers(work, version, page.rows), page.next_page_token


def _readers(work: UnitOfWork, version: DocumentVersion, people: Sequence[Person]) -> list[Reader]:
    ids = [person.person_id for person in people]
    receipts = select(DocumentReceipt).where(
        DocumentReceipt.document_id == version.document_id,
        DocumentReceipt.version == version.version,
        DocumentReceipt.person_id.in_(ids),
    )
    times = {each.person_id: each.read_time for each in work.session.scalars(receipts)}
    made = select(QuizAttempt.person_id, QuizAttempt.score_percent, QuizAttempt.passed).where(
        QuizAttempt.document_id == version.document_id,
        QuizAttempt.version == version.version,
        QuizAttempt.person_id.in_(ids),
    )
    attempts: dict[str, list[Row[tuple[str, int, bool]]]] = {}
    for row in work.session.execute(made):
        attempts.setdefault(row.person_id, []).append(row)
    late = version.read_by_date is not None and version.read_by_date < work.business_date
    return [
        Reader(
            person=person,
            read_time=times.get(person.person_id),
            overdue=late and person.person_id not in times,
            attempts=len(attempts.get(person.person_id, ())),
            best_score_percent=max((row.score_percent for row in attempts.get(person.person_id, ())), default=0),
            passed=any(row.passed for row in attempts.get(person.person_id, ())),
        )
        for person in people
    ]


def _was_read(person_id: str) -> ColumnElement[bool]:
    return exists().where(
        DocumentReceipt.document_id == DocumentVersion.document_id,
        DocumentReceipt.version == DocumentVersion.version,
        DocumentReceipt.person_id == person_id,
    )
