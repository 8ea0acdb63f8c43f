"""Records what customers say, corrects and classifies it, and gives it to whoever answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from workbench.activity.v1 import feedback_pb2, feedback_service_pb2

from services.activity.model.contact import Contact
from services.activity.model.feedback import Feedback, FeedbackTopic
from services.activity.rules.feedback import OTHER, FeedbackState, FeedbackStepKind, need_open, settle_severity
from services.activity.usecases import reaching
from services.activity.usecases.feedback import announcing, categories, routing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotAllowed, NotFound, RuleBroken, located
from services.chassis.mapping import Mapper
from services.chassis.rpc import partial

_CHANGEABLE = ("kind", "severity", "category", "product", "words")
RECEIVED_DAYS_MAX = 366

_draft = Mapper(
    feedback_pb2.Feedback,
    omitted=tuple(
        field.name for field in feedback_pb2.Feedback.DESCRIPTOR.fields if field.name not in (*_CHANGEABLE, "customer_id")
    ),
)


def create(work: UnitOfWork, sent: feedback_pb2.Feedback) -> Feedback:
    """Keeps it as the caller's, and gives it to whoever is to answer."""
    with located("feedback"):
        customer = reaching.customer(work, sent.customer_id, to_keep=True)
        severity = settle_severity(sent.kind, sent.severity)
        category = categories.found(work, sent.category or OTHER, to_use=True)
        received = _received(work, sent.received_date)
        words = filled(sent.words, "words")
    topic_id = topic_id_of(work, sent.feedback_topic_id)
    path = work.caller.organisation_path
    due, seen_from = routing.dates(work, category, sent.kind, severity, path, received)
    item = Feedback(
        feedback_id=work.new_id(),
        customer_id=customer.customer_id,
        owner_person_id=work.caller.person_id,
        organisation_path=path,
        kind=sent.kind,
        severity=severity,
        category=category.feedback_category_id,
        product=sent.product.strip(),
        feedback_topic_id=topic_id,
        words=words,
        contact_id=contact_id_of(work, sent.contact_id, customer.customer_id),
        customer_tier=customer.tier,
        received_date=received,
        assignee_person_id=routing.answerer(work, category, path),
        answer_due_date=due,
        escalate_date=seen_from,
        create_time=work.now,
        update_time=work.now,
    )
    work.resource = announcing.resource(item)
    item.note(FeedbackStepKind.RECORDED, work.caller.person_id, work.now, changes={"assignee": item.assignee_person_id})
    work.session.add(item)
    work.session.flush()
    announcing.recorded(work, item)
    announcing.tell_assignee(work, item)
    return item


def change(work: UnitOfWork, sent: feedback_pb2.Feedback, fields: Sequence[str]) -> Feedback:
    """Corrects the named fields; by those in charge alone, and not once it is closed."""
    partial.check_mask(fields, feedback_pb2.Feedback.DESCRIPTOR, "Feedback")
    item = found(work, sent.feedback_id, sent.etag)
    if not reaching.in_charge(work, item):
        raise NotAllowed("NOT_IN_CHARGE", "Whoever recorded it corrects it, or those in charge of the unit.")
    if item.state == FeedbackState.CLOSED:
        raise RuleBroken("FEEDBACK_CLOSED", "It is closed; open it again to correct it.")
    after = _draft(item)
    if partial.take(after, sent, [name for name in _CHANGEABLE if name in fields]):
        partial.check(after, "feedback.")
        former_words, item.words = item.words, filled(after.words, "feedback.words")
        text = former_words if former_words != item.words else ""
        with located("feedback"):
            # A complaint that becomes something else loses its severity, and something else that becomes one gains it.
            severity = after.severity if after.kind == item.kind or "severity" in fields else 0
            _classify(work, item, after.kind, severity, after.category, after.product.strip(), item.feedback_topic_id, text)
    return item


def classify(work: UnitOfWork, request: feedback_service_pb2.ClassifyFeedbackRequest) -> Feedback:
    """Puts it where it belongs, as whoever answers sees it."""
    item = found(work, request.feedback_id, request.etag)
    topic_id = None if request.without_topic else topic_id_of(work, request.feedback_topic_id) or item.feedback_topic_id
    category, product = request.category or item.category, request.product.strip() or item.product
    _classify(work, item, item.kind, request.severity or item.severity, category, product, topic_id, "")
    return item


