"""OFX: SGML of version 1.x and XML of version 2.x, as banks and their programs write both (QFX and QBO too).

Written by hand: ofxtools is under the GPL, and ofxparse is kept up no more. Read are statements of bank accounts, cards and
investment accounts; aggregates of other business are passed over. Amounts have a point or a comma before their decimals and never
a grouping mark, as the specification says (section 3.2.9.2); dates begin with YYYYMMDD (3.2.8).

`transactions`: account, bank, branch, account_type, currency, number (of the transaction in its statement, from 1),
transaction_type, posted_date, user_date, available_date, amount (signed), institution_reference (FITID), server_reference,
check_number, reference_number, name, memo, payee, category_code, counterparty_account, counterparty_bank, original_currency,
currency_rate.

`balances`, one row a statement: account, bank, branch, account_type, currency, ledger_balance, ledger_date, available_balance,
available_date, statement_start, statement_end.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats.encodings import UNDECODABLE, text_chunks
from services.integration.connectors.formats.records import Fault, Record, clipped, unreadable
from services.integration.model.feed_definition import Format

HEADER_CHARACTERS_MAX = 8_000
# One element with its value.
ELEMENT_CHARACTERS_MAX = 1_000_000
COLUMNS_MAX = 500

_STATEMENTS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
_ACCOUNTS = frozenset({"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"})
_BALANCES = frozenset({"LEDGERBAL", "AVAILBAL"})
_PARTS = frozenset({"STMTTRN", "BANKTRANLIST", "CURRENCY", "ORIGCURRENCY", "PAYEE", "BANKACCTTO", "CCACCTTO", "BALLIST", "BAL"})
_AGGREGATES = _STATEMENTS | _ACCOUNTS | _BALANCES | _PARTS | {"OFX"}
_TRANSACTION_COLUMNS = {
    "TRNTYPE": "transaction_type",
    "FITID": "institution_reference",
    "SRVRTID": "server_reference",
    "CHECKNUM": "check_number",
    "REFNUM": "reference_number",
    "NAME": "name",
    "MEMO": "memo",
    "PAYEE.NAME": "payee",
    "SIC": "category_code",
    "BANKACCTTO.ACCTID": "counterparty_account",
    "CCACCTTO.ACCTID": "counterparty_account",
    "BANKACCTTO.BANKID": "counterparty_bank",
    "ORIGCURRENCY.CURSYM": "original_currency",
    "ORIGCURRENCY.CURRATE": "currency_rate",
    "CURRENCY.CURRATE": "currency_rate",
}
_ACCOUNT_COLUMNS = {"ACCTID": "account", "BANKID": "bank", "BROKERID": "bank", "BRANCHID": "branch", "ACCTTYPE": "account_type"}
_AMOUNT = re.compile(r"^([+-]?)([0-9]{0,30})(?:[.,]([0-9]*))?$")
_NAME = re.compile(r"^/?[A-Za-z0-9_.:-]{1,80}$")
_HEADER_ENCODING = re.compile(r"\bENCODING\s*[:=]\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"\bCHARSET\s*[:=]\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)


class _Malformed(ValueError):
    def __init__(self, reason: str, description: str) -> None:
        super().__init__(description)
        self.reason = reason


@dataclass(slots=True)
class _Statement:
    """What of a statement was read so far."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    count: int = 0


@dataclass(slots=True)
class _Place:
    """Where in the document the reader is."""

    records: str
    stack: list[str] = field(default_factory=list)
    last_element: str = ""
    statement: _Statement | None = None
    transaction: dict[str, str] | None = None
    transaction_line: int = 0
    statements: int = 0
    begun: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    """A tag, without its brackets, with the text that follows it."""

    line: int
    tag: str
    text: str


def read(stream: BinaryIO, written: Format) -> Iterator[Record | Fault]:
    """The rows of a file; raises InvalidInput FILE_UNREADABLE where it is no OFX, is cut short, or holds no statement."""
    if written.records not in ("transactions", "balances"):
        raise InvalidInput("FORMAT_FAULTY", "records of ofx is transactions or balances.")
    head = stream.read(HEADER_CHARACTERS_MAX)
    place = _Place(written.records)
    for token in _tokens(text_chunks(_Rejoined(head, stream), _encoding_of(head, written.encoding))):
        yield from _take(place, token)
    if not place.begun:
        raise unreadable("the file is no OFX: it has no element OFX")
    if not place.ended:
        raise unreadable("the file ends before the end of OFX")
    if not place.statements:
        raise unreadable("the file holds no statement")


class _Rejoined:
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        return head or self._stream.read(size)


