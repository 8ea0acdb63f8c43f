"""camt.052, camt.053, camt.054: entries and balances of accounts.

`transactions`, one row an entry that is booked: message_type, account, account_currency, account_bank, account_owner,
statement_reference, statement_number, statement_date, number (of the entry in its statement, from 1), entry_reference,
bank_reference, currency, amount (signed), reversal, booking_date, value_date, transaction_code, details (how many payments the
entry books together), information; and where it books one payment: end_to_end_reference, instruction_reference,
transaction_reference, mandate_reference, counterparty_name, counterparty_account, counterparty_bank, remittance.

`balances`, one row a statement: message_type, account, account_bank, account_owner, statement_reference, statement_number, currency,
opening_date, opening_balance, closing_date, closing_balance, available_date, available_balance, interim_date, interim_balance,
forward_date, forward_balance, entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.integration.connectors.formats.iso20022.elements import (
    Malformed,
    account_at,
    amount_of,
    bank_at,
    date_at,
    day_of,
    party_at,
    remittance_of,
)
from services.integration.connectors.formats.safe_xml import element_at, elements_at, text_at

STATEMENTS = frozenset({"Stmt", "Rpt", "Ntfctn"})
# What a balance's code makes of it: the standard's external code set for balance types.
_BALANCES = {
    "OPBD": "opening",
    "PRCD": "opening",
    "CLBD": "closing",
    "CLAV": "available",
    "ITAV": "available",
    "ITBD": "interim",
    "FWAV": "forward",
}


@dataclass(slots=True)
class Statement:
    """One statement, report or notification, and what of it was read so far."""

    type: str
    count: int = 0
    booked: Decimal = Decimal(0)
    not_booked: int = 0
    broken: int = 0
    currencies: set[str] = field(default_factory=set)
    credits: tuple[int, Decimal] = (0, Decimal(0))
    debits: tuple[int, Decimal] = (0, Decimal(0))
    read: dict[str, tuple[str, str, Decimal]] = field(default_factory=dict)


def entry(statement: Statement, element: Any) -> dict[str, str] | None:
    """The columns of an entry; None where it is not booked; raises Malformed."""
    statement.count += 1
    found = element_at(element, "Amt")
    if found is None:
        raise Malformed("FIELD_MISSING", "The entry has no amount (Amt).")
    currency, amount = amount_of(found)
    sign = _sign(element)
    signed = f"-{amount}" if sign < 0 and amount.strip("0.") else amount
    _count(statement, Decimal(signed), credit=sign > 0)
    if text_at(element, "Sts/Cd", "Sts") not in ("", "BOOK"):
        statement.not_booked += 1
        return None
    statement.booked += Decimal(signed)
    statement.currencies.add(currency)
    parent = element.getparent()
    values = (
        _header(statement, parent)
        | {
            "statement_date": _statement_day(parent),
            "number": str(statement.count),
            "entry_reference": text_at(element, "NtryRef"),
            "bank_reference": text_at(element, "AcctSvcrRef"),
            "account_currency": text_at(parent, "Acct/Ccy"),
            "currency": currency,
            "amount": signed,
            "reversal": text_at(element, "RvslInd"),
            # Banks leave the day of booking out where it is the value date.
            "booking_date": date_at(element, "BookgDt", "ValDt"),
            "value_date": date_at(element, "ValDt"),
            "transaction_code": _code(element),
            "information": text_at(element, "AddtlNtryInf"),
        }
        | _details(element, credit=sign > 0)
    )
    return {name: text for name, text in values.items() if text}


def balances(statement: Statement, element: Any) -> dict[str, str]:
    """The columns of a statement's balances; empty where it has none; raises Malformed."""
    values = _header(statement, element) | {"entries": str(statement.count)}
    for each in elements_at(element, "Bal"):
        code = text_at(each, "Tp/CdOrPrtry/Cd", "Tp/Cd")
        name, found = _BALANCES.get(code, ""), element_at(each, "Amt")
        # A former closing balance is the opening one only where no other is stated.
        if not name or found is None or (name in statement.read and code in ("PRCD", "ITAV", "FWAV")):
            continue
        currency, amount = amount_of(found)
        signed = f"-{amount}" if _sign(each) < 0 and amount.strip("0.") else amount
        statement.read[name] = currency, signed, Decimal(signed)
        values |= {f"{name}_balance": signed, f"{name}_date": date_at(each, "Dt")}
    if not statement.read:
        return {}
    order = ("closing", "interim", "opening", "available", "forward")
    values["currency"] = next(
        (statement.read[name][0] for name in order if name in statement.read and statement.read[name][0]), ""
    )
    values["currency"] = values["currency"] or text_at(element, "Acct/Ccy")
    return {name: text for name, text in values.items() if text}


