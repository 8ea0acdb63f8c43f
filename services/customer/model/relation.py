"""A relation between two customers, or from a key person to a customer, dated and directed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, EncryptedText, UtcDateTime
from services.chassis.kernel.money import Money
from services.customer.model.base import Base
from services.customer.rules.relations import Days, RelationKind

NOTE_PURPOSE = "customer.relation.note"
_OPEN = "end_date IS NULL"
_OPEN_REPRESENTATIVE = f"kind = {RelationKind.LEGAL_REPRESENTATIVE.value} AND {_OPEN}"


class Relation(Base):
    """`from` is to `to` what the kind says. The database keeps an open relation from standing there twice."""

    __tablename__ = "customer_relations"

    relation_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[int] = mapped_column(Integer)
    # One of the two.
    from_customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.customer_id"), type_=Text, default=None)
    from_key_person_id: Mapped[str | None] = mapped_column(ForeignKey("key_persons.key_person_id"), type_=Text, default=None)
    to_customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=Text)
    label: Mapped[str] = mapped_column(Text, default="")
    share_millionths: Mapped[int | None] = mapped_column(Integer, default=None)
    guaranteed_minor_units: Mapped[int | None] = mapped_column(BigInteger, default=None)
    guaranteed_currency: Mapped[str | None] = mapped_column(Text, default=None)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    # None while it lasts.
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    source: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str | None] = mapped_column(EncryptedText(NOTE_PURPOSE), default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("end_date >= start_date", name="dates"),
        CheckConstraint("from_customer_id <> to_customer_id", name="not_to_self"),
        CheckConstraint("(from_customer_id IS NULL) <> (from_key_person_id IS NULL)", name="one_from"),
        CheckConstraint("share_millionths > 0 AND share_millionths <= 1000000", name="share"),
        # An end that is not there (NULL) never clashes, so that each index guards the relations from its own sort of end.
        Index(
            "uq_customer_relations_open_from_customer",
            "to_customer_id", "from_customer_id", "kind", "label",
            unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN),
        ),
        Index(
            "uq_customer_relations_open_from_key_person",
            "to_customer_id", "from_key_person_id", "kind", "label",
            unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN),
        ),
        Index(
            "uq_customer_relations_open_representative",
            "to_customer_id",
            unique=True, sqlite_where=text(_OPEN_REPRESENTATIVE), postgresql_where=text(_OPEN_REPRESENTATIVE),
        ),
        # A level of a graph is two walks, one along each.
        Index("ix_customer_relations_to_customer_id", "to_customer_id", "kind"),
        Index("ix_customer_relations_from_customer_id", "from_customer_id", "kind"),
        Index("ix_customer_relations_from_key_person_id", "from_key_person_id"),
    )  # fmt: skip

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def days(self) -> Days:
        """When it holds."""
        return Days(self.start_date, self.end_date)

    @property
    def guaranteed_amount(self) -> Money | None:
        """Up to which amount is guaranteed; None where it is not limited, or not known."""
        if self.guaranteed_minor_units is None or self.guaranteed_currency is None:
            return None
        return Money(self.guaranteed_minor_units, self.guaranteed_currency)

    @guaranteed_amount.setter
    def guaranteed_amount(self, amount: Money | None) -> None:
        self.guaranteed_minor_units = amount.minor_units if amount else None
        self.guaranteed_currency = amount.currency_code if amount else None
