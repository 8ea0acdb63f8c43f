"""A row's values as the record that they ask for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.customer.v1 import customer_pb2

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.customer.model.key import identifier_key, key_index
from services.customer.rules.exchange.columns import CUSTOM_PREFIX
from services.customer.rules.identifiers import issuer, normal_number, usual_kind
from services.customer.rules.kinds import ContactKind, CustomerKind

# Fields of the record that a column fills as they are.
PLAIN = (
    "display_name", "identifier", "identifier_kind", "identifier_exception", "phone", "tier", "state", "birth_or_founding_date",
    "industry_code", "size", "ownership", "listing", "tags", "pinyin",
)  # fmt: skip
_OTHER_NAMES = {
    "former_name": customer_pb2.OTHER_NAME_KIND_FORMER,
    "short_name": customer_pb2.OTHER_NAME_KIND_SHORT,
    "foreign_name": customer_pb2.OTHER_NAME_KIND_FOREIGN,
}


@dataclass(frozen=True, slots=True)
class Options:
    """What was said of all rows of a file."""

    default_kind: int = 0
    lead_staff_number: str = ""
    number_prefix: str = ""


def draft_of(values: Mapping[str, Any], options: Options) -> customer_pb2.Customer:
    """The record that a row asks for, where there is none yet; raises InvalidInput where it does not say enough."""
    kind = values.get("kind") or options.default_kind
    if not kind:
        raise _missing("kind", "KIND_MISSING", "Name the customer's kind in a column, or a default for the file.")
    if not values.get("display_name"):
        raise _missing("display_name", "NAME_MISSING", "A new customer needs a name.")
    draft = customer_pb2.Customer(customer_number=number_of(values, options), kind=kind)
    fill(draft, values)
    return draft


def fill(record: customer_pb2.Customer, values: Mapping[str, Any]) -> list[str]:
    """Puts a row's values into a record; answers the fields that they touch. What a row leaves empty stays."""
    touched = [name for name in PLAIN if name in values]
    for name in touched:
        if name == "tags":
            record.tags[:] = values[name]
        else:
            setattr(record, name, values[name])
    touched += ["contact_points"] * _add_email(record, values.get("email", ""))
    touched += ["addresses"] * _add_address(record, values)
    touched += ["other_names"] * sum([_add_name(record, kind, values.get(name, "")) for name, kind in _OTHER_NAMES.items()])
    custom = {name.removeprefix(CUSTOM_PREFIX): value for name, value in values.items() if name.startswith(CUSTOM_PREFIX)}
    for name, value in custom.items():
        record.custom_fields[name] = value
    return [*dict.fromkeys(touched), *(f"custom_fields.{name}" for name in custom)]


def number_of(values: Mapping[str, Any], options: Options) -> str:
    """The customer number: the row's own, else one made from what the customer is known by, the same at each import.

    Raises InvalidInput NUMBER_MISSING where there is neither.
    """
    if number := values.get("customer_number"):
        return str(number)
    index = identifier_index(values, options)
    known_by = "".join(index) if index else values.get("card_key", "")
    if not options.number_prefix or not known_by:
        raise _missing("customer_number", "NUMBER_MISSING", "A new customer needs a number, or a prefix to make one with.")
    return options.number_prefix + hashlib.sha256(known_by.encode()).hexdigest()[:16].upper()


def identifier_index(values: Mapping[str, Any], options: Options) -> tuple[str, str, str] | None:
    """The key by which the row's identifier is found; None where it has none, or not enough to tell."""
    kind, number = values.get("kind") or options.default_kind, values.get("identifier")
    identifier_kind = values.get("identifier_kind") or (usual_kind(CustomerKind(kind)).value if kind else 0)
    if not number or not identifier_kind or "*" in number:
        return None
    name = identifier_key(identifier_kind)
    return name, issuer(identifier_kind, ""), key_index(name, normal_number(number))


def _add_email(record: customer_pb2.Customer, email: str) -> bool:
    known = {point.value.lower() for point in record.contact_points if point.kind == ContactKind.EMAIL}
    if not email or email.lower() in known:
        return False
    record.contact_points.add(kind=ContactKind.EMAIL.value, value=email)
    return True


def _add_address(record: customer_pb2.Customer, values: Mapping[str, Any]) -> bool:
    parts = {"line": "address", "division_code": "division_code", "postal_code": "postal_code"}
    said = {name: values[field] for name, field in parts.items() if field in values}
    if not said or any(all(getattr(known, name) == value for name, value in said.items()) for known in record.addresses):
        return False
    of_person = record.kind == CustomerKind.RETAIL
    record.addresses.add(kind=customer_pb2.ADDRESS_KIND_HOME if of_person else customer_pb2.ADDRESS_KIND_BUSINESS, **said)
    return True


def _add_name(record: customer_pb2.Customer, kind: int, name: str) -> bool:
    if not name or any(known.kind == kind and known.name == name for known in record.other_names):
        return False
    record.other_names.add(kind=kind, name=name)
    return True


def _missing(field: str, reason: str, description: str) -> InvalidInput:
    return InvalidInput(reason, description, violations=(FieldViolation(field, description),))
