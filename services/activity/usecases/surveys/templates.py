"""Templates of questions: written, changed, and published as versions that stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from workbench.activity.v1 import survey_events_pb2, survey_pb2, survey_service_pb2

from services.activity.model.survey import SurveyTemplate, SurveyTemplateVersion
from services.activity.rules.surveys import check_questions
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound, RuleBroken, StaleVersion, located
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper, values_of
from services.chassis.rpc import partial

_FIELDS = ("display_name", "greeting_en", "greeting_zh", "questions", "retired")
_row = Mapper(
    survey_pb2.SurveyTemplate,
    renamed={"version": "published_version"},
    computed={"questions": lambda row: questions_of(row.questions)},
    omitted=("changed",),
)


def questions_of(kept: Sequence[dict[str, Any]]) -> list[survey_pb2.SurveyQuestion]:
    """Questions as they are answered."""
    return [
        survey_pb2.SurveyQuestion(**each | {"choices": [survey_pb2.SurveyChoice(**choice) for choice in each.get("choices", ())]})
        for each in kept
    ]


def create(work: UnitOfWork, sent: survey_pb2.SurveyTemplate) -> survey_pb2.SurveyTemplate:
    """Makes one; nothing is asked with it yet."""
    template = SurveyTemplate(
        survey_template_id=work.new_id(), display_name="", questions=[], create_time=work.now, update_time=work.now
    )
    work.resource = f"surveyTemplates/{template.survey_template_id}"
    _fill(template, sent)
    work.session.add(template)
    work.session.flush()
    return shown(work, template)


def change(work: UnitOfWork, sent: survey_pb2.SurveyTemplate, fields: Sequence[str]) -> survey_pb2.SurveyTemplate:
    """Takes the named fields over; what was published stays as it was."""
    partial.check_mask(fields, survey_pb2.SurveyTemplate.DESCRIPTOR, "A template")
    template = _held(work, sent.survey_template_id, sent.etag)
    after = _row(template)
    if partial.take(after, sent, [name for name in _FIELDS if name in fields]):
        partial.check(after, "survey_template.")
        _fill(template, after)
        template.update_time = work.now
        work.session.flush()
    return shown(work, template)


def publish(work: UnitOfWork, request: survey_service_pb2.PublishSurveyTemplateRequest) -> survey_pb2.SurveyTemplate:
    """The next version is the template as it is now; raises RuleBroken SURVEY_TEMPLATE_UNCHANGED."""
    template = _held(work, request.survey_template_id, request.etag)
    if not _changed(work, template):
        raise RuleBroken("SURVEY_TEMPLATE_UNCHANGED", "It was published as it is.")
    template.published_version += 1
    template.update_time = work.now
    work.session.add(
        SurveyTemplateVersion(
            survey_template_id=template.survey_template_id,
            number=template.published_version,
            greeting_en=template.greeting_en,
            greeting_zh=template.greeting_zh,
            questions=template.questions,
            publish_time=work.now,
        )
    )
    work.session.flush()
    work.record(
        survey_events_pb2.SurveyTemplatePublished(
            survey_template_id=template.survey_template_id, version=template.published_version
        )
    )
    return shown(work, template)


def get(work: UnitOfWork, template_id: str, number: int) -> survey_pb2.SurveyTemplate:
    """A template as it is now, or as a version of it was published."""
    template = found(work, template_id)
    message = shown(work, template)
    if number:
        content = version(work, template.survey_template_id, number)
        message.ClearField("questions")
        message.questions.extend(questions_of(content.questions))
        message.greeting_en, message.greeting_zh = content.greeting_en, content.greeting_zh
        message.version, message.changed = number, False
    return message


def page(work: UnitOfWork, request: survey_service_pb2.ListSurveyTemplatesRequest) -> Page:
    """A page of them, by name."""
    order = ((SurveyTemplate.display_name, listing.text), (SurveyTemplate.survey_template_id, listing.text))
    return listing.read_page(work, select(SurveyTemplate), request, order)


def shown(work: UnitOfWork, template: SurveyTemplate) -> survey_pb2.SurveyTemplate:
    """A template as it is answered."""
    message = _row(template)
    message.changed = _changed(work, template)
    return message


def found(work: UnitOfWork, template_id: str) -> SurveyTemplate:
    """A template; raises NotFound SURVEY_TEMPLATE_NOT_FOUND."""
    template = work.session.get(SurveyTemplate, template_id.lower())
    if template is None:
        raise _missing()
    return template


def version(work: UnitOfWork, template_id: str, number: int) -> SurveyTemplateVersion:
    """What was published; raises NotFound SURVEY_TEMPLATE_NOT_FOUND."""
    content = work.session.get(SurveyTemplateVersion, (template_id, number))
    if content is None:
        raise _missing()
    return content


def _held(work: UnitOfWork, template_id: str, etag: str) -> SurveyTemplate:
    statement = select(SurveyTemplate).filter_by(survey_template_id=template_id.lower()).with_for_update()
    template = work.session.scalars(statement).one_or_none()
    if template is None:
        raise _missing()
    if etag and etag != template.etag:
        raise StaleVersion("SURVEY_TEMPLATE_CHANGED", "It changed since you read it; read it again and repeat.")
    work.resource = f"surveyTemplates/{template.survey_template_id}"
    return template


def _fill(template: SurveyTemplate, sent: survey_pb2.SurveyTemplate) -> None:
    questions = [values_of(question) for question in sent.questions]
    with located("survey_template"):
        check_questions(questions)
    template.display_name, template.retired = sent.display_name, sent.retired
    template.greeting_en, template.greeting_zh = sent.greeting_en, sent.greeting_zh
    template.questions = questions


def _changed(work: UnitOfWork, template: SurveyTemplate) -> bool:
    if not template.published_version:
        return True
    last = version(work, template.survey_template_id, template.published_version)
    # What stands as default is left out where it came through the contract, and need not be where it came with the tables.
    same = [values_of(question) for question in questions_of(last.questions)] == [
        values_of(question) for question in questions_of(template.questions)
    ]
    return not same or (last.greeting_en, last.greeting_zh) != (template.greeting_en, template.greeting_zh)


def _missing() -> NotFound:
    return NotFound("SURVEY_TEMPLATE_NOT_FOUND", "There is no such template, or no such version of it.")
