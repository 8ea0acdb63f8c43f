"""Campaigns 营销活动, and the customers that they name."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.campaigns import ENDED_STATES, CampaignAssignment, CampaignCustomerState, CampaignState
from services.activity.rules.tasks import TaskPriority
from services.chassis.db.types import BusinessDate, Json, UtcDateTime
from services.chassis.kernel.errors import RuleBroken


class Campaign(Base, Working):
    """One campaign: written, then launched, then over. Its own customer is none; whom it names stands beside it."""

    __tablename__ = "campaigns"

    campaign_id: Mapped[str] = mapped_column(Text, primary_key=True)
    display_name: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text, default="")
    script: Mapped[str] = mapped_column(Text, default="")
    due_date: Mapped[date] = mapped_column(BusinessDate)
    # How many successes are aimed at; 0 for no aim.
    target_count: Mapped[int] = mapped_column(Integer, default=0)
    assignment: Mapped[int] = mapped_column(Integer, default=CampaignAssignment.LEAD.value)
    # Empty for the relationship managers of the unit.
    assignee_person_ids: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    priority: Mapped[int] = mapped_column(Integer, default=TaskPriority.NORMAL.value)
    state: Mapped[int] = mapped_column(Integer, default=CampaignState.DRAFT.value)
    customer_count: Mapped[int] = mapped_column(Integer, default=0)
    # The long work that gives its tasks out, or takes them back.
    operation_id: Mapped[str] = mapped_column(Text, default="")
    launch_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("customer_count >= 0", name="customer_count"),
        Index("ix_campaigns_organisation_path", "organisation_path"),
        Index("ix_campaigns_owner_person_id_campaign_id", "owner_person_id", "campaign_id"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    def require_draft(self) -> None:
        """Raises RuleBroken CAMPAIGN_LAUNCHED, or CAMPAIGN_ENDED."""
        self.require_running()
        if self.state != CampaignState.DRAFT:
            raise RuleBroken("CAMPAIGN_LAUNCHED", "It is launched: who gets which task is settled.")

    def require_running(self) -> None:
        """Raises RuleBroken CAMPAIGN_ENDED where it is over."""
        if self.state in ENDED_STATES:
            raise RuleBroken("CAMPAIGN_ENDED", "The campaign is over.")


class CampaignCustomer(Base, Working):
    """One customer of a campaign. The owner is the campaign's until somebody has the task, then whoever has had it first."""

    __tablename__ = "campaign_customers"

    # Sorts by the order in which they came in.
    campaign_customer_id: Mapped[str] = mapped_column(Text, primary_key=True)
    campaign_id: Mapped[str] = mapped_column(Text)
    state: Mapped[int] = mapped_column(Integer, default=CampaignCustomerState.WAITING.value)
    task_id: Mapped[str | None] = mapped_column(Text, default=None)

    # No two of one customer are let in; a merge can still bring two together, as it brings together what was done for both.
    __table_args__ = (
        Index("ix_campaign_customers_campaign_id_state", "campaign_id", "state", "campaign_customer_id"),
        Index("ix_campaign_customers_campaign_id_campaign_customer_id", "campaign_id", "campaign_customer_id"),
        Index("ix_campaign_customers_customer_id_campaign_id", "customer_id", "campaign_id"),
    )