def _encoding_of(head: bytes, feed: str) -> str:
    """What the file's header says of its encoding; where it says nothing that is known, what the feed says."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    header = head.split(b"<OFX", 1)[0].decode("latin-1")
    encoding, charset = _HEADER_ENCODING.search(header), _HEADER_CHARSET.search(header)
    name = encoding[1].upper() if encoding else ""
    if name in ("UTF-8", "UTF8", "UNICODE"):
        return "utf-8"
    if charset and charset[1].upper() in ("1252", "WINDOWS-1252", "CP1252"):
        return "cp1252"
    if charset and charset[1].upper() in ("ISO-8859-1", "8859-1"):
        return "latin-1"
    return feed


def _tokens(chunks: Iterator[str]) -> Iterator[_Token]:
    """The tags of the document, each with its text, without comments."""
    held, place, line, closed = "", 0, 1, False
    while True:
        # A piece is whole when the next tag begins after it.
        begins = held.find("<", place)
        ends = _end_of_piece(held, begins, closed=closed) if begins >= 0 else -1
        if ends < 0 and not closed:
            if len(held) - place > ELEMENT_CHARACTERS_MAX:
                raise unreadable(f"an element of more than {ELEMENT_CHARACTERS_MAX} characters", line)
            chunk = next(chunks, None)
            closed, held, place = chunk is None, held[place:] + (chunk or ""), 0
            continue
        if begins < 0:
            return
        ends = len(held) if ends < 0 else ends
        line += held.count("\n", place, begins)
        yield from _token(held[begins:ends], line)
        line += held.count("\n", begins, ends)
        place = ends


def _end_of_piece(held: str, begins: int, *, closed: bool) -> int:
    for opening, closing in (("<!--", "-->"), ("<?", "?>")):
        if held.startswith(opening, begins):
            end = held.find(closing, begins)
            return end + len(closing) if end >= 0 else -1
    end = held.find("<", begins + 1)
    while end >= 0 and held.startswith(("<![CDATA[", "<!--"), end):
        closing = "]]>" if held.startswith("<![CDATA[", end) else "-->"
        end = held.find(closing, end)
        end = held.find("<", end) if end >= 0 else -1
    # Too near to the end to tell a comment from a tag.
    return end if closed or end + len("<![CDATA[") <= len(held) else -1


def _token(piece: str, line: int) -> Iterator[_Token]:
    if piece.startswith(("<?", "<!--")):
        return
    if piece.startswith("<!"):
        raise unreadable("the file has a document type or the like, which is not taken", line)
    tag, closed, text = piece[1:].partition(">")
    empty = tag.endswith("/")
    tag = tag.removesuffix("/").strip().partition(" ")[0]
    if not closed or not _NAME.match(tag):
        raise unreadable("a tag that is none", line)
    yield _Token(line, tag.upper(), _text(text))
    if empty:
        yield _Token(line, f"/{tag.upper()}", "")


def _text(text: str) -> str:
    pieces = re.split(r"<!--.*?-->|(<!\[CDATA\[.*?\]\]>)", text, flags=re.DOTALL)
    return "".join(piece[9:-3] if piece.startswith("<![CDATA[") else html.unescape(piece) for piece in pieces if piece).strip()


def _take(place: _Place, token: _Token) -> Iterator[Record | Fault]:
    tag = token.tag
    if not place.begun:
        if tag != "OFX":
            raise unreadable("the file is no OFX: it does not begin with the element OFX", token.line)
        place.begun = True
    if tag.startswith("/"):
        yield from _close(place, tag[1:])
    elif tag in _AGGREGATES and not token.text:
        yield from _open(place, token)
    elif token.text:
        _element(place, token)


def _open(place: _Place, token: _Token) -> Iterator[Record | Fault]:
    place.last_element = ""
    if token.tag in _STATEMENTS:
        yield from _end_statement(place)
        place.statement, place.statements = _Statement(token.line), place.statements + 1
    if token.tag == "STMTTRN":
        yield from _end_transaction(place)
        place.transaction, place.transaction_line = {}, token.line
    place.stack.append(token.tag)
    if len(place.stack) > COLUMNS_MAX:
        raise unreadable("aggregates without an end", token.line)


def _close(place: _Place, tag: str) -> Iterator[Record | Fault]:
    if tag == place.last_element or tag not in place.stack:
        return
    while place.stack.pop() != tag:
        pass
    if "STMTTRN" not in place.stack:
        yield from _end_transaction(place)
    if place.statement is not None and not _STATEMENTS.intersection(place.stack):
        yield from _end_statement(place)
    place.ended = place.ended or tag == "OFX"


def _element(place: _Place, token: _Token) -> None:
    place.last_element = token.tag
    within = place.stack[-1] if place.stack else ""
    if place.transaction is not None:
        name = token.tag if within == "STMTTRN" else f"{within}.{token.tag}"
        if len(place.transaction) < COLUMNS_MAX:
            place.transaction.setdefault(name, token.text)
    elif place.statement is not None:
        name = token.tag if within in _STATEMENTS else f"{within}.{token.tag}"
        place.statement.values.setdefault(name, token.text)
        if len(place.statement.values) > COLUMNS_MAX:
            raise unreadable("a statement without an end", token.line)


def _end_transaction(place: _Place) -> Iterator[Record | Fault]:
    found, place.transaction = place.transaction, None
    if found is None or place.statement is None:
        return
    place.statement.count += 1
    if place.records != "transactions":
        return
    raw = clipped("\n".join(f"<{name}>{text}" for name, text in found.items()))
    try:
        values = _account(place.statement) | _transaction(found) | {"number": str(place.statement.count)}
        yield Record(place.transaction_line, raw, {name: text for name, text in values.items() if text})
    except _Malformed as malformed:
        yield Fault(place.transaction_line, raw, malformed.reason, str(malformed))


def _end_statement(place: _Place) -> Iterator[Record | Fault]:
    statement, place.statement = place.statement, None
    if statement is None or place.records != "balances":
        return
    said = statement.values
    raw = clipped("\n".join(f"<{name}>{text}" for name, text in said.items()))
    try:
        values = _account(statement) | {
            "ledger_balance": _amount(said.get("LEDGERBAL.BALAMT", "")),
            "ledger_date": _day(said.get("LEDGERBAL.DTASOF", "")),
            "available_balance": _amount(said.get("AVAILBAL.BALAMT", "")),
            "available_date": _day(said.get("AVAILBAL.DTASOF", "")),
            "statement_start": _day(said.get("BANKTRANLIST.DTSTART", "")),
            "statement_end": _day(said.get("BANKTRANLIST.DTEND", "")),
        }
        yield Record(statement.line, raw, {name: text for name, text in values.items() if text})
    except _Malformed as malformed:
        yield Fault(statement.line, raw, malformed.reason, str(malformed))


def _account(statement: _Statement) -> dict[str, str]:
    values = {"currency": statement.values.get("CURDEF", "")}
    if any(UNDECODABLE in text for text in statement.values.values()):
        raise _Malformed("BYTES_UNDECODABLE", "There are bytes that are no text in the encoding of the file.")
    for name, text in statement.values.items():
        aggregate, _, element = name.partition(".")
        if aggregate in _ACCOUNTS and element in _ACCOUNT_COLUMNS:
            values.setdefault(_ACCOUNT_COLUMNS[element], text)
    return values


def _transaction(found: dict[str, str]) -> dict[str, str]:
    if any(UNDECODABLE in text for text in found.values()):
        raise _Malformed("BYTES_UNDECODABLE", "There are bytes that are no text in the encoding of the file.")
    if not found.get("TRNAMT"):
        raise _Malformed("FIELD_MISSING", "The transaction has no amount (TRNAMT).")
    values = {
        "posted_date": _day(found.get("DTPOSTED", "")),
        "user_date": _day(found.get("DTUSER", "")),
        "available_date": _day(found.get("DTAVAIL", "")),
        "amount": _amount(found["TRNAMT"]),
    }
    for name, column in _TRANSACTION_COLUMNS.items():
        if text := found.get(name):
            values.setdefault(column, text)
    # An amount may be of another currency than the statement's.
    return values | ({"currency": found["CURRENCY.CURSYM"]} if found.get("CURRENCY.CURSYM") else {})


def _amount(text: str) -> str:
    found = _AMOUNT.match(text)
    if not text:
        return ""
    if not found or not (found[2] or found[3]):
        raise _Malformed("FIELD_MALFORMED", "An amount is digits with a sign, and a point or a comma before its decimals.")
    amount = (found[2].lstrip("0") or "0") + (f".{found[3]}" if found[3] else "")
    return f"-{amount}" if found[1] == "-" and amount.strip("0.") else amount


def _day(text: str) -> str:
    if not text:
        return ""
    try:
        return dt.datetime.strptime(text[:8], "%Y%m%d").date().isoformat()  # noqa: DTZ007 - a day, without a time
    except ValueError:
        raise _Malformed(
            "DATE_IMPOSSIBLE", "A date begins with the year, the month and the day, and there is no such day."
        ) from None
