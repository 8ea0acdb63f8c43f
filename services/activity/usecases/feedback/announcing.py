"""Tells of feedback: other services by events, the customer's timeline, and the people concerned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from workbench.activity.v1 import feedback_events_pb2 as events

from services.activity.model.feedback import Feedback
from services.activity.rules.feedback import FeedbackKind, FeedbackSeverity
from services.activity.usecases import telling
from services.activity.usecases.notifying import notify
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper

# One that is just being taken over from another system has no version yet: it will be its first.
_standing = Mapper(events.FeedbackStanding, computed={"version": lambda row: row.version or 1})


def resource(item: Feedback) -> str:
    """What there is to look at."""
    return f"feedback/{item.feedback_id}"


def recorded(work: UnitOfWork, item: Feedback, occur_time: datetime | None = None) -> None:
    """A customer said something."""
    work.record(
        events.FeedbackRecorded(
            **_of(item),
            owner_person_id=item.owner_person_id,
            assignee_person_id=item.assignee_person_id,
            received_date=item.received_date.isoformat(),
            answer_due_date=item.answer_due_date.isoformat(),
            product=item.product,
            feedback_topic_id=item.feedback_topic_id or "",
        )
    )
    told = {"feedback_kind": FeedbackKind(item.kind).name, "category": item.category, "product": item.product}
    _tell(work, item, "feedback_recorded", item.received_date, occur_time, told | _severity(item))


def classified(work: UnitOfWork, item: Feedback) -> None:
    """Kind, severity, category, product or topic changed."""
    work.record(
        events.FeedbackClassified(
            **_of(item),
            product=item.product,
            feedback_topic_id=item.feedback_topic_id or "",
            answer_due_date=item.answer_due_date.isoformat(),
            business_date=work.business_date.isoformat(),
        )
    )


def assigned(work: UnitOfWork, item: Feedback) -> None:
    """Somebody is to answer it: he is told, at once where it is grave."""
    work.record(
        events.FeedbackAssigned(
            **_of(item), assignee_person_id=item.assignee_person_id, business_date=work.business_date.isoformat()
        )
    )
    tell_assignee(work, item)


def tell_assignee(work: UnitOfWork, item: Feedback) -> None:
    """Tells whoever is to answer that it is his."""
    told = parameters(item) | {"dueDate": item.answer_due_date.isoformat()}
    urgent = item.severity == FeedbackSeverity.CRITICAL
    notify(work, [item.assignee_person_id], "feedback_assigned", resource=resource(item), parameters=told, urgent=urgent)


def answered(work: UnitOfWork, item: Feedback, day: date, occur_time: datetime | None = None) -> None:
    """It was answered."""
    late = day > item.answer_due_date
    work.record(events.FeedbackAnswered(**_of(item), outcome=item.outcome, late=late, business_date=day.isoformat()))
    _tell(work, item, "feedback_answered", day, occur_time, parameters(item))


def told(work: UnitOfWork, item: Feedback, day: date, occur_time: datetime | None = None) -> None:
    """The customer knows the answer."""
    work.record(events.FeedbackAnswerTold(**_of(item), outcome=item.outcome, business_date=day.isoformat()))
    _tell(work, item, "feedback_answer_told", day, occur_time, parameters(item))


def closed(work: UnitOfWork, item: Feedback, day: date, occur_time: datetime | None = None) -> None:
    """It is done."""
    work.record(events.FeedbackClosed(**_of(item), outcome=item.outcome, business_date=day.isoformat()))
    _tell(work, item, "feedback_closed", day, occur_time, parameters(item))


def reopened(work: UnitOfWork, item: Feedback) -> None:
    """It waits for another answer."""
    day = work.business_date
    work.record(
        events.FeedbackReopened(**_of(item), answer_due_date=item.answer_due_date.isoformat(), business_date=day.isoformat())
    )
    _tell(work, item, "feedback_reopened", day, None, parameters(item))


def escalated(work: UnitOfWork, item: Feedback, people: list[str]) -> None:
    """It went one level further up: whoever is there is told, and whoever should have answered."""
    day, level = work.business_date, item.escalation_level
    work.record(events.FeedbackEscalated(**_of(item), escalation_level=level, business_date=day.isoformat()))
    _tell(work, item, "complaint_escalated", day, None, parameters(item) | {"level": str(level)})
    remind(work, item, [*people, item.assignee_person_id], "complaint_escalated")


def remind(work: UnitOfWork, item: Feedback, person_ids: list[str], kind: str) -> None:
    """Tells people that an answer is late, or that it was taken up to them."""
    told = parameters(item) | {"dueDate": item.answer_due_date.isoformat(), "level": str(item.escalation_level)}
    urgent = item.severity >= FeedbackSeverity.MAJOR
    notify(work, person_ids, kind, resource=resource(item), parameters=told, urgent=urgent)


def announced(item: Feedback) -> events.FeedbackAnnounced:
    """How it stands, for whoever did not follow from the beginning."""
    return events.FeedbackAnnounced(
        feedback_id=item.feedback_id,
        customer_id=item.customer_id,
        category=item.category,
        organisation_path=item.organisation_path,
        standing=_standing(item),
    )


def parameters(item: Feedback) -> dict[str, str]:
    """What a sentence about it names."""
    return {"feedback_kind": FeedbackKind(item.kind).name, "category": item.category} | _severity(item)


def _severity(item: Feedback) -> dict[str, str]:
    return {"severity": FeedbackSeverity(item.severity).name} if item.severity else {}


def _of(item: Feedback) -> dict[str, Any]:
    """What each event says of it."""
    return {
        "feedback_id": item.feedback_id,
        "customer_id": item.customer_id,
        "kind": item.kind,
        "severity": item.severity,
        "category": item.category,
        "organisation_path": item.organisation_path,
        "standing": _standing(item),
    }


def _tell(work: UnitOfWork, item: Feedback, kind: str, day: date, occur_time: datetime | None, told: dict[str, str]) -> None:
    telling.tell(
        work,
        item.customer_id or "",
        kind,
        telling.Category.FEEDBACK,
        resource=resource(item),
        parameters=told,
        occur_time=occur_time,
        business_date=day,
        entry_id=f"feedback/{item.feedback_id}/{len(item.steps)}/{kind}",
    )
