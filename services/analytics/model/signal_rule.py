"""A bank's own versions of the rules of signals: proposed by one person, approved by another, and never changed after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.analytics.model.base import Base
from services.analytics.rules.signals import RuleState
from services.chassis.db.types import EncryptedText, Json, OrderedText, UtcDateTime
from services.chassis.kernel.errors import NotAllowed, RuleBroken

_PROPOSED = text(f"state = {RuleState.PROPOSED.value}")


class SignalRuleVersion(Base):
    """A version of a rule. Of a rule one is still to be decided at most."""

    __tablename__ = "signal_rule_versions"

    signal_rule_version_id: Mapped[str] = mapped_column(Text, primary_key=True)
    rule_code: Mapped[str] = mapped_column(OrderedText)
    # Counts on from the version that the workbench brings along, which is 1.
    version_number: Mapped[int] = mapped_column(Integer)
    # A RuleState.
    state: Mapped[int] = mapped_column(Integer, default=RuleState.PROPOSED.value)
    # As the contract's `SignalRuleDefinition`, by the fields' names.
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    # Why it is wanted.
    note: Mapped[str | None] = mapped_column(EncryptedText("analytics.signal_rule_version.note"), default=None)
    # Why it was turned down.
    decision_note: Mapped[str | None] = mapped_column(EncryptedText("analytics.signal_rule_version.decision_note"), default=None)
    author_person_id: Mapped[str] = mapped_column(Text)
    # Who approved it, turned it down, or took it back.
    decider_person_id: Mapped[str] = mapped_column(Text, default="")
    decide_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("rule_code", "version_number"),
        Index("uq_signal_rule_versions_open", "rule_code", unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
        Index("ix_signal_rule_versions_state_rule_code", "state", "rule_code"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    def approve(self, person_id: str, now: datetime) -> None:
        """In force from the next analysis on."""
        self._check_second_person(person_id)
        self._decide(RuleState.APPROVED, person_id, now)

    def reject(self, person_id: str, note: str, now: datetime) -> None:
        """Turns it down."""
        self._check_second_person(person_id)
        self._decide(RuleState.REJECTED, person_id, now)
        self.decision_note = note

    def withdraw(self, person_id: str, now: datetime) -> None:
        """Its author takes it back before it is decided."""
        if person_id != self.author_person_id:
            raise NotAllowed("NOT_AUTHOR", "Only its author takes a proposal back; somebody else rejects it.")
        self._decide(RuleState.WITHDRAWN, person_id, now)

    def _decide(self, state: RuleState, person_id: str, now: datetime) -> None:
        if self.state != RuleState.PROPOSED:
            raise RuleBroken("RULE_VERSION_DECIDED", "The version is decided already; propose another.")
        self.state, self.decider_person_id, self.decide_time, self.update_time = state, person_id, now, now

    def _check_second_person(self, person_id: str) -> None:
        if person_id == self.author_person_id:
            raise NotAllowed("SELF_DECISION", "Somebody else decides: the proposal is yours.")
