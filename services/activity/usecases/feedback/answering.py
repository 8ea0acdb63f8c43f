"""Answers feedback, has the customer told, closes it with that alone, and opens it again."""

from __future__ import annotations

from workbench.activity.v1 import feedback_service_pb2

from services.activity.model.contact import Contact
from services.activity.model.feedback import Feedback
from services.activity.rules.contacts import ContactKind
from services.activity.rules.feedback import FeedbackChannel, FeedbackStepKind, need_answered, need_open, need_settled
from services.activity.usecases import reaching
from services.activity.usecases.feedback import announcing, categories, recording, routing
from services.activity.usecases.notifying import notify
from services.activity.usecases.surveys import sampling
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput

_CHANNELS = {
    ContactKind.VISIT.value: FeedbackChannel.VISIT,
    ContactKind.CALL.value: FeedbackChannel.CALL,
    ContactKind.MEETING.value: FeedbackChannel.VISIT,
    ContactKind.MESSAGE.value: FeedbackChannel.MESSAGE,
    ContactKind.EMAIL.value: FeedbackChannel.EMAIL,
    ContactKind.LETTER.value: FeedbackChannel.LETTER,
    ContactKind.EVENT.value: FeedbackChannel.VISIT,
}


def answer(work: UnitOfWork, request: feedback_service_pb2.AnswerFeedbackRequest) -> Feedback:
    """Answers it; whoever speaks with the customer is told."""
    item = recording.found(work, request.feedback_id, request.etag)
    need_open(item.state)
    text = recording.filled(request.answer, "answer")
    promised = optional_date(request.promised_date, "promised_date")
    if promised and promised < work.business_date:
        violation = FieldViolation("promised_date", "Today, or a day to come.")
        raise InvalidInput("DATE_PAST", "What is promised is not over.", violations=(violation,))
    item.take_answer(text, request.outcome, promised, work.business_date, work.now)
    item.note(FeedbackStepKind.ANSWERED, work.caller.person_id, work.now, text, {"outcome": str(int(request.outcome))})
    work.session.flush()
    announcing.answered(work, item, work.business_date)
    told = announcing.parameters(item)
    notify(work, [item.owner_person_id], "feedback_answered", resource=announcing.resource(item), parameters=told)
    return item


def tell_customer(work: UnitOfWork, request: feedback_service_pb2.TellFeedbackAnswerRequest) -> Feedback:
    """The customer was told, in a contact or by another way."""
    item = recording.found(work, request.feedback_id, request.etag)
    need_answered(item.state)
    told_date, channel = optional_date(request.told_date, "told_date"), int(request.channel)
    contact_id = recording.contact_id_of(work, request.contact_id, item.customer_id)
    if contact_id:
        contact = reaching.found(work, Contact, contact_id)
        told_date, channel = told_date or contact.business_date, channel or _CHANNELS.get(contact.kind, 0)
    if not channel:
        violation = FieldViolation("channel", "The contact, or the way by which the customer was told.")
        raise InvalidInput("TELLING_UNKNOWN", "Say how the customer was told.", violations=(violation,))
    told_date = told_date or work.business_date
    if told_date > work.business_date or (item.answered_date and told_date < item.answered_date):
        violation = FieldViolation("told_date", "From the day of the answer to today.")
        raise InvalidInput(
            "DATE_AHEAD", "The customer is told after the answer, and not in time to come.", violations=(violation,)
        )
    item.take_telling(told_date, channel, contact_id)
    item.note(FeedbackStepKind.TOLD, work.caller.person_id, work.now, request.note.strip(), {"channel": str(channel)})
    work.session.flush()
    announcing.told(work, item, told_date)
    if request.close:
        _close(work, item)
    return item


def close(work: UnitOfWork, request: feedback_service_pb2.CloseFeedbackRequest) -> Feedback:
    """It is done, since the customer knows the answer."""
    item = recording.found(work, request.feedback_id, request.etag)
    _close(work, item)
    return item


def reopen(work: UnitOfWork, request: feedback_service_pb2.ReopenFeedbackRequest) -> Feedback:
    """Waits for another answer, whose deadline begins today; whoever leads the customer now speaks with the customer."""
    item = recording.found(work, request.feedback_id, request.etag)
    need_settled(item.state)
    reason = recording.filled(request.reason, "reason")
    customer = reaching.customer(work, item.customer_id or "", to_keep=True)
    item.reopen()
    if customer.lead_person_id and customer.lead_person_id != item.owner_person_id:
        work.reach(customer.organisation_path)
        item.owner_person_id, item.organisation_path = customer.lead_person_id, customer.organisation_path
    category = categories.found(work, item.category)
    due, seen_from = routing.dates(work, category, item.kind, item.severity, item.organisation_path, work.business_date)
    assignee = item.assignee_person_id
    if not routing.answers_for(work, assignee, item.organisation_path):
        assignee = routing.answerer(work, category, item.organisation_path)
    item.give(assignee, due, seen_from)
    item.note(FeedbackStepKind.REOPENED, work.caller.person_id, work.now, reason)
    work.session.flush()
    announcing.reopened(work, item)
    announcing.tell_assignee(work, item)
    return item


def _close(work: UnitOfWork, item: Feedback) -> None:
    item.close(work.now)
    item.note(FeedbackStepKind.CLOSED, work.caller.person_id, work.now)
    work.session.flush()
    announcing.closed(work, item, work.business_date)
    sampling.after_feedback(work, item)