def disagreements(statement: Statement, element: Any) -> Iterator[tuple[str, str]]:
    """What of the statement's own totals does not agree with its entries: a reason, and what it is."""
    if statement.not_booked:
        yield "ENTRIES_NOT_BOOKED", f"{statement.not_booked} entries are not booked yet and are left out."
    if statement.broken:
        return
    opening, closing = statement.read.get("opening"), statement.read.get("closing")
    alike = opening and closing and opening[0] == closing[0] and statement.currencies <= {opening[0]}
    if alike and opening and closing and opening[2] + statement.booked != closing[2]:
        yield "STATEMENT_DOES_NOT_ADD_UP", "The opening balance and the booked entries do not come to the closing balance."
    for path, (count, total) in (
        ("TxsSummry/TtlNtries", (statement.count, None)),
        ("TxsSummry/TtlCdtNtries", statement.credits),
        ("TxsSummry/TtlDbtNtries", statement.debits),
    ):
        summary = element_at(element, path)
        if summary is not None and _differs(summary, count, total):
            yield "TOTALS_DO_NOT_ADD_UP", f"{path} differs from the entries."


def _differs(summary: Any, count: int, total: Decimal | None) -> bool:
    said, sum_ = text_at(summary, "NbOfNtries"), text_at(summary, "Sum")
    try:
        return (bool(said) and int(said) != count) or (total is not None and bool(sum_) and Decimal(sum_) != abs(total))
    except ArithmeticError:
        return True
    except ValueError:
        return True


def _count(statement: Statement, signed: Decimal, *, credit: bool) -> None:
    if credit:
        statement.credits = statement.credits[0] + 1, statement.credits[1] + signed
    else:
        statement.debits = statement.debits[0] + 1, statement.debits[1] + signed


def _sign(element: Any) -> int:
    code = text_at(element, "CdtDbtInd")
    if code not in ("CRDT", "DBIT"):
        raise Malformed("FIELD_MISSING" if not code else "FIELD_MALFORMED", "CdtDbtInd is CRDT or DBIT.")
    return 1 if code == "CRDT" else -1


def _header(statement: Statement, element: Any) -> dict[str, str]:
    return {
        "message_type": statement.type,
        "account": account_at(element, "Acct"),
        "account_bank": bank_at(element, "Acct/Svcr"),
        "account_owner": text_at(element, "Acct/Ownr/Nm", "Acct/Nm"),
        "statement_reference": text_at(element, "Id"),
        "statement_number": text_at(element, "LglSeqNb", "ElctrncSeqNb"),
    }


def _statement_day(element: Any) -> str:
    for each in elements_at(element, "Bal"):
        if text_at(each, "Tp/CdOrPrtry/Cd", "Tp/Cd") in ("CLBD", "ITBD"):
            return date_at(each, "Dt")
    text = text_at(element, "FrToDt/ToDtTm", "FrToDt/ToDt", "CreDtTm")
    return day_of(text) if text else ""


def _code(element: Any) -> str:
    domain = element_at(element, "BkTxCd/Domn")
    if domain is None:
        return text_at(element, "BkTxCd/Prtry/Cd")
    parts = (text_at(domain, "Cd"), text_at(domain, "Fmly/Cd"), text_at(domain, "Fmly/SubFmlyCd"))
    return "-".join(part for part in parts if part)


def _details(element: Any, *, credit: bool) -> dict[str, str]:
    details = elements_at(element, "NtryDtls/TxDtls")
    batch = text_at(element, "NtryDtls/Btch/NbOfTxs")
    values = {"details": batch or (str(len(details)) if details else "")}
    if len(details) != 1 or batch not in ("", "1"):
        return values
    detail = details[0]
    # Of what is given back, the parties keep the roles that they had at first.
    reversal = text_at(element, "RvslInd") in ("true", "1")
    role = "Dbtr" if credit != reversal else "Cdtr"
    parties, agents = element_at(detail, "RltdPties"), element_at(detail, "RltdAgts")
    party = party_at(parties, role, f"{role}Agt") if parties is not None else None
    return values | {
        "end_to_end_reference": text_at(detail, "Refs/EndToEndId"),
        "instruction_reference": text_at(detail, "Refs/InstrId"),
        "transaction_reference": text_at(detail, "Refs/TxId", "Refs/UETR"),
        "mandate_reference": text_at(detail, "Refs/MndtId"),
        "counterparty_name": party.name if party else "",
        "counterparty_account": party.account if party else "",
        "counterparty_bank": party_at(agents, role, f"{role}Agt").bank if agents is not None else "",
        "remittance": remittance_of(detail),
    }
