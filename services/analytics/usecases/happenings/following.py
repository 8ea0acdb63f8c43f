"""Takes in what the activity service tells of contacts, feedback, surveys, leads, opportunities and tasks.

Contacts and feedback are told of as a whole, with a version; leads, opportunities and tasks in steps, each of a day.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from workbench.activity.v1 import (
    contact_events_pb2,
    contact_pb2,
    feedback_events_pb2,
    feedback_pb2,
    lead_events_pb2,
    lead_pb2,
    opportunity_pb2,
    survey_events_pb2,
    task_events_pb2,
    task_pb2,
)

from services.analytics.rules.happenings import HappeningKind
from services.analytics.usecases.happenings import keeping
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.service import Subscription

_FEEDBACK_KINDS = {
    feedback_pb2.FEEDBACK_KIND_NEED: HappeningKind.NEED,
    feedback_pb2.FEEDBACK_KIND_OPINION: HappeningKind.OPINION,
    feedback_pb2.FEEDBACK_KIND_SUGGESTION: HappeningKind.OPINION,
    feedback_pb2.FEEDBACK_KIND_COMPLAINT: HappeningKind.COMPLAINT,
}


def take_contact(work: UnitOfWork, event: contact_events_pb2.ContactRecorded) -> None:
    """A contact was kept, corrected, or withdrawn; one with a prospect is nobody's history yet."""
    keeping.keep(work, [_contact(event)] if event.customer_id else [])


def take_contacts(work: UnitOfWork, event: contact_events_pb2.ContactsTakenOver) -> None:
    """Contacts of the past came from another system."""
    keeping.keep(work, [_contact(each) for each in event.contacts])


def take_announced_contact(work: UnitOfWork, event: contact_events_pb2.ContactAnnounced) -> None:
    """How a contact stands."""
    take_contact(work, event.contact)


def take_feedback(work: UnitOfWork, event: Any) -> None:
    """A customer said something, or something became of it: each event says how it stands."""
    standing: feedback_events_pb2.FeedbackStanding = event.standing
    kind = _FEEDBACK_KINDS.get(standing.kind)
    if kind is None or not event.customer_id:
        return
    row = {
        "source": f"feedback/{event.feedback_id}",
        "customer_id": event.customer_id,
        "organisation_path": event.organisation_path,
        "kind": kind.value,
        "start_date": date.fromisoformat(standing.received_date),
        # Nobody waits for it any more.
        "end_date": optional_date(standing.answered_date, "answered_date"),
        "due_date": optional_date(standing.answer_due_date, "answer_due_date"),
        "person_id": standing.assignee_person_id or standing.owner_person_id,
        "other_person_ids": [standing.owner_person_id] if standing.assignee_person_id else [],
        "sort": standing.severity if kind is HappeningKind.COMPLAINT else standing.kind,
        "state": standing.state,
        "outcome": standing.outcome,
        "customer_began": True,
        "version": standing.version,
    }
    keeping.keep(work, [row])


def take_survey_answer(work: UnitOfWork, event: survey_events_pb2.SurveyAnswered) -> None:
    """A customer answered a survey, which he does once."""
    day = date.fromisoformat(event.business_date)
    row = {
        "source": f"surveyInvitations/{event.survey_invitation_id}",
        "customer_id": event.customer_id,
        "organisation_path": event.organisation_path,
        "kind": HappeningKind.SURVEY_ANSWER.value,
        "start_date": day,
        "end_date": day,
        "person_id": event.owner_person_id,
        "channel": event.channel,
        "low": event.low,
        "version": 1,
    }
    keeping.keep(work, [row])


def take_announced_survey_answer(work: UnitOfWork, event: survey_events_pb2.SurveyAnswerAnnounced) -> None:
    """What was answered."""
    take_survey_answer(work, event.answer)


def take_lead(work: UnitOfWork, event: lead_events_pb2.LeadCaptured) -> None:
    """A lead was captured."""
    row = _lead(event) | {"sort": event.source, "person_id": event.capturer_person_id}
    keeping.keep_beginning(work, row)


