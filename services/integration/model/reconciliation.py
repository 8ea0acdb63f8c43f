"""Reconciliations: what was compared, by which revisions, and how much of it differed. The differences are files of the lake."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import Json, UtcDateTime
from services.chassis.lake.lake import Pin
from services.integration.model.base import Base


class ReconciliationKind(IntEnum):
    """What is compared; the numbers are those of `workbench.integration.v1.ReconciliationKind`."""

    # Balances rebuilt from transactions with those that the transactions state.
    BALANCES = 1
    # Two systems' datasets of the same facts.
    DATASETS = 2


class Reconciliation(Base):
    """One comparison. Nothing in it changes once it has ended."""

    __tablename__ = "reconciliations"

    reconciliation_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[int] = mapped_column(Integer)
    dataset: Mapped[str] = mapped_column(Text)
    left_feeds: Mapped[list[str]] = mapped_column(Json)
    # BALANCES: the feed under which the rebuilt balances are published.
    right_feeds: Mapped[list[str]] = mapped_column(Json)
    columns: Mapped[list[str]] = mapped_column(Json)
    shift_years: Mapped[int] = mapped_column(Integer)
    shift_days: Mapped[int] = mapped_column(Integer)
    tolerance_minor_units: Mapped[int] = mapped_column(BigInteger)
    # The revisions that are read, of each side: feed, source system, date, number.
    left_sources: Mapped[list[list[Any]]] = mapped_column(Json)
    right_sources: Mapped[list[list[Any]]] = mapped_column(Json)
    operation_id: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # None until it has ended well.
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # `left`, `right`, `matched`, `equal`: rows, or account-days.
    row_counts: Mapped[dict[str, int]] = mapped_column(Json, default_factory=dict)
    # Each a column, a kind and how many.
    difference_counts: Mapped[list[list[Any]]] = mapped_column(Json, default_factory=list)

    def left_pins(self) -> list[Pin]:
        """The left side's revisions, by which the lake finds them."""
        return _pins(self.dataset, self.left_sources)

    def right_pins(self) -> list[Pin]:
        """The right side's."""
        return _pins(self.dataset, self.right_sources)


def source_of(pin: Pin) -> list[Any]:
    """A revision as it is kept."""
    return [pin.feed, pin.source_system, pin.business_date.isoformat(), pin.revision]


def _pins(dataset: str, sources: list[list[Any]]) -> list[Pin]:
    return [Pin(feed, dataset, system, date.fromisoformat(day), revision) for feed, system, day, revision in sources]
