"""CNAPS2 第二代支付系统: a header `{H:…}` and an XML document, once or many times in a file; of HVPS, BEPS, IBPS, CCMS and SAPS.

The documents of payments are ISO 20022's (pacs.008 in ibps.101 and hvps.111, pacs.002 in ibps.102, camt.053 in saps.603), so the
columns are those of `iso20022`, with message_type as the header says it, such as `ibps.101.001.01`, and of the header also
sender, receiver, sender_system and header_date. Documents of the system's own (ccms.*, ibps.3xx to 7xx) hold no payment, and
are told as such.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats.iso20022.messages import rows
from services.integration.connectors.formats.records import Fault, Record, clipped, unreadable
from services.integration.connectors.formats.safe_xml import Walk
from services.integration.model.feed_definition import Format

DOCUMENT_BYTES_MAX = 32_000_000
_LINE_BYTES_MAX = 1 << 16

# Version, sender, its system, receiver, its system, date, time, structure, type of message.
_HEADER = re.compile(
    rb"^\{H:([0-9A-Z]{2})(.{12,14}?)([A-Z]{4})(.{12,14}?)([A-Z]{4})([0-9]{8})([0-9 ]{6})([A-Z]{3})([a-z]{4}\.[0-9.]{3,15})"
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class _Message:
    """One message: its header, and its document in bytes."""

    line: int
    header: dict[str, str]
    document: bytearray
    document_line: int


def read(stream: BinaryIO, written: Format) -> Iterator[Record | Fault]:
    """The rows of a file of messages; a message that cannot be read costs itself only."""
    wanted = 0
    others: list[Fault] = []
    for message in _messages(stream):
        found = rows(
            Walk(io.BytesIO(bytes(message.document)), written.encoding, message.document_line - 1),
            written.records,
            message.header.get("message_type", ""),
        )
        raw = clipped(message.document.decode("utf-8", "replace"))
        try:
            # A document is small, and one that turns out to be broken must leave no row behind.
            yield from [_with_header(row, message.header) for row in found]
        except InvalidInput as fault:
            if fault.reason != "FILE_UNREADABLE" or not message.header:
                raise
            wanted += 1
            yield Fault(message.line, raw, "MESSAGE_MALFORMED", fault.message)
        else:
            wanted += found.messages
            if not found.messages:
                kind = message.header.get("message_type", "document")
                others.append(Fault(message.line, raw, "MESSAGE_NOT_EXPECTED", f"This {kind} holds no {written.records}."))
    if not wanted:
        raise unreadable(f"no message in the file is one of {written.records}")
    yield from others


def _with_header(row: Record | Fault, header: dict[str, str]) -> Record | Fault:
    return Record(row.line, row.raw, {**row.values, **header}) if isinstance(row, Record) and header else row


def _messages(stream: BinaryIO) -> Iterator[_Message]:
    message: _Message | None = None
    number, midst = 0, False
    for piece in _pieces(stream):
        begins = not midst
        number += begins
        midst = not piece.endswith(b"\n")
        text = piece.removeprefix(_BYTE_ORDER_MARK).lstrip() if begins else piece
        if begins and text.startswith(b"{H:"):
            if message is not None:
                yield message
            header, rest = _header(text, number)
            message = _Message(number, header, bytearray(rest), number if rest.strip() else number + 1)
        elif message is not None:
            _extend(message, piece if message.document else piece.removeprefix(_BYTE_ORDER_MARK).lstrip(), number)
        elif text.strip():
            # A document without a header, as it lies in archives.
            message = _Message(number, {}, bytearray(text), number)
    if message is None:
        raise unreadable("the file is empty", 1)
    yield message


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of the stream, each with its end; a line that is very long in pieces."""
    held = b""
    while chunk := stream.read(_LINE_BYTES_MAX):
        *whole, held = (held + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(held) >= _LINE_BYTES_MAX:
            yield held
            held = b""
    if held:
        yield held


def _header(text: bytes, line: int) -> tuple[dict[str, str], bytes]:
    header, _, rest = text.partition(b"}")
    found = _HEADER.match(header)
    if not found:
        raise unreadable("the header of a message is not as CNAPS2 has it", line)
    # Further headers, such as `{U:…}` and `{S:…}`, say nothing of payments.
    while rest.lstrip().startswith(b"{") and b"}" in rest:
        rest = rest.partition(b"}")[2]
    fields = [part.decode("ascii", "replace").strip() for part in found.groups()]
    day = fields[5]
    return {
        "message_type": fields[8],
        "sender": fields[1],
        "sender_system": fields[2],
        "receiver": fields[3],
        "header_date": f"{day[:4]}-{day[4:6]}-{day[6:]}",
    }, rest.lstrip()


def _extend(message: _Message, piece: bytes, line: int) -> None:
    if not message.document:
        message.document_line = line if piece.strip() else line + 1
    message.document += piece
    if len(message.document) > DOCUMENT_BYTES_MAX:
        raise unreadable(f"a document of more than {DOCUMENT_BYTES_MAX} bytes", line)
