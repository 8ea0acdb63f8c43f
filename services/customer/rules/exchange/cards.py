"""vCards (2.1, 3.0, 4.0) as rows: one card, one customer. What a card says beyond a customer's fields is passed over."""

from __future__ import annotations

import binascii
import hashlib
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

from services.chassis.kernel.errors import InvalidInput
from services.customer.rules.exchange.texts import decoded

CARD_CHARACTERS_MAX = 2_000_000
# Photos and keys: nothing of theirs is read.
_PASSED_OVER = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "AGENT"})
_DIGITS_MIN = 5
_TEXT = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Card:
    """The fields of one card by the names of columns, and in which line of the file it begins."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    # What keeps the card from being read; empty where nothing does.
    fault: str = ""


def cards_of(text: str) -> Iterator[Card]:
    """The cards of a file, also those that cannot be read, each with why."""
    begun = 0
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        word = line.strip().upper().replace(" ", "")
        if word == "BEGIN:VCARD":
            if begun and not _within_agent(lines):
                yield Card(begun, fault="The card does not end before the next begins.")
                begun, lines = 0, []
            if not begun:
                begun, lines = number, []
                continue
        if begun and word == "END:VCARD" and not _within_agent(lines):
            yield _card(begun, "".join(lines))
            begun, lines = 0, []
        elif begun:
            lines.append(line)
    if begun:
        yield Card(begun, fault="The card does not end.")


def _within_agent(lines: list[str]) -> bool:
    """Whether a card stands inside another (2.1: AGENT), and has not ended."""
    words = [line.strip().upper().replace(" ", "") for line in lines]
    inside = words.count("BEGIN:VCARD") - words.count("END:VCARD")
    return inside > 0 or (bool(words) and words[-1] == "AGENT:")


def _card(line: int, text: str) -> Card:
    from vobject.base import ParseError  # type: ignore[import-untyped]

    if len(text) > CARD_CHARACTERS_MAX:
        return Card(line, fault=f"The card is longer than {CARD_CHARACTERS_MAX} characters.")
    try:
        properties = list(_properties(text))
    except (ParseError, ValueError, LookupError, InvalidInput, binascii.Error):
        return Card(line, fault="A line of the card cannot be read.")
    found: dict[str, list[str]] = {}
    for name, value in properties:
        found.setdefault(name, []).append(value)
    return Card(line, _fields(found))


def _properties(text: str) -> Iterator[tuple[str, str]]:
    from vobject.base import getLogicalLines, parseLine

    depth = 0
    for line, number in getLogicalLines(StringIO(text), allowQP=True):
        if not line.strip():
            continue
        if re.fullmatch(r"(?i)(begin|end)\s*:\s*vcard", line.strip()):
            depth += 1 if line.strip().upper().startswith("BEGIN") else -1
            continue
        if depth or line.strip().upper() == "AGENT:":
            continue
        name, parameters, value, _group = parseLine(line, number)
        if name.upper() not in _PASSED_OVER:
            yield name.upper(), _decoded(value, parameters)


def _decoded(value: str, parameters: list[list[str]]) -> str:
    words = {word.upper() for parameter in parameters for word in parameter}
    charset = next((p[1] for p in parameters if p[0].upper() == "CHARSET" and len(p) > 1), "utf-8")
    if "QUOTED-PRINTABLE" in words:
        content = quopri.decodestring(value.encode())
        try:
            return content.decode(charset)
        except UnicodeError:
            # Old address books wrote in their machine's encoding, and named none.
            return decoded(content)[0]
    return value


def _fields(found: dict[str, list[str]]) -> dict[str, str]:
    names = _parts(found.get("N", [""])[0])
    organisation = "".join(_parts(found.get("ORG", [""])[0])[:1])
    full_name = _plain(found.get("FN", [""])[0]) or _joined(names)
    is_organisation = _plain(found.get("KIND", [""])[0]).lower() in ("org", "organization") or (
        not full_name and bool(organisation)
    )
    phones = [number for number in map(_phone, found.get("TEL", [])) if number]
    emails = [_plain(value).removeprefix("mailto:") for value in found.get("EMAIL", [])]
    address = _parts(found.get("ADR", [""])[0])
    fields = {
        "display_name": full_name or organisation,
        "kind": "CORPORATE" if is_organisation else "RETAIL",
        "phone": phones[0] if phones else "",
        "email": next((email for email in emails if "@" in email), ""),
        "birth_or_founding_date": _day(_plain(found.get("BDAY", [""])[0])),
        "address": " ".join(part for part in address[2:5] if part),
        "postal_code": address[5] if len(address) > 5 else "",  # noqa: PLR2004 - the sixth part of ADR (RFC 6350)
        "customer_number": _plain(found.get("X-CUSTOMER-NUMBER", [""])[0]),
    }
    fields = {name: value for name, value in fields.items() if value}
    return fields | {"card_key": _key(found, fields)}


def _key(found: dict[str, list[str]], fields: dict[str, str]) -> str:
    """By what the same card is known again: its UID, else what it says."""
    uid = _plain(found.get("UID", [""])[0])
    said = uid or "|".join(fields.get(name, "") for name in ("display_name", "phone", "email"))
    return hashlib.sha256(said.encode()).hexdigest()[:20].upper()


def _phone(value: str) -> str:
    number = re.sub(r"(?i)^tel:", "", _plain(value)).partition(";")[0]
    number = re.sub(r"[^0-9+() -]", " ", number).strip()
    return number if sum(character.isdigit() for character in number) >= _DIGITS_MIN else ""


def _day(value: str) -> str:
    # `--0203` says no year, and an instant says a day first.
    found = re.match(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})", value)
    return "-".join(found.groups()) if found else ""


def _joined(names: list[str]) -> str:
    family, given = (*names, "", "")[:2]
    # A Chinese name begins with the family and knows no blank.
    return f"{family}{given}" if any("\u4e00" <= character <= "\u9fff" for character in family) else f"{given} {family}".strip()


def _parts(value: str) -> list[str]:
    return [_plain(part) for part in re.split(r"(?<!\\);", value)]


def _plain(value: str) -> str:
    text = _TEXT.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return " ".join(text.split())
