"""Payment orders and advices: MT101 to MT104, MT107, MT200 to MT205, MT210, MT900, MT910.

`payments`, one row a transfer: message_type, direction, sender, receiver, message_reference, item_reference, related_reference,
unique_reference (UETR), operation_code, value_date, currency, amount, instructed_currency, instructed_amount, debtor_name,
debtor_account, debtor_bank, creditor_name, creditor_account, creditor_bank, remittance, charges, instructions. Where banks
themselves pay (MT200 to MT205), debtor and creditor are the ordering and the beneficiary institution, as in pacs.009.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.integration.connectors.formats.encodings import UNDECODABLE
from services.integration.connectors.formats.records import Fault, Record, clipped
from services.integration.connectors.formats.swift_mt.fields import Malformed, Party, date_of, dated_money_of, money_of, party_of
from services.integration.connectors.formats.swift_mt.fin import Field, Message, raw_of


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a type of message repeats its transfers: each begins with a tag; what stands before holds for all."""

    item: str = ""
    # The tags of the parties, without option.
    debtor: str = "50"
    creditor: str = "59"
    debtor_bank: str = "52"
    creditor_bank: str = "57"


_BANKS = {"debtor": "52", "creditor": "58", "debtor_bank": "53", "creditor_bank": "57"}
_LAYOUTS = {
    "101": _Layout("21"),
    "102": _Layout("21"),
    "103": _Layout(),
    "104": _Layout("21", debtor="59", creditor="50", debtor_bank="57", creditor_bank="52"),
    "107": _Layout("21", debtor="59", creditor="50", debtor_bank="57", creditor_bank="52"),
    "200": _Layout(**_BANKS),
    "201": _Layout("20", **_BANKS),
    "202": _Layout(**_BANKS),
    "203": _Layout("20", **_BANKS),
    "205": _Layout(**_BANKS),
    "210": _Layout("21"),
    "900": _Layout(),
    "910": _Layout(),
}
ITEMS_MAX = 100_000


def is_payment(message: Message) -> bool:
    """Whether it is a payment; of a bare text block by its fields."""
    return _type(message) in _LAYOUTS


def payments(found: Iterator[Message]) -> Iterator[Record | Fault]:
    """The transfers of all messages."""
    for message in found:
        if not message.complete and not message.bare:
            yield _fault(message, message.fields, Malformed("MESSAGE_CUT_SHORT", "The file ends in the midst of the message."))
            continue
        layout = _LAYOUTS[_type(message)]
        head, items = _items(message, layout)
        for item in items:
            try:
                yield _record(message, layout, head, item)
            except Malformed as malformed:
                yield _fault(message, item, malformed)


def _type(message: Message) -> str:
    if message.type:
        return message.type
    tags = {each.tag[:2] for each in message.fields} | {each.tag for each in message.fields}
    if "32A" in tags and "23B" in tags:
        return "103"
    if "32A" in tags and "58" in tags:
        return "202"
    return "101" if "28D" in tags and "32B" in tags else ""


def _items(message: Message, layout: _Layout) -> tuple[list[Field], list[list[Field]]]:
    if not layout.item:
        return [], [message.fields]
    head: list[Field] = []
    items: list[list[Field]] = []
    for each in message.fields:
        if each.tag == layout.item and (items or each.tag != "20" or any(field.tag in ("19", "30") for field in head)):
            items.append([])
        (items[-1] if items else head).append(each)
    # What MT102 and MT104 settle as a whole stands after the last transfer: the sum is none of its fields.
    return head, items or [head]


def _record(message: Message, layout: _Layout, head: list[Field], item: list[Field]) -> Record:
    if any(UNDECODABLE in each.text for each in (*head, *item)):
        raise Malformed("BYTES_UNDECODABLE", "There are bytes that are no text in the encoding of the feed.")
    fields = _First(item, head)
    value_date, currency, amount = _amount(message, fields)
    parties = {
        "debtor": _party(fields, layout.debtor),
        "creditor": _party(fields, layout.creditor),
        "debtor_bank": _party(fields, layout.debtor_bank),
        "creditor_bank": _party(fields, layout.creditor_bank),
    }
    instructed = money_of(fields.text("33B")) if fields.text("33B") else ("", "")
    reference = message.text("20")
    values = {
        "message_type": f"MT{_type(message)}",
        "direction": message.direction,
        "sender": message.sender,
        "receiver": message.receiver,
        "message_reference": reference,
        "item_reference": fields.item_text(layout.item) or reference,
        "related_reference": "" if layout.item == "21" else fields.text("21"),
        "unique_reference": message.unique_reference,
        "operation_code": fields.text("23B"),
        "value_date": value_date,
        "currency": currency,
        "amount": amount,
        "instructed_currency": instructed[0],
        "instructed_amount": instructed[1],
        "debtor_name": parties["debtor"].name or parties["debtor"].code,
        "debtor_account": parties["debtor"].account,
        "debtor_bank": parties["debtor_bank"].code or parties["debtor_bank"].name or parties["debtor_bank"].account,
        "creditor_name": parties["creditor"].name or parties["creditor"].code,
        "creditor_account": parties["creditor"].account,
        "creditor_bank": parties["creditor_bank"].code or parties["creditor_bank"].name or parties["creditor_bank"].account,
        "remittance": fields.text("70"),
        "charges": fields.text("71A"),
        "instructions": fields.text("72"),
    }
    return Record(item[0].line, clipped(raw_of(item)), {name: text for name, text in values.items() if text})


def _amount(message: Message, fields: _First) -> tuple[str, str, str]:
    if text := fields.item_text("32A") or (fields.text("32A") if not fields.text("32B") else ""):
        return dated_money_of(text)
    if not (text := fields.text("32B")):
        raise Malformed("FIELD_MISSING", "The transfer has no amount (field 32A or 32B).")
    currency, amount = money_of(text)
    # One day for all transfers of the message: field 30, or the settlement of MT102.
    if day := message.text("30"):
        return date_of(day), currency, amount
    settled = message.text("32A")
    return (dated_money_of(settled)[0] if settled else ""), currency, amount


class _First:
    """The first field of a tag: of the transfer, or else of what holds for all."""

    def __init__(self, item: list[Field], head: list[Field]) -> None:
        self._item = item
        self._all = [*item, *head]

    def text(self, tag: str) -> str:
        return next((each.text.strip() for each in self._all if each.tag == tag), "")

    def item_text(self, tag: str) -> str:
        return next((each.text.strip() for each in self._item if tag and each.tag == tag), "")

    def party(self, tag: str) -> Field | None:
        # The instructing party shares its tag with the ordering customer.
        return next((each for each in self._all if each.tag[:2] == tag and each.tag not in ("50C", "50L")), None)


def _party(fields: _First, tag: str) -> Party:
    each = fields.party(tag)
    return party_of(each.tag, each.lines) if each else Party()


def _fault(message: Message, item: list[Field], malformed: Malformed) -> Fault:
    line = item[0].line if item else message.line
    return Fault(line, clipped(raw_of(item)), malformed.reason, str(malformed))
