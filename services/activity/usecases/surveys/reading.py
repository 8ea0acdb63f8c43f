"""Shows invitations and what was answered."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from workbench.activity.v1 import survey_pb2, survey_service_pb2

from services.activity.model.survey import SurveyInvitation
from services.activity.rules.surveys import SurveyInvitationState
from services.activity.usecases import reaching
from services.activity.usecases.surveys import beginning
from services.chassis.db import listing
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

_row = Mapper(
    survey_pb2.SurveyInvitation,
    computed={"linked": lambda row: row.link_number > 0 and row.state == SurveyInvitationState.OPEN},
    omitted=("answers", "customer_name", "owner_name"),
)


def shown(work: UnitOfWork, invitation: SurveyInvitation) -> survey_pb2.SurveyInvitation:
    """One with what was answered."""
    (message,) = listed(work, [invitation])
    message.ClearField("answers")
    message.answers.extend(survey_pb2.SurveyAnswer(**answer) for answer in invitation.answers)
    return message


def listed(work: UnitOfWork, invitations: Iterable[SurveyInvitation]) -> list[survey_pb2.SurveyInvitation]:
    """Several, without what was answered in words."""
    rows = list(invitations)
    customers, owners = reaching.names_shown(work, rows)
    messages = []
    for row in rows:
        message = _row(row)
        message.customer_name = customers.get(row.customer_id or "", "")
        message.owner_name = owners.get(row.owner_person_id, "")
        message.answers.extend(survey_pb2.SurveyAnswer(**answer) for answer in row.answers if "score" in answer)
        messages.append(message)
    return messages


def list_invitations(work: UnitOfWork, request: survey_service_pb2.ListSurveyInvitationsRequest) -> Page:
    """A page of a person's customers', a customer's or a unit's; the latest first."""
    if sum(map(bool, (request.person_id, request.customer_id, request.organisation_path))) > 1:
        raise InvalidInput("LIST_AMBIGUOUS", "Name a person, a customer or a unit, and one of them alone.")
    statement = select(SurveyInvitation)
    if request.customer_id:
        customer = reaching.customer(work, request.customer_id)
        statement = statement.where(SurveyInvitation.customer_id == customer.customer_id)
    elif request.organisation_path:
        path = reaching.unit_path(work, request.organisation_path)
        statement = statement.where(below(SurveyInvitation.organisation_path, path))
    else:
        person = reaching.person(work, request.person_id)
        statement = statement.where(SurveyInvitation.owner_person_id == person.person_id)
    if request.survey_id:
        survey = beginning.found(work, request.survey_id)
        statement = statement.where(SurveyInvitation.survey_id == survey.survey_id)
    if request.state:
        statement = statement.where(SurveyInvitation.state == int(request.state))
    if request.low:
        statement = statement.where(SurveyInvitation.low)
    order = ((SurveyInvitation.asked_date, listing.day), (SurveyInvitation.survey_invitation_id, listing.text))
    return listing.read_page(work, statement, request, order, downwards=True)
