"""The absence of a relationship manager, and who stands in for him 代理."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken
from services.customer.model.base import Base
from services.customer.rules.absences import AbsenceState


class Deputy(Base):
    """Who stands in, for all customers of the absent one or for a single customer."""

    __tablename__ = "deputies"

    deputy_id: Mapped[str] = mapped_column(Text, primary_key=True)
    absence_id: Mapped[str] = mapped_column(ForeignKey("absences.absence_id"), type_=OrderedText, init=False, index=True)
    person_id: Mapped[str] = mapped_column(Text, index=True)
    # None for all of the absent one's customers.
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.customer_id"), type_=Text, index=True, default=None)
    # The customer went to another lead meanwhile: it is no longer the absent one's to be stood in for.
    released: Mapped[bool] = mapped_column(default=False)


class Absence(Base):
    """One absence. Its deputies reach customers on its days, and no day longer: `reaches` compares dates."""

    __tablename__ = "absences"

    absence_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date] = mapped_column(BusinessDate)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[int] = mapped_column(Integer)
    proposer_person_id: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    deputies: Mapped[list[Deputy]] = relationship(
        default_factory=list, cascade="all, delete-orphan", order_by=Deputy.deputy_id, lazy="selectin"
    )
    # Scope asks every table for the responsible person under this name.
    lead_person_id: Mapped[str] = synonym("person_id", init=False)

    __table_args__ = (
        CheckConstraint("end_date >= start_date", name="dates"),
        Index("ix_absences_person_id_end_date", "person_id", "end_date"),
    )

    def cancel(self, today: date, *, now: datetime) -> None:
        """Holds no more."""
        if self.state == AbsenceState.CANCELLED:
            raise RuleBroken("ABSENCE_CANCELLED", "The absence is cancelled already.")
        if self.end_date < today:
            raise RuleBroken("ABSENCE_OVER", "The absence is over; there is nothing left to cancel.")
        self.state, self.update_time = AbsenceState.CANCELLED, now
