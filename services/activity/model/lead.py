"""Leads 线索, to whom they went, and the rules by which they go."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.leads.kinds import LEAD_OPEN
from services.chassis.db.types import BusinessDate, EncryptedText, Json, OrderedText, UtcDateTime
from services.chassis.kernel.erasure import ERASED_NAME
from services.chassis.kernel.money import Money
from services.chassis.keys import data_keys

# Word for word the condition of its index, without which SQLite does not take it.
UNFOLLOWED = "followed_time IS NULL AND follow_deadline IS NOT NULL AND NOT overdue_told"
_IMPORTED = "source_system <> ''"
_OF_PROSPECT = "prospect_name IS NOT NULL AND close_time IS NOT NULL"


def prospect_index(name: str, normalised: str) -> str:
    """How a prospect's number is indexed: a keyed hash, so that equal ones are found and nothing is learnt; empty for none."""
    return data_keys().blind_index(f"activity.lead.{name}", normalised) if normalised else ""


class Expecting(MappedAsDataclass, kw_only=True):
    """A mixin: an amount that is expected of it."""

    expected_minor_units: Mapped[int | None] = mapped_column(BigInteger, default=None)
    expected_currency: Mapped[str | None] = mapped_column(Text, default=None)

    @property
    def expected_amount(self) -> Money | None:
        """How much is expected; None where nobody says."""
        if self.expected_minor_units is None or self.expected_currency is None:
            return None
        return Money(self.expected_minor_units, self.expected_currency)

    @expected_amount.setter
    def expected_amount(self, amount: Money | None) -> None:
        self.expected_minor_units = amount.minor_units if amount else None
        self.expected_currency = amount.currency_code if amount else None


class Lead(Base, Working, Expecting):
    """Somebody, a customer or a prospect, who may want something of the bank. Without an owner it waits to be assigned."""

    __tablename__ = "leads"
    __erased__ = {  # noqa: RUF012 - a class variable of the mixin
        "title": ERASED_NAME,
        "note": None,
        "prospect_name": None,
        "phone": None,
        "identifier": None,
        "phone_index": "",
        "identifier_index": "",
    }
    __open__ = ("state", LEAD_OPEN)

    lead_id: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(EncryptedText("activity.lead.title"))
    note: Mapped[str | None] = mapped_column(EncryptedText("activity.lead.note"), default=None)
    prospect_name: Mapped[str | None] = mapped_column(EncryptedText("activity.lead.prospect_name"), default=None)
    phone: Mapped[str | None] = mapped_column(EncryptedText("activity.lead.phone"), default=None)
    identifier: Mapped[str | None] = mapped_column(EncryptedText("activity.lead.identifier"), default=None)
    # By which a duplicate is found without reading what is encrypted; empty where there is no number.
    phone_index: Mapped[str] = mapped_column(Text, default="")
    identifier_index: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[int] = mapped_column(Integer)
    source_key: Mapped[str] = mapped_column(Text, default="")
    product_codes: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    state: Mapped[int] = mapped_column(Integer)
    # 0 until it is qualified, and 0 unless it is disqualified.
    grade: Mapped[int] = mapped_column(Integer, default=0)
    disqualify_reason: Mapped[int] = mapped_column(Integer, default=0)
    duplicate_of_lead_id: Mapped[str] = mapped_column(Text, default="")
    capturer_person_id: Mapped[str] = mapped_column(Text)
    capture_date: Mapped[date] = mapped_column(BusinessDate)
    # None while nobody has it.
    assign_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    follow_deadline: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    followed_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Whether its owner and his leaders were told that the deadline passed.
    overdue_told: Mapped[bool] = mapped_column(default=False)
    close_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    opportunity_id: Mapped[str] = mapped_column(Text, default="")
    # Of one that came from a former system: which, and its number there.
    source_system: Mapped[str] = mapped_column(Text, default="")
    source_number: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index("ix_leads_owner_person_id_create_time_lead_id", "owner_person_id", "create_time", "lead_id"),
        Index("ix_leads_customer_id_create_time_lead_id", "customer_id", "create_time", "lead_id"),
        # Of a large unit the newest are walked, until a page is full.
        Index("ix_leads_create_time_lead_id_organisation_path", "create_time", "lead_id", "organisation_path"),
        Index("ix_leads_capture_date_organisation_path", "capture_date", "organisation_path"),
        Index("ix_leads_organisation_path_capture_date", "organisation_path", "capture_date"),
        Index("ix_leads_owner_person_id_follow_deadline", "owner_person_id", "follow_deadline"),
        Index("ix_leads_phone_index", "phone_index"),
        Index("ix_leads_identifier_index", "identifier_index"),
        Index(
            "uq_leads_source",
            "source_system",
            "source_number",
            unique=True,
            sqlite_where=text(_IMPORTED),
            postgresql_where=text(_IMPORTED),
        ),
        Index(
            "ix_leads_of_prospects",
            "close_time",
            sqlite_where=text(_OF_PROSPECT),
            postgresql_where=text(_OF_PROSPECT),
        ),
        Index(
            "ix_leads_unfollowed",
            "follow_deadline",
            sqlite_where=text(UNFOLLOWED),
            postgresql_where=text(UNFOLLOWED),
        ),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be worked on."""
        return self.state in LEAD_OPEN

    def name_prospect(self, name: str, phone: str, identifier: str, *, phone_key: str, identifier_key: str) -> None:
        """Says who the prospect is; the keys are the numbers in the form in which they are looked for."""
        self.prospect_name, self.phone, self.identifier = name or None, phone or None, identifier or None
        self.phone_index = prospect_index("phone", phone_key)
        self.identifier_index = prospect_index("identifier", identifier_key)

    def link(self, customer_id: str) -> None:
        """The prospect is that customer: what identifies him stands in the customer's own record, and no longer here."""
        self.customer_id = customer_id
        self.name_prospect("", "", "", phone_key="", identifier_key="")

    def give(self, person_id: str, organisation_path: str, *, deadline: datetime | None, now: datetime) -> None:
        """Comes to somebody, who is to follow it by the deadline; with nobody named it waits in the unit."""
        self.owner_person_id, self.organisation_path = person_id, organisation_path
        self.assign_time = now if person_id else None
        self.follow_deadline = deadline if person_id else None
        self.followed_time, self.overdue_told = None, False

    def follow(self, followed_time: datetime) -> bool:
        """Its owner followed it; answers whether it is the first time."""
        first = self.followed_time is None and bool(self.owner_person_id)
        if first:
            self.followed_time = followed_time
        return first

    def close(self, state: int, now: datetime, **outcome: Any) -> None:
        """Is open no more, with what came of it."""
        self.state, self.close_time = state, now
        for name, value in outcome.items():
            setattr(self, name, value)

    @property
    def followed_in_time(self) -> bool:
        """Whether its owner followed it by the deadline."""
        return self.followed_time is not None and (self.follow_deadline is None or self.followed_time <= self.follow_deadline)


