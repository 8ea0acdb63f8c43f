"""What is told of opportunities: events, the customer's timeline, and the people whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from workbench.activity.v1 import lead_events_pb2

from services.activity.model.opportunity import Opportunity
from services.activity.rules.leads.kinds import MemberRole
from services.activity.rules.leads.touching import Touch
from services.activity.usecases.notifying import notify
from services.activity.usecases.telling import Category, tell
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper, money_message

as_event_touch = Mapper(lead_events_pb2.EventTouch)


def resource(opportunity: Opportunity) -> str:
    """What there is to look at."""
    return f"opportunities/{opportunity.opportunity_id}"


def opened(work: UnitOfWork, opportunity: Opportunity) -> None:
    """It was opened."""
    work.record(
        lead_events_pb2.OpportunityOpened(
            **_of_owner(opportunity, opportunity.open_date),
            lead_id=opportunity.lead_id,
            pipeline_id=opportunity.pipeline_id,
            stage_code=opportunity.stage_code,
            product_codes=opportunity.product_codes,
            expected_amount=money_message(opportunity.expected_amount),
            expected_close_date=opportunity.expected_close_date.isoformat() if opportunity.expected_close_date else "",
        )
    )
    _tell(work, opportunity, "opportunity_opened", opportunity.open_date, opportunity.create_time, _products(opportunity))


def moved(work: UnitOfWork, opportunity: Opportunity, former_stage_code: str) -> None:
    """It came to another stage."""
    work.record(
        lead_events_pb2.OpportunityStageChanged(
            **_of_owner(opportunity, work.business_date),
            pipeline_id=opportunity.pipeline_id,
            former_stage_code=former_stage_code,
            stage_code=opportunity.stage_code,
        )
    )
    stages = {"from": former_stage_code, "to": opportunity.stage_code}
    _tell(work, opportunity, "opportunity_moved", work.business_date, work.now, stages)


def won(work: UnitOfWork, opportunity: Opportunity, touches: Sequence[Touch], touch_count: int) -> None:
    """It was won: with what performance needs to credit it."""
    members = [(opportunity.owner_person_id, MemberRole.OWNER.value)]
    members += [(each.person_id, each.role) for each in opportunity.members]
    close_date = opportunity.close_date or work.business_date
    work.record(
        lead_events_pb2.OpportunityWon(
            **_of_owner(opportunity, close_date),
            lead_id=opportunity.lead_id,
            pipeline_id=opportunity.pipeline_id,
            stage_code=opportunity.stage_code,
            product_codes=opportunity.product_codes,
            amount=money_message(opportunity.expected_amount),
            reason_code=opportunity.reason_code,
            members=[lead_events_pb2.EventMember(person_id=person_id, role=role) for person_id, role in members],
            touches=map(as_event_touch, touches),
            touch_count=touch_count,
        )
    )
    _tell(work, opportunity, "opportunity_won", close_date, opportunity.close_time or work.now, _outcome(opportunity))


def lost(work: UnitOfWork, opportunity: Opportunity) -> None:
    """It was lost."""
    close_date = opportunity.close_date or work.business_date
    work.record(
        lead_events_pb2.OpportunityLost(
            **_of_owner(opportunity, close_date),
            pipeline_id=opportunity.pipeline_id,
            stage_code=opportunity.stage_code,
            product_codes=opportunity.product_codes,
            expected_amount=money_message(opportunity.expected_amount),
            reason_code=opportunity.reason_code,
        )
    )
    _tell(work, opportunity, "opportunity_lost", close_date, opportunity.close_time or work.now, _outcome(opportunity))


def reopened(work: UnitOfWork, opportunity: Opportunity, former_state: int) -> None:
    """It is open again."""
    work.record(
        lead_events_pb2.OpportunityReopened(
            **_of_owner(opportunity, work.business_date), former_state=former_state, stage_code=opportunity.stage_code
        )
    )
    _tell(work, opportunity, "opportunity_reopened", work.business_date, work.now, {})


def reassigned(work: UnitOfWork, opportunity: Opportunity, former_owner_person_id: str) -> None:
    """It went to another owner, who is told."""
    work.record(
        lead_events_pb2.OpportunityReassigned(
            **_of_owner(opportunity, work.business_date), former_owner_person_id=former_owner_person_id
        )
    )
    notify(work, [opportunity.owner_person_id], "opportunity_assigned", resource=resource(opportunity))


def linked(work: UnitOfWork, opportunity: Opportunity) -> None:
    """Its prospect is a customer."""
    work.record(lead_events_pb2.OpportunityCustomerLinked(**_of_owner(opportunity, work.business_date)))
    _tell(work, opportunity, "opportunity_opened", work.business_date, work.now, _products(opportunity))


def joined(work: UnitOfWork, opportunity: Opportunity, person_ids: Sequence[str]) -> None:
    """Somebody works on it from now on."""
    notify(work, person_ids, "opportunity_member_added", resource=resource(opportunity))


def _of_owner(opportunity: Opportunity, business_date: date) -> dict[str, Any]:
    return {
        "opportunity_id": opportunity.opportunity_id,
        "customer_id": opportunity.customer_id or "",
        "owner_person_id": opportunity.owner_person_id,
        "organisation_path": opportunity.organisation_path,
        "business_date": business_date.isoformat(),
    }


def _products(opportunity: Opportunity) -> dict[str, str]:
    amount = opportunity.expected_amount
    return {
        "products": ", ".join(opportunity.product_codes),
        "amount": f"{amount} {amount.currency_code}" if amount else "",
    }


def _outcome(opportunity: Opportunity) -> dict[str, str]:
    return _products(opportunity) | {"reason": opportunity.reason_code}


def _tell(
    work: UnitOfWork,
    opportunity: Opportunity,
    kind: str,
    business_date: date,
    occur_time: datetime,
    parameters: Mapping[str, str],
) -> None:
    if opportunity.customer_id:
        tell(
            work,
            opportunity.customer_id,
            kind,
            Category.SALES,
            resource=resource(opportunity),
            parameters=parameters,
            business_date=business_date,
            occur_time=occur_time,
        )
