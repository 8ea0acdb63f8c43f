"""Tells services that ask which contacts there were, how feedback stands and who answered surveys: see `chassis.announcing`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from google.protobuf.message import Message
from sqlalchemy import ColumnElement, select

from services.activity.model.contact import Contact
from services.activity.model.feedback import Feedback
from services.activity.model.survey import SurveyInvitation
from services.activity.rules.surveys import SurveyInvitationState
from services.activity.usecases.contacts import announcing as contacts
from services.activity.usecases.feedback import announcing as feedback
from services.activity.usecases.surveys import answering
from services.chassis.db.session import UnitOfWork
from services.chassis.service import Announcement


def _page(
    model: type[Any],
    key: Any,
    wanted: ColumnElement[bool],
    announced: Callable[[Any], Message],
    work: UnitOfWork,
    after: str,
    size: int,
) -> Sequence[tuple[str, Message]]:
    statement = select(model).where(key > after, wanted).order_by(key).limit(size).with_for_update(read=True)
    return [(getattr(row, key.key), announced(row)) for row in work.session.scalars(statement)]


ANNOUNCEMENTS = (
    # What was with a prospect is nobody's history yet.
    Announcement("contacts", partial(_page, Contact, Contact.contact_id, Contact.customer_id.is_not(None), contacts.announced)),
    Announcement(
        "feedback", partial(_page, Feedback, Feedback.feedback_id, Feedback.customer_id.is_not(None), feedback.announced)
    ),
    Announcement(
        "survey_answers",
        partial(
            _page,
            SurveyInvitation,
            SurveyInvitation.survey_invitation_id,
            SurveyInvitation.state == SurveyInvitationState.ANSWERED.value,
            answering.announced,
        ),
    ),
)
