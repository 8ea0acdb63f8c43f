"""Moves opportunities through their pipeline until they are won or lost, and opens them again."""

from __future__ import annotations

from datetime import date

from workbench.activity.v1 import opportunity_service_pb2

from services.activity.model.opportunity import Opportunity
from services.activity.model.pipeline import PipelineVersion
from services.activity.rules.leads.kinds import OpportunityState, TouchKind
from services.activity.rules.leads.prospects import amount_of
from services.activity.usecases import pipelines
from services.activity.usecases.opportunities import finding, opening, outcomes, steps, telling, touching
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken


def move(work: UnitOfWork, request: opportunity_service_pb2.MoveOpportunityRequest) -> Opportunity:
    """Comes to another stage; to the one where it stands changes nothing."""
    opportunity = finding.to_work_on(work, request.opportunity_id, request.etag)
    stage = opening.stage_of(_pipeline(work, opportunity), request.stage_code)
    former = opportunity.stage_code
    if stage.stage_code == former:
        return opportunity
    opening.require_known(stage, opportunity)
    opportunity.enter(stage.stage_code, stage.due_date(work.clock_date), work.now)
    opportunity.update_time = work.now
    steps.add(work, opportunity, TouchKind.STAGE_CHANGED)
    telling.moved(work, opportunity, former)
    work.session.flush()
    return opportunity


def win(work: UnitOfWork, request: opportunity_service_pb2.WinOpportunityRequest) -> Opportunity:
    """Is won: performance is told who worked on it, and what was done when."""
    opportunity = finding.to_work_on(work, request.opportunity_id, request.etag)
    if not opportunity.customer_id:
        raise RuleBroken("CUSTOMER_MISSING", "It is a prospect's; say which customer he is before it is won.")
    if request.HasField("amount"):
        opportunity.expected_amount = amount_of(request.amount.amount, request.amount.currency_code, "amount.amount")
    if opportunity.expected_amount is None:
        violation = FieldViolation("amount", "What it came to.")
        raise InvalidInput("AMOUNT_MISSING", "Say what it came to.", violations=(violation,))
    close(
        work,
        opportunity,
        OpportunityState.WON,
        request.reason_code,
        close_date=_close_date(work, opportunity, request.close_date),
    )
    touches, touch_count = touching.last_of(work, opportunity, whole_bank=True)
    telling.won(work, opportunity, touches, touch_count)
    return opportunity


def lose(work: UnitOfWork, request: opportunity_service_pb2.LoseOpportunityRequest) -> Opportunity:
    """Is lost."""
    opportunity = finding.to_work_on(work, request.opportunity_id, request.etag)
    close_date = _close_date(work, opportunity, request.close_date)
    won_by = " ".join(request.won_by.split())
    close(work, opportunity, OpportunityState.LOST, request.reason_code, close_date=close_date, won_by=won_by)
    telling.lost(work, opportunity)
    return opportunity


def reopen(work: UnitOfWork, request: opportunity_service_pb2.ReopenOpportunityRequest) -> Opportunity:
    """Is under way again; history no longer counts how it ended."""
    opportunity = finding.in_charge_of(work, request.opportunity_id, request.etag)
    if opportunity.is_open:
        raise RuleBroken("OPPORTUNITY_OPEN", "The opportunity is open.")
    outcomes.count(work, opportunity, back=True)
    former = opportunity.state
    opportunity.reopen()
    opportunity.update_time = work.now
    steps.add(work, opportunity, TouchKind.REOPENED)
    telling.reopened(work, opportunity, former)
    work.session.flush()
    return opportunity


def close(
    work: UnitOfWork,
    opportunity: Opportunity,
    state: OpportunityState,
    reason_code: str,
    *,
    close_date: date,
    won_by: str = "",
) -> None:
    """Ends it for a reason of its pipeline; raises InvalidInput REASON_UNKNOWN."""
    pipeline = _pipeline(work, opportunity)
    require_reason(pipeline, state, reason_code)
    opportunity.close(state, reason_code, now=work.now, close_date=close_date, won_by=won_by)
    opportunity.update_time = work.now
    kind = TouchKind.WON if state == OpportunityState.WON else TouchKind.LOST
    steps.add(work, opportunity, kind, business_date=close_date)
    outcomes.count(work, opportunity)
    work.session.flush()


def require_reason(pipeline: PipelineVersion, state: OpportunityState, reason_code: str) -> None:
    """Raises InvalidInput REASON_UNKNOWN where the pipeline does not have it for such an end."""
    reasons = pipeline.win_reasons if state == OpportunityState.WON else pipeline.loss_reasons
    if all(each["reason_code"] != reason_code for each in reasons):
        violation = FieldViolation("reason_code", "A reason of its pipeline.")
        raise InvalidInput("REASON_UNKNOWN", "Its pipeline has no such reason.", violations=(violation,))


def _pipeline(work: UnitOfWork, opportunity: Opportunity) -> PipelineVersion:
    return pipelines.found(work, opportunity.pipeline_id, opportunity.pipeline_version_number)


def _close_date(work: UnitOfWork, opportunity: Opportunity, text: str) -> date:
    day = optional_date(text, "close_date") or work.business_date
    # One that was opened tomorrow by the bank's date, because that lags behind, ends tomorrow at the earliest.
    if not opportunity.open_date <= day <= max(work.business_date, opportunity.open_date):
        violation = FieldViolation("close_date", "From the day on which it was opened to today.")
        raise InvalidInput("DATE_INVALID", "It cannot have ended on that day.", violations=(violation,))
    return day
