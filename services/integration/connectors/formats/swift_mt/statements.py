"""MT940, MT941, MT942 and MT950: entries and balances of statements.

`transactions`: message_type, account, account_bank, account_currency, statement_reference, statement_number, sequence_number,
statement_date (of the closing balance, or of the report), number (of the entry in its message, from 1), value_date, entry_date,
booking_date (the entry date, or else the value date), currency, amount (signed), mark, funds_code, type_code, reference, bank_reference, supplementary, narrative, booking_text, purpose,
counterparty_name, counterparty_account, counterparty_bank.

`balances`, one row a statement, of all its pages together: message_type, account, account_bank, statement_reference,
statement_number, currency, opening_date, opening_balance, closing_date, closing_balance, available_date, available_balance,
forward_date, forward_balance (the first of them), entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from services.integration.connectors.formats.encodings import UNDECODABLE
from services.integration.connectors.formats.records import Fault, Record, clipped, unreadable
from services.integration.connectors.formats.swift_mt.fields import (
    Balance,
    Malformed,
    StatementLine,
    balance_of,
    date_of,
    statement_line_of,
    total_of,
)
from services.integration.connectors.formats.swift_mt.fin import Field, Message, raw_of
from services.integration.connectors.formats.swift_mt.narrative import Narrative, narrative_of

TYPES = frozenset({"940", "941", "942", "950"})
_TAGS = frozenset({"60F", "60M", "62F", "62M", "61", "34F", "90C", "90D"})
# Statements whose further pages are yet to come.
OPEN_STATEMENTS_MAX = 10_000

_BALANCES = {"60F": "opening", "60M": "opening", "62F": "closing", "62M": "closing", "64": "available", "65": "forward"}
_ACCOUNT_AND_CURRENCY = re.compile(r"^(.*\S)\s+([A-Z]{3})$|^([0-9]{8}/[0-9]{1,10})([A-Z]{3})$")


def is_statement(message: Message) -> bool:
    """Whether it is a statement; of a bare text block by its fields."""
    return message.type in TYPES if message.type else any(each.tag in _TAGS or each.tag == "28C" for each in message.fields)


@dataclass(slots=True)
class Entry:
    """Field 61 with the field 86 that explains it."""

    fields: list[Field]
    line: StatementLine | None = None
    narrative: Narrative = field(default_factory=lambda: Narrative(""))
    fault: Malformed | None = None


@dataclass(slots=True)
class Page:
    """One message of a statement."""

    message: Message
    type: str
    account: str = ""
    account_bank: str = ""
    currency: str = ""
    number: str = ""
    sequence: str = ""
    date: str = ""
    opening: Balance | None = None
    closing: Balance | None = None
    available: Balance | None = None
    forward: Balance | None = None
    # Whether the balances are the statement's own, not a page's.
    begins: bool = True
    ends: bool = True
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def header(self) -> dict[str, str]:
        """The columns that rows of it have in common."""
        return {
            "message_type": f"MT{self.type}",
            "account": self.account,
            "account_bank": self.account_bank,
            "statement_reference": self.message.text("20"),
            "statement_number": self.number,
        }


def page_of(message: Message) -> Page:
    """The message read; what cannot be read is among its faults."""
    page = Page(message, message.type or _type_of_bare(message))
    _read_account(page)
    number, _, sequence = message.text("28C", "28").partition("/")
    page.number, page.sequence = number.strip(), sequence.strip()
    for each in message.fields:
        _read_field(page, each)
    page.currency = next((balance.currency for balance in (page.opening, page.closing) if balance), page.currency)
    page.date = page.closing.date if page.closing else page.date
    if not message.complete:
        _distrust_the_end(page)
    _distrust_amounts(page)
    page.faults += [_fault_of(entry) for entry in page.entries if entry.fault]
    page.faults += _disagreements(page)
    return page


def transactions(pages: Iterator[Page]) -> Iterator[Record | Fault]:
    """The entries of all pages."""
    for page in pages:
        header = page.header() | {"sequence_number": page.sequence, "statement_date": page.date}
        header["account_currency"] = page.currency
        for number, entry in enumerate(page.entries, start=1):
            if entry.line and not entry.fault:
                yield _record(header | {"number": str(number)}, entry, entry.line)
        yield from page.faults


def balances(pages: Iterator[Page]) -> Iterator[Record | Fault]:
    """One row a statement."""
    unfinished: dict[str, tuple[Page, int]] = {}
    for page in pages:
        yield from (fault for fault in page.faults if fault.reason != "ENTRY_MALFORMED")
        first, entries = unfinished.pop(page.account, (page, 0))
        # A page that begins anew leaves behind one that was never ended.
        if first is not page and page.begins:
            yield _unfinished(first)
            first, entries = page, 0
        entries += len(page.entries)
        if page.closing is None:
            if page.type == "942":
                yield Fault(page.message.line, clipped(page.message.raw), "BALANCE_MISSING", "The report states no balance.")
        elif page.ends:
            yield _balance_record(first, page, page.closing, entries)
        else:
            unfinished[page.account] = first, entries
            if len(unfinished) > OPEN_STATEMENTS_MAX:
                raise unreadable(f"more than {OPEN_STATEMENTS_MAX} statements whose last page is missing", page.message.line)
    for first, _ in unfinished.values():
        yield _unfinished(first)


def _type_of_bare(message: Message) -> str:
    tags = {each.tag for each in message.fields}
    if tags & {"34F"} or (tags & {"90C", "90D"} and not tags & {"60F", "60M", "62F", "62M"}):
        return "942"
    return "941" if tags & {"90C", "90D"} and "61" not in tags else "940"


def _read_account(page: Page) -> None:
    each = page.message.first("25", "25P")
    if each is None:
        return
    lines = [line.strip() for line in each.lines if line.strip()] or [""]
    page.account = lines[0]
    page.account_bank = lines[1] if each.tag == "25P" and len(lines) > 1 else ""
    if found := _ACCOUNT_AND_CURRENCY.match(page.account):
        page.account, page.currency = found[1] or found[3], found[2] or found[4]


def _read_field(page: Page, each: Field) -> None:
    if each.tag == "61":
        page.entries.append(_entry(each))
        return
    if each.tag == "86":
        # After the last balance it speaks of the statement, as it does before the first entry.
        if page.entries and page.closing is None and len(page.entries[-1].fields) == 1:
            _explain(page.entries[-1], each)
        return
    try:
        _read_figure(page, each)
    except Malformed as malformed:
        page.faults.append(Fault(each.line, clipped(raw_of([each])), malformed.reason, f"Field {each.tag}: {malformed}"))


def _read_figure(page: Page, each: Field) -> None:
    match each.tag:
        case "60F" | "60M":
            page.opening, page.begins = page.opening or balance_of(each.text), each.tag == "60F"
        case "62F" | "62M":
            page.closing, page.ends = page.closing or balance_of(each.text), each.tag == "62F"
        case "64":
            page.available = page.available or balance_of(each.text)
        case "65":
            page.forward = page.forward or balance_of(each.text)
        case "34F":
            page.currency = page.currency or each.text.strip()[:3]
        case "13" | "13D":
            page.date = date_of(each.text.strip()[:6]) if each.tag == "13D" else page.date
        case _:
            pass


def _entry(each: Field) -> Entry:
    entry = Entry([each])
    try:
        if UNDECODABLE in each.text:
            raise Malformed("BYTES_UNDECODABLE", "There are bytes that are no text in the encoding of the feed.")
        entry.line = statement_line_of(each.lines)
    except Malformed as malformed:
        entry.fault = malformed
    return entry


def _explain(entry: Entry, each: Field) -> None:
    entry.fields.append(each)
    if UNDECODABLE in each.text:
        entry.fault = Malformed("BYTES_UNDECODABLE", "There are bytes that are no text in the encoding of the feed.")
    else:
        entry.narrative = narrative_of(each.lines)


def _distrust_the_end(page: Page) -> None:
    """A file that stops inside a message may have cut its last field short: an amount could lack digits."""
    last = page.message.fields[-1] if page.message.fields else None
    if last is None:
        return
    if page.entries and page.entries[-1].fields[-1] is last:
        # Of a bare message nothing says where it ends; an entry whose type is there has all digits of its amount.
        if not page.message.bare:
            page.entries[-1].fault = page.entries[-1].fault or Malformed("MESSAGE_CUT_SHORT", "The file ends in the midst of it.")
        return
    name = _BALANCES.get(last.tag, "")
    balance = getattr(page, name) if name else None
    if page.message.bare and (balance is None or balance.is_whole or _difference(page) == 0):
        return
    if name:
        setattr(page, name, None)
    page.faults.append(Fault(last.line, clipped(raw_of([last])), "MESSAGE_CUT_SHORT", "The file ends in the midst of a message."))


def _distrust_amounts(page: Page) -> None:
    """An amount without its comma counts only where the statement adds up with it."""
    doubtful = [entry for entry in page.entries if entry.line and not entry.line.certain and not entry.fault]
    if doubtful and _difference(page) != 0:
        for entry in doubtful:
            entry.fault = Malformed("FIELD_MALFORMED", "The amount has no comma, and the statement does not confirm it.")


def _fault_of(entry: Entry) -> Fault:
    malformed = entry.fault or Malformed("ENTRY_MALFORMED", "")
    return Fault(entry.fields[0].line, clipped(raw_of(entry.fields)), malformed.reason, f"Field 61 or 86: {malformed}")


def _difference(page: Page) -> Decimal | None:
    """By how much the closing balance differs from the opening one and the entries; None where that cannot be said."""
    if page.opening is None or page.closing is None or any(entry.line is None for entry in page.entries):
        return None
    moved = sum((Decimal(entry.line.amount) for entry in page.entries if entry.line), Decimal(0))
    if page.type == "941":
        totals = _totals(page)
        moved = totals.get("90C", (0, Decimal(0)))[1] - totals.get("90D", (0, Decimal(0)))[1]
        if not totals:
            return None
    return Decimal(page.closing.amount) - Decimal(page.opening.amount) - moved


def _totals(page: Page) -> dict[str, tuple[int, Decimal]]:
    totals = {}
    for each in page.message.fields:
        if each.tag in ("90C", "90D"):
            try:
                count, amount = total_of(each.text)
            except Malformed:
                continue
            totals[each.tag] = count, Decimal(amount)
    return totals


def _disagreements(page: Page) -> Iterator[Fault]:
    first = page.message.fields[0] if page.message.fields else None
    raw = clipped(raw_of([each for each in page.message.fields if each.tag[:2] in ("20", "25", "28", "60", "62", "90")]))
    line = first.line if first else page.message.line
    if page.type in ("940", "950") and page.closing is None and not any(f.line >= line for f in page.faults):
        yield Fault(line, raw, "BALANCE_MISSING", "The statement has no closing balance.")
    if page.opening and page.closing and page.opening.currency != page.closing.currency:
        yield Fault(line, raw, "STATEMENT_DOES_NOT_ADD_UP", "The opening and the closing balance are of different currencies.")
    elif _difference(page):
        yield Fault(
            line, raw, "STATEMENT_DOES_NOT_ADD_UP", "The opening balance and the entries do not come to the closing balance."
        )
    if page.type == "942":
        yield from _totals_disagreements(page, line, raw)


def _totals_disagreements(page: Page, line: int, raw: str) -> Iterator[Fault]:
    if any(entry.line is None for entry in page.entries):
        return
    amounts = [Decimal(entry.line.amount) for entry in page.entries if entry.line]
    for tag, said in _totals(page).items():
        own = [abs(amount) for amount in amounts if (amount < 0) == (tag == "90D")]
        if (len(own), sum(own)) != said:
            yield Fault(line, raw, "TOTALS_DO_NOT_ADD_UP", f"Field {tag} differs from the count or the sum of the entries.")


def _record(header: dict[str, str], entry: Entry, line: StatementLine) -> Record:
    narrative = entry.narrative
    currency = header.pop("account_currency")
    values = header | {
        "account_currency": currency,
        "currency": currency,
        "value_date": line.value_date,
        "entry_date": line.entry_date,
        # Banks leave the day of booking out where it is the value date.
        "booking_date": line.entry_date or line.value_date,
        "amount": line.amount,
        "mark": line.mark,
        "funds_code": line.funds_code,
        "type_code": line.type_code,
        "reference": line.reference,
        "bank_reference": line.bank_reference,
        "supplementary": line.supplementary,
        "narrative": narrative.text,
        "booking_text": narrative.booking_text,
        "purpose": narrative.purpose,
        "counterparty_name": narrative.counterparty_name,
        "counterparty_account": narrative.counterparty_account,
        "counterparty_bank": narrative.counterparty_bank,
    }
    return Record(entry.fields[0].line, clipped(raw_of(entry.fields)), {name: text for name, text in values.items() if text})


def _balance_record(first: Page, last: Page, closing: Balance, entries: int) -> Record:
    values = last.header() | {
        "currency": closing.currency,
        "closing_date": closing.date,
        "closing_balance": closing.amount,
        "entries": str(entries),
    }
    for name, balance in (("opening", first.opening), ("available", last.available), ("forward", last.forward)):
        if balance:
            values |= {f"{name}_date": balance.date, f"{name}_balance": balance.amount}
    return Record(first.message.line, clipped(last.message.raw), {name: text for name, text in values.items() if text})


def _unfinished(page: Page) -> Fault:
    return Fault(
        page.message.line,
        clipped(page.message.raw),
        "STATEMENT_UNFINISHED",
        "The statement's last page, with its closing balance, is missing.",
    )
