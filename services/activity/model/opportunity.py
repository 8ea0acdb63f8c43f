"""Opportunities 商机, who works on them, what was done for them step by step, and how such ended before."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.activity.model.base import Base, Working
from services.activity.model.lead import Expecting
from services.activity.rules.leads.kinds import OPPORTUNITY_OPEN, OpportunityState
from services.chassis.db.types import BusinessDate, EncryptedText, Json, UtcDateTime
from services.chassis.kernel.erasure import ERASED_NAME

_IMPORTED = "source_system <> ''"
_OF_PROSPECT = "prospect_name IS NOT NULL AND close_time IS NOT NULL"


class OpportunityMember(Base):
    """Somebody who works on an opportunity beside its owner."""

    __tablename__ = "opportunity_members"

    opportunity_id: Mapped[str] = mapped_column(Text, primary_key=True, init=False)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # A `MemberRole` that is not the owner's.
    role: Mapped[int] = mapped_column(Integer)
    start_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_opportunity_members_person_id", "person_id", "opportunity_id"),)


class Opportunity(Base, Working, Expecting):
    """Business that the bank may win. It goes through the version of its pipeline in which it was opened."""

    __tablename__ = "opportunities"
    __erased__ = {"title": ERASED_NAME, "note": None, "prospect_name": None}  # noqa: RUF012 - a class variable of the mixin
    __open__ = ("state", OPPORTUNITY_OPEN)

    opportunity_id: Mapped[str] = mapped_column(Text, primary_key=True)
    lead_id: Mapped[str] = mapped_column(Text, default="")
    title: Mapped[str] = mapped_column(EncryptedText("activity.opportunity.title"))
    note: Mapped[str | None] = mapped_column(EncryptedText("activity.opportunity.note"), default=None)
    prospect_name: Mapped[str | None] = mapped_column(EncryptedText("activity.opportunity.prospect_name"), default=None)
    product_codes: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    expected_close_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    competitors: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    pipeline_id: Mapped[str] = mapped_column(Text)
    pipeline_version_number: Mapped[int] = mapped_column(Integer)
    stage_code: Mapped[str] = mapped_column(Text)
    stage_enter_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # The last day on which it may stand at its stage; None where the stage has no limit.
    stage_due_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    state: Mapped[int] = mapped_column(Integer)
    reason_code: Mapped[str] = mapped_column(Text, default="")
    won_by: Mapped[str] = mapped_column(Text, default="")
    open_date: Mapped[date] = mapped_column(BusinessDate)
    # None while it is open, both.
    close_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    close_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # How many steps its trace has.
    step_count: Mapped[int] = mapped_column(Integer, default=0)
    # Of one that came from a former system: which, and its number there.
    source_system: Mapped[str] = mapped_column(Text, default="")
    source_number: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)
    members: Mapped[list[OpportunityMember]] = relationship(
        default_factory=list,
        cascade="all, delete-orphan",
        primaryjoin="Opportunity.opportunity_id == foreign(OpportunityMember.opportunity_id)",
        order_by=(OpportunityMember.start_time, OpportunityMember.person_id),
        lazy="selectin",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index("ix_opportunities_owner_person_id_create_time_opportunity_id", "owner_person_id", "create_time", "opportunity_id"),
        Index("ix_opportunities_customer_id_create_time_opportunity_id", "customer_id", "create_time", "opportunity_id"),
        # Of a large unit the newest are walked, until a page is full.
        Index(
            "ix_opportunities_create_time_opportunity_id_organisation_path",
            "create_time", "opportunity_id", "organisation_path",
        ),
        Index("ix_opportunities_open_date_organisation_path", "open_date", "organisation_path"),
        Index("ix_opportunities_organisation_path_open_date", "organisation_path", "open_date"),
        Index("ix_opportunities_lead_id", "lead_id"),
        Index(
            "ix_opportunities_of_prospects",
            "close_time",
            sqlite_where=text(_OF_PROSPECT),
            postgresql_where=text(_OF_PROSPECT),
        ),
        Index(
            "uq_opportunities_source",
            "source_system",
            "source_number",
            unique=True,
            sqlite_where=text(_IMPORTED),
            postgresql_where=text(_IMPORTED),
        ),
    )  # fmt: skip

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def is_open(self) -> bool:
        """Whether it is under way."""
        return self.state == OpportunityState.OPEN

    def enter(self, stage_code: str, due_date: date | None, now: datetime) -> None:
        """Comes to a stage, at which it may stand until a day."""
        self.stage_code, self.stage_due_date, self.stage_enter_time = stage_code, due_date, now

    def close(self, state: OpportunityState, reason_code: str, *, now: datetime, close_date: date, won_by: str = "") -> None:
        """Is won or lost, and why."""
        self.state, self.reason_code, self.won_by = state.value, reason_code, won_by
        self.close_time, self.close_date = now, close_date

    def reopen(self) -> None:
        """Is under way again, at the stage at which it ended."""
        self.state, self.reason_code, self.won_by = OpportunityState.OPEN.value, "", ""
        self.close_time = self.close_date = None


class OpportunityStep(Base):
    """What was done to an opportunity itself, step by step: it tells at which stage, and whose, it was at any time."""

    __tablename__ = "opportunity_steps"

    opportunity_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # Counts the steps of one opportunity from 1.
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    # A `TouchKind`.
    kind: Mapped[int] = mapped_column(Integer)
    step_time: Mapped[datetime] = mapped_column(UtcDateTime)
    business_date: Mapped[date] = mapped_column(BusinessDate)
    # Who did it.
    actor_person_id: Mapped[str] = mapped_column(Text)
    # Whom it concerns: the member, or the owner since.
    person_id: Mapped[str] = mapped_column(Text)
    role: Mapped[int] = mapped_column(Integer)
    # The stage since.
    stage_code: Mapped[str] = mapped_column(Text)


class StageOutcome(Base):
    """Of those that came to a stage, stayed so many days at least, and ended in a year: how many were won, and how many lost."""

    __tablename__ = "stage_outcomes"

    pipeline_id: Mapped[str] = mapped_column(Text, primary_key=True)
    stage_code: Mapped[str] = mapped_column(Text, primary_key=True)
    days_min: Mapped[int] = mapped_column(Integer, primary_key=True)
    close_year: Mapped[int] = mapped_column(Integer, primary_key=True)
    won_count: Mapped[int] = mapped_column(Integer, default=0)
    lost_count: Mapped[int] = mapped_column(Integer, default=0)
