"""What is told of deals to whoever follows them."""

from __future__ import annotations

from datetime import date
from typing import Any

from workbench.performance.v1 import deal_events_pb2

from services.chassis.db.session import UnitOfWork
from services.performance.model.deal import Deal, DealDecision, DealMember


def opened(work: UnitOfWork, deal: Deal) -> None:
    """It is there."""
    work.record(
        deal_events_pb2.DealOpened(
            **_of(work, deal),
            owner_person_id=deal.owner_person_id,
            member_person_ids=_members(deal),
            opportunity_id=deal.opportunity_id,
        )
    )


def proposed(work: UnitOfWork, deal: Deal) -> None:
    """It waits for whoever may decide."""
    work.record(
        deal_events_pb2.DealSplitProposed(
            **_of(work, deal),
            proposer_person_id=deal.proposer_person_id,
            member_person_ids=_members(deal),
            scheme_id=deal.proposed_scheme_id,
            scheme_version_number=deal.proposed_version_number,
        )
    )


def withdrawn(work: UnitOfWork, deal: Deal) -> None:
    """It waits no more."""
    work.record(deal_events_pb2.DealSplitWithdrawn(**_of(work, deal), state=deal.state))


def answered(work: UnitOfWork, deal: Deal, member: DealMember) -> None:
    """A member said yes or no."""
    told = {"person_id": member.person_id, "answer": member.answer, "proposer_person_id": deal.proposer_person_id}
    work.record(deal_events_pb2.DealProposalAnswered(**_of(work, deal), **told))


def sent_back(work: UnitOfWork, deal: Deal) -> None:
    """Who is in charge wants something else."""
    person_id = work.caller.person_id
    work.record(deal_events_pb2.DealDecided(**_of(work, deal), decider_person_id=person_id, member_person_ids=_members(deal)))


def decided(work: UnitOfWork, deal: Deal, decision: DealDecision) -> None:
    """It is shared."""
    work.record(
        deal_events_pb2.DealDecided(
            **_of(work, deal),
            decider_person_id=decision.decider_person_id,
            member_person_ids=_members(deal),
            approved=True,
            version_number=decision.version_number,
            scheme_id=decision.scheme_id,
            scheme_version_number=decision.scheme_version_number,
            kind=decision.kind,
            start_date=decision.start_date.isoformat(),
        )
    )


def reopened(work: UnitOfWork, deal: Deal, day: date) -> None:
    """It is to be decided anew."""
    work.record(deal_events_pb2.DealReopened(**_of(work, deal), **_undone(work, deal, day)))


def taken_back(work: UnitOfWork, deal: Deal, day: date) -> None:
    """What was shared is taken back."""
    work.record(deal_events_pb2.DealReversed(**_of(work, deal), **_undone(work, deal, day)))


def _of(work: UnitOfWork, deal: Deal) -> dict[str, Any]:
    return {
        "deal_id": deal.deal_id,
        "customer_id": deal.customer_id or "",
        "organisation_path": deal.organisation_path,
        "business_date": work.business_date.isoformat(),
    }


def _undone(work: UnitOfWork, deal: Deal, day: date) -> dict[str, Any]:
    return {
        "decider_person_id": work.caller.person_id,
        "start_date": day.isoformat(),
        "member_person_ids": _members(deal),
    }


def _members(deal: Deal) -> list[str]:
    return [each.person_id for each in deal.members]
