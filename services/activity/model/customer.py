"""Customers as the customer service announces them, and who reaches whose: replicas that events keep, and nothing else writes."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base
from services.chassis.replicas.tables import AbsenceReplica, CustomerReplica, ReachReplica


class Customer(Base, CustomerReplica):
    """What this service knows of a customer. Who leads it, and where, decides who reaches what was done for it."""

    __tablename__ = "customers"


class Reach(Base, ReachReplica):
    """Whom somebody reaches beyond his own, and when."""

    __tablename__ = "reaches"


class Absence(Base, AbsenceReplica):
    """Days on which a relationship manager is away 休假."""

    __tablename__ = "absences"


class MergeMove(Base):
    """A row that a merge gave to the surviving record: an undo gives it back."""

    __tablename__ = "merge_moves"

    merge_id: Mapped[str] = mapped_column(Text, primary_key=True)
    table_name: Mapped[str] = mapped_column(Text, primary_key=True)
    # The primary key, joined by `/`.
    row_key: Mapped[str] = mapped_column(Text, primary_key=True)
