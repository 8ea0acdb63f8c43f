"""What one record says that stands for two: nothing that either said is lost without a word.

Where both say something of a thing that a customer has once, the survivor's holds unless the other's is chosen. What a customer
can have several of stands side by side. Of consents the stricter holds on each day: whoever refused, under whichever record, did
not agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from typing import Any

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.words.folding import fold
from services.customer.rules.contacts import PHONE_KINDS, normal_email
from services.customer.rules.details import Details
from services.customer.rules.identifiers import issuer, normal_number
from services.customer.rules.kinds import ContactKind, CustomerState, IdentifierKind
from services.customer.rules.likeness import fold_line
from services.customer.rules.phones import international, normal_phone

ALIAS = 4
_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
GRANTED = 1

# What a customer has once, and can be chosen.
SINGLE_FIELDS = ("display_name", "identifier", "phone", "tier", "birth_or_founding_date", "industry_code", "size", "ownership",
                 "listing", "preferences")  # fmt: skip
_CUSTOM_FIELD = "custom_fields."
# Where a choice of one thing takes others with it.
_TOGETHER = {
    "display_name": ("display_name", "pinyin"),
    "identifier": ("identifier", "identifier_kind", "identifier_country_code", "identifier_exception"),
}
# These of the other record find a place beside the survivor's.
_BESIDE = ("display_name", "identifier", "phone", "preferences")
# Of these a customer has one number in his life.
SINGULAR_KINDS = frozenset(
    {
        IdentifierKind.RESIDENT_ID_CARD,
        IdentifierKind.UNIFIED_SOCIAL_CREDIT_CODE,
        IdentifierKind.LEI,
        IdentifierKind.PERMANENT_RESIDENCE_CARD,
    }
)
# Of two records the one that does more says what the customer is.
_LIVELINESS = (CustomerState.ACTIVE, CustomerState.DORMANT, CustomerState.PROSPECT, CustomerState.CLOSED)


class NoteKind(IntEnum):
    """What a note says; the numbers are those of `workbench.customer.v1.MergeNoteKind`."""

    IDENTIFIERS_DIFFER = 1
    CONSENT_STRICTER = 2
    VALUE_LEFT_OUT = 3
    CHANGED_SINCE = 4
    ROW_GAVE_WAY = 5


@dataclass(frozen=True, slots=True)
class Note:
    """Something that whoever merges, or undoes, should know."""

    kind: NoteKind
    field: str
    description: str


Entries = Sequence[Mapping[str, Any]]


def check_choice(paths: Iterable[str]) -> frozenset[str]:
    """The fields to take from the other record; raises InvalidInput FIELD_UNKNOWN for one that cannot be chosen."""
    chosen = frozenset(paths)
    if unknown := sorted(path for path in chosen if path not in SINGLE_FIELDS and not path.startswith(_CUSTOM_FIELD)):
        fault = f"{', '.join(unknown)} cannot be chosen; {', '.join(SINGLE_FIELDS)} and custom_fields.<name> can."
        violation = FieldViolation("take_from_merged", fault)
        raise InvalidInput("FIELD_UNKNOWN", "The mask names what cannot be chosen.", violations=(violation,))
    return chosen


def merged_details(survivor: Details, other: Details, chosen: frozenset[str]) -> tuple[Details, list[Note]]:
    """What the survivor says from now on, and what whoever decides should know."""
    single = _single_values(survivor, other, chosen)
    details = replace(survivor, **single)
    notes = [
        Note(NoteKind.IDENTIFIERS_DIFFER, "identifier", f"Two different numbers of kind {kind.name}.")
        for kind in differing_kinds(survivor, other)
    ]
    notes += _left_out(survivor, other)
    details = replace(
        details,
        state=min(survivor.state, other.state, key=lambda state: _LIVELINESS.index(CustomerState(state))),
        other_names=_other_names(survivor, other, details),
        other_identifiers=_other_identifiers(survivor, other, details),
        contact_points=_contact_points(survivor, other, details),
        addresses=_united(survivor.addresses, other.addresses, _place),
        tags=list(dict.fromkeys([*survivor.tags, *other.tags])),
        documents=_united(survivor.documents, other.documents, lambda document: document["sha256"]),
    )
    consents = stricter_consents(survivor.consents, other.consents)
    if _agreed(consents) != _agreed([*survivor.consents, *other.consents]):
        notes.append(Note(NoteKind.CONSENT_STRICTER, "consents", "The records said different things; the refusal holds."))
    return replace(details, consents=consents), notes


def differing_kinds(one: Details, other: Details) -> list[IdentifierKind]:
    """The kinds of which everybody has one number, and these two have different ones."""
    ours, theirs = _numbers(one), _numbers(other)
    return sorted(kind for kind in SINGULAR_KINDS if ours.get(kind) and theirs.get(kind) and ours[kind].isdisjoint(theirs[kind]))


def stricter_consents(one: Entries, other: Entries) -> list[dict[str, Any]]:
    """The consents of both as one history: on each day, for each purpose and way, a refusal of either holds.

    A statement for all ways counts for each way of which the same record says nothing of its own on that day.
    """
    subjects = sorted({(consent["purpose"], consent.get("channel", 0)) for consent in [*one, *other]})
    return [entry for subject in subjects for entry in _history(subject, one, other)]


def parted_list(before: Entries, after: Entries, now: Entries) -> list[Any]:
    """A list of the survivor as an undo leaves it: as it was before the merge, with what came and without what went since."""
    came = [entry for entry in now if entry not in after]
    went = [entry for entry in after if entry not in now]
    return [*(entry for entry in before if entry not in went), *(entry for entry in came if entry not in before)]


def parted(before: Details, after: Details, now: Details, names: Iterable[str]) -> tuple[Details, list[str]]:
    """The survivor as an undo leaves it, and the fields that stay as they were changed since the merge."""
    values: dict[str, Any] = {}
    kept: list[str] = []
    for name in names:
        was, became, present = (getattr(details, name) for details in (before, after, now))
        if present == became:
            values[name] = was
        elif isinstance(present, list) and name != "consents":
            values[name] = parted_list(was, became, present)
            kept.append(name)
        elif isinstance(present, dict):
            values[name] = _parted_mapping(was, became, present)
            kept.append(name)
        elif became != was:
            kept.append(name)
    return replace(now, **values), kept


def _parted_mapping(before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    names = dict.fromkeys([*before, *now])
    # Who changed a part since decides of it; the others are as they were.
    chosen = {name: before.get(name) if now.get(name) == after.get(name) else now.get(name) for name in names}
    return {name: value for name, value in chosen.items() if value is not None}


def _single_values(survivor: Details, other: Details, chosen: frozenset[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in SINGLE_FIELDS:
        if name == "preferences":
            continue
        if getattr(other, name) and (name in chosen or not getattr(survivor, name)):
            values |= {each: getattr(other, each) for each in _TOGETHER.get(name, (name,))}
    first, second = (other, survivor) if "preferences" in chosen else (survivor, other)
    values["preferences"] = {**second.preferences, **first.preferences}
    if survivor.preferences.get("no_offers") or other.preferences.get("no_offers"):
        values["preferences"]["no_offers"] = True
    for name in ("custom_fields", "identifying_custom_fields"):
        theirs = getattr(other, name)
        taken = {field: value for field, value in theirs.items() if f"{_CUSTOM_FIELD}{field}" in chosen}
        values[name] = {**theirs, **getattr(survivor, name), **taken}
    return values


def _left_out(survivor: Details, other: Details) -> list[Note]:
    pairs = ((name, getattr(survivor, name), getattr(other, name)) for name in SINGLE_FIELDS if name not in _BESIDE)
    names = [name for name, ours, theirs in pairs if ours and theirs and ours != theirs]
    names += [
        f"{_CUSTOM_FIELD}{field}"
        for name in ("custom_fields", "identifying_custom_fields")
        for field, value in sorted(getattr(other, name).items())
        if field in getattr(survivor, name) and getattr(survivor, name)[field] != value
    ]
    return [Note(NoteKind.VALUE_LEFT_OUT, name, "Both records say something; one of them is kept.") for name in names]


def _other_names(survivor: Details, other: Details, details: Details) -> list[Any]:
    names = [*survivor.other_names, *other.other_names]
    for former in (survivor.display_name, other.display_name):
        known = {fold(details.display_name), *(fold(entry["name"]) for entry in names)}
        if fold(former) not in known:
            names.append({"kind": ALIAS, "name": former})
    return _united(names, (), lambda entry: (entry["kind"], entry["name"]))


def _other_identifiers(survivor: Details, other: Details, details: Details) -> list[Any]:
    main = {_number(_main(details))} if details.identifier else set()
    entries = [*survivor.other_identifiers]
    entries += [_main(each) for each in (survivor, other) if each.identifier and _number(_main(each)) not in main]
    entries += other.other_identifiers
    return [entry for entry in _united(entries, (), _number) if _number(entry) not in main]


def _contact_points(survivor: Details, other: Details, details: Details) -> list[Any]:
    entries = [*survivor.contact_points]
    entries += [_phone(each.phone) for each in (survivor, other) if each.phone and each.phone != details.phone]
    entries += other.contact_points
    main = normal_phone(details.phone) if details.phone else ""
    return [entry for entry in _united(entries, (), _reached) if _reached(entry) != ("phone", main)]


def _phone(number: str) -> dict[str, Any]:
    # A number that cannot be read is kept as it was typed.
    value = international(number) or number
    kind = ContactKind.MOBILE if _MOBILE.fullmatch(value) else ContactKind.LANDLINE
    return {"kind": kind.value, "value": value}


def _reached(contact: Mapping[str, Any]) -> tuple[str, str]:
    if contact["kind"] in PHONE_KINDS:
        return "phone", normal_phone(contact["value"])
    return str(contact["kind"]), normal_email(contact["value"])


def _main(details: Details) -> dict[str, Any]:
    entry = {
        "kind": details.identifier_kind,
        "number": details.identifier,
        "country_code": details.identifier_country_code,
        "exception": details.identifier_exception,
    }
    return {name: value for name, value in entry.items() if value}


def _number(entry: Mapping[str, Any]) -> tuple[int, str, str]:
    return entry["kind"], issuer(entry["kind"], entry.get("country_code", "")), normal_number(entry["number"])


def _numbers(details: Details) -> dict[int, set[tuple[int, str, str]]]:
    found: dict[int, set[tuple[int, str, str]]] = {}
    for entry in [*([_main(details)] if details.identifier else []), *details.other_identifiers]:
        found.setdefault(entry["kind"], set()).add(_number(entry))
    return found


def _place(address: Mapping[str, Any]) -> tuple[Any, ...]:
    return address["kind"], address.get("division_code", ""), fold_line(address.get("line", ""))


def _united(ours: Entries, theirs: Entries, identity: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
    found: dict[Any, Mapping[str, Any]] = {}
    for entry in [*ours, *theirs]:
        found.setdefault(identity(entry), entry)
    return list(found.values())


def _agreed(consents: Entries) -> set[tuple[str, int, str, str]]:
    return {
        (consent["purpose"], consent.get("channel", 0), consent["effective_date"], consent.get("end_date", ""))
        for consent in consents
        if consent["state"] == GRANTED
    }


def _history(subject: tuple[str, int], one: Entries, other: Entries) -> list[dict[str, Any]]:
    purpose, _ = subject
    said = [consent for consent in [*one, *other] if consent["purpose"] == purpose]
    starts = sorted({day for consent in said for day in (_first(consent), _after(consent)) if day is not None})
    history: list[dict[str, Any]] = []
    for place, start in enumerate(starts):
        following = starts[place + 1] if place + 1 < len(starts) else None
        said_now = [statement for record in (one, other) if (statement := _holding(record, subject, start))]
        strictest = min(
            said_now, key=lambda statement: (statement["state"] == GRANTED, -_first(statement).toordinal()), default=None
        )
        if strictest is None or strictest.get("channel", 0) != subject[1]:
            # Nothing was said, or what was said for all ways stands for itself.
            continue
        _append(history, strictest, start, following)
    return history


def _append(history: list[dict[str, Any]], statement: Mapping[str, Any], start: date, following: date | None) -> None:
    end_date = (following - timedelta(days=1)).isoformat() if following else ""
    last = history[-1] if history else None
    goes_on = last is not None and last.get("end_date") == (start - timedelta(days=1)).isoformat()
    if last is not None and goes_on and _without_days(last) == _without_days(statement):
        last["end_date"] = end_date
    else:
        history.append({**statement, "effective_date": start.isoformat(), "end_date": end_date})
        last = history[-1]
    if not last["end_date"]:
        del last["end_date"]


def _holding(record: Entries, subject: tuple[str, int], day: date) -> Mapping[str, Any] | None:
    """What a record says on a day: of the way itself, or else of all ways."""
    for channel in dict.fromkeys((subject[1], 0)):
        for consent in record:
            after = _after(consent)
            of_subject = (consent["purpose"], consent.get("channel", 0)) == (subject[0], channel)
            if of_subject and _first(consent) <= day and (after is None or day < after):
                return consent
    return None


def _without_days(consent: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in consent.items() if name not in ("effective_date", "end_date")}


def _first(consent: Mapping[str, Any]) -> date:
    return date.fromisoformat(consent["effective_date"])


def _after(consent: Mapping[str, Any]) -> date | None:
    end_date = consent.get("end_date", "")
    if not end_date:
        return None
    last = date.fromisoformat(end_date)
    return last + timedelta(days=1) if last < date.max else None
