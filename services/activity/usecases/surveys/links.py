"""Links by which customers answer alone: signed, for one invitation, until a day, once. They say nothing of whom they are for."""

from __future__ import annotations

import hmac
from datetime import date
from typing import NoReturn

from sqlalchemy import select
from workbench.activity.v1 import survey_service_pb2

from services.activity.model.customer import Customer
from services.activity.model.survey import SurveyInvitation
from services.activity.rules.surveys import SurveyInvitationState
from services.activity.usecases.surveys import inviting, templates
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound, RuleBroken
from services.chassis.keys import data_keys

# Below the gateway's address; the gateway's page answers there.
PAGE = "/s/"
_PURPOSE = "activity.survey_link"
_PARTS = 4


def create(work: UnitOfWork, invitation_id: str) -> survey_service_pb2.CreateSurveyLinkResponse:
    """The one link that holds from now on."""
    invitation = inviting.held(work, invitation_id)
    number = invitation.new_link(work.now)
    work.session.flush()
    token = _token(invitation.survey_invitation_id, number, invitation.expire_date)
    return survey_service_pb2.CreateSurveyLinkResponse(path=PAGE + token, expire_date=invitation.expire_date.isoformat())


def open_form(work: UnitOfWork, token: str) -> survey_service_pb2.SurveyForm:
    """What is asked: the template's words, and nothing of the customer."""
    invitation = verify(work, token)
    content = templates.version(work, invitation.survey_template_id, invitation.template_version)
    return survey_service_pb2.SurveyForm(
        greeting_en=content.greeting_en,
        greeting_zh=content.greeting_zh,
        questions=templates.questions_of(content.questions),
        expire_date=invitation.expire_date.isoformat(),
    )


def verify(work: UnitOfWork, token: str, *, to_answer: bool = False) -> SurveyInvitation:
    """The invitation of a link that holds.

    Raises NotFound SURVEY_LINK_NOT_FOUND for a link that is none or holds no more, and for a genuine one RuleBroken
    SURVEY_ANSWERED and SURVEY_LINK_EXPIRED.
    """
    invitation_id, number, expire_date = _genuine(token)
    statement = select(SurveyInvitation).filter_by(survey_invitation_id=invitation_id)
    invitation = work.session.scalars(statement.with_for_update() if to_answer else statement).one_or_none()
    if invitation is None or invitation.link_number != number:
        _refuse()
    if invitation.state == SurveyInvitationState.ANSWERED:
        raise RuleBroken("SURVEY_ANSWERED", "It was answered; an answer is given once.")
    # A link is of the calendar that its reader lives by, not of the bank's date, which may stay behind.
    if invitation.state == SurveyInvitationState.EXPIRED or expire_date < work.clock_date:
        raise RuleBroken("SURVEY_LINK_EXPIRED", "The time for an answer is over.")
    customer = work.session.get(Customer, invitation.customer_id or "")
    if invitation.state != SurveyInvitationState.OPEN or customer is None or customer.gone:
        _refuse()
    return invitation


def _token(invitation_id: str, number: int, expire_date: date) -> str:
    return f"{invitation_id}.{number}.{expire_date.isoformat()}.{_signature(invitation_id, number, expire_date)}"


def _genuine(token: str) -> tuple[str, int, date]:
    parts = token.split(".")
    if len(parts) != _PARTS:
        _refuse()
    invitation_id, number_text, date_text, signature = parts
    try:
        number, expire_date = int(number_text), date.fromisoformat(date_text)
    except ValueError:
        _refuse()
    # Compared in constant time, and as it would have been written: nothing tells a forger how near he is.
    if not hmac.compare_digest(token.encode(), _token(invitation_id, number, expire_date).encode()) or not signature:
        _refuse()
    return invitation_id, number, expire_date


def _signature(invitation_id: str, number: int, expire_date: date) -> str:
    # HMAC-SHA256 under the deployment's index key, which all copies of a service share.
    return data_keys().blind_index(_PURPOSE, f"{invitation_id}|{number}|{expire_date.isoformat()}")


def _refuse() -> NoReturn:
    raise NotFound("SURVEY_LINK_NOT_FOUND", "There is no such link, or it holds no more.")
