"""What happens around a customer, by the events of others: one row each, for timelines and as evidence."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.analytics.model.base import Base
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime


class Happening(Base):
    """A contact, a complaint, a need, an answered survey, a change of lead …: no words of anybody, only what can be counted."""

    __tablename__ = "happenings"

    # Of the kind and the id that the service gives it in which it happened, such as `contacts/0198…`; told twice it is one.
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    # The record that stands for the customer; empty where nobody told yet whose it is.
    customer_id: Mapped[str] = mapped_column(Text)
    # The record under which it happened: another one after a merge, to which it goes back where that is undone.
    origin_customer_id: Mapped[str] = mapped_column(Text)
    # The unit in which it happened.
    organisation_path: Mapped[str] = mapped_column(OrderedText, default="")
    # A HappeningKind.
    kind: Mapped[int] = mapped_column(Integer)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    # When it was over: feedback answered, an opportunity won or lost, a task done; None while it is not.
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # Until when an answer is due.
    due_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # Who did it, or has it in hand; of LEAD_CHANGED the new lead. Empty where nobody does.
    person_id: Mapped[str] = mapped_column(Text, default="")
    # Others of the bank who took part; of LEAD_CHANGED the former lead.
    other_person_ids: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    # The numbers that the service in which it happened gives to its sort (kind of contact, severity of a complaint), its channel,
    # its state and its outcome; 0 where there is none.
    sort: Mapped[int] = mapped_column(Integer, default=0)
    channel: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[int] = mapped_column(Integer, default=0)
    outcome: Mapped[int] = mapped_column(Integer, default=0)
    minutes: Mapped[int] = mapped_column(Integer, default=0)
    # How many people of the customer's were met.
    people_met_count: Mapped[int] = mapped_column(Integer, default=0)
    # Whether the customer began it.
    customer_began: Mapped[bool] = mapped_column(default=False)
    # Of an answered survey: whether it is one that somebody should look after.
    low: Mapped[bool] = mapped_column(default=False)
    # Counts its changes where it happened, or is the day of the last one: what is older and comes later changes nothing.
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    # When something of it was last taken in here.
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_happenings_customer_id_start_date", "customer_id", "start_date"),
        Index("ix_happenings_kind_start_date", "kind", "start_date"),
        Index("ix_happenings_organisation_path", "organisation_path"),
        Index("ix_happenings_person_id_start_date", "person_id", "start_date"),
        Index("ix_happenings_update_time", "update_time"),
    )
