"""Keeps who has read a document, and how its quiz was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer
from workbench.activity.v1 import document_pb2, knowledge_events_pb2, knowledge_service_pb2

from services.activity.model.document import DocumentReceipt, DocumentVersion, QuizAttempt
from services.activity.rules.quizzes import mark
from services.activity.usecases import reaching
from services.activity.usecases.knowledge import messages, reading
from services.chassis.db import listing
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.chassis.kernel.paging import Page


def acknowledge(work: UnitOfWork, document_id: str, version: int) -> DocumentReceipt:
    """The caller has read the version that holds today; the first time counts."""
    read = reading.found(work, document_id, version)
    work.resource = f"documents/{read.document_id}"
    key: dict[str, Any] = {"document_id": read.document_id, "version": read.version, "person_id": work.caller.person_id}
    table: Any = DocumentReceipt.__table__
    if insert_if_absent(work.session, table, **key, read_time=work.now):
        late = read.read_by_date is not None and read.read_by_date < work.business_date
        event = knowledge_events_pb2.DocumentAcknowledged(**key, business_date=work.business_date.isoformat(), late=late)
        work.record(event)
    receipt: DocumentReceipt = work.session.scalars(select(DocumentReceipt).filter_by(**key)).one()
    return receipt


def attempt_quiz(work: UnitOfWork, request: knowledge_service_pb2.AttemptQuizRequest) -> document_pb2.QuizAttempt:
    """Marks the caller's answers; raises RuleBroken NO_QUIZ, QUIZ_PASSED and NO_ATTEMPT_LEFT, InvalidInput ANSWERS_INVALID."""
    version = reading.found(work, request.document_id, request.version)
    work.resource = f"documents/{version.document_id}"
    # Two at once would both be the last attempt that is left.
    work.hold(f"quizzes/{version.document_id}/{work.caller.person_id}")
    if version.quiz is None:
        raise RuleBroken("NO_QUIZ", "There are no questions on this version.")
    made = _attempts(work, version, work.caller.person_id)
    limit = version.quiz.get("attempts_max", 0)
    if any(each.passed for each in made):
        raise RuleBroken("QUIZ_PASSED", "You have passed it.")
    if limit and len(made) >= limit:
        raise RuleBroken("NO_ATTEMPT_LEFT", f"You have had all {limit} attempts.")
    answers = [list(answer.choices) for answer in request.answers]
    marked = mark(version.quiz["questions"], answers, version.quiz["pass_percent"])
    attempt = QuizAttempt(
        document_id=version.document_id,
        person_id=work.caller.person_id,
        version=version.version,
        number=len(made) + 1,
        answers=answers,
        was_right=list(marked.right),
        score_percent=marked.score_percent,
        passed=marked.passed,
        attempt_time=work.now,
    )
    work.session.add(attempt)
    work.session.flush()
    work.record(
        knowledge_events_pb2.QuizAttempted(
            document_id=attempt.document_id,
            version=attempt.version,
            person_id=attempt.person_id,
            number=attempt.number,
            score_percent=attempt.score_percent,
            passed=attempt.passed,
            business_date=work.business_date.isoformat(),
        )
    )
    return messages.attempt(work, attempt, version.quiz, attempt.number, passed=attempt.passed)


def list_attempts(
    work: UnitOfWork, request: knowledge_service_pb2.ListQuizAttemptsRequest
) -> tuple[Sequence[document_pb2.QuizAttempt], str]:
    """A page of somebody's attempts, the last first, with the token of the next."""
    person = reaching.person(work, request.person_id)
    document_id = reading.for_leader(work, request.document_id).document_id
    statement = select(QuizAttempt).where(QuizAttempt.document_id == document_id, QuizAttempt.person_id == person.person_id)
    order = ((QuizAttempt.version, listing.number), (QuizAttempt.number, listing.number))
    page = listing.read_page(work, statement, request, order, downwards=True)
    return _shown(work, page), page.next_page_token


def _shown(work: UnitOfWork, page: Page) -> list[document_pb2.QuizAttempt]:
    shown = []
    versions: dict[int, tuple[Any, Sequence[QuizAttempt]]] = {}
    for attempt in page.rows:
        if attempt.version not in versions:
            of_version = select(DocumentVersion).filter_by(document_id=attempt.document_id, version=attempt.version)
            version = work.session.scalars(of_version.options(undefer(DocumentVersion.quiz))).one()
            versions[attempt.version] = version.quiz or {"questions": []}, _attempts(work, version, attempt.person_id)
        quiz, made = versions[attempt.version]
        shown.append(messages.attempt(work, attempt, quiz, len(made), passed=any(each.passed for each in made)))
    return shown


def _attempts(work: UnitOfWork, version: DocumentVersion, person_id: str) -> Sequence[QuizAttempt]:
    statement = select(QuizAttempt).filter_by(document_id=version.document_id, version=version.version, person_id=person_id)
    return work.session.scalars(statement).all()
