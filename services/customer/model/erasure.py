"""Requests for the erasure of a customer's data, and what a law has kept of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, EncryptedJson, Json, UtcDateTime
from services.chassis.kernel.errors import RuleBroken
from services.customer.model.base import Base
from services.customer.rules.retention import ErasureState

_OPEN = f"state = {ErasureState.REQUESTED.value}"


class Erasure(Base):
    """One request. The database keeps a customer from having two that wait."""

    __tablename__ = "erasures"

    erasure_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=Text)
    state: Mapped[int] = mapped_column(Integer, default=ErasureState.REQUESTED.value)
    reason: Mapped[str] = mapped_column(Text)
    request_person_id: Mapped[str] = mapped_column(Text)
    request_time: Mapped[datetime] = mapped_column(UtcDateTime)
    decide_person_id: Mapped[str] = mapped_column(Text, default="")
    decide_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    decision: Mapped[str] = mapped_column(Text, default="")
    # What happened to each part: part, act, basis, last day.
    items: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    __table_args__ = (
        Index("uq_erasures_requested", "customer_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_erasures_customer_id", "customer_id"),
    )

    def decide(self, state: ErasureState, person_id: str, decision: str, now: datetime) -> None:
        """Raises RuleBroken ERASURE_DECIDED where it is decided, and SECOND_PERSON_NEEDED for whoever asked."""
        if self.state != ErasureState.REQUESTED:
            raise RuleBroken("ERASURE_DECIDED", "The request is decided.")
        if person_id == self.request_person_id:
            raise RuleBroken("SECOND_PERSON_NEEDED", "Whoever makes a request does not decide on it.")
        self.state, self.decide_person_id, self.decide_time, self.decision = state.value, person_id, now, decision


class RetainedData(Base):
    """What a law has kept of an erased customer: read by nobody in the course of business, and erased when its time is up."""

    __tablename__ = "retained_data"

    erasure_id: Mapped[str] = mapped_column(ForeignKey("erasures.erasure_id"), type_=Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text, index=True)
    # By field of the record.
    data: Mapped[dict[str, Any]] = mapped_column("retained_values", EncryptedJson("customer.retained"))
    retain_until_date: Mapped[date] = mapped_column(BusinessDate, index=True)
