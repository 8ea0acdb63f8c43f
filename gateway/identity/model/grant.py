"""A grant: a post that a person holds, is proposed for, or held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from gateway.identity.model.base import Base
from gateway.identity.model.organisation import OrganisationUnit
from gateway.identity.model.person import Person
from gateway.identity.rules.duties import check_decision, check_not_self
from gateway.identity.rules.roles import ROLES, ScopeKind
from gateway.identity.rules.scopes import HeldPost
from services.chassis.db.types import OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken

_STANDING = text("state IN (1, 2)")


class GrantState(IntEnum):
    """How far a grant has come; the numbers are those of `workbench.identity.v1.GrantState`."""

    PROPOSED = 1
    ACTIVE = 2
    REJECTED = 3
    REVOKED = 4


@dataclass(frozen=True, slots=True)
class WantedPost:
    """As what, where, and over whose data somebody is to work."""

    role: str
    unit: OrganisationUnit
    scope: ScopeKind
    scope_unit: OrganisationUnit | None = None

    @property
    def root(self) -> OrganisationUnit | None:
        """The unit whose subtree is the scope: the post's own where none is named, none for the other scopes."""
        return (self.scope_unit or self.unit) if self.scope is ScopeKind.SUBTREE else None


STANDING = (GrantState.PROPOSED, GrantState.ACTIVE)


class Grant(Base):
    """One grant from its proposal to its end. Each verb raises RuleBroken for whoever may not decide so, or no more."""

    __tablename__ = "grants"

    grant_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), type_=Text, index=True)
    role: Mapped[str] = mapped_column(Text)
    organisation_unit_id: Mapped[str] = mapped_column(ForeignKey("organisation_units.organisation_unit_id"), index=True)
    organisation_path: Mapped[str] = mapped_column(OrderedText, index=True)
    scope: Mapped[int] = mapped_column(Integer)
    # The unit whose subtree is the scope, and its path; none for the other scopes.
    scope_unit_id: Mapped[str | None] = mapped_column(ForeignKey("organisation_units.organisation_unit_id"), default=None)
    scope_path: Mapped[str] = mapped_column(OrderedText, default="")
    state: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    # None where the bank's personnel system granted the post.
    proposer_person_id: Mapped[str | None] = mapped_column(Text, default=None)
    decider_person_id: Mapped[str | None] = mapped_column(Text, default=None)
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # Two who decide at once: the second is refused.
    version: Mapped[int] = mapped_column(Integer, init=False)
    person: Mapped[Person] = relationship(init=False, lazy="joined", innerjoin=True)
    # Scope asks every table for the responsible person under this name.
    lead_person_id: Mapped[str] = synonym("person_id", init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("scope BETWEEN 1 AND 3", name="scope"),
        CheckConstraint("state BETWEEN 1 AND 4", name="state"),
        # A person holds or awaits a role in a unit once.
        Index(
            "uq_grants_person_id_role_organisation_unit_id",
            "person_id",
            "role",
            "organisation_unit_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    @classmethod
    def proposed(
        cls, grant_id: str, person: Person, post: WantedPost, *, reason: str, proposer_person_id: str | None, now: datetime
    ) -> Grant:
        """A proposal."""
        return cls(
            grant_id=grant_id,
            person_id=person.person_id,
            role=post.role,
            organisation_unit_id=post.unit.organisation_unit_id,
            organisation_path=post.unit.organisation_path,
            scope=post.scope,
            scope_unit_id=post.root.organisation_unit_id if post.root else None,
            scope_path=post.root.organisation_path if post.root else "",
            state=GrantState.PROPOSED,
            reason=reason,
            proposer_person_id=proposer_person_id,
            create_time=now,
            update_time=now,
        )

    def approve(self, decider_person_id: str, *, now: datetime) -> None:
        """The post is held from now on; takes a second person."""
        self._require(GrantState.PROPOSED, "GRANT_NOT_PROPOSED")
        check_decision(self.person_id, self.proposer_person_id or "", decider_person_id)
        self._decide(GrantState.ACTIVE, decider_person_id, "", now)

    def reject(self, decider_person_id: str, reason: str, *, now: datetime) -> None:
        """The proposal is off the table."""
        self._require(GrantState.PROPOSED, "GRANT_NOT_PROPOSED")
        check_not_self(self.person_id, decider_person_id)
        self._decide(GrantState.REJECTED, decider_person_id, reason, now)

    def revoke(self, decider_person_id: str, reason: str, *, now: datetime) -> None:
        """The post is held no more."""
        self._require(GrantState.ACTIVE, "GRANT_NOT_ACTIVE")
        check_not_self(self.person_id, decider_person_id)
        self._decide(GrantState.REVOKED, decider_person_id, reason, now)

    def come_into_force(self, now: datetime) -> None:
        """The post is held because the bank's personnel system says so: there its own second person stood behind it."""
        self.state, self.update_time = GrantState.ACTIVE, now

    @property
    def post(self) -> HeldPost:
        """The post as far as scope goes."""
        return HeldPost(ROLES[self.role], ScopeKind(self.scope), self.organisation_path, self.scope_path)

    def _require(self, state: GrantState, reason: str) -> None:
        if self.state != state:
            raise RuleBroken(reason, f"The grant is {GrantState(self.state).name.lower()}.")

    def _decide(self, state: GrantState, decider_person_id: str, reason: str, now: datetime) -> None:
        self.state, self.decider_person_id, self.decision_reason, self.update_time = state, decider_person_id, reason, now
