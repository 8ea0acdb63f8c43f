"""Days for which the bank, or one of its units, says itself whether they are worked."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base
from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime


class BankDay(Base):
    """A day of a unit and of all below it, whatever the country's calendar says."""

    __tablename__ = "bank_days"

    bank_day_id: Mapped[str] = mapped_column(Text, primary_key=True)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    day_date: Mapped[date] = mapped_column(BusinessDate)
    working: Mapped[bool] = mapped_column()
    # What makes it special, such as 分行成立日.
    display_name: Mapped[str] = mapped_column(Text, default="")
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_bank_days_organisation_path_day_date", "organisation_path", "day_date", unique=True),)
