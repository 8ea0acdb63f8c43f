"""Claims 认领 and objections 异议: what was asked for, by whom, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped, MappedAsDataclass, declared_attr, mapped_column, synonym

from services.chassis.db.types import BusinessDate, EncryptedText, Json, OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken
from services.performance.model.base import Base
from services.performance.rules.claims import ClaimState, ObjectionState
from services.performance.rules.shares import ObjectKind, SharedObject


class OfObject(MappedAsDataclass, kw_only=True):
    """A mixin: it is about an object, and somebody's."""

    # `rules.shares.ObjectKind`.
    object_kind: Mapped[int] = mapped_column(Integer)
    # As of `ShareLine`.
    object_key: Mapped[str] = mapped_column(OrderedText)
    customer_id: Mapped[str] = mapped_column(Text)
    # Whose it is: who claims, who objects.
    owner_person_id: Mapped[str] = mapped_column(Text)
    # The unit in which he works.
    organisation_path: Mapped[str] = mapped_column(OrderedText)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Whose it is, as scope calls him."""
        return synonym("owner_person_id", init=False)

    @property
    def thing(self) -> SharedObject:
        """What it is about."""
        return SharedObject(ObjectKind(self.object_kind), self.object_key, self.customer_id)

    @property
    def source_system(self) -> str:
        """The system that gave the object's number; empty for a customer."""
        return "" if self.object_kind == ObjectKind.CUSTOMER else self.object_key.partition("/")[0]

    @property
    def object_number(self) -> str:
        """The bank's number of the object; empty for a customer."""
        return "" if self.object_kind == ObjectKind.CUSTOMER else self.object_key.partition("/")[2]


class Claim(Base, OfObject):
    """A claim as it was made; what counts of it by now the lines say that have it for their source."""

    __tablename__ = "claims"

    # Sorts by time.
    claim_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # `rules.claims.ClaimKind` and `ClaimState`.
    kind: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer, default=ClaimState.PENDING.value)
    # What was asked for, as `ClaimPart` has it.
    parts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    # Both days are included; no end is None.
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    reason: Mapped[str] = mapped_column(EncryptedText("performance.claim.reason"), default="")
    decider_person_id: Mapped[str] = mapped_column(Text, default="")
    decide_reason: Mapped[str] = mapped_column(EncryptedText("performance.claim.decide_reason"), default="")
    decide_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # By which it is known where it was taken over from another system; None where it was made here.
    import_system: Mapped[str | None] = mapped_column(Text, default=None)
    import_number: Mapped[str | None] = mapped_column(Text, default=None)
    # SHA-256 of the row as it came: by it what comes again as it was changes nothing, whatever was decided here since.
    import_sha256: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index("ix_claims_owner_person_id_claim_id", "owner_person_id", "claim_id"),
        Index("ix_claims_customer_id_claim_id", "customer_id", "claim_id"),
        Index("ix_claims_claim_id_organisation_path", "claim_id", "organisation_path"),
        Index("ix_claims_import_system_import_number", "import_system", "import_number", unique=True),
    )

    @property
    def etag(self) -> str:
        """Changes with each change."""
        return str(self.version)

    @property
    def source(self) -> str:
        """How the lines that it has name it."""
        return f"claims/{self.claim_id}"

    @property
    def person_ids(self) -> list[str]:
        """Who is to have a part."""
        return list(dict.fromkeys(part["person_id"] for part in self.parts))

    def decide(self, state: ClaimState, person_id: str, reason: str, now: datetime) -> None:
        """Somebody decided, or took it back; raises RuleBroken CLAIM_DECIDED where that has been done."""
        if self.state != ClaimState.PENDING:
            raise RuleBroken("CLAIM_DECIDED", "It was decided already.", metadata={"state": ClaimState(self.state).name})
        self.state, self.decider_person_id, self.decide_reason = state.value, person_id, reason.strip()
        self.decide_time, self.update_time = now, now


class Objection(Base, OfObject):
    """An objection to whose something is, and how it was adjudicated 裁定."""

    __tablename__ = "objections"

    # Sorts by time.
    objection_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The claim to which it is; empty where it is to shares that came otherwise.
    claim_id: Mapped[str] = mapped_column(Text, default="")
    # `rules.claims.ObjectionState`.
    state: Mapped[int] = mapped_column(Integer, default=ObjectionState.RAISED.value)
    evidence: Mapped[str] = mapped_column(EncryptedText("performance.objection.evidence"))
    # How many deadlines passed: by so many levels above the customer's own unit it is adjudicated.
    escalation_level: Mapped[int] = mapped_column(Integer, default=0)
    due_date: Mapped[date] = mapped_column(BusinessDate)
    adjudicator_person_id: Mapped[str] = mapped_column(Text, default="")
    finding: Mapped[str] = mapped_column(EncryptedText("performance.objection.finding"), default="")
    # From when on it is divided anew; None where it is not.
    start_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index("ix_objections_owner_person_id_objection_id", "owner_person_id", "objection_id"),
        Index("ix_objections_customer_id_objection_id", "customer_id", "objection_id"),
        Index("ix_objections_objection_id_organisation_path", "objection_id", "organisation_path"),
        Index("ix_objections_state_due_date", "state", "due_date"),
        Index("ix_objections_claim_id", "claim_id"),
    )

    @property
    def etag(self) -> str:
        """Changes with each change."""
        return str(self.version)

    def decide(self, state: ObjectionState, now: datetime) -> None:
        """It was adjudicated, or taken back; raises RuleBroken OBJECTION_DECIDED where that has been done."""
        if self.state != ObjectionState.RAISED:
            told = {"state": ObjectionState(self.state).name}
            raise RuleBroken("OBJECTION_DECIDED", "It was decided already.", metadata=told)
        self.state, self.update_time = state.value, now