def take_lead_owner(work: UnitOfWork, event: lead_events_pb2.LeadAssigned) -> None:
    """It came to somebody."""
    keeping.keep_step(work, _lead(event) | {"person_id": event.owner_person_id}, ("person_id", "organisation_path"))


def take_lead_end(work: UnitOfWork, event: lead_events_pb2.LeadConverted | lead_events_pb2.LeadDisqualified) -> None:
    """It became an opportunity, or leads nowhere."""
    converted = isinstance(event, lead_events_pb2.LeadConverted)
    state = lead_pb2.LEAD_STATE_CONVERTED if converted else lead_pb2.LEAD_STATE_DISQUALIFIED
    row = _lead(event) | {"person_id": event.owner_person_id, "state": state}
    keeping.keep_step(work, row | {"end_date": row["start_date"]}, ("person_id", "state", "end_date"))


def take_opportunity(work: UnitOfWork, event: lead_events_pb2.OpportunityOpened) -> None:
    """An opportunity was opened."""
    keeping.keep_beginning(work, _opportunity(event))


def take_opportunity_step(work: UnitOfWork, event: Any) -> None:
    """It went to another owner, or its prospect turned out to be a customer."""
    keeping.keep_step(work, _opportunity(event), ("person_id", "organisation_path"))


def take_opportunity_end(work: UnitOfWork, event: lead_events_pb2.OpportunityWon | lead_events_pb2.OpportunityLost) -> None:
    """It was won or lost."""
    won = isinstance(event, lead_events_pb2.OpportunityWon)
    state = opportunity_pb2.OPPORTUNITY_STATE_WON if won else opportunity_pb2.OPPORTUNITY_STATE_LOST
    row = _opportunity(event)
    keeping.keep_step(work, row | {"state": state, "end_date": row["start_date"]}, ("person_id", "state", "end_date"))


def take_opportunity_reopened(work: UnitOfWork, event: lead_events_pb2.OpportunityReopened) -> None:
    """It is open again."""
    keeping.keep_step(work, _opportunity(event), ("person_id", "state", "end_date"))


def take_task(work: UnitOfWork, event: task_events_pb2.TaskCreated) -> None:
    """Somebody has something to do for a customer; other tasks are no business of this service."""
    if event.customer_id:
        keeping.keep_beginning(work, _task(event))


def take_task_done(work: UnitOfWork, event: task_events_pb2.TaskCompleted) -> None:
    """It is done."""
    if event.customer_id:
        row = _task(event) | {"state": task_pb2.TASK_STATE_DONE, "outcome": event.result}
        row["end_date"] = row["start_date"]
        keeping.keep_step(work, row, ("person_id", "state", "outcome", "end_date"))


def take_task_cancelled(work: UnitOfWork, event: task_events_pb2.TaskCancelled) -> None:
    """It will not be done."""
    keeping.change(work, f"tasks/{event.task_id}", state=task_pb2.TASK_STATE_CANCELLED, end_date=work.business_date)


def take_task_reopened(work: UnitOfWork, event: task_events_pb2.TaskReopened) -> None:
    """It was ended too early."""
    keeping.change(work, f"tasks/{event.task_id}", state=task_pb2.TASK_STATE_OPEN, outcome=0, end_date=None)


def take_task_owner(work: UnitOfWork, event: task_events_pb2.TaskReassigned) -> None:
    """It went to somebody else."""
    changed = {"person_id": event.owner_person_id, "organisation_path": event.organisation_path}
    keeping.change(work, f"tasks/{event.task_id}", **changed)


def _contact(event: contact_events_pb2.ContactRecorded) -> dict[str, Any]:
    done = event.state == contact_pb2.CONTACT_STATE_DONE
    day = date.fromisoformat(event.business_date)
    return {
        "source": f"contacts/{event.contact_id}",
        "customer_id": event.customer_id,
        "organisation_path": event.organisation_path,
        "kind": (HappeningKind.CONTACT if done else HappeningKind.CONTACT_NOT_DONE).value,
        "start_date": day,
        "end_date": day if done else None,
        "person_id": event.owner_person_id,
        "other_person_ids": sorted(set(event.colleague_person_ids)),
        "sort": event.kind,
        "channel": event.channel,
        "state": event.state,
        "outcome": event.outcome,
        "minutes": event.minutes,
        "people_met_count": event.people_met_count,
        "customer_began": event.customer_began,
        "version": event.version,
    }


