"""Groups of customers 集团, and who is in them from when to when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime
from services.customer.model.base import Base
from services.customer.rules.groups import GroupRole
from services.customer.rules.relations import Days

_OPEN = "end_date IS NULL"
_OPEN_PARENT = f"role = {GroupRole.PARENT.value} AND {_OPEN}"


class CustomerGroup(Base):
    """A group, which may stand in another. It is in scope by who is responsible for it, as a customer is by its lead."""

    __tablename__ = "customer_groups"

    group_id: Mapped[str] = mapped_column(Text, primary_key=True)
    display_name: Mapped[str] = mapped_column(OrderedText)
    parent_group_id: Mapped[str | None] = mapped_column(ForeignKey("customer_groups.group_id"), type_=Text, default=None)
    note: Mapped[str] = mapped_column(Text, default="")
    lead_person_id: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("parent_group_id <> group_id", name="not_in_itself"),
        Index("ix_customer_groups_display_name_group_id", "display_name", "group_id"),
        Index("ix_customer_groups_parent_group_id", "parent_group_id"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)


class CustomerGroupMember(Base):
    """A customer's time in a group. The database keeps an open one from standing there twice, and a second open parent out."""

    __tablename__ = "customer_group_members"

    member_id: Mapped[str] = mapped_column(Text, primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("customer_groups.group_id"), type_=Text)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=Text)
    role: Mapped[int] = mapped_column(Integer)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)

    __table_args__ = (
        CheckConstraint("end_date >= start_date", name="dates"),
        Index(
            "uq_customer_group_members_open", "group_id", "customer_id",
            unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN),
        ),
        Index(
            "uq_customer_group_members_open_parent", "group_id",
            unique=True, sqlite_where=text(_OPEN_PARENT), postgresql_where=text(_OPEN_PARENT),
        ),
        Index("ix_customer_group_members_group_id_start_date", "group_id", "start_date", "member_id"),
        Index("ix_customer_group_members_customer_id_start_date", "customer_id", "start_date", "member_id"),
    )  # fmt: skip

    @property
    def days(self) -> Days:
        """When the customer is in it."""
        return Days(self.start_date, self.end_date)
