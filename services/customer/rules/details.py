"""What may be changed of a customer, and how it is checked: all that one record's own parts say of each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.chassis.words.texts import refusal, tidy_text
from services.customer.rules.addresses import tidy_address
from services.customer.rules.consents import tidy_consents
from services.customer.rules.contacts import tidy_contact
from services.customer.rules.dates import past_date
from services.customer.rules.documents import tidy_documents
from services.customer.rules.identifiers import (
    EXCEPTION_LENGTH_MAX,
    issuer,
    tidy_number,
    tidy_other_identifier,
    usual_kind,
)
from services.customer.rules.industries import tidy_industry
from services.customer.rules.kinds import CustomerKind
from services.customer.rules.names import tidy_name, tidy_other_name
from services.customer.rules.phones import tidy_phone
from services.customer.rules.pinyin import reading, tidy_reading

TAG_LENGTH_MAX = 40
CONTACT_HOURS_LENGTH_MAX = 100

Entries = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Details:
    """What may be changed of a customer, in plain values: entries of lists are mappings by the contract's field names.

    What is empty is not said. The date is the contract's text where it comes in, and a date where it is kept.
    """

    display_name: str
    identifier: str = ""
    phone: str = ""
    tier: int = 0
    state: int = 0
    identifier_kind: int = 0
    identifier_country_code: str = ""
    identifier_exception: str = ""
    other_identifiers: Entries = field(default_factory=list)
    other_names: Entries = field(default_factory=list)
    pinyin: str = ""
    contact_points: Entries = field(default_factory=list)
    addresses: Entries = field(default_factory=list)
    birth_or_founding_date: date | str | None = None
    industry_code: str = ""
    size: int = 0
    ownership: int = 0
    listing: str = ""
    tags: Sequence[str] = field(default_factory=list)
    custom_fields: Mapping[str, str] = field(default_factory=dict)
    # Those of the bank's own fields that identify, kept apart from the others and encrypted.
    identifying_custom_fields: Mapping[str, str] = field(default_factory=dict)
    preferences: Mapping[str, Any] = field(default_factory=dict)
    consents: Entries = field(default_factory=list)
    documents: Entries = field(default_factory=list)


def tidied(kind: CustomerKind, details: Details, kept: Details | None, today: date) -> Details:
    """The details as they are to be kept; raises InvalidInput, naming the field, for what cannot be kept.

    Of a record that is `kept` only the parts that differ are checked: rules grow stricter with time, and who changes a
    telephone number has nothing to do with an address that they would no longer take.
    """
    tidy: dict[str, Any] = {}
    for names, rule in _RULES:
        if kept is None or any(getattr(details, name) != getattr(kept, name) for name in names):
            tidy |= rule(kind, details, today)
    if kept is None or details.display_name != kept.display_name or details.pinyin != kept.pinyin:
        tidy["pinyin"] = _reading(kind, details, kept, tidy.get("display_name", details.display_name))
    return replace(details, **tidy)


def _reading(kind: CustomerKind, details: Details, kept: Details | None, name: str) -> str:
    given = details.pinyin if kept is None or details.pinyin != kept.pinyin else ""
    return tidy_reading(given) or reading(name, of_person=kind == CustomerKind.RETAIL)


def _identifier(kind: CustomerKind, details: Details, today: date) -> dict[str, Any]:
    if not details.identifier:
        return {name: type(getattr(details, name))() for name in _IDENTIFIER}
    number_kind = details.identifier_kind or usual_kind(kind).value
    exception = tidy_text(details.identifier_exception, "identifier_exception", EXCEPTION_LENGTH_MAX)
    country_code = details.identifier_country_code
    number, exception = tidy_number(
        kind, number_kind, details.identifier, country_code, exception, today=today, field="identifier"
    )
    return dict(zip(_IDENTIFIER, (number, number_kind, country_code, exception), strict=True))


def _other_identifiers(kind: CustomerKind, details: Details, today: date) -> dict[str, Any]:
    tidy = [
        tidy_other_identifier(kind, other, today, f"other_identifiers[{place}]")
        for place, other in enumerate(details.other_identifiers)
    ]
    main = (details.identifier_kind or usual_kind(kind).value, details.identifier_country_code, details.identifier.upper())
    seen = {_number(*main)}
    for place, other in enumerate(tidy):
        number = _number(other["kind"], other.get("country_code", ""), other["number"])
        if number in seen:
            fault = "Each number once, the one in `identifier` among them."
            raise refusal("IDENTIFIER_REPEATED", "The same number comes twice.", f"other_identifiers[{place}].number", fault)
        seen.add(number)
    return {"other_identifiers": tidy}


def _number(kind: int, country_code: str, number: str) -> tuple[int, str, str]:
    return kind, issuer(kind, country_code), number


def _preferences(details: Details) -> dict[str, Any]:
    tidy = dict(details.preferences)
    if "contact_hours" in tidy:
        tidy["contact_hours"] = tidy_text(tidy["contact_hours"], "preferences.contact_hours", CONTACT_HOURS_LENGTH_MAX)
    return {"preferences": {name: value for name, value in tidy.items() if value}}


def _tags(details: Details) -> dict[str, Any]:
    tidy = [tidy_text(tag, f"tags[{place}]", TAG_LENGTH_MAX) for place, tag in enumerate(details.tags)]
    # Two that look alike once they are tidied are one.
    return {"tags": list(dict.fromkeys(filter(None, tidy)))}


def _entries(name: str, tidy: Callable[[Mapping[str, Any], str], dict[str, Any]]) -> Rule:
    return lambda _kind, details, _today: {
        name: [tidy(entry, f"{name}[{place}]") for place, entry in enumerate(getattr(details, name))]
    }


Rule = Callable[[CustomerKind, Details, date], dict[str, Any]]

_IDENTIFIER = ("identifier", "identifier_kind", "identifier_country_code", "identifier_exception")
_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("display_name",), lambda _kind, details, _today: {"display_name": tidy_name(details.display_name)}),
    (_IDENTIFIER, _identifier),
    (("phone",), lambda _kind, details, _today: {"phone": tidy_phone(details.phone)}),
    ((*_IDENTIFIER, "other_identifiers"), _other_identifiers),
    (("other_names",), _entries("other_names", tidy_other_name)),
    (("contact_points",), _entries("contact_points", tidy_contact)),
    (("addresses",), _entries("addresses", tidy_address)),
    (
        ("birth_or_founding_date",),
        lambda _kind, details, today: {
            "birth_or_founding_date": past_date(str(details.birth_or_founding_date or ""), "birth_or_founding_date", today)
        },
    ),
    (("industry_code",), lambda _kind, details, _today: {"industry_code": tidy_industry(details.industry_code)}),
    (("tags",), lambda _kind, details, _today: _tags(details)),
    (("preferences",), lambda _kind, details, _today: _preferences(details)),
    (("consents",), lambda _kind, details, _today: {"consents": tidy_consents(details.consents, "consents")}),
    (("documents",), lambda _kind, details, _today: {"documents": tidy_documents(details.documents, "documents")}),
)
