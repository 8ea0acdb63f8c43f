"""Takes answers: those that somebody takes down, those of a link, and those that were collected elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from workbench.activity.v1 import survey_events_pb2, survey_pb2, survey_service_pb2

from services.activity.model.survey import Survey, SurveyInvitation, SurveyScore, SurveyTemplateVersion
from services.activity.rules import surveys as rules
from services.activity.rules.surveys import Answered, SurveyChannel, SurveyInvitationState, SurveyQuestionKind
from services.activity.rules.tasks import TaskKind
from services.activity.usecases import telling
from services.activity.usecases.history import Parties, parties
from services.activity.usecases.surveys import beginning, inviting, links, templates
from services.activity.usecases.tasks.opening import open_task
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken, WorkbenchError
from services.chassis.mapping import Mapper

TASK_TITLE = "Low satisfaction: see to it 低满意度回访"
# What was collected elsewhere is of the years that satisfaction is compared over.
COLLECTED_DAYS_MAX = 3_653
_NOON = time(12)
_event = Mapper(survey_events_pb2.SurveyAnswered, renamed={"business_date": "answer_date"})


def take_down(work: UnitOfWork, request: survey_service_pb2.AnswerSurveyInvitationRequest) -> SurveyInvitation:
    """What a customer answers to whoever asks."""
    invitation = inviting.held(work, request.survey_invitation_id, request.etag)
    rules.need_open(invitation.state)
    if invitation.expire_date < work.business_date:
        raise RuleBroken("SURVEY_INVITATION_OVER", "The time for an answer is over.")
    answered = _checked(work, invitation, request.answers)
    _keep(work, invitation, answered, SurveyChannel.RELATIONSHIP_MANAGER, work.business_date, work.now)
    invitation.collected_by_person_id = work.caller.person_id
    _tell(work, invitation)
    _see_to_low(work, invitation)
    return invitation


def take_by_link(work: UnitOfWork, request: survey_service_pb2.AnswerSurveyFormRequest) -> SurveyInvitation:
    """What a customer answers alone, once."""
    invitation = links.verify(work, request.token, to_answer=True)
    work.resource = f"{inviting.KIND}/{invitation.survey_invitation_id}"
    answered = _checked(work, invitation, request.answers)
    _keep(work, invitation, answered, SurveyChannel.LINK, work.business_date, work.now)
    _tell(work, invitation)
    _see_to_low(work, invitation)
    return invitation


def take_over(
    work: UnitOfWork, request: survey_service_pb2.ImportSurveyAnswersRequest
) -> survey_service_pb2.ImportSurveyAnswersResponse:
    """Takes what is new, passes over what was taken before, says of the rest why it cannot be; nothing is opened of it."""
    survey = beginning.held(work, request.survey_id)
    work.hold(f"answers to {survey.survey_id}")
    taken = _taken_before(work, survey, [_source_key(request, row.source_number) for row in request.rows])
    known = parties(
        work,
        customer_ids=(row.customer_id for row in request.rows),
        customer_numbers=(row.customer_number for row in request.rows),
    )
    content = templates.version(work, survey.survey_template_id, survey.template_version)
    answer = survey_service_pb2.ImportSurveyAnswersResponse()
    for place, row in enumerate(request.rows):
        key = _source_key(request, row.source_number)
        if key in taken:
            answer.unchanged += 1
            continue
        try:
            _take_row(work, survey, content, row, known, key)
        except WorkbenchError as refusal:
            answer.refused.add(index=place, reason=refusal.reason)
            continue
        taken.add(key)
        answer.created += 1
    work.session.flush()
    return answer


def _take_row(
    work: UnitOfWork,
    survey: Survey,
    content: SurveyTemplateVersion,
    row: survey_service_pb2.CollectedAnswers,
    known: Parties,
    source_key: str,
) -> None:
    customer = known.customer(row.customer_id, row.customer_number)
    if not customer.lead_person_id:
        raise RuleBroken("CUSTOMER_UNLED", "Nobody leads this customer.")
    day = parse_date(row.answer_date, "answer_date")
    if not work.business_date - timedelta(days=COLLECTED_DAYS_MAX) <= day <= work.business_date:
        violation = FieldViolation("answer_date", "Not to come, and of the last ten years.")
        raise InvalidInput("DATE_AHEAD", "It was answered in the last ten years.", violations=(violation,))
    answered = rules.check_answers(content.questions, _as_values(row.answers)) if row.answers else None
    values = inviting.values_for(work, survey, customer, sampled=False, source_key=source_key, asked_date=day)
    invitation = SurveyInvitation(**values)
    if answered is None:
        invitation.state = SurveyInvitationState.EXPIRED.value
    work.session.add(invitation)
    work.session.flush()
    if answered is not None:
        noon = datetime.combine(day, _NOON, ZoneInfo(work.database.bank_time_zone)).astimezone(work.now.tzinfo)
        _keep(work, invitation, answered, SurveyChannel.IMPORT, day, noon)
        _tell(work, invitation)


def _checked(work: UnitOfWork, invitation: SurveyInvitation, answers: Iterable[survey_pb2.SurveyAnswer]) -> Answered:
    content = templates.version(work, invitation.survey_template_id, invitation.template_version)
    return rules.check_answers(content.questions, _as_values(answers))


def _as_values(answers: Iterable[survey_pb2.SurveyAnswer]) -> list[dict[str, Any]]:
    return [
        {"question_id": answer.question_id, "score": answer.score if answer.HasField("score") else None, "text": answer.text}
        for answer in answers
    ]


def _keep(
    work: UnitOfWork, invitation: SurveyInvitation, answered: Answered, channel: SurveyChannel, day: date, now: datetime
) -> None:
    invitation.end(SurveyInvitationState.ANSWERED, work.now)
    invitation.channel, invitation.answer_date, invitation.answer_time = channel.value, day, now
    invitation.answers = [dict(each) for each in answered.answers]
    invitation.recommendation_score = answered.score(SurveyQuestionKind.RECOMMENDATION)
    invitation.satisfaction_score = answered.score(SurveyQuestionKind.SATISFACTION)
    invitation.low = answered.low
    work.session.flush()
    work.session.add_all(
        SurveyScore(
            survey_invitation_id=invitation.survey_invitation_id,
            question_id=each.question_id,
            kind=each.kind,
            dimension=each.dimension,
            score=each.score,
        )
        for each in answered.scores
    )
    work.session.flush()


def announced(invitation: SurveyInvitation) -> survey_events_pb2.SurveyAnswerAnnounced:
    """What was answered, for whoever did not follow from the beginning."""
    return survey_events_pb2.SurveyAnswerAnnounced(customer_id=invitation.customer_id or "", answer=_event(invitation))


def _tell(work: UnitOfWork, invitation: SurveyInvitation) -> None:
    work.record(_event(invitation))
    day = invitation.answer_date or work.business_date
    scores = {"recommendation": invitation.recommendation_score, "satisfaction": invitation.satisfaction_score}
    telling.tell(
        work,
        invitation.customer_id or "",
        "survey_answered",
        telling.Category.FEEDBACK,
        resource=f"{inviting.KIND}/{invitation.survey_invitation_id}",
        parameters={name: str(score) for name, score in scores.items() if score is not None},
        occur_time=invitation.answer_time,
        business_date=day,
        entry_id=f"{inviting.KIND}/{invitation.survey_invitation_id}/answered",
    )


def _see_to_low(work: UnitOfWork, invitation: SurveyInvitation) -> None:
    if invitation.low:
        open_task(
            work,
            kind=TaskKind.SATISFACTION,
            title=TASK_TITLE,
            owner_person_id=invitation.owner_person_id,
            organisation_path=invitation.organisation_path,
            customer_id=invitation.customer_id,
            source="survey",
            source_key=invitation.survey_invitation_id,
        )


def _taken_before(work: UnitOfWork, survey: Survey, keys: list[str]) -> set[str]:
    taken = select(SurveyInvitation.source_key).where(
        SurveyInvitation.survey_id == survey.survey_id, among(SurveyInvitation.source_key, keys)
    )
    with work.whole_bank():
        return {key for key in work.session.scalars(taken) if key}


def _source_key(request: survey_service_pb2.ImportSurveyAnswersRequest, number: str) -> str:
    return f"{request.source_system}/{number}"
