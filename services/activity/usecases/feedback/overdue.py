"""Takes complaints further up, by hand or because the answer is late, and reminds of what else is late."""

from __future__ import annotations

from sqlalchemy import select
from workbench.activity.v1 import feedback_service_pb2

from services.activity.model.feedback import Feedback
from services.activity.rules.feedback import FeedbackStepKind, need_open
from services.activity.usecases.feedback import announcing, categories, recording, routing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken

# Looked at in one turn of the timer.
AT_ONCE = 100


def escalate(work: UnitOfWork, request: feedback_service_pb2.EscalateFeedbackRequest) -> Feedback:
    """One level further up at once; the deadline stays."""
    item = recording.found(work, request.feedback_id, request.etag)
    if not item.is_complaint:
        raise RuleBroken("NOT_COMPLAINT", "Only a complaint goes further up.")
    need_open(item.state)
    reason = recording.filled(request.reason, "reason")
    levels = routing.leaders_upwards(work, item.organisation_path)
    if item.escalation_level >= len(levels):
        raise RuleBroken("ESCALATION_EXHAUSTED", "There is nobody above.")
    _rise(work, item, levels, reason)
    return item


def take_up_late(work: UnitOfWork) -> None:
    """For a timer: what is due and unanswered.

    A complaint goes one level further up each time its deadline has it; from the highest on, whoever is there is reminded. Of
    anything else whoever is to answer and whoever waits for it are reminded.
    """
    due = (
        select(Feedback)
        .where(Feedback.escalate_date <= work.business_date)
        .order_by(Feedback.escalate_date, Feedback.feedback_id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for item in work.session.scalars(due).all():
        _take_up(work, item)


def _take_up(work: UnitOfWork, item: Feedback) -> None:
    category = categories.found(work, item.category)
    if not routing.answers_for(work, item.assignee_person_id, item.organisation_path):
        assignee = routing.answerer(work, category, item.organisation_path)
        if assignee and assignee != item.assignee_person_id:
            recording.hand_to(work, item, assignee)
    wait = categories.deadline_of(category, item.kind, item.severity).escalate_workdays
    item.escalate_date = routing.add_workdays(work, work.business_date, wait, item.organisation_path)
    if not item.is_complaint:
        announcing.remind(work, item, [item.assignee_person_id, item.owner_person_id], "feedback_late")
        return
    levels = routing.leaders_upwards(work, item.organisation_path)
    if item.escalation_level < len(levels):
        _rise(work, item, levels, "")
    else:
        announcing.remind(work, item, [*(levels[-1] if levels else ()), item.assignee_person_id], "complaint_late")


def _rise(work: UnitOfWork, item: Feedback, levels: list[list[str]], reason: str) -> None:
    people = levels[item.escalation_level]
    item.escalation_level += 1
    changes = {"level": str(item.escalation_level)}
    item.note(FeedbackStepKind.ESCALATED, work.caller.person_id, work.now, reason, changes)
    work.session.flush()
    announcing.escalated(work, item, people)
