"""Lists of customers that people keep: saved views, and segments 客群 with their members."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import Json, OrderedText, UtcDateTime
from services.customer.model.base import Base
from services.customer.rules.kinds import SegmentKind


class SavedView(Base):
    """A filter, an order and columns, kept. Checked against the contract when it is kept; a filter can outlive what it asks."""

    __tablename__ = "saved_views"

    saved_view_id: Mapped[str] = mapped_column(Text, primary_key=True)
    display_name: Mapped[str] = mapped_column(OrderedText)
    filter: Mapped[str] = mapped_column(Text, default="")
    order_by: Mapped[str] = mapped_column(Text, default="")
    columns: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    owner_person_id: Mapped[str] = mapped_column(Text)
    # Empty where it is the owner's alone.
    organisation_path: Mapped[str] = mapped_column(OrderedText, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index("ix_saved_views_owner_person_id", "owner_person_id"),
        Index("ix_saved_views_organisation_path", "organisation_path"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)


class Segment(Base):
    """Customers who belong together: all whom a filter holds, or those who were put in."""

    __tablename__ = "segments"

    segment_id: Mapped[str] = mapped_column(Text, primary_key=True)
    display_name: Mapped[str] = mapped_column(OrderedText)
    description: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[int] = mapped_column(Integer)
    filter: Mapped[str] = mapped_column(Text, default="")
    owner_person_id: Mapped[str] = mapped_column(Text)
    # Empty where it is the owner's alone.
    organisation_path: Mapped[str] = mapped_column(OrderedText, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint(f"(kind = {SegmentKind.DYNAMIC.value}) = (filter <> '')", name="filter"),
        Index("ix_segments_owner_person_id", "owner_person_id"),
        Index("ix_segments_organisation_path", "organisation_path"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)


class SegmentMember(Base):
    """A customer who was put into a static segment."""

    __tablename__ = "segment_members"

    segment_id: Mapped[str] = mapped_column(ForeignKey("segments.segment_id"), type_=Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=Text, primary_key=True)
    add_time: Mapped[datetime] = mapped_column(UtcDateTime)

    # Who merges two customers finds their segments by it.
    __table_args__ = (Index("ix_segment_members_customer_id", "customer_id"),)
