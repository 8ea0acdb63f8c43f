"""BAI2, the cash management balance reporting of North American banks: records 01 to 99, with continuations (88).

Written by hand: the library bai2 takes whole files into memory and refuses all of one for a record that it cannot read; tests
hold the two to the same result wherever the library has one. Source: Cash Management Balance Reporting Specifications, version 2.

Amounts are whole minor units of the currency, as the standard has them. Dates stay as they are (YYMMDD): the standard has no rule
for their century.

`transactions`: account, currency, as_of_date, as_of_modifier, originator, receiver, file_reference, number (of the record in its
account, from 1), type_code, amount (signed: credits 1xx to 3xx, loan payments and 920 to 959 positive, debits negative),
funds_type, value_date, bank_reference, customer_reference, text.

`balances`, one row an account of a group: account, currency, as_of_date, as_of_modifier, originator, receiver, file_reference,
opening_balance (010), closing_balance (015), opening_available (040), closing_available (045), current_balance (030),
current_available (060).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats.encodings import UNDECODABLE, Line, lines
from services.integration.connectors.formats.records import Fault, Record, clipped, unreadable
from services.integration.model.feed_definition import Format

RECORD_LINES_MAX = 10_000

# Some banks write several records to a line.
_BETWEEN_RECORDS = re.compile(r"(?<=/)\s+(?=(?:01|02|03|16|49|88|98|99),)")
_CODE = re.compile(r"^(01|02|03|16|49|88|98|99),")
_AMOUNT = re.compile(r"^[+-]?[0-9]{1,30}$")
_BALANCES = {
    "010": "opening_balance",
    "015": "closing_balance",
    "030": "current_balance",
    "040": "opening_available",
    "045": "closing_available",
    "060": "current_available",
}
# How many fields follow a funds type: amounts of three days; date and time. Of `D` the first says how many pairs follow.
_FUNDS_FIELDS = {"S": 3, "V": 2}


class _Malformed(ValueError):
    pass


@dataclass(slots=True)
class _Piece:
    """One logical record: its own line and those that continue it, each without its code and its slash."""

    code: str
    line: int
    lines: list[str]
    broken: bool = False

    @property
    def raw(self) -> str:
        return clipped(f"{self.code}," + "\n88,".join(self.lines))

    def fields(self) -> list[str]:
        return [value for text in self.lines for value in text.split(",")]


@dataclass(slots=True)
class _Totals:
    """What was counted of a file, a group or an account."""

    amount: int = 0
    parts: int = 0
    records: int = 0
    broken: bool = False


@dataclass(slots=True)
class _Place:
    """Where in the file the reader is."""

    records: str
    header: dict[str, str] = field(default_factory=dict)
    group: dict[str, str] = field(default_factory=dict)
    account: dict[str, str] = field(default_factory=dict)
    number: int = 0
    file_totals: _Totals = field(default_factory=_Totals)
    group_totals: _Totals = field(default_factory=_Totals)
    account_totals: _Totals = field(default_factory=_Totals)


def read(stream: BinaryIO, written: Format) -> Iterator[Record | Fault]:
    """The rows of a file; raises InvalidInput FILE_UNREADABLE where it does not begin and end as the standard has it."""
    if written.records not in ("transactions", "balances"):
        raise InvalidInput("FORMAT_FAULTY", "records of bai2 is transactions or balances.")
    place = _Place(written.records)
    for piece in _pieces(lines(stream, written.encoding)):
        yield from _take(place, piece)


def _pieces(found: Iterator[Line]) -> Iterator[_Piece]:
    piece: _Piece | None = None
    for line in found:
        for text in _BETWEEN_RECORDS.split(line.text.strip(" \x1a\x00")):
            if not text:
                continue
            code = text[:2] if _CODE.match(text) else ""
            content = text[3:].removesuffix("/")
            if piece is None and code != "01":
                raise unreadable("the file does not begin with a file header (record 01)", line.number)
            if code == "88" or not code:
                _continue(piece, content if code else text, line.number, broken=not code)
                continue
            if piece is not None:
                yield piece
            piece = _Piece(code, line.number, [content])
    if piece is None or piece.code != "99":
        # Its last record may have been cut short in the midst of an amount.
        raise unreadable("the file ends before its trailer (record 99)")
    yield piece


def _continue(piece: _Piece | None, content: str, line: int, *, broken: bool) -> None:
    if piece is not None:
        piece.lines.append(content)
        piece.broken = piece.broken or broken
        if len(piece.lines) > RECORD_LINES_MAX:
            raise unreadable(f"a record of more than {RECORD_LINES_MAX} lines", line)


def _take(place: _Place, piece: _Piece) -> Iterator[Record | Fault]:
    for totals in (place.file_totals, place.group_totals, place.account_totals):
        totals.records += len(piece.lines)
    undecodable = any(UNDECODABLE in text for text in piece.lines)
    if undecodable and piece.code != "16":
        raise unreadable(f"record {piece.code} has bytes that are no text in the encoding of the feed", piece.line)
    if piece.broken or undecodable:
        place.account_totals.broken = place.group_totals.broken = place.file_totals.broken = True
        yield Fault(
            piece.line, piece.raw, "RECORD_MALFORMED", "A line of the record is no record, or holds bytes that are no text."
        )
        if piece.code in ("16", "88"):
            place.number += 1
            return
    try:
        yield from _HANDLERS[piece.code](place, piece)
    except _Malformed as malformed:
        place.account_totals.broken = place.group_totals.broken = place.file_totals.broken = True
        yield Fault(piece.line, piece.raw, "FIELD_MALFORMED", str(malformed))


def _file_header(place: _Place, piece: _Piece) -> Iterator[Record | Fault]:
    if place.header:
        raise unreadable("a second file header (record 01)", piece.line)
    fields = _padded(piece.fields(), 5)
    place.header = {"sender": fields[0], "file_reference": "-".join(fields[2:5])}
    place.file_totals = _Totals(records=len(piece.lines))
    return iter(())


def _group_header(place: _Place, piece: _Piece) -> Iterator[Record | Fault]:
    receiver, originator, _, day, _, currency, modifier = _padded(piece.fields(), 7)[:7]
    place.group = {
        "receiver": receiver,
        "originator": originator,
        "as_of_date": day,
        # The standard's own default.
        "currency": currency or "USD",
        "as_of_modifier": modifier,
        "file_reference": place.header.get("file_reference", ""),
    }
    place.group_totals = _Totals(records=len(piece.lines))
    return iter(())


def _account(place: _Place, piece: _Piece) -> Iterator[Record | Fault]:
    account, currency, *rest = _padded(piece.fields(), 2)
    place.account = place.group | {"account": account} | ({"currency": currency} if currency else {})
    place.number = 0
    place.account_totals = _Totals(records=len(piece.lines), broken=piece.broken)
    balances = {}
    while any(rest):
        code, amount, _, funds, *rest = _padded(rest, 4)
        rest = rest[_funds_fields(funds, rest) :]
        if amount:
            _count(place, amount)
        if amount and code in _BALANCES:
            balances[_BALANCES[code]] = str(int(amount))
    if place.records == "balances":
        values = place.account | balances
        yield Record(piece.line, piece.raw, {name: text for name, text in values.items() if text})


def _transaction(place: _Place, piece: _Piece) -> Iterator[Record | Fault]:
    place.number += 1
    first, *more = piece.lines
    fields = first.split(",")
    while len(fields) < _fields_before_text(fields) and more:
        fields += more.pop(0).split(",")
    type_code, amount, funds = _padded(fields, 3)[:3]
    begins = _fields_before_text(fields)
    fields = _padded(fields, begins)
    if amount:
        _count(place, amount)
    if place.records == "transactions":
        values = place.account | {
            "number": str(place.number),
            "type_code": type_code,
            "amount": str(_sign(type_code) * int(amount or "0")),
            "funds_type": funds,
            "value_date": fields[3] if funds == "V" else "",
            "bank_reference": fields[begins - 2],
            "customer_reference": fields[begins - 1],
            "text": "\n".join(text.strip() for text in (",".join(fields[begins:]), *more) if text.strip()),
        }
        yield Record(piece.line, piece.raw, {name: text for name, text in values.items() if text})


def _account_trailer(place: _Place, piece: _Piece) -> Iterator[Record | Fault]:
    totals = place.account_totals
    yield from _disagreement(piece, totals, None)
    place.group_totals.parts += 1
    place.group_totals.amount += totals.amount


def _group_trailer(place: _Place, piece: _Piece) -> Iterator[Record | Fault]:
    totals = place.group_totals
    yield from _disagreement(piece, totals, totals.parts)
    place.file_totals.parts += 1
    place.file_totals.amount += totals.amount


def _file_trailer(place: _Place, piece: _Piece) -> Iterator[Record | Fault]:
    yield from _disagreement(piece, place.file_totals, place.file_totals.parts)


_HANDLERS = {
    "01": _file_header,
    "02": _group_header,
    "03": _account,
    "16": _transaction,
    "49": _account_trailer,
    "98": _group_trailer,
    "99": _file_trailer,
}


def _disagreement(piece: _Piece, totals: _Totals, parts: int | None) -> Iterator[Fault]:
    fields = [text.strip() for text in piece.fields()]
    amount, *counts = fields
    own = [parts, totals.records] if parts is not None else [totals.records]
    if totals.broken:
        return
    agrees = (not amount or (_AMOUNT.match(amount) and int(amount) == totals.amount)) and all(
        not said or (said.isascii() and said.isdigit() and int(said) == counted)
        for said, counted in zip(counts, own, strict=False)
    )
    if not agrees:
        text = f"The totals of record {piece.code} are not those of the records before it."
        yield Fault(piece.line, piece.raw, "TOTALS_DO_NOT_ADD_UP", text)


def _count(place: _Place, amount: str) -> None:
    if not _AMOUNT.match(amount):
        raise _Malformed("An amount is whole minor units, without a point.")
    place.account_totals.amount += int(amount)


def _sign(type_code: str) -> int:
    number = int(type_code) if type_code.isascii() and type_code.isdigit() and len(type_code) == 3 else 0  # noqa: PLR2004 - a type code's length
    if 100 <= number <= 399 or 720 <= number <= 759 or 920 <= number <= 959:  # noqa: PLR2004 - the standard's ranges
        return 1
    if 400 <= number <= 699 or 760 <= number <= 799 or 960 <= number <= 999:  # noqa: PLR2004 - the standard's ranges
        return -1
    # Says something, and moves nothing.
    if number == 890:  # noqa: PLR2004 - the standard's code
        return 0
    raise _Malformed("The type code says neither credit nor debit.")


def _fields_before_text(fields: list[str]) -> int:
    # Type, amount, funds type and what it needs, and two references.
    return 5 + (_funds_fields(fields[2], fields[3:]) if len(fields) > 2 else 0)  # noqa: PLR2004 - the third field


def _funds_fields(funds: str, following: list[str]) -> int:
    if funds == "D" and following:
        count = following[0]
        if not (count.isascii() and count.isdigit()) or len(count) > 2:  # noqa: PLR2004 - two digits
            raise _Malformed("A distribution of funds says first how many days follow.")
        return 1 + 2 * int(count)
    return _FUNDS_FIELDS.get(funds, 0)


def _padded(fields: list[str], size: int) -> list[str]:
    fields = [text.strip() for text in fields[:size]] + fields[size:]
    return fields + [""] * (size - len(fields))
