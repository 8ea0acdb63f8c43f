"""Invitations: whom a survey asks, and how one ends without an answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, select
from workbench.activity.v1 import survey_events_pb2, survey_service_pb2

from services.activity.model.customer import Customer
from services.activity.model.survey import Survey, SurveyInvitation
from services.activity.rules.surveys import SurveyInvitationState
from services.activity.usecases import reaching
from services.activity.usecases.surveys import beginning
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken

KIND = "surveyInvitations"


def create(work: UnitOfWork, request: survey_service_pb2.CreateSurveyInvitationRequest) -> SurveyInvitation:
    """Asks a customer by hand: no part of any sample."""
    survey = beginning.found(work, request.survey_id)
    if not survey.asks_on(work.business_date):
        raise RuleBroken("SURVEY_ENDED", "It asks nobody today: it has ended, or has not begun.")
    customer = reaching.customer(work, request.customer_id, to_keep=True)
    if not survey.about(customer.kind, customer.tier, customer.organisation_path):
        raise RuleBroken("SURVEY_AUDIENCE", "The survey is not about such customers.")
    work.hold(f"survey_invitations/{customer.customer_id}")
    if (asked := last_asked(work, customer.customer_id)) and asked > cooled_off(survey, work.business_date):
        told = {"askableDate": (asked + timedelta(days=survey.cooling_off_days)).isoformat()}
        raise RuleBroken("CUSTOMER_COOLING_OFF", "The customer was asked not long ago.", metadata=told)
    values = values_for(work, survey, customer, sampled=False)
    if not values["owner_person_id"]:
        values |= {"owner_person_id": work.caller.person_id, "organisation_path": work.caller.organisation_path}
    return invite(work, values)


def invite(work: UnitOfWork, values: dict[str, Any]) -> SurveyInvitation:
    """Keeps one invitation, and tells of it."""
    invitation = SurveyInvitation(**values)
    work.resource = work.resource or f"{KIND}/{invitation.survey_invitation_id}"
    work.session.add(invitation)
    work.session.flush()
    announce_created(work, [values])
    return invitation


def values_for(
    work: UnitOfWork,
    survey: Survey,
    customer: Any,
    *,
    sampled: bool,
    wave: int = 0,
    source_key: str | None = None,
    asked_date: date | None = None,
) -> dict[str, Any]:
    """What is kept of an invitation, by the names of its attributes; the customer is as its row has it."""
    asked = asked_date or work.business_date
    return {
        "survey_invitation_id": work.new_id(),
        "survey_id": survey.survey_id,
        "survey_template_id": survey.survey_template_id,
        "template_version": survey.template_version,
        "customer_id": customer.customer_id,
        "customer_kind": customer.kind,
        "customer_tier": customer.tier,
        "owner_person_id": customer.lead_person_id,
        "organisation_path": customer.organisation_path,
        "sampled": sampled,
        "wave": wave,
        "source_key": source_key,
        "asked_date": asked,
        "expire_date": asked + timedelta(days=survey.answer_days),
        "create_time": work.now,
        "update_time": work.now,
    }


def announce_created(work: UnitOfWork, invitations: Iterable[dict[str, Any]]) -> None:
    """Tells that customers are asked."""
    work.record(
        *(
            survey_events_pb2.SurveyInvitationCreated(
                survey_invitation_id=values["survey_invitation_id"],
                survey_id=values["survey_id"],
                customer_id=values["customer_id"],
                owner_person_id=values["owner_person_id"],
                organisation_path=values["organisation_path"],
                wave=values["wave"],
                business_date=values["asked_date"].isoformat(),
            )
            for values in invitations
        )
    )


def decline(work: UnitOfWork, request: survey_service_pb2.DeclineSurveyInvitationRequest) -> SurveyInvitation:
    """The customer would not answer."""
    invitation = held(work, request.survey_invitation_id, request.etag)
    invitation.end(SurveyInvitationState.DECLINED, work.now)
    work.session.flush()
    work.record(survey_events_pb2.SurveyInvitationDeclined(**_ended(work, invitation)))
    return invitation


def revoke(work: UnitOfWork, request: survey_service_pb2.RevokeSurveyInvitationRequest) -> SurveyInvitation:
    """The customer is asked no more."""
    invitation = held(work, request.survey_invitation_id, request.etag)
    invitation.end(SurveyInvitationState.REVOKED, work.now)
    work.session.flush()
    work.record(survey_events_pb2.SurveyInvitationRevoked(**_ended(work, invitation)))
    return invitation


def held(work: UnitOfWork, invitation_id: str, etag: str = "") -> SurveyInvitation:
    """One in reach, held against other writers; the act is about it."""
    invitation = reaching.found(work, SurveyInvitation, invitation_id, to_change=True, etag=etag)
    work.resource = f"{KIND}/{invitation.survey_invitation_id}"
    return invitation


def last_asked(work: UnitOfWork, customer_id: str) -> date | None:
    """When a customer was asked last, by any survey; what was taken back does not count."""
    statement = (
        select(SurveyInvitation.asked_date)
        .where(SurveyInvitation.customer_id == customer_id, SurveyInvitation.state != SurveyInvitationState.REVOKED.value)
        .order_by(SurveyInvitation.asked_date.desc())
        .limit(1)
    )
    # Whoever asked: nobody is asked twice because two units do not see each other.
    with work.whole_bank():
        return work.session.scalar(statement)


def asked_since(day: date) -> Any:
    """Whether a customer, in a statement over customers, was asked after that day."""
    return exists().where(
        SurveyInvitation.customer_id == Customer.customer_id,
        SurveyInvitation.asked_date > day,
        SurveyInvitation.state != SurveyInvitationState.REVOKED.value,
    )


def cooled_off(survey: Survey, today: date) -> date:
    """Who was asked last on that day or before may be asked again today."""
    return today - timedelta(days=survey.cooling_off_days)


def _ended(work: UnitOfWork, invitation: SurveyInvitation) -> dict[str, Any]:
    return {
        "survey_invitation_id": invitation.survey_invitation_id,
        "survey_id": invitation.survey_id,
        "customer_id": invitation.customer_id,
        "owner_person_id": invitation.owner_person_id,
        "organisation_path": invitation.organisation_path,
        "business_date": work.business_date.isoformat(),
    }
