"""Hand-overs of credit 业绩过渡: how a customer's results go from a former lead to the next one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, Json, UtcDateTime
from services.performance.model.base import Base
from services.performance.rules.handing_over import Cause, CreditHandOverState


class HandOver(Base):
    """A hand-over of coverage that was carried out: whether its customers go for good is known by it alone."""

    __tablename__ = "hand_overs"

    hand_over_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The day on which customers go back by themselves; None where they go for good.
    return_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)


class CreditHandOver(Base):
    """What becomes of a former lead's shares of one customer."""

    __tablename__ = "credit_hand_overs"

    # Sorts by time.
    credit_hand_over_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    former_person_id: Mapped[str] = mapped_column(Text)
    # Empty for the pool.
    successor_person_id: Mapped[str] = mapped_column(Text, default="")
    # The first day of the first step.
    start_date: Mapped[date] = mapped_column(BusinessDate)
    # The hand-over by which the customer moved; empty where it moved alone.
    hand_over_id: Mapped[str] = mapped_column(Text, default="")
    # `rules.handing_over.Cause`: what goes because somebody left comes back as he does.
    cause: Mapped[int] = mapped_column(Integer, default=Cause.LEAD_CHANGED.value)
    # What the former keeps in each step, and how many months one lasts: as the settings were when it began.
    step_basis_points: Mapped[list[int]] = mapped_column(Json, default_factory=list)
    step_months: Mapped[int] = mapped_column(Integer, default=0)
    # What was put aside for it, so that a return puts it back: the object, whose source it was, and what it gave.
    put_aside: Mapped[list[dict[str, Any]]] = mapped_column(Json, default_factory=list)
    # `rules.handing_over.CreditHandOverState`.
    state: Mapped[int] = mapped_column(Integer, default=CreditHandOverState.WAITING.value)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_credit_hand_overs_state_credit_hand_over_id", "state", "credit_hand_over_id"),
        Index("ix_credit_hand_overs_customer_id_credit_hand_over_id", "customer_id", "credit_hand_over_id"),
        Index("ix_credit_hand_overs_former_person_id", "former_person_id", "credit_hand_over_id"),
        Index("ix_credit_hand_overs_successor_person_id", "successor_person_id", "credit_hand_over_id"),
    )

    @property
    def source(self) -> str:
        """How the lines that it has name it."""
        return f"creditHandOvers/{self.credit_hand_over_id}"
