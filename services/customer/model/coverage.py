"""Who looks after a customer 管户关系, dated: a history that is closed and continued, never rewritten."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, OrderedText
from services.customer.model.base import Base
from services.customer.rules.coverage import last_day
from services.customer.rules.kinds import CoverageRole

_OPEN_LEAD = f"role = {CoverageRole.LEAD.value} AND end_date IS NULL"


class Coverage(Base):
    """One relationship manager's time with one customer. The database keeps a customer from having two leads at once."""

    __tablename__ = "coverages"

    # Sorts by the time it was made, so that of two coverages that begin on one day the later is known.
    coverage_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=Text)
    person_id: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    role: Mapped[int] = mapped_column(Integer)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    # None while it lasts.
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("end_date >= start_date", name="dates"),
        Index(
            "uq_coverages_open_lead",
            "customer_id",
            unique=True,
            sqlite_where=text(_OPEN_LEAD),
            postgresql_where=text(_OPEN_LEAD),
        ),
        Index("ix_coverages_customer_id_start_date", "customer_id", "start_date", "coverage_id"),
    )

    def hand_over(self, on: date) -> None:
        """Ends the coverage because a successor begins on that day."""
        self.end_date = last_day(self.start_date, on)
