"""Letters of credit, guarantees and standby credits: MT7xx, and the same in MT798 of corporates.

`trade_finance`, one row a message: message_type, business_type (what an MT798 carries, otherwise the same), direction, sender,
receiver, reference (20), related_reference (21), credit_number (the number by which both sides know the credit: 20 of its
issue, 21 of what follows it), currency, amount, applicant_name, beneficiary_name, issue_date, expiry_date, expiry_place,
amendment_number, text. What an amendment does not repeat is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.integration.connectors.formats.encodings import UNDECODABLE
from services.integration.connectors.formats.records import Fault, Record, clipped
from services.integration.connectors.formats.swift_mt.fields import Malformed, date_of, dated_money_of, money_of, party_of
from services.integration.connectors.formats.swift_mt.fin import Message

# The messages that open a business: their own reference is its number.
_OPENING = frozenset({"700", "760", "785", "705"})
_TYPES = frozenset(str(number) for number in range(700, 800))
_MONEY_TAGS = ("32B", "34B", "33B", "32D", "34D", "33D")
_DATED_MONEY_TAGS = ("32A", "34A", "33A")
_DATE = re.compile(r"^[0-9]{6}")
_TEXTS = ("45A", "77C", "77U", "79Z", "79", "45C", "77J")


def is_trade_finance(message: Message) -> bool:
    """Whether it is one of MT7xx; a bare text block is one where it names the message that it wraps."""
    return _wrapping(message) in _TYPES


def trade_finance(found: Iterator[Message]) -> Iterator[Record | Fault]:
    """One row a message."""
    for message in found:
        try:
            yield _record(message)
        except Malformed as malformed:
            yield Fault(message.line, clipped(message.raw), malformed.reason, str(malformed))


def _wrapping(message: Message) -> str:
    if message.type:
        return message.type
    # Bare: MT798 says with fields 12 and 77E what it wraps; the others are told by what only they have.
    tags = {each.tag for each in message.fields}
    return "798" if {"12", "77E"} <= tags else ("700" if {"40A", "31D"} <= tags else "")


def _record(message: Message) -> Record:
    if not message.complete and not message.bare:
        raise Malformed("MESSAGE_CUT_SHORT", "The file ends in the midst of the message.")
    if UNDECODABLE in message.raw:
        raise Malformed("BYTES_UNDECODABLE", "There are bytes that are no text in the encoding of the feed.")
    kind = _wrapping(message)
    business = message.text("12")[:3] if kind == "798" else kind
    references = [each.text.strip() for each in message.fields if each.tag == "20"]
    # In MT798 the first reference is the envelope's, the second the business's own.
    reference = references[-1] if references else ""
    related = message.text("21")
    if not reference:
        raise Malformed("FIELD_MISSING", "The message has no reference (field 20).")
    currency, amount = _amount(message)
    expiry = message.text("31D", "31E", "31L")
    values = {
        "message_type": f"MT{kind}",
        "business_type": f"MT{business or kind}",
        "direction": message.direction,
        "sender": message.sender,
        "receiver": message.receiver,
        "reference": reference,
        "related_reference": related,
        "credit_number": reference if business in _OPENING or related in ("", "NONREF", "NON REF") else related,
        "currency": currency,
        "amount": amount,
        "applicant_name": _name(message, "50", "51"),
        "beneficiary_name": _name(message, "59"),
        "issue_date": _day(message.text("31C", "30")),
        "expiry_date": _day(expiry),
        "expiry_place": expiry[6:].strip() if _DATE.match(expiry) else "",
        "amendment_number": message.text("26E"),
        "text": message.text(*_TEXTS),
    }
    return Record(message.line, clipped(message.raw), {name: text for name, text in values.items() if text})


def _amount(message: Message) -> tuple[str, str]:
    if text := message.text(*_MONEY_TAGS):
        return money_of(text.partition("\n")[0])
    if text := message.text(*_DATED_MONEY_TAGS):
        return dated_money_of(text.partition("\n")[0])[1:]
    return "", ""


def _day(text: str) -> str:
    return date_of(text[:6]) if _DATE.match(text) else ""


def _name(message: Message, *tags: str) -> str:
    for tag in tags:
        each = next((found for found in message.fields if found.tag[:2] == tag), None)
        if each:
            party = party_of(each.tag, each.lines)
            return party.name or party.code
    return ""
