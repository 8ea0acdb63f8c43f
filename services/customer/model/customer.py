"""A customer, as state with its invariants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import EncryptedText, OrderedText, UtcDateTime
from services.chassis.keys import data_keys
from services.customer.model.base import Base
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.identifiers import tidy_identifier
from services.customer.rules.kinds import CustomerKind, CustomerState
from services.customer.rules.names import tidy_name
from services.customer.rules.phones import tidy_phone

IDENTIFIER_PURPOSE = "customer.identifier"
PHONE_PURPOSE = "customer.phone"


@dataclass(frozen=True, slots=True)
class Details:
    """What may be changed of a customer, as it came in."""

    display_name: str
    identifier: str
    phone: str
    tier: int


class Customer(Base):
    """One record. Made from what `opened` gives, changed with the verbs; each raises InvalidInput for what cannot be kept."""

    __tablename__ = "customers"
    # Every field of the record that somebody can change, and so may want back: named as the contract names them. Who leads is
    # not among them: coverages are its history.
    __history__ = (
        "display_name", "identifier", "phone", "tier", "state", "identifier_kind", "other_identifiers", "other_names", "pinyin",
        "contact_points", "addresses", "birth_or_founding_date", "industry_code", "size", "ownership", "listing", "tags",
        "custom_fields", "preferences", "consents", "documents",
    )  # fmt: skip

    customer_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_number: Mapped[str] = mapped_column(OrderedText, unique=True)
    kind: Mapped[int] = mapped_column(Integer)
    display_name: Mapped[str] = mapped_column(OrderedText)
    # None where the customer has none, or none that is known.
    identifier: Mapped[str | None] = mapped_column(EncryptedText(IDENTIFIER_PURPOSE), default=None)
    # Finds an identifier without reading any; unique where there is one.
    identifier_index: Mapped[str | None] = mapped_column(Text, default=None, info={"secret": True})
    phone: Mapped[str | None] = mapped_column(EncryptedText(PHONE_PURPOSE), default=None)
    tier: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer)
    # Who leads, and from which unit: the open lead coverage, repeated here because scope and lists ask for it at each call.
    lead_person_id: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # Counts the changes; a writer that saw an older one is refused.
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("kind BETWEEN 1 AND 4", name="kind"),
        # What an identifier is depends on the kind; an unknown one (NULL) never clashes.
        Index("uq_customers_kind_identifier_index", "kind", "identifier_index", unique=True),
        # A relationship manager's own list is a walk along this index, however many customers the bank has.
        Index("ix_customers_lead_person_id_customer_number", "lead_person_id", "customer_number"),
        Index("ix_customers_display_name_customer_id", "display_name", "customer_id"),
        Index("ix_customers_create_time_customer_id", "create_time", "customer_id"),
        Index("ix_customers_update_time_customer_id", "update_time", "customer_id"),
        # For the list of a small unit in a large bank. PostgreSQL knows from its statistics when to take it; SQLite would
        # take it always, and sort a whole branch for a page of fifty.
        Index("ix_customers_organisation_path", "organisation_path").ddl_if(dialect="postgresql"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return etag_of(self)

    @property
    def details(self) -> Details:
        """What may be changed, as it stands."""
        return Details(self.display_name, self.identifier or "", self.phone or "", self.tier)

    def change(self, details: Details, *, now: datetime, today: date) -> list[str]:
        """Takes over what differs; answers the names of the fields that changed, and changes nothing where none did."""
        identifier = tidy_identifier(CustomerKind(self.kind), details.identifier, today)
        tidy = Details(tidy_name(details.display_name), identifier, tidy_phone(details.phone), details.tier)
        changed = [name for name in Details.__slots__ if getattr(tidy, name) != getattr(self.details, name)]
        if changed:
            self.display_name, self.tier = tidy.display_name, tidy.tier
            # An unchanged value is left alone: encrypted anew it would look changed to the audit trail.
            if "identifier" in changed:
                self.identifier, self.identifier_index = identifier or None, _blind_index(identifier)
            if "phone" in changed:
                self.phone = tidy.phone or None
            self.update_time = now
        return changed

    def hand_over(self, lead: RelationshipManager, *, now: datetime) -> None:
        """Gives the customer to another lead relationship manager and so to another unit."""
        self.lead_person_id, self.organisation_path = lead.person_id, lead.organisation_path
        self.update_time = now


def opened(
    customer_id: str, customer_number: str, kind: int, details: Details, *, lead: RelationshipManager, now: datetime, today: date
) -> dict[str, Any]:
    """The columns of a new customer: for one record, `Customer(**opened(…))`, and for many, rows to be inserted at once."""
    identifier = tidy_identifier(CustomerKind(kind), details.identifier, today)
    return {
        "customer_id": customer_id,
        "customer_number": customer_number,
        "kind": kind,
        "display_name": tidy_name(details.display_name),
        "identifier": identifier or None,
        "identifier_index": _blind_index(identifier),
        "phone": tidy_phone(details.phone) or None,
        "tier": details.tier,
        "state": CustomerState.ACTIVE.value,
        "lead_person_id": lead.person_id,
        "organisation_path": lead.organisation_path,
        "create_time": now,
        "update_time": now,
    }


def etag_of(row: Any) -> str:
    """The ETag of a customer, or of a row with a customer's columns."""
    return str(row.version)


def _blind_index(identifier: str) -> str | None:
    return data_keys().blind_index(IDENTIFIER_PURPOSE, identifier) if identifier else None
