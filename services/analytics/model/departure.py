"""Departures of relationship managers, as they were foreseen and as they went, and plans around them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, synonym

from services.analytics.model.base import Base
from services.analytics.rules.departures import DepartureState
from services.analytics.rules.succession import UNDER_WAY, ItemState, PlanState
from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken

_UNDER_WAY = text("state IN (1, 2)")


class Departure(Base):
    """Somebody who led customers and left."""

    __tablename__ = "departures"

    # Sorts by time.
    departure_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    # The unit of the last post.
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    left_date: Mapped[date] = mapped_column(BusinessDate)
    state: Mapped[int] = mapped_column(Integer, default=DepartureState.WAITING.value)
    # The date of the analysis by which it was foreseen.
    as_of_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    customer_count: Mapped[int] = mapped_column(Integer, default=0)
    currency_code: Mapped[str] = mapped_column(Text, default="")
    # Averages of the days before he left, of all customers and of what depended on him.
    balance_minor_units: Mapped[int] = mapped_column(BigInteger, default=0)
    at_risk_minor_units: Mapped[int] = mapped_column(BigInteger, default=0)
    keep_rate_e4: Mapped[int] = mapped_column(Integer, default=0)
    expected_minor_units: Mapped[int] = mapped_column(BigInteger, default=0)
    low_minor_units: Mapped[int] = mapped_column(BigInteger, default=0)
    high_minor_units: Mapped[int] = mapped_column(BigInteger, default=0)
    # What became of it.
    measured_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    lost_minor_units: Mapped[int] = mapped_column(BigInteger, default=0)
    # What had gone as it was measured the first time.
    early_lost_minor_units: Mapped[int] = mapped_column(BigInteger, default=0)
    gone_count: Mapped[int] = mapped_column(Integer, default=0)
    background_e4: Mapped[int] = mapped_column(Integer, default=0)
    measured_keep_rate_e4: Mapped[int | None] = mapped_column(Integer, default=None)
    # The long work that is at it; empty where none is.
    operation_id: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Who left, as scope calls him."""
        return synonym("person_id", init=False)

    __table_args__ = (
        Index("ix_departures_person_id_left_date", "person_id", "left_date", unique=True),
        Index("ix_departures_state_left_date", "state", "left_date"),
        Index("ix_departures_departure_id_organisation_path", "departure_id", "organisation_path"),
    )


class DepartureCustomer(Base):
    """A customer of a departure: how much he depended, what he had, and what is left."""

    __tablename__ = "departure_customers"

    departure_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # By which the files know him.
    customer_number: Mapped[str] = mapped_column(OrderedText)
    # Who left, and the unit of his last post: as of the departure.
    person_id: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    dependence_e4: Mapped[int] = mapped_column(Integer)
    balance_minor_units: Mapped[int] = mapped_column(BigInteger)
    at_risk_minor_units: Mapped[int] = mapped_column(BigInteger)
    # The average of the last days before it was measured; None until then, and where nothing is known of him any more.
    after_minor_units: Mapped[int | None] = mapped_column(BigInteger, default=None)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Who left, as scope calls him."""
        return synonym("person_id", init=False)

    __table_args__ = (Index("ix_departure_customers_customer_id", "customer_id"),)


class DeparturePlan(Base):
    """What is done about somebody who leaves, or on whom too much depends."""

    __tablename__ = "departure_plans"

    # Sorts by time.
    plan_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # `rules.succession.PlanKind` and `PlanState`.
    kind: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer, default=PlanState.DRAFT.value)
    person_id: Mapped[str] = mapped_column(Text)
    # The person's unit as the plan was made.
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    # Who made it.
    owner_person_id: Mapped[str] = mapped_column(Text)
    as_of_date: Mapped[date] = mapped_column(BusinessDate)
    due_date: Mapped[date] = mapped_column(BusinessDate)
    start_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    currency_code: Mapped[str] = mapped_column(Text)
    at_risk_minor_units: Mapped[int] = mapped_column(BigInteger)
    # Up to when happenings were looked at for it.
    look_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Who made it, as scope calls him."""
        return synonym("owner_person_id", init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index("ix_departure_plans_plan_id_organisation_path", "plan_id", "organisation_path"),
        Index(
            "uq_departure_plans_under_way",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index("ix_departure_plans_state", "state", "plan_id"),
    )

    @property
    def etag(self) -> str:
        """Changes with each change."""
        return str(self.version)

    def start(self, today: date, now: datetime) -> None:
        """It is carried out from now on; raises RuleBroken PLAN_STARTED where it is, or is over."""
        if self.state != PlanState.DRAFT:
            told = {"state": PlanState(self.state).name}
            raise RuleBroken("PLAN_STARTED", "It was started before, or thrown away.", metadata=told)
        self.state, self.start_date = PlanState.RUNNING.value, today
        self.look_time = self.update_time = now

    def end(self, now: datetime) -> None:
        """A draft is thrown away, what runs is over; raises RuleBroken PLAN_OVER where it is already."""
        self.require_under_way()
        self.state = (PlanState.CANCELLED if self.state == PlanState.DRAFT else PlanState.ENDED).value
        self.update_time = now

    def require_under_way(self) -> None:
        """Raises RuleBroken PLAN_OVER."""
        if self.state not in UNDER_WAY:
            raise RuleBroken("PLAN_OVER", "The plan is over.", metadata={"state": PlanState(self.state).name})


class DeparturePlanItem(Base):
    """One customer of a plan, and who is to get to know him."""

    __tablename__ = "departure_plan_items"

    item_id: Mapped[str] = mapped_column(Text, primary_key=True)
    plan_id: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[str] = mapped_column(Text)
    # As it was proposed, before the record was merged into another.
    original_customer_id: Mapped[str] = mapped_column(Text)
    # Counts from 1: most at risk first.
    place: Mapped[int] = mapped_column(Integer)
    # Empty where nobody is found yet.
    person_id: Mapped[str] = mapped_column(Text)
    # The plan's unit.
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    # `rules.succession.ItemState`.
    state: Mapped[int] = mapped_column(Integer, default=ItemState.OPEN.value)
    balance_minor_units: Mapped[int] = mapped_column(BigInteger)
    dependence_e4: Mapped[int] = mapped_column(Integer)
    at_risk_minor_units: Mapped[int] = mapped_column(BigInteger)
    # Which part of the customer's contacts he held as he was proposed.
    contact_share_e4: Mapped[int] = mapped_column(Integer, default=0)
    contact_count: Mapped[int] = mapped_column(Integer, default=0)
    last_contact_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    version: Mapped[int] = mapped_column(Integer, init=False)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Who is assigned, as scope calls him."""
        return synonym("person_id", init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index("ix_departure_plan_items_plan_id_place", "plan_id", "place", unique=True),
        Index("ix_departure_plan_items_customer_id", "customer_id"),
    )

    @property
    def etag(self) -> str:
        """Changes with each change."""
        return str(self.version)
