"""Runs: one computation of a month's results from pinned inputs, by which it can be repeated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime
from services.performance.model.base import Base


class Run(Base):
    """One computation of a month up to a day. Of a month one run is current: the last that ended well."""

    __tablename__ = "runs"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The month's first day.
    month_date: Mapped[date] = mapped_column(BusinessDate)
    # The last day that was computed.
    as_of_date: Mapped[date] = mapped_column(BusinessDate)
    # Counts the runs of a month from 1: the revision of its files.
    number: Mapped[int] = mapped_column(Integer)
    # `rules.runs.RunState`.
    state: Mapped[int] = mapped_column(Integer)
    # Why it was made, such as `feeds/core.balances/2026-11-24/2`.
    reason: Mapped[str] = mapped_column(Text, default="")
    # The pinned revisions by dataset, the days that each stands for, the base date, the versions of products, the home currency.
    inputs: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    # SHA-256 over the share lines, affiliations and units that it stood on; they are kept beside its results.
    ownership_sha256: Mapped[str] = mapped_column(Text, default="")
    # `duckdb` or `spark`.
    engine: Mapped[str] = mapped_column(Text, default="")
    account_day_count: Mapped[int] = mapped_column(BigInteger, default=0)
    issue_count: Mapped[int] = mapped_column(BigInteger, default=0)
    # Exact totals by measure, in minor units of the home currency, as text.
    totals: Mapped[dict[str, str]] = mapped_column(Json, default_factory=dict)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (Index("ix_runs_month_date_number", "month_date", "number", unique=True),)


class RunIssue(Base):
    """Something that a run could not count, and why: a currency without a rate, an account that no product takes."""

    __tablename__ = "run_issues"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # A stable name, such as `CURRENCY_WITHOUT_RATE`.
    reason: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    # What it is of: an account's key, a currency.
    subject: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    row_count: Mapped[int] = mapped_column(BigInteger)
    detail: Mapped[dict[str, str]] = mapped_column(Json, default_factory=dict)


class ClosedMonth(Base):
    """A month whose results stand for good: later revisions of its inputs are told, and change it no more."""

    __tablename__ = "closed_months"

    month_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    run_id: Mapped[str] = mapped_column(Text)
    closer_person_id: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
