"""One record taken into another, with all that an undo needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import EncryptedJson, Json, UtcDateTime
from services.customer.model.base import Base
from services.customer.rules.details import Details

SNAPSHOT_PURPOSE = "customer.merge"
_DATE = "birth_or_founding_date"


class CustomerMerge(Base):
    """A merge. It stays when it is undone: that it was done is part of both customers' lives."""

    __tablename__ = "customer_merges"

    merge_id: Mapped[str] = mapped_column(Text, primary_key=True)
    survivor_customer_id: Mapped[str] = mapped_column(Text)
    merged_customer_id: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    changed_fields: Mapped[list[str]] = mapped_column(Json)
    # The details of both before (`survivor`, `merged`), of the survivor after (`after`), and the merged record's `state`; None
    # where the law had one of them erased, and nothing can be parted any more.
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson(SNAPSHOT_PURPOSE))
    # What was moved, in the order in which it was: one entry for each row, as `usecases.moving` has them.
    moved: Mapped[list[dict[str, Any]] | None] = mapped_column(EncryptedJson(SNAPSHOT_PURPOSE))
    # Notes as mappings by the contract's field names.
    notes: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    merge_time: Mapped[datetime] = mapped_column(UtcDateTime)
    undo_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    undo_reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index("ix_customer_merges_survivor_customer_id_merge_id", "survivor_customer_id", "merge_id"),
        Index("ix_customer_merges_merged_customer_id_merge_id", "merged_customer_id", "merge_id"),
    )

    @property
    def undone(self) -> bool:
        """Whether the two are two again."""
        return self.undo_time is not None


def as_json(details: Details) -> dict[str, Any]:
    """Details as a snapshot keeps them."""
    values = {field.name: getattr(details, field.name) for field in fields(Details)}
    day = values[_DATE]
    return values | {_DATE: day.isoformat() if isinstance(day, date) else day or None}


def from_json(values: Mapping[str, Any]) -> Details:
    """The details that a snapshot kept."""
    day = values[_DATE]
    return Details(**dict(values) | {_DATE: date.fromisoformat(day) if day else None})
