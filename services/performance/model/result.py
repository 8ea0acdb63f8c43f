"""Prepared results 业绩结果: by day and by period, owner, unit and product, in minor units of the bank's own currency."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, synonym

from services.chassis.db.types import BusinessDate, OrderedText
from services.performance.model.base import Base


class Result(Base):
    """What one owner has of one product in a period, up to a day.

    Of a day: its closing balance, what it earned, and the average of the month to that day. Of a month, quarter or year: the
    balance at its last day so far, the daily average over its days so far, what was earned. Every measure is the exact sum of the
    same measure over the accounts of `engine.measures.ACCOUNT_RESULTS`; the days of a month sum up to the month.
    """

    __tablename__ = "results"

    # `rules.periods.PeriodKind`.
    period_kind: Mapped[int] = mapped_column(Integer, primary_key=True)
    # The period's first day; of a day, the day.
    start_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    # Whose; empty for the pool 公共池, which is the unit's own.
    person_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    # The unit in which he works, or the pool's that keeps the accounts.
    organisation_unit_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The catalogue's code; empty for what no product takes.
    product_code: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    # The last day that is in it.
    as_of_date: Mapped[date] = mapped_column(BusinessDate)
    # The run that made its last part.
    run_id: Mapped[str] = mapped_column(Text)
    account_count: Mapped[int] = mapped_column(BigInteger, default=0)
    customer_count: Mapped[int] = mapped_column(BigInteger, default=0)
    balance: Mapped[int] = mapped_column(BigInteger, default=0)
    average_balance: Mapped[int] = mapped_column(BigInteger, default=0)
    base_balance: Mapped[int] = mapped_column(BigInteger, default=0)
    increment: Mapped[int] = mapped_column(BigInteger, default=0)
    ftp_profit: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_income: Mapped[int] = mapped_column(BigInteger, default=0)
    expected_loss: Mapped[int] = mapped_column(BigInteger, default=0)
    capital_cost: Mapped[int] = mapped_column(BigInteger, default=0)
    # FTP profit + fee income - expected loss.
    contribution: Mapped[int] = mapped_column(BigInteger, default=0)
    # Contribution - capital cost.
    eva: Mapped[int] = mapped_column(BigInteger, default=0)
    # Unit price 计价 of it, as the product's formula has it; no pay yet.
    unit_price: Mapped[int] = mapped_column(BigInteger, default=0)
    flow_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    flow_count: Mapped[int] = mapped_column(BigInteger, default=0)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Whose it is, as scope calls him."""
        return synonym("person_id", init=False)

    __table_args__ = (
        Index("ix_results_person_id_period_kind_start_date", "person_id", "period_kind", "start_date"),
        Index("ix_results_organisation_path_period_kind_start_date", "organisation_path", "period_kind", "start_date"),
        Index("ix_results_period_kind_start_date_organisation_path", "period_kind", "start_date", "organisation_path"),
    )
