"""What a customer is found by exactly, without reading anything that is encrypted: keyed hashes of numbers and addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.keys import data_keys
from services.customer.model.base import Base
from services.customer.rules.contacts import PHONE_KINDS, normal_email
from services.customer.rules.identifiers import is_exclusive, issuer, normal_number
from services.customer.rules.kinds import ContactKind, IdentifierKind
from services.customer.rules.lifecycle import ENDED
from services.customer.rules.phones import normal_phone

PHONE = "phone"
EMAIL = "email"


def identifier_key(kind: int) -> str:
    """The name of keys that are numbers of a kind: `identifier.resident_id_card`."""
    return f"identifier.{IdentifierKind(kind).name.lower()}"


def key_index(name: str, normalised: str) -> str:
    """How a key's value is indexed: a keyed hash, so that equal ones are found and nothing is learnt from it.

    Normalised by the rules that keys are: `normal_number`, `normal_phone`, `normal_email`.
    """
    return data_keys().blind_index(f"customer.key.{name}", normalised)


class CustomerKey(Base):
    """One key of one customer. The database keeps an exclusive one from belonging to two."""

    __tablename__ = "customer_keys"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    # The country within which the number is unique; empty where there is none to tell.
    issuer: Mapped[str] = mapped_column(Text, primary_key=True)
    value_index: Mapped[str] = mapped_column(Text, primary_key=True)
    exclusive: Mapped[bool] = mapped_column()

    __table_args__ = (
        Index("ix_customer_keys_name_value_index", "name", "value_index"),
        Index(
            "uq_customer_keys_exclusive",
            "name",
            "value_index",
            "issuer",
            unique=True,
            sqlite_where=text("exclusive"),
            postgresql_where=text("exclusive"),
        ),
    )


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is to be: the place in the record from which it comes goes with it, for a refusal to name."""

    name: str
    issuer: str
    value_index: str
    exclusive: bool
    field: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """What no other customer has, where it is exclusive."""
        return self.name, self.issuer, self.value_index


def keys_of(customer: Any) -> dict[tuple[str, str, str], Key]:
    """All keys of a customer, or of a row with a customer's columns, by their identity; none of a record that has ended."""
    if customer.state in ENDED:
        return {}
    keys: dict[tuple[str, str, str], Key] = {}
    for key in (*identifier_keys(customer), *_contact_keys(customer)):
        keys.setdefault(key.identity, key)
    return keys


def identifier_keys(customer: Any) -> Iterator[Key]:
    """The keys that are numbers, the main one first."""
    if customer.identifier:
        kind, country_code = customer.identifier_kind, customer.identifier_country_code
        yield _identifier_key(kind, country_code, customer.identifier, "identifier")
    for place, other in enumerate(customer.other_identifiers or ()):
        country_code, field = other.get("country_code", ""), f"other_identifiers[{place}].number"
        yield _identifier_key(other["kind"], country_code, other["number"], field)


def _identifier_key(kind: int, country_code: str, number: str, field: str) -> Key:
    name = identifier_key(kind)
    return Key(name, issuer(kind, country_code), key_index(name, normal_number(number)), is_exclusive(kind), field)


def _contact_keys(customer: Any) -> Iterator[Key]:
    if customer.phone and (number := normal_phone(customer.phone)):
        yield Key(PHONE, "", key_index(PHONE, number), exclusive=False, field="phone")
    for place, contact in enumerate(customer.contact_points or ()):
        field = f"contact_points[{place}].value"
        if contact["kind"] in PHONE_KINDS:
            yield Key(PHONE, "", key_index(PHONE, normal_phone(contact["value"])), exclusive=False, field=field)
        elif contact["kind"] == ContactKind.EMAIL:
            yield Key(EMAIL, "", key_index(EMAIL, normal_email(contact["value"])), exclusive=False, field=field)