def assign(work: UnitOfWork, request: feedback_service_pb2.AssignFeedbackRequest) -> Feedback:
    """Gives it to another one to answer; the deadline stays."""
    item = found(work, request.feedback_id, request.etag)
    need_open(item.state)
    person = reaching.colleague(work, request.assignee_person_id)
    if not routing.answers_for(work, person.person_id, item.organisation_path):
        raise RuleBroken("PERSON_UNFIT", "That person holds no post that answers for the unit.")
    if person.person_id != item.assignee_person_id:
        hand_to(work, item, person.person_id)
    return item


def hand_to(work: UnitOfWork, item: Feedback, assignee_person_id: str) -> None:
    """Lets another one answer, and tells so."""
    item.give(assignee_person_id, item.answer_due_date, item.escalate_date)
    item.note(FeedbackStepKind.ASSIGNED, work.caller.person_id, work.now, changes={"assignee": assignee_person_id})
    work.session.flush()
    announcing.assigned(work, item)


def found(work: UnitOfWork, feedback_id: str, etag: str) -> Feedback:
    """One in reach, held against other writers; the act is about it."""
    item = reaching.found(work, Feedback, feedback_id, to_change=True, etag=etag)
    work.resource = announcing.resource(item)
    return item


def filled(text: str, field: str) -> str:
    """The text without white space around it; raises InvalidInput FEEDBACK_BLANK where nothing is left."""
    kept = text.strip()
    if not kept:
        violation = FieldViolation(field, "Say something.")
        raise InvalidInput("FEEDBACK_BLANK", "There is nothing but white space in it.", violations=(violation,))
    return kept


def topic_id_of(work: UnitOfWork, topic_id: str) -> str | None:
    """The id of a topic that exists; None for none. Raises NotFound FEEDBACK_TOPIC_NOT_FOUND."""
    if not topic_id:
        return None
    topic = work.session.get(FeedbackTopic, topic_id.lower())
    if topic is None:
        raise NotFound("FEEDBACK_TOPIC_NOT_FOUND", "There is no such topic.")
    return topic.feedback_topic_id


def contact_id_of(work: UnitOfWork, contact_id: str, customer_id: str | None) -> str | None:
    """The id of a contact with that customer, in reach; None for none. Raises NotFound CONTACT_NOT_FOUND."""
    if not contact_id:
        return None
    contact = reaching.found(work, Contact, contact_id)
    if contact.customer_id != customer_id:
        raise NotFound("CONTACT_NOT_FOUND", "There is no such contact with this customer.")
    return contact.contact_id


def _classify(
    work: UnitOfWork, item: Feedback, kind: int, severity: int, category: str, product: str, topic_id: str | None, text: str
) -> None:
    category_before = item.category
    severity = settle_severity(kind, severity)
    under = categories.found(work, category, to_use=category != category_before)
    after = {"kind": kind, "severity": severity, "category": category, "product": product, "feedback_topic_id": topic_id}
    changes = {name: str(value or "") for name, value in after.items() if value != getattr(item, name)}
    if not changes and not text:
        return
    for name, value in after.items():
        setattr(item, name, value)
    if item.state == FeedbackState.OPEN and changes.keys() & {"kind", "severity", "category"}:
        due, seen_from = routing.dates(work, under, kind, severity, item.organisation_path, work.business_date)
        # Graver, it is due sooner; nothing becomes due later by being called something else.
        if due < item.answer_due_date:
            item.answer_due_date, item.escalate_date = due, seen_from
    item.note(FeedbackStepKind.CHANGED, work.caller.person_id, work.now, text, changes)
    work.session.flush()
    if changes:
        announcing.classified(work, item)
    if item.state == FeedbackState.OPEN and category != category_before:
        assignee = routing.answerer(work, under, item.organisation_path)
        if assignee not in ("", item.assignee_person_id):
            hand_to(work, item, assignee)


def _received(work: UnitOfWork, text: str) -> date:
    received = optional_date(text, "received_date") or work.business_date
    if not work.business_date - timedelta(days=RECEIVED_DAYS_MAX) <= received <= work.business_date:
        violation = FieldViolation("received_date", f"A day of the last {RECEIVED_DAYS_MAX}.")
        raise InvalidInput("DATE_AHEAD", "It is said today, or was in the last year.", violations=(violation,))
    return received
