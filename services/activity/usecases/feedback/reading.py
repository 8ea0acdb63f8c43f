"""Shows feedback: one with its steps, and lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from workbench.activity.v1 import feedback_pb2, feedback_service_pb2

from services.activity.model.feedback import Feedback
from services.activity.rules.feedback import FeedbackState
from services.activity.usecases import reaching
from services.chassis.db import listing
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

_row = Mapper(feedback_pb2.Feedback, omitted=("overdue", "steps", "owner_name", "assignee_name", "customer_name"))


def shown(work: UnitOfWork, item: Feedback) -> feedback_pb2.Feedback:
    """One with all that happened to it."""
    (message,) = listed(work, [item])
    names = reaching.person_names(work, (step["person_id"] for step in item.steps))
    texts = [*item.texts, *[""] * (len(item.steps) - len(item.texts))]
    message.steps.extend(_step(step, text, names) for step, text in zip(item.steps, texts, strict=False))
    return message


def listed(work: UnitOfWork, items: Iterable[Feedback]) -> list[feedback_pb2.Feedback]:
    """Several, without their steps."""
    rows = list(items)
    customers, _ = reaching.names_shown(work, rows)
    people = reaching.person_names(work, (person for row in rows for person in (row.owner_person_id, row.assignee_person_id)))
    messages = []
    for row in rows:
        message = _row(row)
        message.overdue = row.state == FeedbackState.OPEN and row.answer_due_date < work.business_date
        message.customer_name = customers.get(row.customer_id or "", "")
        message.owner_name = people.get(row.owner_person_id, "")
        message.assignee_name = people.get(row.assignee_person_id, "")
        messages.append(message)
    return messages


def list_feedback(work: UnitOfWork, request: feedback_service_pb2.ListFeedbackRequest) -> Page:
    """A page of a person's, a customer's or a unit's, or of what somebody is to answer; the latest first."""
    named = [
        bool(name) for name in (request.person_id, request.customer_id, request.organisation_path, request.assignee_person_id)
    ]
    if sum(named) > 1:
        raise InvalidInput("LIST_AMBIGUOUS", "Name a person, a customer, a unit or whoever is to answer, and one of them alone.")
    statement = select(Feedback)
    if request.customer_id:
        statement = statement.where(Feedback.customer_id == reaching.customer(work, request.customer_id).customer_id)
    elif request.organisation_path:
        statement = statement.where(below(Feedback.organisation_path, reaching.unit_path(work, request.organisation_path)))
    elif request.assignee_person_id:
        answerer = reaching.person(work, request.assignee_person_id).person_id
        # What somebody answers is of other units too, whose feedback a reader may not reach.
        statement = reaching.in_reach(work, statement.where(Feedback.assignee_person_id == answerer), Feedback)
    else:
        statement = statement.where(Feedback.owner_person_id == reaching.person(work, request.person_id).person_id)
    if request.states:
        statement = statement.where(Feedback.state.in_([int(state) for state in request.states]))
    if request.kind:
        statement = statement.where(Feedback.kind == int(request.kind))
    if request.overdue:
        late = (Feedback.state == FeedbackState.OPEN.value) & (Feedback.answer_due_date < work.business_date)
        statement = statement.where(late)
    order = ((Feedback.received_date, listing.day), (Feedback.feedback_id, listing.text))
    return listing.read_page(work, statement, request, order, downwards=True)


def _step(step: dict[str, Any], text: str, names: dict[str, str]) -> feedback_pb2.FeedbackStep:
    return feedback_pb2.FeedbackStep(
        kind=step["kind"],
        person_id=step["person_id"],
        person_name=names.get(step["person_id"], ""),
        step_time=datetime.fromisoformat(step["time"]),
        text=text,
        changes=step.get("changes", {}),
    )
