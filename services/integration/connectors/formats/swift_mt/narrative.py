"""What field 86 says of the other side, where it is structured: in German form (`166?00…?32…`) or Dutch (`/IBAN/…/NAME/…`).

Sources: Die Deutsche Kreditwirtschaft, DFÜ-Abkommen, annex 3, chapter 8.2 (GVC, `?00` to `?63`); the MT940 structured
descriptions of ABN AMRO, ING and Rabobank (code words between slashes). Text of another form stays text: nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GERMAN = re.compile(r"^([0-9]{3})([^0-9A-Za-z\s])(?=[0-9]{2})")
_NAMES = ("32", "33")
_PURPOSES = tuple(str(number) for number in (*range(20, 30), *range(60, 64)))
_WORDS = [
    "TRTP",
    "CSID",
    "MARF",
    "IBAN",
    "BIC",
    "NAME",
    "REMI",
    "EREF",
    "ISDT",
    "CREF",
    "PREF",
    "ORDP",
    "BENM",
    "CNTP",
    "ID",
    "ADDR",
    "ULTD",
    "ULTC",
    "PURP",
    "TRCD",
    "RTRN",
    "BUSP",
    "CUST",
    "USTD",
    "STRD",
    "ACCW",
    "NRTX",
    "TOTA",
    "KREF",
    "INIT",
    "ULTB",
    "ULTI",
    "SVCL",
    "OCMT",
    "CHGS",
    "EXCH",
]
_WORD = re.compile(rf"/({'|'.join(_WORDS)})/")


@dataclass(frozen=True, slots=True)
class Narrative:
    """The text, and what of it is structured."""

    text: str
    booking_text: str = ""
    purpose: str = ""
    counterparty_name: str = ""
    counterparty_account: str = ""
    counterparty_bank: str = ""


def narrative_of(lines: list[str]) -> Narrative:
    """Field 86 of its lines."""
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    # The lines are cut at 65 characters wherever that is: what is structured is read as one.
    joined = "".join(line.rstrip("\r") for line in lines)
    if found := _GERMAN.match(joined):
        return _german(text, joined[3:], found[2])
    if joined.startswith("/") and _WORD.match(joined):
        return _words(text, joined)
    return Narrative(text)


def _german(text: str, joined: str, mark: str) -> Narrative:
    fields: dict[str, str] = {}
    for piece in re.split(rf"{re.escape(mark)}(?=[0-9]{{2}})", joined)[1:]:
        fields[piece[:2]] = fields.get(piece[:2], "") + piece[2:]
    return Narrative(
        text,
        booking_text=fields.get("00", "").strip(),
        purpose="".join(fields.get(key, "") for key in _PURPOSES).strip(),
        counterparty_name="".join(fields.get(key, "") for key in _NAMES).strip(),
        counterparty_account=fields.get("31", "").strip(),
        counterparty_bank=fields.get("30", "").strip(),
    )


def _words(text: str, joined: str) -> Narrative:
    pieces = _WORD.split(joined)
    words: dict[str, str] = {}
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        words.setdefault(word, value.strip().strip("/"))
    # /CNTP/account/code/name/city/
    account, code, name = ([*words.get("CNTP", "").split("/"), "", ""])[:3]
    return Narrative(
        text,
        booking_text=words.get("TRTP", ""),
        purpose=words.get("REMI", ""),
        counterparty_name=words.get("NAME", name),
        counterparty_account=words.get("IBAN", account),
        counterparty_bank=words.get("BIC", code),
    )
