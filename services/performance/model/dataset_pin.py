"""Which revision of each dataset is current: by it the rows of a business date are found."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate
from services.chassis.lake.lake import Pin
from services.performance.model.base import Base


class DatasetPin(Base):
    """The current revision of a feed's business date."""

    __tablename__ = "dataset_pins"

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    business_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    dataset: Mapped[str] = mapped_column(Text)
    source_system: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    rows: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (Index("ix_dataset_pins_dataset_business_date", "dataset", "business_date"),)

    @property
    def pin(self) -> Pin:
        """By which the lake finds it."""
        return Pin(self.feed, self.dataset, self.source_system, self.business_date, self.revision)