def _lead(event: Any) -> dict[str, Any]:
    return _step(event, f"leads/{event.lead_id}", HappeningKind.LEAD_CAPTURED) | {"state": lead_pb2.LEAD_STATE_NEW}


def _opportunity(event: Any) -> dict[str, Any]:
    row = _step(event, f"opportunities/{event.opportunity_id}", HappeningKind.OPPORTUNITY)
    return row | {"person_id": event.owner_person_id, "state": opportunity_pb2.OPPORTUNITY_STATE_OPEN}


def _task(event: task_events_pb2.TaskCreated | task_events_pb2.TaskCompleted) -> dict[str, Any]:
    return _step(event, f"tasks/{event.task_id}", HappeningKind.TASK) | {
        "person_id": event.owner_person_id,
        "due_date": optional_date(event.due_date, "due_date"),
        "sort": event.kind,
        "state": task_pb2.TASK_STATE_OPEN,
    }


def _step(event: Any, source: str, kind: HappeningKind) -> dict[str, Any]:
    day = date.fromisoformat(event.business_date)
    return {
        "source": source,
        "customer_id": event.customer_id,
        "organisation_path": event.organisation_path,
        "kind": kind.value,
        "start_date": day,
        "version": day.toordinal(),
    }


SUBSCRIPTIONS = (
    Subscription(contact_events_pb2.ContactAnnounced, take_announced_contact),
    Subscription(contact_events_pb2.ContactRecorded, take_contact),
    Subscription(contact_events_pb2.ContactsTakenOver, take_contacts),
    Subscription(feedback_events_pb2.FeedbackAnnounced, take_feedback),
    Subscription(feedback_events_pb2.FeedbackAnswerTold, take_feedback),
    Subscription(feedback_events_pb2.FeedbackAnswered, take_feedback),
    Subscription(feedback_events_pb2.FeedbackAssigned, take_feedback),
    Subscription(feedback_events_pb2.FeedbackClassified, take_feedback),
    Subscription(feedback_events_pb2.FeedbackClosed, take_feedback),
    Subscription(feedback_events_pb2.FeedbackEscalated, take_feedback),
    Subscription(feedback_events_pb2.FeedbackRecorded, take_feedback),
    Subscription(feedback_events_pb2.FeedbackReopened, take_feedback),
    Subscription(lead_events_pb2.LeadAssigned, take_lead_owner),
    Subscription(lead_events_pb2.LeadCaptured, take_lead),
    Subscription(lead_events_pb2.LeadConverted, take_lead_end),
    Subscription(lead_events_pb2.LeadDisqualified, take_lead_end),
    Subscription(lead_events_pb2.OpportunityCustomerLinked, take_opportunity_step),
    Subscription(lead_events_pb2.OpportunityLost, take_opportunity_end),
    Subscription(lead_events_pb2.OpportunityOpened, take_opportunity),
    Subscription(lead_events_pb2.OpportunityReassigned, take_opportunity_step),
    Subscription(lead_events_pb2.OpportunityReopened, take_opportunity_reopened),
    Subscription(lead_events_pb2.OpportunityWon, take_opportunity_end),
    Subscription(survey_events_pb2.SurveyAnswerAnnounced, take_announced_survey_answer),
    Subscription(survey_events_pb2.SurveyAnswered, take_survey_answer),
    Subscription(task_events_pb2.TaskCancelled, take_task_cancelled),
    Subscription(task_events_pb2.TaskCompleted, take_task_done),
    Subscription(task_events_pb2.TaskCreated, take_task),
    Subscription(task_events_pb2.TaskReassigned, take_task_owner),
    Subscription(task_events_pb2.TaskReopened, take_task_reopened),
)
