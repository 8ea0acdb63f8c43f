"""Analyses: one look at all customers, as of a business date, from pinned inputs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.analytics.model.base import Base
from services.analytics.rules.analyses import AnalysisKind, AnalysisState
from services.chassis.db.types import BusinessDate, Json, UtcDateTime

_CURRENT = text("current")
_MONTH_END = text("month_end")


class Analysis(Base):
    """One look at the bank's customers as of a business date. Of a date one analysis is current: the last that ended well."""

    __tablename__ = "analyses"

    analysis_id: Mapped[str] = mapped_column(Text, primary_key=True)
    as_of_date: Mapped[date] = mapped_column(BusinessDate)
    # Counts the analyses of a date from 1: the revision of its files.
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[int] = mapped_column(Integer, default=AnalysisKind.REGULAR.value)
    # It is as of a month's last day: models learn from it, and it is kept long.
    month_end: Mapped[bool] = mapped_column(default=False)
    state: Mapped[int] = mapped_column(Integer, default=AnalysisState.RUNNING.value)
    current: Mapped[bool] = mapped_column(default=False)
    # Why it was made, such as `feeds/core.balances/2026-11-24/2`.
    reason: Mapped[str] = mapped_column(Text, default="")
    # Who asked for it; empty where the service itself did.
    requester_person_id: Mapped[str] = mapped_column(Text, default="")
    # The long work that makes it.
    operation_id: Mapped[str] = mapped_column(Text, default="")
    # The pinned revisions by dataset, the versions of the rules and of the model.
    inputs: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    inputs_sha256: Mapped[str] = mapped_column(Text, default="")
    customer_count: Mapped[int] = mapped_column(BigInteger, default=0)
    # Of them so many were looked at anew; the others stand as in the analysis before.
    touched_count: Mapped[int] = mapped_column(BigInteger, default=0)
    # Of so many there is too little to say anything.
    thin_count: Mapped[int] = mapped_column(BigInteger, default=0)
    # What could not be counted: reason, subject, rows.
    issues: Mapped[list[list[Any]]] = mapped_column(Json, default_factory=list)
    # Why it failed.
    error_reason: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # When its files were taken away, long after another took its place.
    remove_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Something came of days that it has looked at: of a month's end it is made anew when there is time.
    outdated: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_analyses_as_of_date_number", "as_of_date", "number", unique=True),
        Index("ix_analyses_current", "as_of_date", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT),
        Index("ix_analyses_state", "state", "create_time"),
        Index("ix_analyses_month_end", "as_of_date", sqlite_where=_MONTH_END, postgresql_where=_MONTH_END),
    )

    @property
    def resource(self) -> str:
        """As the audit trail names it."""
        return f"analyses/{self.analysis_id}"

    def end(self, state: AnalysisState, now: datetime, reason: str = "") -> None:
        """Comes to its end."""
        self.state, self.end_time, self.error_reason = state.value, now, reason


class CustomerMonth(Base):
    """From which revisions the customers' days of a month were made, so that they can be made again to the same."""

    __tablename__ = "customer_months"

    month_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    # The folder of its file, and what tells these inputs from others.
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    # The last day that is in it.
    end_date: Mapped[date] = mapped_column(BusinessDate)
    inputs: Mapped[dict[str, Any]] = mapped_column(Json)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)


class StaleDay(Base):
    """A business date of which something came that no analysis has looked at yet."""

    __tablename__ = "stale_days"

    business_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    # Grows with all that comes: an analysis does away with what it knew of.
    number: Mapped[int] = mapped_column(Integer)
    # The first of the reasons.
    reason: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    change_time: Mapped[datetime] = mapped_column(UtcDateTime)
