"""Begins and ends surveys."""

from __future__ import annotations

from sqlalchemy import func, select
from workbench.activity.v1 import survey_events_pb2, survey_pb2, survey_service_pb2

from services.activity.model.survey import Survey
from services.activity.rules import surveys as rules
from services.activity.rules.surveys import SurveySampling
from services.activity.usecases import reaching
from services.activity.usecases.surveys import templates
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotFound, RuleBroken, StaleVersion, located
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

as_message = Mapper(survey_pb2.Survey)
_COUNTS = ("sampling", "occasion", "event_basis_points", "sample_size", "period_days")
_SEED_BITS = 31


def create(work: UnitOfWork, sent: survey_pb2.Survey) -> Survey:
    """Asks by a rule from now on, or from a day to come."""
    template = templates.found(work, sent.survey_template_id)
    if not template.published_version or template.retired:
        raise RuleBroken("SURVEY_TEMPLATE_UNPUBLISHED", "Publish the template first, or take one that is not retired.")
    with located("survey"):
        rules.check_sampling({name: int(getattr(sent, name)) for name in _COUNTS})
        start = optional_date(sent.start_date, "start_date") or work.business_date
        end = optional_date(sent.end_date, "end_date")
        if start < work.business_date or (end and end < start):
            violation = FieldViolation("end_date", "Not before the start, which is today or to come.")
            raise InvalidInput("DATES_REVERSED", "It ends before it starts, or starts before today.", violations=(violation,))
    running = select(func.count()).select_from(Survey).where(~Survey.ended)
    if (work.session.scalar(running) or 0) >= rules.SURVEYS_MAX:
        raise LimitReached("SURVEYS_TOO_MANY", f"A bank asks by at most {rules.SURVEYS_MAX} surveys at once.")
    survey_id = work.new_id()
    survey = Survey(
        survey_id=survey_id,
        display_name=sent.display_name,
        survey_template_id=template.survey_template_id,
        template_version=template.published_version,
        **{name: int(getattr(sent, name)) for name in _COUNTS},
        cooling_off_days=sent.cooling_off_days or rules.COOLING_OFF_DAYS,
        answer_days=sent.answer_days or rules.ANSWER_DAYS,
        organisation_path=_unit(work, sent.organisation_path),
        customer_kinds=sorted(set(sent.customer_kinds)),
        customer_tiers=sorted(set(sent.customer_tiers)),
        start_date=start,
        end_date=end,
        seed=sent.seed or 1 + rules.chance(0, 0, survey_id) % (2**_SEED_BITS - 1),
        next_wave_date=None if sent.sampling == SurveySampling.AFTER_EVENT else start,
        create_time=work.now,
        update_time=work.now,
    )
    work.resource = f"surveys/{survey_id}"
    work.session.add(survey)
    work.session.flush()
    work.record(
        survey_events_pb2.SurveyBegun(
            survey_id=survey_id,
            survey_template_id=survey.survey_template_id,
            template_version=survey.template_version,
            organisation_path=survey.organisation_path,
        )
    )
    return survey


def end(work: UnitOfWork, request: survey_service_pb2.EndSurveyRequest) -> Survey:
    """Asks nobody any more."""
    survey = held(work, request.survey_id, request.etag)
    if survey.ended:
        raise RuleBroken("SURVEY_ENDED", "It has ended.")
    finish(work, survey)
    return survey


def finish(work: UnitOfWork, survey: Survey) -> None:
    """Its end, by somebody or by its last day."""
    survey.ended, survey.next_wave_date, survey.update_time = True, None, work.now
    work.session.flush()
    work.record(survey_events_pb2.SurveyEnded(survey_id=survey.survey_id))


def found(work: UnitOfWork, survey_id: str) -> Survey:
    """A survey; raises NotFound SURVEY_NOT_FOUND."""
    survey = work.session.get(Survey, survey_id.lower())
    if survey is None:
        raise NotFound("SURVEY_NOT_FOUND", "There is no such survey.")
    return survey


def held(work: UnitOfWork, survey_id: str, etag: str = "") -> Survey:
    """A survey in the caller's charge, held against other writers; raises as `found` does, and StaleVersion SURVEY_CHANGED."""
    statement = select(Survey).filter_by(survey_id=survey_id.lower()).with_for_update()
    survey = work.session.scalars(statement).one_or_none()
    if survey is None or not any(map(survey.organisation_path.startswith, work.scope.organisation_paths)):
        raise NotFound("SURVEY_NOT_FOUND", "There is no such survey in your scope.")
    if etag and etag != survey.etag:
        raise StaleVersion("SURVEY_CHANGED", "It changed since you read it; read it again and repeat.")
    work.resource = f"surveys/{survey.survey_id}"
    return survey


def page(work: UnitOfWork, request: survey_service_pb2.ListSurveysRequest) -> Page:
    """A page of them, the latest first."""
    order = ((Survey.create_time, listing.instant), (Survey.survey_id, listing.text))
    return listing.read_page(work, select(Survey), request, order, downwards=True)


def _unit(work: UnitOfWork, organisation_path: str) -> str:
    if organisation_path:
        return reaching.unit_path(work, organisation_path)
    if not work.scope.organisation_paths:
        raise NotFound("UNIT_NOT_FOUND", "Name a unit that you are in charge of.")
    return work.scope.organisation_paths[0]