class LeadAssignment(Base):
    """One time that a lead came to somebody."""

    __tablename__ = "lead_assignments"

    # Sorts by time.
    lead_assignment_id: Mapped[str] = mapped_column(Text, primary_key=True)
    lead_id: Mapped[str] = mapped_column(Text)
    from_person_id: Mapped[str] = mapped_column(Text)
    to_person_id: Mapped[str] = mapped_column(Text)
    # Empty where a hand-over of the customer took it along.
    assigner_person_id: Mapped[str] = mapped_column(Text)
    assignment_rule_id: Mapped[str] = mapped_column(Text, default="")
    assign_time: Mapped[datetime] = mapped_column(UtcDateTime)
    follow_deadline: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (Index("ix_lead_assignments_lead_id", "lead_id", "lead_assignment_id"),)


class AssignmentRule(Base):
    """To whom leads of a unit go that fit it: round-robin among its receivers."""

    __tablename__ = "assignment_rules"

    assignment_rule_id: Mapped[str] = mapped_column(Text, primary_key=True)
    display_name: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    position: Mapped[int] = mapped_column(Integer, default=0)
    product_codes: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    sources: Mapped[list[int]] = mapped_column(Json, default_factory=list)
    receiver_person_ids: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    follow_workdays: Mapped[int] = mapped_column(Integer, default=0)
    disabled: Mapped[bool] = mapped_column(default=False)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index(
            "ix_assignment_rules_organisation_path_position",
            "organisation_path", "position", "assignment_rule_id",
        ),
    )  # fmt: skip

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    def fits(self, product_codes: list[str], source: int) -> bool:
        """Whether it assigns such a lead."""
        of_product = not self.product_codes or not set(self.product_codes).isdisjoint(product_codes)
        return not self.disabled and of_product and (not self.sources or source in self.sources)


class AssignmentTurn(Base):
    """When somebody last had a turn under a rule: who has waited longest is next."""

    __tablename__ = "assignment_turns"

    assignment_rule_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    turn: Mapped[int] = mapped_column(BigInteger)
