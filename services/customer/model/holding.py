"""What customers hold with the bank, as the bank's datasets state it: nobody here changes it by hand."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime
from services.customer.model.base import Base
from services.customer.rules.averages import Running

_UNPLACED = "customer_id IS NULL"
_FALLS_DUE = "maturity_date IS NOT NULL"


class Holding(Base):
    """One account, contract or bill in one currency.

    Its scope is its customer's: whoever reaches the customer reaches it, so that a hand-over moves nothing here. A row whose
    customer is not known here is kept, reached by nobody below the whole bank, and found when the customer comes.
    """

    __tablename__ = "holdings"

    holding_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The system that gave the number, and the dataset that has such rows: `accounts`, `bills`, `factoring`, `trade_finance`.
    source_system: Mapped[str] = mapped_column(Text)
    dataset: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(OrderedText)
    currency_code: Mapped[str] = mapped_column(Text)
    # The bank's number of the customer; after a merge the record that stands for it is `customer_id`.
    customer_number: Mapped[str] = mapped_column(OrderedText, default="")
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.customer_id"), type_=Text, default=None)
    kind: Mapped[int] = mapped_column(Integer, default=0)
    product_code: Mapped[str] = mapped_column(Text, default="")
    product_name: Mapped[str] = mapped_column(Text, default="")
    unit_number: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[int] = mapped_column(Integer, default=0)
    open_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    maturity_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    close_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # The first snapshot that no longer has it.
    missing_since_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # What was lent or deposited at first, a limit, a face.
    principal_minor_units: Mapped[int | None] = mapped_column(BigInteger, default=None)
    interest_rate_e8: Mapped[int | None] = mapped_column(BigInteger, default=None)
    parent_number: Mapped[str] = mapped_column(Text, default="")
    loan_class: Mapped[int] = mapped_column(Integer, default=0)
    overdue_days: Mapped[int] = mapped_column(Integer, default=0)
    overdue_minor_units: Mapped[int | None] = mapped_column(BigInteger, default=None)
    # As `rules.averages.Running` has it; None where no balance has come. What has no daily balances has no `since_date`.
    balance_minor_units: Mapped[int | None] = mapped_column(BigInteger, default=None)
    since_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    month_sum: Mapped[int] = mapped_column(BigInteger, default=0)
    quarter_sum: Mapped[int] = mapped_column(BigInteger, default=0)
    year_sum: Mapped[int] = mapped_column(BigInteger, default=0)
    base_minor_units: Mapped[int] = mapped_column(BigInteger, default=0)
    # The feeds that bring its parts: which revisions of them it was made from stands in `dataset_applications`.
    contract_feed: Mapped[str] = mapped_column(Text, default="")
    balance_feed: Mapped[str] = mapped_column(Text, default="")
    class_feed: Mapped[str] = mapped_column(Text, default="")
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("source_system", "dataset", "number", "currency_code", name="uq_holdings_source_number"),
        Index("ix_holdings_customer_id_holding_id", "customer_id", "holding_id"),
        Index(
            "ix_holdings_maturity_date_holding_id",
            "maturity_date",
            "holding_id",
            sqlite_where=text(_FALLS_DUE),
            postgresql_where=text(_FALLS_DUE),
        ),
        Index("ix_holdings_unplaced", "customer_number", sqlite_where=text(_UNPLACED), postgresql_where=text(_UNPLACED)),
    )


class HoldingHolder(Base):
    """Who may dispose of an account."""

    __tablename__ = "holding_holders"

    source_system: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    customer_number: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.customer_id"), type_=Text, default=None)
    role: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        Index("ix_holding_holders_customer_id", "customer_id"),
        Index("ix_holding_holders_unplaced", "customer_number", sqlite_where=text(_UNPLACED), postgresql_where=text(_UNPLACED)),
    )


def running_of(holding: Holding) -> Running | None:
    """The running balance of a holding, or of a row with its columns; None where none has come."""
    if holding.since_date is None or holding.balance_minor_units is None:
        return None
    sums = (holding.month_sum, holding.quarter_sum, holding.year_sum)
    return Running(holding.since_date, holding.balance_minor_units, *sums, base=holding.base_minor_units)


def closed_on(holding: Holding) -> date | None:
    """From which day on it counts nothing: when it was closed, else when its source stopped naming it."""
    return holding.close_date or holding.missing_since_date
