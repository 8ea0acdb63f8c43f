"""Serves `workbench.activity.v1.SurveyService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import survey_pb2
from workbench.activity.v1 import survey_service_pb2 as rpc

from services.activity.model.survey import SurveyInvitation
from services.activity.usecases import reaching
from services.activity.usecases.surveys import (
    answering,
    beginning,
    inviting,
    links,
    reading,
    sampling,
    statistics,
    templates,
)
from services.chassis.db.session import UnitOfWork


def create_survey_template(work: UnitOfWork, request: rpc.CreateSurveyTemplateRequest) -> survey_pb2.SurveyTemplate:
    return templates.create(work, request.survey_template)


def get_survey_template(work: UnitOfWork, request: rpc.GetSurveyTemplateRequest) -> survey_pb2.SurveyTemplate:
    return templates.get(work, request.survey_template_id, request.version)


def list_survey_templates(work: UnitOfWork, request: rpc.ListSurveyTemplatesRequest) -> rpc.ListSurveyTemplatesResponse:
    page = templates.page(work, request)
    shown = [templates.shown(work, row) for row in page.rows]
    return rpc.ListSurveyTemplatesResponse(survey_templates=shown, next_page_token=page.next_page_token)


def update_survey_template(work: UnitOfWork, request: rpc.UpdateSurveyTemplateRequest) -> survey_pb2.SurveyTemplate:
    return templates.change(work, request.survey_template, request.update_mask.paths)


def publish_survey_template(work: UnitOfWork, request: rpc.PublishSurveyTemplateRequest) -> survey_pb2.SurveyTemplate:
    return templates.publish(work, request)


def create_survey(work: UnitOfWork, request: rpc.CreateSurveyRequest) -> survey_pb2.Survey:
    return beginning.as_message(beginning.create(work, request.survey))


def get_survey(work: UnitOfWork, request: rpc.GetSurveyRequest) -> survey_pb2.Survey:
    return beginning.as_message(beginning.found(work, request.survey_id))


def list_surveys(work: UnitOfWork, request: rpc.ListSurveysRequest) -> rpc.ListSurveysResponse:
    page = beginning.page(work, request)
    shown = map(beginning.as_message, page.rows)
    return rpc.ListSurveysResponse(surveys=shown, next_page_token=page.next_page_token)


def end_survey(work: UnitOfWork, request: rpc.EndSurveyRequest) -> survey_pb2.Survey:
    return beginning.as_message(beginning.end(work, request))


def sample_survey(work: UnitOfWork, request: rpc.SampleSurveyRequest) -> rpc.SampleSurveyResponse:
    return rpc.SampleSurveyResponse(operation_id=sampling.draw_again(work, request.survey_id).operation_id)


def import_survey_answers(work: UnitOfWork, request: rpc.ImportSurveyAnswersRequest) -> rpc.ImportSurveyAnswersResponse:
    return answering.take_over(work, request)


def create_survey_invitation(work: UnitOfWork, request: rpc.CreateSurveyInvitationRequest) -> survey_pb2.SurveyInvitation:
    return reading.shown(work, inviting.create(work, request))


def get_survey_invitation(work: UnitOfWork, request: rpc.GetSurveyInvitationRequest) -> survey_pb2.SurveyInvitation:
    return reading.shown(work, reaching.found(work, SurveyInvitation, request.survey_invitation_id))


def list_survey_invitations(work: UnitOfWork, request: rpc.ListSurveyInvitationsRequest) -> rpc.ListSurveyInvitationsResponse:
    page = reading.list_invitations(work, request)
    shown = reading.listed(work, page.rows)
    return rpc.ListSurveyInvitationsResponse(survey_invitations=shown, next_page_token=page.next_page_token)


def answer_survey_invitation(work: UnitOfWork, request: rpc.AnswerSurveyInvitationRequest) -> survey_pb2.SurveyInvitation:
    return reading.shown(work, answering.take_down(work, request))


def decline_survey_invitation(work: UnitOfWork, request: rpc.DeclineSurveyInvitationRequest) -> survey_pb2.SurveyInvitation:
    return reading.shown(work, inviting.decline(work, request))


def revoke_survey_invitation(work: UnitOfWork, request: rpc.RevokeSurveyInvitationRequest) -> survey_pb2.SurveyInvitation:
    return reading.shown(work, inviting.revoke(work, request))


def create_survey_link(work: UnitOfWork, request: rpc.CreateSurveyLinkRequest) -> rpc.CreateSurveyLinkResponse:
    return links.create(work, request.survey_invitation_id)


def get_survey_form(work: UnitOfWork, request: rpc.GetSurveyFormRequest) -> rpc.SurveyForm:
    return links.open_form(work, request.token)


def answer_survey_form(work: UnitOfWork, request: rpc.AnswerSurveyFormRequest) -> rpc.AnswerSurveyFormResponse:
    answering.take_by_link(work, request)
    return rpc.AnswerSurveyFormResponse()


def get_survey_statistics(work: UnitOfWork, request: rpc.GetSurveyStatisticsRequest) -> rpc.SurveyStatistics:
    return statistics.statistics(work, request)
