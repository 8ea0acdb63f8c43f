"""What happened in a customer's life: told by this service's own acts, and by other services' events."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, UtcDateTime
from services.customer.model.base import Base


class TimelineEntry(Base):
    """One thing that happened, named and never told: the sentence about it is the page's, in whichever language."""

    __tablename__ = "timeline_entries"

    entry_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # Whose timeline shows it. A merge gives a record's entries to the record that stands for it.
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=Text)
    # To whom it happened.
    happened_to_customer_id: Mapped[str] = mapped_column(Text)
    occur_time: Mapped[datetime] = mapped_column(UtcDateTime)
    business_date: Mapped[date] = mapped_column(BusinessDate)
    category: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    # A JSON object of texts: ids, numbers, names of fields; nothing that identifies a person.
    parameters_json: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(Text)
    source_service: Mapped[str] = mapped_column(Text)
    # That service's own id of it: told twice, it stands here once.
    source_entry_id: Mapped[str] = mapped_column(Text)
    resource: Mapped[str] = mapped_column(Text)
    correlation_id: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("source_service", "source_entry_id"),
        Index("ix_timeline_entries_customer_id_occur_time", "customer_id", "occur_time", "entry_id"),
    )
