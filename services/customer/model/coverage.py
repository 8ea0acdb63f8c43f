"""Who looks after a customer 管户关系, dated: a history that is closed and continued, never rewritten."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, OrderedText
from services.chassis.kernel.errors import RuleBroken
from services.customer.model.base import Base
from services.customer.rules.absences import dates_unfit
from services.customer.rules.coverage import Days, last_day
from services.customer.rules.kinds import CoverageRole

_OPEN_LEAD = f"role = {CoverageRole.LEAD.value} AND end_date IS NULL"
_SUPPORT = f"role = {CoverageRole.SUPPORTING.value}"
_OPEN_SUPPORT = f"{_SUPPORT} AND end_date IS NULL"


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
    # The hand-over that it came by; empty where it came by none.
    hand_over_id: Mapped[str] = mapped_column(Text, default="", server_default="")
    # Ended at once: it counts no more, though its last day, or even its first, is still to come.
    revoked: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        CheckConstraint("end_date >= start_date", name="dates"),
        Index(
            "uq_coverages_open_lead",
            "customer_id",
            unique=True,
            sqlite_where=text(_OPEN_LEAD),
            postgresql_where=text(_OPEN_LEAD),
        ),
        Index(
            "uq_coverages_open_support",
            "customer_id",
            "person_id",
            unique=True,
            sqlite_where=text(_OPEN_SUPPORT),
            postgresql_where=text(_OPEN_SUPPORT),
        ),
        # Whom somebody supports: asked for at the beginning of each of his acts.
        Index("ix_coverages_support", "person_id", "end_date", sqlite_where=text(_SUPPORT), postgresql_where=text(_SUPPORT)),
        Index("ix_coverages_customer_id_start_date", "customer_id", "start_date", "coverage_id"),
    )

    @property
    def days(self) -> Days:
        """The coverage as rules see it."""
        return Days(self.person_id, self.role, self.start_date, self.end_date, self.revoked)

    def end(self, end_date: date | None, today: date) -> None:
        """Ends with that day, or at once where none is given; raises RuleBroken COVERAGE_LEADS or COVERAGE_ENDED."""
        if self.role == CoverageRole.LEAD:
            raise RuleBroken("COVERAGE_LEADS", "A lead is followed by another; hand the customer over.")
        if self.revoked or (self.end_date is not None and self.end_date < today):
            raise RuleBroken("COVERAGE_ENDED", "The coverage has ended.")
        if end_date is None:
            self.end_date, self.revoked = last_day(self.start_date, today), True
        elif end_date < max(today, self.start_date):
            raise dates_unfit("end_date", "Name today or a later day, and none before the first.")
        else:
            self.end_date = end_date
