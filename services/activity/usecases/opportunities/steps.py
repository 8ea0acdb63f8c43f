"""Keeps the trace of an opportunity: what was done to it, step by step."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from services.activity.model.opportunity import Opportunity, OpportunityStep
from services.activity.rules.leads.kinds import MemberRole, TouchKind
from services.chassis.db.session import UnitOfWork


def add(
    work: UnitOfWork,
    opportunity: Opportunity,
    kind: TouchKind,
    *,
    person_id: str = "",
    role: int = MemberRole.OWNER.value,
    business_date: date | None = None,
) -> None:
    """One more step of an opportunity, which the caller holds; it concerns its owner where nobody else is named."""
    opportunity.step_count += 1
    step = new(
        opportunity,
        kind,
        sequence=opportunity.step_count,
        step_time=work.now,
        business_date=business_date or work.business_date,
        actor_person_id=work.caller.person_id,
    )
    if person_id:
        step.person_id, step.role = person_id, role
    work.session.add(step)


def new(
    opportunity: Opportunity,
    kind: TouchKind,
    *,
    sequence: int,
    step_time: datetime,
    business_date: date,
    actor_person_id: str,
) -> OpportunityStep:
    """A step that concerns the owner, at the stage at which the opportunity stands."""
    return OpportunityStep(
        opportunity_id=opportunity.opportunity_id,
        sequence=sequence,
        kind=kind.value,
        step_time=step_time,
        business_date=business_date,
        actor_person_id=actor_person_id,
        person_id=opportunity.owner_person_id,
        role=MemberRole.OWNER.value,
        stage_code=opportunity.stage_code,
    )


def of(work: UnitOfWork, opportunity: Opportunity) -> list[OpportunityStep]:
    """The whole trace, from the first step."""
    work.session.flush()
    steps = select(OpportunityStep).where(OpportunityStep.opportunity_id == opportunity.opportunity_id)
    return list(work.session.scalars(steps.order_by(OpportunityStep.sequence)))
