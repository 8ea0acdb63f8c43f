"""Runs: one computation of a month's results from pinned inputs, by which it can be repeated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, synonym

from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime
from services.performance.model.base import Base
from services.performance.rules.runs import RunKind, RunState

_CURRENT = text("current")


class Run(Base):
    """One computation of a month up to a day. Of a month one regular run is current: the last that ended well."""

    __tablename__ = "runs"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The month's first day.
    month_date: Mapped[date] = mapped_column(BusinessDate)
    # The last day that was computed.
    as_of_date: Mapped[date] = mapped_column(BusinessDate)
    # Counts the runs of a month from 1: the revision of its files.
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[int] = mapped_column(Integer, default=RunKind.REGULAR.value)
    state: Mapped[int] = mapped_column(Integer, default=RunState.RUNNING.value)
    current: Mapped[bool] = mapped_column(default=False)
    # Why it was made, such as `feeds/core.balances/2026-11-24/2`.
    reason: Mapped[str] = mapped_column(Text, default="")
    # Who asked for it; empty where the service itself did.
    requester_person_id: Mapped[str] = mapped_column(Text, default="")
    # The long work that makes it.
    operation_id: Mapped[str] = mapped_column(Text, default="")
    # Of the month's staleness that it does away with.
    stale_number: Mapped[int] = mapped_column(Integer, default=0)
    # The pinned revisions by dataset, the days that each stands for, the base date, the versions of products, the home currency.
    inputs: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    inputs_sha256: Mapped[str] = mapped_column(Text, default="")
    # SHA-256 over the share lines, affiliations, units and customers that it stood on; they are kept beside its results.
    ownership_sha256: Mapped[str] = mapped_column(Text, default="")
    # `duckdb` or `spark`.
    engine: Mapped[str] = mapped_column(Text, default="")
    account_day_count: Mapped[int] = mapped_column(BigInteger, default=0)
    issue_count: Mapped[int] = mapped_column(BigInteger, default=0)
    # Of a comparison: how many figures differ from the month's.
    difference_count: Mapped[int] = mapped_column(BigInteger, default=0)
    # Exact totals by measure, in minor units of the home currency, as text.
    totals: Mapped[dict[str, str]] = mapped_column(Json, default_factory=dict)
    # By day, SHA-256 of its results: days that come out as they were are not written again.
    day_sha256s: Mapped[dict[str, str]] = mapped_column(Json, default_factory=dict)
    # Why it failed.
    error_reason: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # When its files were taken away, long after another run took its place.
    remove_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (
        Index("ix_runs_month_date_number", "month_date", "number", unique=True),
        Index("ix_runs_current", "month_date", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT),
        Index("ix_runs_state", "state", "create_time"),
    )

    def end(self, state: RunState, now: datetime, error_reason: str = "") -> None:
        """Comes to its end."""
        self.state, self.end_time, self.error_reason = state.value, now, error_reason


class RunIssue(Base):
    """Something that a run could not count, and why: a currency without a rate, an account that no product takes."""

    __tablename__ = "run_issues"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # A stable name, such as `CURRENCY_WITHOUT_RATE`.
    reason: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    # What it is of: an account's key, a currency.
    subject: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    # The unit that keeps it; `/` where it is the whole bank's.
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    row_count: Mapped[int] = mapped_column(BigInteger)
    detail: Mapped[dict[str, str]] = mapped_column(Json, default_factory=dict)


class RunDifference(Base):
    """What one owner has of one product by a comparison, and has in the month's results: where the two differ."""

    __tablename__ = "run_differences"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    organisation_unit_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    product_code: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    # A column of results, such as `ftp_profit`.
    measure: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    present_amount: Mapped[int] = mapped_column(BigInteger)
    compared_amount: Mapped[int] = mapped_column(BigInteger)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Whose it is, as scope calls him."""
        return synonym("person_id", init=False)


class StaleMark(Base):
    """Something changed on which results of these days stand: taken in with others, and gone then."""

    __tablename__ = "stale_marks"

    stale_mark_id: Mapped[str] = mapped_column(Text, primary_key=True)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    # No end is None.
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # Whether the months are computed even where their datasets and products are as they were.
    ownership: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_stale_marks_create_time", "create_time"),)


class StaleMonth(Base):
    """A month whose results do not stand on the latest of everything, until a run has made them anew."""

    __tablename__ = "stale_months"

    month_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    # Grows with all that makes it stale again: a run does away with what it knew of.
    number: Mapped[int] = mapped_column(Integer)
    ownership: Mapped[bool]
    # The first of the reasons.
    reason: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # When it is computed; None where somebody cancelled that: it waits for another change, or to be asked for.
    due_time: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MonthClosing(Base):
    """That somebody asked to close a month, and what a second person said."""

    __tablename__ = "month_closings"

    month_closing_id: Mapped[str] = mapped_column(Text, primary_key=True)
    month_date: Mapped[date] = mapped_column(BusinessDate)
    # Whose results would stand for good.
    run_id: Mapped[str] = mapped_column(Text)
    state: Mapped[int] = mapped_column(Integer)
    requester_person_id: Mapped[str] = mapped_column(Text)
    decider_person_id: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    decide_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (
        Index(
            "ix_month_closings_requested",
            "month_date",
            unique=True,
            sqlite_where=text("state = 1"),
            postgresql_where=text("state = 1"),
        ),
    )


class ClosedMonth(Base):
    """A month whose results stand for good: later revisions of its inputs are told, and change it no more."""

    __tablename__ = "closed_months"

    month_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    run_id: Mapped[str] = mapped_column(Text)
    closer_person_id: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
