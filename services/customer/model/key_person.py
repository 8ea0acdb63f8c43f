"""A person of a company 关键人 whom the bank deals with there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, EncryptedJson, EncryptedText, OrderedText, UtcDateTime
from services.customer.model.base import Base

PERSON_PURPOSE = "customer.key_person"


class KeyPerson(Base):
    """One person in one company, from a day on and to another."""

    __tablename__ = "key_persons"

    key_person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=Text)
    display_name: Mapped[str] = mapped_column(OrderedText)
    position: Mapped[str] = mapped_column(Text, default="")
    decision_role: Mapped[int] = mapped_column(Integer, default=0)
    contact_points: Mapped[list[dict[str, Any]] | None] = mapped_column(EncryptedJson(PERSON_PURPOSE), default=None)
    birthday: Mapped[str | None] = mapped_column(EncryptedText(PERSON_PURPOSE), default=None)
    preferences: Mapped[str | None] = mapped_column(EncryptedText(PERSON_PURPOSE), default=None)
    start_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # The person's own record, where the person is a customer too.
    person_customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.customer_id"), type_=Text, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("end_date >= start_date", name="dates"),
        Index("ix_key_persons_customer_id_display_name", "customer_id", "display_name", "key_person_id"),
        Index("ix_key_persons_person_customer_id", "person_customer_id"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)
