"""Warnings 预警: that a customer may leave, who looks after him, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship, synonym

from services.analytics.model.base import Base
from services.analytics.rules.warnings import MeasuredOutcome, WarningOutcome, WarningState
from services.chassis.db.types import BusinessDate, EncryptedText, OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken

_OPEN = text("open")
# In parts of one.
PROBABILITY_SCALE = 1_000_000


class WarningSignal(Base):
    """A sign that a warning stands on, as the newest analysis saw it while the warning was open."""

    __tablename__ = "warning_signals"

    warning_id: Mapped[str] = mapped_column(
        ForeignKey("warnings.warning_id", ondelete="CASCADE"), type_=Text, primary_key=True, default=None
    )
    signal_code: Mapped[str] = mapped_column(Text, primary_key=True)
    rule_version: Mapped[int] = mapped_column(Integer)
    severity: Mapped[int] = mapped_column(Integer)
    onset_date: Mapped[date] = mapped_column(BusinessDate)
    # What the rule looked at and its thresholds, by name: JSON as the analysis wrote it, fractions and all.
    evidence: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_warning_signals_signal_code_warning_id", "signal_code", "warning_id"),)


class CustomerWarning(Base):
    """One warning. Of a customer one is open at a time: the database itself refuses another."""

    __tablename__ = "warnings"

    # Sorts by time.
    warning_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    # Whose it is; empty where it waits to be assigned.
    assignee_person_id: Mapped[str] = mapped_column(Text, default="")
    # The unit that looks after the customer: it changes as the customer moves.
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    # `rules.warnings.WarningState`, and whether that is an open one.
    state: Mapped[int] = mapped_column(Integer, default=WarningState.RAISED.value)
    open: Mapped[bool] = mapped_column(default=True)
    # Kept back from those who work on warnings.
    held_out: Mapped[bool] = mapped_column(default=False)
    # The analysis that looked at it last.
    analysis_id: Mapped[str] = mapped_column(Text)
    # The business dates as of which it was raised, last looked at, and last had a reason.
    raise_date: Mapped[date] = mapped_column(BusinessDate)
    as_of_date: Mapped[date] = mapped_column(BusinessDate)
    seen_date: Mapped[date] = mapped_column(BusinessDate)
    due_date: Mapped[date] = mapped_column(BusinessDate)
    horizon_date: Mapped[date] = mapped_column(BusinessDate)
    # Of its signs; None and 0 where it has none.
    onset_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    severity: Mapped[int] = mapped_column(Integer)
    # In millionths; None where there is too little to say.
    probability_e6: Mapped[int | None] = mapped_column(Integer, default=None)
    # Empty: the rules.
    model_id: Mapped[str] = mapped_column(Text, default="")
    # In the bank's own currency.
    value_at_risk_minor_units: Mapped[int] = mapped_column(BigInteger)
    expected_loss_minor_units: Mapped[int | None] = mapped_column(BigInteger, default=None)
    minutes: Mapped[int] = mapped_column(Integer)
    value_per_hour_minor_units: Mapped[int] = mapped_column(BigInteger)
    # A list of feature, value and contribution: JSON as the analysis wrote it.
    reasons: Mapped[str] = mapped_column(Text, default="")
    accepter_person_id: Mapped[str] = mapped_column(Text, default="")
    accept_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # From when it was raised until somebody first took it up, or said what became of it.
    response_seconds: Mapped[int | None] = mapped_column(BigInteger, default=None)
    postpone_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    postpone_count: Mapped[int] = mapped_column(Integer, default=0)
    # `rules.warnings.WarningOutcome` and `MeasuredOutcome`.
    outcome: Mapped[int] = mapped_column(Integer, default=WarningOutcome.UNSPECIFIED.value)
    outcome_note: Mapped[str] = mapped_column(EncryptedText("analytics.warning.outcome_note"), default="")
    # Empty where the service closed it.
    closer_person_id: Mapped[str] = mapped_column(Text, default="")
    close_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    close_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    measured_outcome: Mapped[int] = mapped_column(Integer, default=MeasuredOutcome.UNSPECIFIED.value)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # Of what people do with it: a new look at its figures changes neither this nor the version.
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    signals: Mapped[list[WarningSignal]] = relationship(
        default_factory=list,
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by=(WarningSignal.severity.desc(), WarningSignal.signal_code),
        lazy="raise",
    )

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Whose it is, as scope calls him."""
        return synonym("assignee_person_id", init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint(f"open = (state <> {WarningState.CLOSED.value})", name="open"),
        Index("uq_warnings_customer_id_open", "customer_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_warnings_customer_id_warning_id", "customer_id", "warning_id"),
        Index(
            "ix_warnings_assignee_open_value",
            "assignee_person_id",
            "open",
            "value_per_hour_minor_units",
            "severity",
            "warning_id",
        ),
        Index("ix_warnings_organisation_path_open", "organisation_path", "open"),
        Index("ix_warnings_open_value", "open", "value_per_hour_minor_units", "severity", "warning_id"),
        Index("ix_warnings_close_date_warning_id", "close_date", "warning_id"),
        Index("ix_warnings_measured_outcome_horizon_date", "measured_outcome", "horizon_date"),
        Index("ix_warnings_state_postpone_date", "state", "postpone_date"),
    )

    @property
    def etag(self) -> str:
        """Changes with all that people do with it."""
        return str(self.version)

    @property
    def probability(self) -> float | None:
        """From 0 to 1."""
        return None if self.probability_e6 is None else self.probability_e6 / PROBABILITY_SCALE

    def require_open(self) -> None:
        """Raises RuleBroken WARNING_CLOSED where it was said what became of it."""
        if not self.open:
            told = {"outcome": WarningOutcome(self.outcome).name}
            raise RuleBroken("WARNING_CLOSED", "It was said already what became of it.", metadata=told)

    def accept(self, person_id: str, now: datetime) -> None:
        """Somebody is at it; raises RuleBroken WARNING_ACCEPTED where somebody is already."""
        self.require_open()
        if self.state == WarningState.ACCEPTED:
            raise RuleBroken("WARNING_ACCEPTED", "Somebody is at it.", metadata={"accepterPersonId": self.accepter_person_id})
        self.state, self.postpone_date, self.update_time = WarningState.ACCEPTED.value, None, now
        self.assignee_person_id = self.assignee_person_id or person_id
        # How long the first answer took stays known.
        self.accepter_person_id, self.accept_time = person_id, self.accept_time or now
        self._answered(now)

    def assign(self, person_id: str, due_date: date, now: datetime) -> None:
        """It waits for somebody, or for whoever assigns it."""
        self.require_open()
        self.assignee_person_id, self.update_time = person_id, now
        self.state, self.postpone_date, self.due_date = WarningState.RAISED.value, None, due_date
        self.accepter_person_id = ""

    def postpone(self, day: date, now: datetime) -> None:
        """It rests until then."""
        self.require_open()
        self.state, self.postpone_date, self.update_time = WarningState.POSTPONED.value, day, now
        self.postpone_count += 1

    def close(self, outcome: WarningOutcome, person_id: str, now: datetime, today: date, note: str = "") -> None:
        """It is said what became of it."""
        self.require_open()
        self.state, self.open, self.postpone_date = WarningState.CLOSED.value, False, None
        self.outcome, self.outcome_note, self.closer_person_id = outcome.value, note, person_id
        self.close_time, self.close_date, self.update_time = now, today, now
        if person_id:
            self._answered(now)

    def _answered(self, now: datetime) -> None:
        if self.response_seconds is None:
            self.response_seconds = max(0, int((now - self.create_time).total_seconds()))


class WarningMove(Base):
    """A warning that a merge of two customers' records moved from one to the other, for an undo."""

    __tablename__ = "warning_moves"

    merge_id: Mapped[str] = mapped_column(Text, primary_key=True)
    warning_id: Mapped[str] = mapped_column(ForeignKey("warnings.warning_id", ondelete="CASCADE"), type_=Text, primary_key=True)

    __table_args__ = (Index("ix_warning_moves_warning_id", "warning_id"),)
