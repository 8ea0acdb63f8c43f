"""Which messages there are, what in each of them is a row, and the reading of them one row at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats.iso20022 import entries, payments
from services.integration.connectors.formats.iso20022.elements import Malformed
from services.integration.connectors.formats.records import Fault, Record
from services.integration.connectors.formats.safe_xml import Walk, local_name, raw_of

# By the message's own element: old versions end it with V01 and the like.
_MESSAGES = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
    "CstmrCdtTrfInitn": "pain.001",
    "CstmrPmtStsRpt": "pain.002",
    "CstmrDrctDbtInitn": "pain.008",
    "FIToFIPmtStsRpt": "pacs.002",
    "FIToFICstmrDrctDbt": "pacs.003",
    "PmtRtr": "pacs.004",
    "FIToFICstmrCdtTrf": "pacs.008",
    "FICdtTrf": "pacs.009",
    "FinInstnCdtTrf": "pacs.009",
}
_VERSION = re.compile(r"((?:camt|pain|pacs)\.[0-9]{3}\.[0-9]{3}\.[0-9]{2})")
_ENVELOPES = frozenset({"Document", "AppHdr"})

_KINDS = {"transactions": ("camt",), "balances": ("camt",), "payments": ("pain", "pacs")}


@dataclass(slots=True)
class Message:
    """The message that is being read."""

    # Such as `camt.053`, and with its version where the namespace says it: `camt.053.001.02`.
    kind: str
    type: str
    count: int = 0
    total: Decimal = Decimal(0)
    # Items that could not be read: then no total can be checked.
    broken: int = 0
    # Of a statement.
    statement: entries.Statement | None = None
    totals: dict[str, tuple[int, Decimal]] = field(default_factory=dict)


class rows:  # noqa: N801 - it is called as the function that it stands for, and counts as it goes
    """The rows of a document; `messages` counts the messages of the kind that were met."""

    def __init__(self, walk: Walk, records: str, type_: str = "") -> None:
        if records not in _KINDS:
            raise InvalidInput("FORMAT_FAULTY", f"records of iso20022 is one of {', '.join(_KINDS)}.")
        self.messages = 0
        self._walk = walk
        self._records = records
        # What a frame around the document says that it is, such as CNAPS2's header.
        self._type = type_

    def __iter__(self) -> Iterator[Record | Fault]:
        message: Message | None = None
        others: list[Fault] = []
        for event, element in self._walk:
            name = local_name(element)
            if event == "start":
                if message is None and (kind := _kind_of(name)):
                    message = Message(kind, self._type or _type_of(element, kind))
                    self.messages += self._wanted(message)
                elif message is not None and self._wanted(message):
                    self._begin(message, name)
            elif message is not None and _kind_of(name) == message.kind:
                yield from self._end(message, element, others)
                self._walk.forget(element)
                message = None
            elif message is not None and self._wanted(message):
                yield from self._item(message, name, element)
        if self.messages:
            yield from others

    def _wanted(self, message: Message) -> bool:
        return message.kind.startswith(_KINDS[self._records])

    def _begin(self, message: Message, name: str) -> None:
        if name in entries.STATEMENTS:
            message.statement = entries.Statement(message.type)

    def _item(self, message: Message, name: str, element: Any) -> Iterator[Record | Fault]:
        if message.statement is not None:
            if name == "Ntry" and self._walk.path[-2] in entries.STATEMENTS:
                yield from self._row(message, element)
            elif name in entries.STATEMENTS:
                yield from self._statement(message, message.statement, element)
        elif name in payments.ITEMS[message.kind] if message.kind in payments.ITEMS else False:
            yield from self._row(message, element)
        elif name == "PmtInf":
            yield from payments.group_faults(message, element, self._walk)

    def _row(self, message: Message, element: Any) -> Iterator[Record | Fault]:
        line = self._walk.line_of(element)
        try:
            if message.statement is not None:
                found = entries.entry(message.statement, element)
            else:
                found = payments.payment(message, element)
            if found is not None and self._records != "balances":
                yield Record(line, raw_of(element), found)
        except Malformed as malformed:
            message.broken += 1
            if message.statement is not None:
                message.statement.broken += 1
            yield Fault(line, raw_of(element), malformed.reason, str(malformed))
        self._walk.forget(element)

    def _statement(self, message: Message, statement: entries.Statement, element: Any) -> Iterator[Record | Fault]:
        line = self._walk.line_of(element)
        try:
            values = entries.balances(statement, element)
            if self._records == "balances" and values:
                yield Record(line, raw_of(element), values)
        except Malformed as malformed:
            yield Fault(line, raw_of(element), malformed.reason, str(malformed))
        else:
            yield from (Fault(line, raw_of(element), reason, text) for reason, text in entries.disagreements(statement, element))
        message.statement = None
        self._walk.forget(element)

    def _end(self, message: Message, element: Any, others: list[Fault]) -> Iterator[Record | Fault]:
        line = self._walk.line_of(element)
        if not self._wanted(message):
            text = f"This is a {message.kind}, which holds no {self._records}; it is left out."
            others.append(Fault(line, raw_of(element), "MESSAGE_NOT_EXPECTED", text))
        elif message.kind in payments.ITEMS:
            yield from payments.message_faults(message, element, line)


def _kind_of(name: str) -> str:
    return _MESSAGES.get(re.sub(r"V[0-9]{2}$", "", name), "")


def _type_of(element: Any, kind: str) -> str:
    space = element.tag.partition("}")[0]
    found = _VERSION.search(space)
    return found[1] if found and found[1].startswith(kind) else kind
