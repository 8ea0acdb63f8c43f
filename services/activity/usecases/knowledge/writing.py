"""Writes documents: a draft, which is published, supersedes what was before it, and is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from workbench.activity.v1 import document_pb2, knowledge_events_pb2

from services.activity.model.document import Document, DocumentAudience, DocumentTopic, DocumentVersion
from services.activity.model.person import Unit
from services.activity.rules.knowledge import (
    EVERYBODY,
    NO_END,
    READABLE,
    DocumentState,
    audience_key,
    check_days,
    until_dates,
)
from services.activity.rules.quizzes import check_quiz
from services.activity.usecases.knowledge import messages, reading, words
from services.activity.usecases.knowledge.searching import topics_of
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import AlreadyExists, FieldViolation, InvalidInput, NotFound, RuleBroken, located
from services.chassis.mapping import values_of
from services.chassis.rpc import partial
from services.chassis.words.texts import refusal, shows_something, tidy_lines, tidy_text

TITLE_LENGTH_MAX, SUMMARY_LENGTH_MAX, BODY_LENGTH_MAX, LOCATION_LENGTH_MAX = 200, 1_000, 50_000, 1_000
_FIELDS = (
    "title", "summary", "body", "location", "keywords", "start_date", "end_date", "audiences", "topics", "read_by_date", "quiz",
)  # fmt: skip
Written = tuple[Document, DocumentVersion]


def create(work: UnitOfWork, sent: document_pb2.Document, *, source_system: str = "") -> Written:
    """Begins a document with its first draft; raises AlreadyExists DOCUMENT_EXISTS."""
    with located("document"):
        number = tidy_text(sent.document_number, "document_number", 100)
    key = f"{source_system}/{number}" if number else None
    if key:
        work.hold(f"documents/{key}")
        if work.session.scalar(select(Document.document_id).where(Document.number_key == key)):
            raise AlreadyExists("DOCUMENT_EXISTS", "There is a document with this number.")
    document = Document(
        document_id=work.new_id(),
        kind=sent.kind,
        number_key=key,
        document_number=number,
        source_system=source_system,
        create_time=work.now,
    )
    work.session.add(document)
    work.session.flush()
    draft = _begin_draft(work, document)
    with located("document"):
        fill(work, draft, sent)
    work.session.add(draft)
    _touch(work, document)
    return document, draft


def change(work: UnitOfWork, sent: document_pb2.Document, fields: Sequence[str]) -> Written:
    """Takes the named fields over into the draft, which begins as the last version where there is none."""
    partial.check_mask(fields, document_pb2.Document.DESCRIPTOR, "A document")
    document = reading.document(work, sent.document_id, sent.etag)
    work.resource = f"documents/{document.document_id}"
    former = latest(work, document)
    after = messages.content(document, former)
    if not partial.take(after, sent, [name for name in _FIELDS if name in fields]):
        return document, former
    partial.check(after)
    draft = former if former.state == DocumentState.DRAFT else _begin_draft(work, document)
    with located("document"):
        fill(work, draft, after)
    work.session.add(draft)
    _touch(work, document)
    return document, draft


def publish(work: UnitOfWork, document_id: str, etag: str = "") -> Written:
    """Publishes the draft; raises RuleBroken NO_DRAFT and DOCUMENT_OVER."""
    document = reading.document(work, document_id, etag)
    work.resource = f"documents/{document.document_id}"
    draft = _draft(work, document)
    publish_draft(work, document, draft, publisher_person_id=work.caller.person_id)
    return document, draft


def publish_draft(work: UnitOfWork, document: Document, draft: DocumentVersion, *, publisher_person_id: str) -> None:
    """Lets readers have a draft, from its first day on; until then, what was before it."""
    start = draft.start_date or work.business_date
    check_days(start, draft.end_date, draft.read_by_date)
    if draft.end_date is not None and draft.end_date < work.business_date:
        raise RuleBroken("DOCUMENT_OVER", "Its last day has passed; give it another one, or none.")
    draft.start_date, draft.state = start, DocumentState.PUBLISHED.value
    draft.publisher_person_id, draft.publish_time, draft.update_time = publisher_person_id, work.now, work.now
    if draft.read_by_date is not None:
        # Before everybody's id: the first to be told is yet to come.
        draft.told_to_person_id = draft.reminded_to_person_id = ""
    _make_room(work, document, draft)
    _index(work, draft)
    _touch(work, document)
    work.record(
        knowledge_events_pb2.DocumentPublished(
            document_id=document.document_id,
            version=draft.version,
            kind=document.kind,
            start_date=start.isoformat(),
            end_date=draft.end_date.isoformat() if draft.end_date else "",
            read_by_date=draft.read_by_date.isoformat() if draft.read_by_date else "",
            publisher_person_id=publisher_person_id,
            publish_time=work.now,
        )
    )


def discard_draft(work: UnitOfWork, document_id: str, etag: str = "") -> Written:
    """Takes the draft out and answers the version before it; of the first, the draft as it was, withdrawn."""
    document = reading.document(work, document_id, etag)
    work.resource = f"documents/{document.document_id}"
    draft = _draft(work, document)
    if draft.version == 1:
        draft.state, draft.update_time = DocumentState.WITHDRAWN.value, work.now
    else:
        work.session.delete(draft)
        document.last_version -= 1
    _touch(work, document)
    return document, latest(work, document)


def withdraw(work: UnitOfWork, document_id: str, etag: str = "") -> Written:
    """Takes back all that is published of a document; raises RuleBroken NOT_PUBLISHED."""
    document = reading.document(work, document_id, etag)
    work.resource = f"documents/{document.document_id}"
    if not withdraw_versions(work, document):
        raise RuleBroken("NOT_PUBLISHED", "Nothing of it is published.")
    return document, latest(work, document)


def withdraw_versions(work: UnitOfWork, document: Document) -> bool:
    """Takes back what is published, and answers whether anything was."""
    published = _published(work, document)
    for version in published:
        version.state, version.update_time = DocumentState.WITHDRAWN.value, work.now
        version.told_to_person_id = version.reminded_to_person_id = None
        _unindex(work, version)
    if published:
        _touch(work, document)
        event = knowledge_events_pb2.DocumentWithdrawn(document_id=document.document_id, withdraw_time=work.now)
        work.record(event)
    return bool(published)


def begin_again(work: UnitOfWork, document: Document, former: DocumentVersion) -> DocumentVersion:
    """A new draft that says what a former version said."""
    draft = _begin_draft(work, document)
    fill(work, draft, messages.content(document, former))
    work.session.add(draft)
    _touch(work, document)
    return draft


def fill(work: UnitOfWork, draft: DocumentVersion, sent: document_pb2.Document) -> None:
    """Takes over all that a message says; raises InvalidInput and NotFound, naming the field."""
    draft.title = tidy_text(sent.title, "title", TITLE_LENGTH_MAX)
    if not shows_something(draft.title):
        raise refusal("TEXT_INVALID", "The title cannot be kept so.", "title", "At least one character that is seen.")
    draft.summary = tidy_lines(sent.summary, "summary", SUMMARY_LENGTH_MAX)
    draft.body = tidy_lines(sent.body, "body", BODY_LENGTH_MAX)
    draft.location = tidy_text(sent.location, "location", LOCATION_LENGTH_MAX)
    named = [tidy_text(keyword, f"keywords[{place}]", 50) for place, keyword in enumerate(sent.keywords)]
    draft.keywords = list(dict.fromkeys(filter(None, named)))
    draft.start_date = optional_date(sent.start_date, "start_date")
    draft.end_date = optional_date(sent.end_date, "end_date")
    draft.read_by_date = optional_date(sent.read_by_date, "read_by_date")
    check_days(draft.start_date, draft.end_date, draft.read_by_date)
    draft.until_date = draft.end_date or NO_END
    draft.audiences = _audiences(work, sent)
    draft.topics = values_of(sent.topics)
    draft.quiz = _quiz(sent)
    draft.has_quiz = draft.quiz is not None
    draft.update_time = work.now


def _quiz(sent: document_pb2.Document) -> dict[str, object] | None:
    if not sent.HasField("quiz"):
        return None
    if not sent.quiz.questions:
        violation = FieldViolation("quiz.questions", "At least one.")
        raise InvalidInput("QUIZ_INVALID", "The quiz cannot be kept.", violations=(violation,))
    for place, question in enumerate(sent.quiz.questions):
        question.text = tidy_lines(question.text, f"quiz.questions[{place}].text", 1_000)
        for number, choice in enumerate(question.choices):
            question.choices[number] = tidy_lines(choice, f"quiz.questions[{place}].choices[{number}]", 500)
    quiz = values_of(sent.quiz)
    check_quiz(quiz["questions"])
    return quiz


def _audiences(work: UnitOfWork, sent: document_pb2.Document) -> list[str]:
    named = {each.organisation_unit_id.lower() for each in sent.audiences if each.organisation_unit_id}
    known = set(work.session.scalars(select(Unit.organisation_unit_id).where(Unit.organisation_unit_id.in_(sorted(named)))))
    keys = []
    for place, each in enumerate(sent.audiences):
        unit = each.organisation_unit_id.lower()
        if unit and unit not in known:
            violation = FieldViolation(f"audiences[{place}].organisation_unit_id", "A unit of the bank.")
            raise NotFound("UNIT_NOT_FOUND", "There is no such unit.", violations=(violation,))
        keys.append(audience_key(each.role, unit))
    return sorted(set(keys)) or [audience_key(EVERYBODY, EVERYBODY)]


def _begin_draft(work: UnitOfWork, document: Document) -> DocumentVersion:
    document.last_version += 1
    return DocumentVersion(
        document_id=document.document_id,
        version=document.last_version,
        kind=document.kind,
        document_number=document.document_number,
        title="",
        update_time=work.now,
    )


def _draft(work: UnitOfWork, document: Document) -> DocumentVersion:
    draft = latest(work, document)
    if draft.state != DocumentState.DRAFT:
        raise RuleBroken("NO_DRAFT", "There is no draft; change the document to begin one.")
    return draft


def latest(work: UnitOfWork, document: Document) -> DocumentVersion:
    """A document's last version, whatever its state."""
    version = reading.last(work, document.document_id)
    if version is None:
        raise reading.missing()
    return version


