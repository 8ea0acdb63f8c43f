"""A customer, as state with its invariants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, EncryptedJson, EncryptedText, Json, OrderedText, UtcDateTime
from services.customer.model.base import Base
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.details import Details, tidied
from services.customer.rules.kinds import CustomerKind, CustomerState
from services.customer.rules.lifecycle import first_state, next_state, require_alive

IDENTIFIER_PURPOSE = "customer.identifier"
PHONE_PURPOSE = "customer.phone"
OTHER_IDENTIFIERS_PURPOSE = "customer.other_identifiers"
CONTACT_POINTS_PURPOSE = "customer.contact_points"
ADDRESSES_PURPOSE = "customer.addresses"
CUSTOM_FIELDS_PURPOSE = "customer.custom_fields"

DETAILS = tuple(field.name for field in fields(Details))


class Customer(Base):
    """One record. Made from what `opened` gives, changed with the verbs; each raises InvalidInput for what cannot be kept.

    A part that is not said is None, or 0 of an enum. The parts in JSON are lists of mappings by the contract's field names;
    they are replaced, never changed in place.
    """

    __tablename__ = "customers"
    # Every field of the record that somebody can change, and so may want back. Who leads is not among them: coverages are its
    # history.
    __history__ = DETAILS

    customer_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_number: Mapped[str] = mapped_column(OrderedText, unique=True)
    kind: Mapped[int] = mapped_column(Integer)
    display_name: Mapped[str] = mapped_column(OrderedText)
    # How the name is read; None where its script has no reading.
    pinyin: Mapped[str | None] = mapped_column(Text, default=None)
    other_names: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, default=None)
    # None where the customer has none, or none that is known. Unique by way of `customer_keys`.
    identifier: Mapped[str | None] = mapped_column(EncryptedText(IDENTIFIER_PURPOSE), default=None)
    identifier_kind: Mapped[int] = mapped_column(Integer, default=0)
    identifier_country_code: Mapped[str | None] = mapped_column(Text, default=None)
    identifier_exception: Mapped[str | None] = mapped_column(Text, default=None)
    other_identifiers: Mapped[list[dict[str, Any]] | None] = mapped_column(EncryptedJson(OTHER_IDENTIFIERS_PURPOSE), default=None)
    phone: Mapped[str | None] = mapped_column(EncryptedText(PHONE_PURPOSE), default=None)
    contact_points: Mapped[list[dict[str, Any]] | None] = mapped_column(EncryptedJson(CONTACT_POINTS_PURPOSE), default=None)
    addresses: Mapped[list[dict[str, Any]] | None] = mapped_column(EncryptedJson(ADDRESSES_PURPOSE), default=None)
    birth_or_founding_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    industry_code: Mapped[str | None] = mapped_column(Text, default=None)
    size: Mapped[int] = mapped_column(Integer, default=0)
    ownership: Mapped[int] = mapped_column(Integer, default=0)
    listing: Mapped[str | None] = mapped_column(Text, default=None)
    tags: Mapped[list[str] | None] = mapped_column(Json, default=None)
    # The bank's own fields: those that identify are encrypted, the others can be looked into.
    custom_fields: Mapped[dict[str, str] | None] = mapped_column(Json, default=None)
    identifying_custom_fields: Mapped[dict[str, str] | None] = mapped_column(EncryptedJson(CUSTOM_FIELDS_PURPOSE), default=None)
    preferences: Mapped[dict[str, Any] | None] = mapped_column(Json, default=None)
    consents: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, default=None)
    documents: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, default=None)
    tier: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer)
    # The record that stands for this one, once it is merged.
    merged_into_customer_id: Mapped[str | None] = mapped_column(Text, default=None)
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
        # A relationship manager's own list is a walk along this index, however many customers the bank has.
        Index("ix_customers_lead_person_id_customer_number", "lead_person_id", "customer_number"),
        Index("ix_customers_display_name_customer_id", "display_name", "customer_id"),
        Index("ix_customers_create_time_customer_id", "create_time", "customer_id"),
        Index("ix_customers_update_time_customer_id", "update_time", "customer_id"),
        # Which records were merged into one, for another merge to have them follow.
        Index("ix_customers_merged_into_customer_id", "merged_into_customer_id"),
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
        return details_of(self)

    def change(self, details: Details, *, now: datetime, today: date) -> list[str]:
        """Takes over what differs; answers the names of the fields that changed, and changes nothing where none did.

        Raises RuleBroken STATE_CHANGE_REFUSED, and CUSTOMER_ENDED for any change of a record that was merged or erased.
        """
        kept = self.details
        tidy = tidied(CustomerKind(self.kind), details, kept, today)
        state = next_state(self.state, details.state)
        wanted = {name: getattr(tidy, name) for name in DETAILS} | {"state": state}
        # An unchanged value is left alone: encrypted anew it would look changed to the audit trail.
        changed = [name for name in DETAILS if wanted[name] != getattr(kept, name)]
        if changed:
            require_alive(self.state)
            for name in changed:
                setattr(self, name, _kept(name, wanted[name]))
            self.update_time = now
        # One field to whoever reads, whichever part of it changed.
        return list(dict.fromkeys("custom_fields" if name == "identifying_custom_fields" else name for name in changed))

    def hand_over(self, lead: RelationshipManager, *, now: datetime) -> None:
        """Gives the customer to another lead relationship manager and so to another unit."""
        self.lead_person_id, self.organisation_path = lead.person_id, lead.organisation_path
        self.update_time = now

    def take_over(self, details: Details, *, now: datetime) -> list[str]:
        """Says from now on what two records said, or one of them again; answers the names of the fields that changed.

        Each value was checked when it came into the one or the other record, and is not checked again.
        """
        kept = self.details
        changed = [name for name in DETAILS if getattr(details, name) != getattr(kept, name)]
        for name in changed:
            setattr(self, name, _kept(name, getattr(details, name)))
        if changed:
            self.update_time = now
        return changed

    def end_as_merged(self, survivor_customer_id: str, *, now: datetime) -> None:
        """Another record stands for this one from now on; raises RuleBroken CUSTOMER_ENDED."""
        require_alive(self.state)
        self.state, self.merged_into_customer_id, self.update_time = CustomerState.MERGED.value, survivor_customer_id, now

    def part(self, details: Details, state: int, *, now: datetime) -> None:
        """Stands for itself again, as it did."""
        self.take_over(details, now=now)
        self.state, self.merged_into_customer_id, self.update_time = state, None, now


def opened(
    customer_id: str, customer_number: str, kind: int, details: Details, *, lead: RelationshipManager, now: datetime, today: date
) -> dict[str, Any]:
    """The columns of a new customer: for one record, `Customer(**opened(…))`, and for many, rows to be inserted at once."""
    tidy = tidied(CustomerKind(kind), details, None, today)
    return {
        "customer_id": customer_id,
        "customer_number": customer_number,
        "kind": kind,
        **{name: _kept(name, getattr(tidy, name)) for name in DETAILS},
        "state": first_state(details.state),
        "merged_into_customer_id": None,
        "lead_person_id": lead.person_id,
        "organisation_path": lead.organisation_path,
        "create_time": now,
        "update_time": now,
    }


def details_of(row: Any) -> Details:
    """What may be changed of a customer, or of a row with a customer's columns, as it stands."""
    values = ((name, getattr(row, name)) for name in DETAILS)
    return Details(**{name: value for name, value in values if value is not None})


def etag_of(row: Any) -> str:
    """The ETag of a customer, or of a row with a customer's columns."""
    return str(row.version)


def _kept(name: str, value: Any) -> Any:
    """A part as its column has it: what is not said is NULL, but for enums, which have a number for it."""
    return value if value or name in _NEVER_NULL else None


_NEVER_NULL: Mapping[str, None] = dict.fromkeys(name for name in DETAILS if not Customer.__table__.c[name].nullable)
