"""Customers as the customer service announces them, and who reaches whose: replicas that events keep, and nothing else writes."""

from __future__ import annotations

from services.analytics.model.base import Base
from services.chassis.replicas.tables import AbsenceReplica, CustomerReplica, ReachReplica


class Customer(Base, CustomerReplica):
    """What this service knows of a customer. Who leads it, and where, decides who reaches what is found out about it."""

    __tablename__ = "customers"


class Reach(Base, ReachReplica):
    """Whom somebody reaches beyond his own, and when."""

    __tablename__ = "reaches"


class Absence(Base, AbsenceReplica):
    """Days on which a relationship manager is away 休假."""

    __tablename__ = "absences"
