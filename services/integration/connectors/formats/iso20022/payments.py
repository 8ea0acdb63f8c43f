"""pain.001, pain.002, pain.008, pacs.002, pacs.003, pacs.004, pacs.008, pacs.009: payments and what became of them.

`payments`, one row a payment: message_type, message_reference, group_reference (PmtInfId), item_reference (the end-to-end
reference, or else the transaction's or instruction's), transaction_reference, instruction_reference, unique_reference (UETR),
value_date, currency, amount, instructed_currency, instructed_amount, debtor_name, debtor_account, debtor_bank, creditor_name,
creditor_account, creditor_bank, purpose, category_purpose, remittance, charges; of reports and returns also
original_message_reference, original_message_type, status and status_reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from services.integration.connectors.formats.iso20022.elements import (
    Malformed,
    amount_of,
    date_at,
    party_at,
    remittance_of,
)
from services.integration.connectors.formats.records import Fault, Record
from services.integration.connectors.formats.safe_xml import Walk, element_at, raw_of, text_at

if TYPE_CHECKING:
    from services.integration.connectors.formats.iso20022.messages import Message

# The element of each message that is a payment.
ITEMS = {
    "pain.001": ("CdtTrfTxInf",),
    "pain.002": ("TxInfAndSts",),
    "pain.008": ("DrctDbtTxInf",),
    "pacs.002": ("TxInfAndSts",),
    "pacs.003": ("DrctDbtTxInf",),
    "pacs.004": ("TxInf",),
    "pacs.008": ("CdtTrfTxInf",),
    "pacs.009": ("CdtTrfTxInf",),
}
_REPORTS = frozenset({"pain.002", "pacs.002"})


def payment(message: Message, element: Any) -> dict[str, str]:
    """The columns of one payment; raises Malformed."""
    message.count += 1
    group = element.getparent()
    header = _header_of(element)
    # What a report repeats of the payment stands one level lower.
    original = element_at(element, "OrgnlTxRef")
    told = element if original is None else original
    currency, amount, instructed = _amounts(element, told, required=message.kind not in _REPORTS)
    if amount:
        message.total += Decimal(amount)
        _count_group(message, group, Decimal(amount))
    debtor = party_at(told, "Dbtr", "DbtrAgt", group)
    creditor = party_at(told, "Cdtr", "CdtrAgt", group)
    end_to_end = text_at(element, "PmtId/EndToEndId", "OrgnlEndToEndId")
    transaction = text_at(element, "PmtId/TxId", "OrgnlTxId", "RtrId")
    instruction = text_at(element, "PmtId/InstrId", "OrgnlInstrId")
    values = {
        "message_type": message.type,
        "message_reference": text_at(header, "GrpHdr/MsgId"),
        "group_reference": text_at(group, "PmtInfId", "OrgnlPmtInfId"),
        # Most payers give no end-to-end reference, and the standard has them say so.
        "item_reference": (end_to_end if end_to_end != "NOTPROVIDED" else "") or transaction or instruction or str(message.count),
        "transaction_reference": transaction,
        "instruction_reference": instruction,
        "unique_reference": text_at(element, "PmtId/UETR", "OrgnlUETR"),
        "value_date": _value_date(told, group, header),
        "currency": currency,
        "amount": amount,
        "instructed_currency": instructed[0],
        "instructed_amount": instructed[1],
        "debtor_name": debtor.name,
        "debtor_account": debtor.account,
        "debtor_bank": debtor.bank,
        "creditor_name": creditor.name,
        "creditor_account": creditor.account,
        "creditor_bank": creditor.bank,
        "purpose": text_at(told, "Purp/Cd", "Purp/Prtry"),
        "category_purpose": text_at(told, "PmtTpInf/CtgyPurp/Cd", "PmtTpInf/CtgyPurp/Prtry"),
        "remittance": remittance_of(told),
        "charges": text_at(element, "ChrgBr") or text_at(group, "ChrgBr"),
        **_status(element, header),
    }
    return {name: text for name, text in values.items() if text}


def group_faults(message: Message, element: Any, walk: Walk) -> Iterator[Fault]:
    """What a group of payments (PmtInf) says of itself and does not keep."""
    reference = text_at(element, "PmtInfId")
    count, total = message.totals.pop(reference, (0, Decimal(0)))
    if not message.broken and _differs(element, count, total):
        text = "The number or the sum that the group of payments states is not that of its payments."
        yield Fault(walk.line_of(element), raw_of(element), "TOTALS_DO_NOT_ADD_UP", text)
    walk.forget(element)


def message_faults(message: Message, element: Any, line: int) -> Iterator[Record | Fault]:
    """What a message says of itself and does not keep; and the row of a report that speaks of a whole message only."""
    if message.kind in _REPORTS:
        if not message.count and not message.broken:
            yield from _report_of_whole(message, element, line)
        return
    header = element_at(element, "GrpHdr")
    if message.broken or header is None:
        return
    if _differs(header, message.count, message.total):
        text = "The number or the sum that the message states is not that of its payments."
        yield Fault(line, raw_of(header), "TOTALS_DO_NOT_ADD_UP", text)


def _report_of_whole(message: Message, element: Any, line: int) -> Iterator[Record]:
    status = element_at(element, "OrgnlGrpInfAndSts")
    if status is None:
        return
    values = {
        "message_type": message.type,
        "message_reference": text_at(element, "GrpHdr/MsgId"),
        "item_reference": text_at(status, "OrgnlMsgId"),
        "original_message_reference": text_at(status, "OrgnlMsgId"),
        "original_message_type": text_at(status, "OrgnlMsgNmId"),
        "status": text_at(status, "GrpSts"),
        "status_reason": text_at(status, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry"),
    }
    yield Record(line, raw_of(element), {name: text for name, text in values.items() if text})


def _amounts(element: Any, told: Any, *, required: bool) -> tuple[str, str, tuple[str, str]]:
    settled = _first(element, told, "IntrBkSttlmAmt", "RtrdIntrBkSttlmAmt")
    instructed = _first(element, told, "Amt/InstdAmt", "InstdAmt", "Amt/EqvtAmt/Amt")
    main = settled if settled is not None else instructed
    if main is None:
        if required:
            raise Malformed("FIELD_MISSING", "The payment has no amount.")
        return "", "", ("", "")
    currency, amount = amount_of(main)
    other = amount_of(instructed) if instructed is not None and instructed is not main else ("", "")
    return currency, amount, other


def _first(element: Any, told: Any, *paths: str) -> Any:
    for source in (element, told):
        for path in paths:
            if (found := element_at(source, path)) is not None:
                return found
    return None


def _value_date(told: Any, group: Any, header: Any) -> str:
    for source in (told, group):
        if found := date_at(source, "IntrBkSttlmDt", "ReqdExctnDt", "ReqdColltnDt"):
            return found
    return date_at(header, "GrpHdr/IntrBkSttlmDt")


def _status(element: Any, header: Any) -> dict[str, str]:
    return {
        "status": text_at(element, "TxSts"),
        "status_reason": text_at(
            element,
            "StsRsnInf/Rsn/Cd",
            "StsRsnInf/Rsn/Prtry",
            "RtrRsnInf/Rsn/Cd",
            "RtrRsnInf/Rsn/Prtry",
        ),
        "original_message_reference": text_at(element, "OrgnlGrpInf/OrgnlMsgId")
        or text_at(header, "OrgnlGrpInfAndSts/OrgnlMsgId"),
        "original_message_type": text_at(element, "OrgnlGrpInf/OrgnlMsgNmId")
        or text_at(header, "OrgnlGrpInfAndSts/OrgnlMsgNmId"),
    }


def _header_of(element: Any) -> Any:
    """The element of the message, which has the header."""
    for above in element.iterancestors():
        if element_at(above, "GrpHdr") is not None:
            return above
    return element


def _count_group(message: Message, group: Any, amount: Decimal) -> None:
    reference = text_at(group, "PmtInfId")
    if reference:
        count, total = message.totals.get(reference, (0, Decimal(0)))
        message.totals[reference] = count + 1, total + amount


def _differs(header: Any, count: int, total: Decimal) -> bool:
    said, sum_ = text_at(header, "NbOfTxs"), text_at(header, "CtrlSum", "TtlIntrBkSttlmAmt")
    try:
        return (bool(said) and int(said) != count) or (bool(sum_) and Decimal(sum_) != total)
    except (ValueError, InvalidOperation):
        return True
