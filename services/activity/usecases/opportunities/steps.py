"""Keeps the trace of an opportunity: what was done to it, step by step."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from services.activity.model.opportunity import Opportunity, OpportunityStep
from services.activity.rules.leads.kinds import MemberRole, TouchKind
from services.chassis.db.session import UnitOfWork


def add(  # noqa: PLR0913 - what a step is made of, given by name
    work: UnitOfWork,
    opportunity: Opportunity,
    kind: TouchKind,
    *,
    person_id: str = "",
    role: int = MemberRole.OWNER.value,
    step_time: datetime | None = None,
    business_date: date | None = None,
    actor_person_id: str = "",
) -> None:
    """One more step of an opportunity, which the caller holds; it concerns its owner where nobody else is named."""
    opportunity.step_count += 1
    work.session.add(
        OpportunityStep(
            opportunity_id=opportunity.opportunity_id,
            sequence=opportunity.step_count,
            kind=kind.value,
            step_time=step_time or work.now,
            business_date=business_date or work.business_date,
            actor_person_id=actor_person_id or work.caller.person_id,
            person_id=person_id or opportunity.owner_person_id,
            role=role,
            stage_code=opportunity.stage_code,
        )
    )


def of(work: UnitOfWork, opportunity: Opportunity) -> list[OpportunityStep]:
    """The whole trace, from the first step."""
    work.session.flush()
    steps = select(OpportunityStep).where(OpportunityStep.opportunity_id == opportunity.opportunity_id)
    return list(work.session.scalars(steps.order_by(OpportunityStep.sequence)))
