"""Shares of credit 业绩归属: whose result an object is, from which day to which, in basis points of which part of its balance.

Everything that decides whose a result is (claims, deals, hand-overs) ends in these lines; the engine reads nothing else of it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, synonym

from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime
from services.performance.model.base import Base
from services.performance.rules.shares import Part


class ShareLine(Base):
    """One owner's part of one object.

    A line has so many basis points of the part of the balance from `from_minor_units` to below `to_minor_units` (in the account's
    currency; of a customer, from 0 without end). A plain ratio is the band from 0 without end; a fixed amount first, an amount
    band and stock with increment are other bands. At no amount on no day do the pending and approved lines of an object exceed
    10,000: the database itself refuses it. What no line has is the pool's: the organisation unit's that keeps the account.
    The lines of an account, where it has any on a day, stand in place of those of its customer.
    """

    __tablename__ = "share_lines"

    share_line_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # `rules.shares.ObjectKind`.
    object_kind: Mapped[int] = mapped_column(Integer)
    # Of a customer its id; of an account, contract or fee flow `<source system>/<the bank's number>`.
    object_key: Mapped[str] = mapped_column(OrderedText)
    customer_id: Mapped[str | None] = mapped_column(Text, default=None)
    # Whose it is.
    person_id: Mapped[str] = mapped_column(Text)
    # The unit in which he worked as the line was made; results go by where he works on each day.
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    # Both days are included; no end is None.
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    from_minor_units: Mapped[int] = mapped_column(BigInteger, default=0)
    to_minor_units: Mapped[int | None] = mapped_column(BigInteger, default=None)
    basis_points: Mapped[int] = mapped_column(Integer)
    # `rules.shares.ShareState`.
    state: Mapped[int] = mapped_column(Integer)
    # What made it: `claims/<id>`, `deals/<id>`, `handOvers/<id>`.
    source: Mapped[str] = mapped_column(OrderedText)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Whose it is, as scope calls him."""
        return synonym("person_id", init=False)

    @property
    def part(self) -> Part:
        """What it gives."""
        return self.part_from(self.start_date)

    def part_from(self, day: date) -> Part:
        """What it gives from a day on that is not after its last."""
        return Part(
            person_id=self.person_id,
            basis_points=self.basis_points,
            start_date=max(self.start_date, day),
            end_date=self.end_date,
            from_minor_units=self.from_minor_units,
            to_minor_units=self.to_minor_units,
        )

    __table_args__ = (
        CheckConstraint("basis_points > 0 AND basis_points <= 10000", name="basis_points"),
        CheckConstraint("from_minor_units >= 0 AND (to_minor_units IS NULL OR to_minor_units > from_minor_units)", name="band"),
        CheckConstraint("end_date IS NULL OR end_date >= start_date", name="days"),
        Index("ix_share_lines_object_kind_object_key_start_date", "object_kind", "object_key", "start_date"),
        Index("ix_share_lines_person_id_start_date_share_line_id", "person_id", "start_date", "share_line_id"),
        Index("ix_share_lines_customer_id", "customer_id"),
        Index("ix_share_lines_source", "source"),
        Index("ix_share_lines_organisation_path", "organisation_path"),
    )