def _published(work: UnitOfWork, document: Document) -> Sequence[DocumentVersion]:
    statement = select(DocumentVersion).where(
        DocumentVersion.document_id == document.document_id, DocumentVersion.state.in_(READABLE)
    )
    return work.session.scalars(statement.order_by(DocumentVersion.version)).all()


def _make_room(work: UnitOfWork, document: Document, newest: DocumentVersion) -> None:
    """Says until when each version is found, now that there is a later one; what nobody finds any more leaves the index."""
    earlier = [each for each in _published(work, document) if each.version < newest.version]
    days = [(each.start_date or work.business_date, each.end_date or NO_END) for each in (*earlier, newest)]
    for version, until in zip((*earlier, newest), until_dates(days), strict=True):
        version.until_date = until
    for version in earlier:
        version.state = DocumentState.SUPERSEDED.value
        if version.until_date < work.business_date or (version.start_date and version.until_date < version.start_date):
            version.told_to_person_id = version.reminded_to_person_id = None
            _unindex(work, version)


def _index(work: UnitOfWork, version: DocumentVersion) -> None:
    work.session.flush()
    key = {"document_id": version.document_id, "version": version.version}
    work.session.execute(insert(DocumentAudience), [key | {"audience": each} for each in version.audiences])
    if topics := topics_of(version.topics):
        work.session.execute(insert(DocumentTopic), [key | {"topic": each} for each in topics])
    words.store(work, version)


def _unindex(work: UnitOfWork, version: DocumentVersion) -> None:
    for table in (DocumentAudience, DocumentTopic):
        work.session.execute(delete(table).filter_by(document_id=version.document_id, version=version.version))
    words.forget(work, version)


def _touch(work: UnitOfWork, document: Document) -> None:
    """Counts a change of the document, whichever of its versions changed."""
    document.touch_time = work.now
    work.session.flush()
