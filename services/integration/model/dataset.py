"""The manifest: which revisions of which datasets there are, and which of them is current."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, Json, UtcDateTime
from services.chassis.lake.lake import Pin
from services.integration.model.base import Base

_CURRENT = text("current")


class Dataset(Base):
    """One published revision; nothing in it changes but whether it is current, and whether its files are still kept."""

    __tablename__ = "datasets"
    __table_args__ = (
        UniqueConstraint("feed", "business_date", "revision", name="uq_datasets_feed_business_date_revision"),
        Index("ix_datasets_dataset_business_date", "dataset", "business_date"),
        # One revision of a date is current, whoever publishes beside whom.
        Index("uq_datasets_current", "feed", "business_date", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT),
    )

    dataset_id: Mapped[str] = mapped_column(Text, primary_key=True)
    feed: Mapped[str] = mapped_column(Text)
    dataset: Mapped[str] = mapped_column(Text)
    source_system: Mapped[str] = mapped_column(Text)
    business_date: Mapped[date] = mapped_column(BusinessDate)
    revision: Mapped[int] = mapped_column(Integer)
    # The feed's run that brought it.
    run_id: Mapped[str] = mapped_column(Text)
    rows: Mapped[int] = mapped_column(BigInteger)
    # Each as `lake.Part` has it.
    parts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    # Sums by column and currency, in minor units, as text: they may exceed what an integer column holds.
    totals: Mapped[dict[str, Any]] = mapped_column(Json)
    current: Mapped[bool] = mapped_column(Boolean)
    publish_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # When retention removed its files; None while they are kept.
    remove_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Of the pack in which its rows are (`chassis.lake.packs`); empty where they are in the files that were published.
    pack_place: Mapped[str] = mapped_column(Text, default="", server_default="")

    @property
    def pin(self) -> Pin:
        """By which the lake finds it."""
        return Pin(self.feed, self.dataset, self.source_system, self.business_date, self.revision)


class DatasetPack(Base):
    """A month of small datasets, kept together."""

    __tablename__ = "dataset_packs"

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    # Below the feed's folder.
    place: Mapped[str] = mapped_column(Text, primary_key=True)
    # Each as `lake.Part` has it.
    parts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
