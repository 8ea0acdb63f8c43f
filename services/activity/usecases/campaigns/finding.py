"""Which campaigns somebody reads, and over which he decides."""

from __future__ import annotations

from sqlalchemy import exists, select

from services.activity.model.campaign import Campaign
from services.activity.model.task import Task
from services.activity.usecases import reaching
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotAllowed, NotFound


def readable(work: UnitOfWork, campaign_id: str) -> Campaign:
    """One that the caller reaches, or of which he has a task; raises NotFound CAMPAIGN_NOT_FOUND."""
    try:
        return reaching.found(work, Campaign, campaign_id)
    except NotFound:
        has_task = exists().where(Task.campaign_id == Campaign.campaign_id, Task.owner_person_id == work.caller.person_id)
        # Only what he has a task of is told of it, so that its row is looked up without his scope.
        with work.whole_bank():
            statement = select(Campaign).where(Campaign.campaign_id == campaign_id.lower(), has_task)
            campaign: Campaign | None = work.session.scalars(statement).one_or_none()
        if campaign is None:
            raise
        return campaign


def run_by(work: UnitOfWork, campaign_id: str, etag: str = "") -> Campaign:
    """One over which the caller decides, held against other writers: his own, or of a unit that he is in charge of.

    Raises NotFound, StaleVersion CAMPAIGN_CHANGED, and NotAllowed NOT_IN_CHARGE.
    """
    campaign = reaching.found(work, Campaign, campaign_id, to_change=True, etag=etag)
    if not reaching.in_charge(work, campaign):
        raise NotAllowed("NOT_IN_CHARGE", "Whoever runs it decides over it.")
    return campaign
