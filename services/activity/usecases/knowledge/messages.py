"""Documents as they are answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from workbench.activity.v1 import document_pb2

from services.activity.model.document import Document, DocumentReceipt, DocumentVersion, QuizAttempt
from services.activity.rules.knowledge import EVERYBODY, NO_END, audience_key, audience_of_key
from services.activity.usecases.knowledge import reading
from services.chassis.db.session import UnitOfWork

_EVERYBODY_KEY = audience_key(EVERYBODY, EVERYBODY)


def content(document: Document, version: DocumentVersion) -> document_pb2.Document:
    """All that a version says, with the right answers of its quiz."""
    message = document_pb2.Document(
        document_id=document.document_id,
        kind=document.kind,
        document_number=document.document_number,
        version=version.version,
        state=version.state,
        title=version.title,
        summary=version.summary,
        body=version.body,
        location=version.location,
        keywords=version.keywords,
        start_date=_shown(version.start_date),
        end_date=_shown(version.end_date),
        audiences=[
            document_pb2.DocumentAudience(role=role, organisation_unit_id=unit)
            for role, unit in map(audience_of_key, version.audiences)
            if role or unit
        ],
        read_by_date=_shown(version.read_by_date),
        source_system=document.source_system,
        publish_time=version.publish_time,
        publisher_person_id=version.publisher_person_id,
        create_time=document.create_time,
        update_time=version.update_time,
        etag=document.etag,
    )
    if version.topics:
        message.topics.CopyFrom(document_pb2.DocumentTopics(**version.topics))
    if version.quiz:
        message.quiz.CopyFrom(document_pb2.Quiz(**version.quiz))
    return message


def shown(work: UnitOfWork, document: Document, version: DocumentVersion) -> document_pb2.Document:
    """A version as the caller may see it: the right answers are for whoever publishes."""
    message = content(document, version)
    if not reading.publishes(work):
        for question in message.quiz.questions:
            question.ClearField("right_choices")
    if read_time := _read_times(work, [version]).get((version.document_id, version.version)):
        message.read_time.FromDatetime(read_time)
    return message


def summaries(work: UnitOfWork, versions: Iterable[DocumentVersion]) -> list[document_pb2.DocumentSummary]:
    """Versions as rows of a list."""
    rows = list(versions)
    times = _read_times(work, rows)
    return [
        document_pb2.DocumentSummary(
            document_id=each.document_id,
            kind=each.kind,
            document_number=each.document_number,
            version=each.version,
            state=each.state,
            title=each.title,
            summary=each.summary,
            location=each.location,
            start_date=_shown(each.start_date),
            end_date="" if each.until_date == NO_END else _shown(each.until_date),
            read_by_date=_shown(each.read_by_date),
            has_quiz=each.has_quiz,
            read_time=times.get((each.document_id, each.version)),
        )
        for each in rows
    ]


def attempt(
    work: UnitOfWork, made: QuizAttempt, quiz: Mapping[str, Any], number_of_attempts: int, *, passed: bool
) -> document_pb2.QuizAttempt:
    """An attempt; what was right is told to whoever made it, once he cannot use it any more, and to whoever publishes."""
    limit = quiz.get("attempts_max", 0)
    left = max(0, limit - number_of_attempts) if limit else -1
    message = document_pb2.QuizAttempt(
        document_id=made.document_id,
        version=made.version,
        person_id=made.person_id,
        number=made.number,
        score_percent=made.score_percent,
        passed=made.passed,
        attempts_left=0 if passed else left,
        attempt_time=made.attempt_time,
    )
    own = made.person_id == work.caller.person_id and (passed or left == 0)
    if own or reading.publishes(work):
        message.right.extend(made.was_right)
        message.solutions.extend(document_pb2.QuizSolution(choices=each["right_choices"]) for each in quiz["questions"])
    return message


def _read_times(work: UnitOfWork, versions: Sequence[DocumentVersion]) -> dict[tuple[str, int], datetime]:
    if not versions:
        return {}
    statement = select(DocumentReceipt.document_id, DocumentReceipt.version, DocumentReceipt.read_time).where(
        DocumentReceipt.person_id == work.caller.person_id,
        DocumentReceipt.document_id.in_(sorted({each.document_id for each in versions})),
    )
    return {(row.document_id, row.version): row.read_time for row in work.session.execute(statement)}


def _shown(day: date | None) -> str:
    return day.isoformat() if day else ""
