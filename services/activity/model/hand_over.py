"""What followed customers to their new leads, by the hand-over that moved them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base
from services.chassis.db.types import Json


class HandOverReport(Base):
    """How much moved so far for one hand-over."""

    __tablename__ = "hand_over_reports"

    hand_over_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # How many customers it moves; 0 until that is known.
    customer_count: Mapped[int] = mapped_column(Integer, default=0)
    # Of how many the move was seen.
    seen_count: Mapped[int] = mapped_column(Integer, default=0)
    # By table, how many rows moved.
    moved: Mapped[dict[str, int]] = mapped_column(Json, default_factory=dict)
    # Whether the hand-over was told all of this.
    told: Mapped[bool] = mapped_column(default=False)

    @property
    def complete(self) -> bool:
        """Whether every customer of the hand-over was seen."""
        return 0 < self.customer_count <= self.seen_count

    def add(self, moved: Mapping[str, int]) -> None:
        """Counts what moved with one more customer."""
        self.seen_count += 1
        self.moved = {kind: self.moved.get(kind, 0) + moved.get(kind, 0) for kind in {*self.moved, *moved}}
        self.told = False
