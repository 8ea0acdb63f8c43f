"""Deals 团队项目 that teams bring in, who worked on them, what was done for them, and what was decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship, synonym

from services.chassis.db.types import BusinessDate, EncryptedText, Json, OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken
from services.chassis.kernel.money import Money
from services.performance.model.base import Base
from services.performance.rules.attribution.kinds import DealState, MemberAnswer
from services.performance.rules.shares import WHOLE_BASIS_POINTS

_OF_OPPORTUNITY = "opportunity_id <> ''"


class DealMember(Base):
    """Somebody who worked on a deal."""

    __tablename__ = "deal_members"

    deal_id: Mapped[str] = mapped_column(Text, primary_key=True, init=False)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # `rules.attribution.kinds.DealRole`.
    role: Mapped[int] = mapped_column(Integer)
    involvement_basis_points: Mapped[int] = mapped_column(Integer, default=WHOLE_BASIS_POINTS)
    # `rules.attribution.kinds.MemberAnswer` to what is proposed now.
    answer: Mapped[int] = mapped_column(Integer, default=MemberAnswer.UNSPECIFIED.value)
    answer_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    objection: Mapped[str] = mapped_column(EncryptedText("performance.deal_member.objection"), default="")

    __table_args__ = (Index("ix_deal_members_person_id_deal_id", "person_id", "deal_id"),)

    def say(self, answer: MemberAnswer, now: datetime | None, objection: str = "") -> None:
        """Answers what is proposed."""
        self.answer, self.answer_time, self.objection = answer.value, now, objection


class Deal(Base):
    """A deal. It is open, proposed, decided; opened again it is open, while what was decided before holds on."""

    __tablename__ = "deals"

    deal_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    title: Mapped[str] = mapped_column(EncryptedText("performance.deal.title"))
    # None while its opportunity is a prospect's.
    customer_id: Mapped[str | None] = mapped_column(Text, default=None)
    # Empty where it is of none.
    opportunity_id: Mapped[str] = mapped_column(Text, default="")
    owner_person_id: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    amount_minor_units: Mapped[int] = mapped_column(BigInteger)
    currency_code: Mapped[str] = mapped_column(Text)
    product_codes: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    close_date: Mapped[date] = mapped_column(BusinessDate)
    # Each `{"kind": 2, "object_key": "core/6222…"}`.
    objects: Mapped[list[dict[str, Any]]] = mapped_column(Json, default_factory=list)
    # Lines of whoever had an object before that its shares stand in place of: an object and a part of it each.
    set_aside: Mapped[list[dict[str, Any]]] = mapped_column(Json, default_factory=list)
    # As `rules.attribution.freezing` writes terms.
    terms: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    # When its opportunity came to each stage: `[instant, code]`, in order of time.
    stages: Mapped[list[list[str]]] = mapped_column(Json, default_factory=list)
    state: Mapped[int] = mapped_column(Integer, default=DealState.OPEN.value)
    proposed_scheme_id: Mapped[str] = mapped_column(Text, default="")
    proposed_version_number: Mapped[int] = mapped_column(Integer, default=0)
    proposer_person_id: Mapped[str] = mapped_column(Text, default="")
    propose_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # What was proposed came to: `[person, from, to or none, basis points]` each.
    proposed_lines: Mapped[list[list[Any]]] = mapped_column(Json, default_factory=list)
    # Counts its decisions.
    version_number: Mapped[int] = mapped_column(Integer, default=0)
    # Of one that was opened again: from which day on it is to be shared anew.
    restart_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # Why it was sent back, or opened again.
    leader_note: Mapped[str] = mapped_column(EncryptedText("performance.deal.leader_note"), default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)
    members: Mapped[list[DealMember]] = relationship(
        default_factory=list,
        cascade="all, delete-orphan",
        primaryjoin="Deal.deal_id == foreign(DealMember.deal_id)",
        order_by=(DealMember.role, DealMember.person_id),
        lazy="selectin",
    )

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Whose it is, as scope calls him."""
        return synonym("owner_person_id", init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("amount_minor_units >= 0", name="amount"),
        Index("ix_deals_customer_id_deal_id", "customer_id", "deal_id"),
        # Of a large unit the newest are walked, until a page is full.
        Index("ix_deals_deal_id_organisation_path", "deal_id", "organisation_path"),
        Index("ix_deals_owner_person_id", "owner_person_id"),
        Index(
            "uq_deals_opportunity_id",
            "opportunity_id",
            unique=True,
            sqlite_where=text(_OF_OPPORTUNITY),
            postgresql_where=text(_OF_OPPORTUNITY),
        ),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def amount(self) -> Money:
        """How much it came to."""
        return Money(self.amount_minor_units, self.currency_code)

    @property
    def source(self) -> str:
        """How its share lines name it."""
        return f"deals/{self.deal_id}"

    def member(self, person_id: str) -> DealMember | None:
        """One of its members; None for anybody else."""
        return next((each for each in self.members if each.person_id == person_id), None)

    def require_undecided(self) -> None:
        """Raises RuleBroken DEAL_CLOSED where it is decided, reversed or cancelled."""
        if self.state not in (DealState.OPEN, DealState.PROPOSED):
            raise RuleBroken("DEAL_CLOSED", "It is decided, taken back, or there is nothing to share.")

    def require_proposed(self) -> None:
        """Raises RuleBroken NOTHING_PROPOSED where nothing waits for an answer."""
        if self.state != DealState.PROPOSED:
            raise RuleBroken("NOTHING_PROPOSED", "Nothing is proposed that could be answered or decided.")

    def require_decided(self) -> None:
        """Raises RuleBroken DEAL_NOT_DECIDED where nothing that was decided holds, or it is under way to be decided anew."""
        if self.state != DealState.DECIDED:
            raise RuleBroken("DEAL_NOT_DECIDED", "Nothing is decided of it that could be opened again or taken back.")

    def forget_proposal(self) -> bool:
        """What was proposed is so no more; answers whether anything was."""
        proposed = self.state == DealState.PROPOSED
        self.state = DealState.OPEN.value
        self.proposed_scheme_id, self.proposed_version_number, self.proposed_lines = "", 0, []
        self.proposer_person_id, self.propose_time = "", None
        for each in self.members:
            each.say(MemberAnswer.UNSPECIFIED, None)
        return proposed


class DealDecision(Base):
    """What was decided of a deal, frozen with all that it stands on; only its end is written later."""

    __tablename__ = "deal_decisions"

    deal_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # Counts the decisions of a deal from 1.
    version_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    scheme_id: Mapped[str] = mapped_column(Text)
    scheme_version_number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[int] = mapped_column(Integer)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    # Before `start_date` where it never held.
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # As `Deal.proposed_lines`.
    lines: Mapped[list[list[Any]]] = mapped_column(Json)
    # JSON as `rules.attribution.freezing` writes it: its digest is over this very text.
    inputs: Mapped[str] = mapped_column(Text)
    inputs_sha256: Mapped[str] = mapped_column(Text)
    decider_person_id: Mapped[str] = mapped_column(Text)
    decide_time: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(EncryptedText("performance.deal_decision.reason"), default="")
    end_reason: Mapped[str] = mapped_column(EncryptedText("performance.deal_decision.end_reason"), default="")

    @property
    def holds(self) -> bool:
        """Whether there is a day on which it holds, or held."""
        return self.end_date is None or self.end_date >= self.start_date


class ContactTouch(Base):
    """One person's part in a contact that took place for an opportunity: a copy, kept by events."""

    __tablename__ = "contact_touches"

    contact_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    opportunity_id: Mapped[str] = mapped_column(Text)
    # As the contact was told; empty for a prospect.
    customer_id: Mapped[str] = mapped_column(Text)
    touch_time: Mapped[datetime] = mapped_column(UtcDateTime)
    business_date: Mapped[date] = mapped_column(BusinessDate)
    # The number of `workbench.activity.v1.ContactKind`.
    contact_kind: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    # As the opportunity told it; empty until it is won.
    stage_code: Mapped[str] = mapped_column(Text, default="")
    # The contact's, as of which it is known; 0 where only the opportunity told of it.
    contact_version: Mapped[int] = mapped_column(BigInteger, default=0)
    # Whether the contact still counts as done.
    counted: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        Index("ix_contact_touches_opportunity_id_touch_time", "opportunity_id", "touch_time", "contact_id", "person_id"),
        Index("ix_contact_touches_person_id_business_date", "person_id", "business_date"),
    )

    @property
    def resource(self) -> str:
        """What there is to look at."""
        return f"contacts/{self.contact_id}"


class OpportunityEnd(Base):
    """How an opportunity ended: with its contacts it is a journey of the past, of which schemes learn."""

    __tablename__ = "opportunity_ends"

    opportunity_id: Mapped[str] = mapped_column(Text, primary_key=True)
    won: Mapped[bool]
    close_date: Mapped[date] = mapped_column(BusinessDate)
