"""SWIFT MT messages, in FIN envelopes or as bare text blocks: `records` says what of them is a row.

`transactions` and `balances` of MT940, MT941, MT942 and MT950 (see `statements`), `payments` of MT101 to MT210, MT900 and MT910
(see `payments`), `trade_finance` of MT7xx (see `trade_finance`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats.encodings import lines
from services.integration.connectors.formats.records import Fault, Record, clipped, unreadable
from services.integration.connectors.formats.swift_mt import payments, statements, trade_finance
from services.integration.connectors.formats.swift_mt.fin import Message, messages
from services.integration.model.feed_definition import Format

_Rows = Callable[[Iterator[Message]], Iterator[Record | Fault]]

_KINDS: dict[str, tuple[Callable[[Message], bool], _Rows]] = {
    "transactions": (statements.is_statement, lambda found: statements.transactions(map(statements.page_of, found))),
    "balances": (statements.is_statement, lambda found: statements.balances(map(statements.page_of, found))),
    "payments": (payments.is_payment, payments.payments),
    "trade_finance": (trade_finance.is_trade_finance, trade_finance.trade_finance),
}


def read(stream: BinaryIO, written: Format) -> Iterator[Record | Fault]:
    """The rows of a file of messages; messages of other kinds are told, and a file that holds no other is refused."""
    kind = _KINDS.get(written.records)
    if kind is None:
        raise InvalidInput("FORMAT_FAULTY", f"records of swift_mt is one of {', '.join(_KINDS)}.")
    wanted, rows = kind
    seen = _Seen()
    yield from rows(seen.only(messages(lines(stream, written.encoding)), wanted))
    if not seen.wanted:
        raise unreadable(f"no message in the file is one of {written.records}")
    yield from seen.others


class _Seen:
    """Counts messages of the kind that is wanted, and keeps the first of each other type."""

    def __init__(self) -> None:
        self.wanted = 0
        self.others: list[Fault] = []
        self._types: set[str] = set()

    def only(self, found: Iterator[Message], wanted: Callable[[Message], bool]) -> Iterator[Message]:
        for message in found:
            if wanted(message):
                self.wanted += 1
                yield message
            elif message.type not in self._types:
                self._types.add(message.type)
                what = f"an MT{message.type}" if message.type else "no message of the kind"
                self.others.append(
                    Fault(
                        message.line,
                        clipped(message.raw),
                        "MESSAGE_NOT_EXPECTED",
                        f"This is {what}; all of that type are left out.",
                    )
                )
