"""Customers as the customer service announces them, and who reaches whose: replicas that events keep, and nothing else writes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base
from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime


class Customer(Base):
    """What this service knows of a customer. Who leads it, and where, decides who reaches what was done for it."""

    __tablename__ = "customers"

    customer_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_number: Mapped[str] = mapped_column(OrderedText)
    display_name: Mapped[str] = mapped_column(Text)
    # The numbers of `workbench.customer.v1.CustomerKind` and `CustomerTier`.
    kind: Mapped[int] = mapped_column(Integer)
    tier: Mapped[int] = mapped_column(Integer)
    # Empty where nobody leads it.
    lead_person_id: Mapped[str] = mapped_column(Text, default="")
    organisation_path: Mapped[str] = mapped_column(OrderedText, default="")
    # The record that stands for this one; empty while it stands by itself.
    merged_into_customer_id: Mapped[str] = mapped_column(Text, default="")
    # Taken back, or erased by law: nothing new is kept of it.
    gone: Mapped[bool] = mapped_column(default=False)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_customers_customer_number", "customer_number"),
        Index("ix_customers_lead_person_id_customer_number", "lead_person_id", "customer_number"),
        Index("ix_customers_organisation_path", "organisation_path"),
    )

    @property
    def stands(self) -> bool:
        """Whether anything new can be kept of it."""
        return not self.gone and not self.merged_into_customer_id


class Reach(Base):
    """Whom somebody reaches beyond his own, and when: the chassis asks it. One row per coverage, or per deputy and customer."""

    __tablename__ = "reaches"

    reach_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    # One customer; None for all that `lead_person_id` leads.
    customer_id: Mapped[str | None] = mapped_column(Text, default=None)
    lead_person_id: Mapped[str | None] = mapped_column(Text, default=None)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # The coverage or the absence by which it is.
    source_id: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_reaches_person_id_end_date", "person_id", "end_date"),
        Index("ix_reaches_source_id", "source_id"),
    )


class Absence(Base):
    """Days on which a relationship manager is away 休假, as the customer service announces them."""

    __tablename__ = "absences"

    absence_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date] = mapped_column(BusinessDate)

    __table_args__ = (Index("ix_absences_person_id_end_date", "person_id", "end_date"),)


class MergeMove(Base):
    """A row that a merge gave to the surviving record: an undo gives it back."""

    __tablename__ = "merge_moves"

    merge_id: Mapped[str] = mapped_column(Text, primary_key=True)
    table_name: Mapped[str] = mapped_column(Text, primary_key=True)
    # The primary key, joined by `/`.
    row_key: Mapped[str] = mapped_column(Text, primary_key=True)
