"""What elements of ISO 20022 hold: amounts, dates, parties, accounts, agents, across versions."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from services.integration.connectors.formats.safe_xml import element_at, elements_at, text_at

# As xs:decimal writes them, without a sign: the standard says debit or credit beside it.
_AMOUNT = re.compile(r"^\+?([0-9]{1,30})?(?:\.([0-9]*))?$")


class Malformed(ValueError):
    """The element does not hold what it must: `reason` is stable, the text says what should stand there."""

    def __init__(self, reason: str, description: str) -> None:
        super().__init__(description)
        self.reason = reason


def amount_of(element: Any) -> tuple[str, str]:
    """Currency and amount of an element such as `<Amt Ccy="CNY">8.88</Amt>`; raises Malformed."""
    text = (element.text or "").strip()
    found = _AMOUNT.match(text)
    if len(element) or not found or not (found[1] or found[2]):
        raise Malformed("FIELD_MALFORMED", "An amount is digits with a point, and no sign.")
    whole = (found[1] or "").lstrip("0") or "0"
    return element.get("Ccy", "").strip(), f"{whole}.{found[2]}" if found[2] else whole


def date_at(element: Any, *paths: str) -> str:
    """The date at the first path that has one; of a time its day, in the zone that it is written in; raises Malformed."""
    for path in paths:
        text = text_at(element, f"{path}/Dt", f"{path}/DtTm", path)
        if text:
            return day_of(text)
    return ""


def day_of(text: str) -> str:
    """The day of an ISO date or time; raises Malformed."""
    try:
        return dt.date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise Malformed("DATE_IMPOSSIBLE", "There is no such day.") from None


@dataclass(frozen=True, slots=True)
class Party:
    """Who pays or is paid."""

    name: str = ""
    account: str = ""
    bank: str = ""


def party_at(element: Any, role: str, agent: str, fallback: Any = None) -> Party:
    """The party of a role such as `Dbtr`, with `DbtrAcct` and the agent `DbtrAgt`; from `fallback` what is not in the element."""
    sources = [each for each in (element, fallback) if each is not None]
    name = account = bank = ""
    for source in sources:
        name = name or text_at(
            source, f"{role}/Nm", f"{role}/Pty/Nm", f"{role}/FinInstnId/Nm", *_bank_paths(role), f"{role}/Agt/Nm"
        )
        name = name or text_at(source, *_bank_paths(f"{role}/Agt"))
        account = account or account_at(source, f"{role}Acct")
        bank = bank or text_at(source, *_bank_paths(agent), f"{agent}/FinInstnId/Nm", f"{agent}/BrnchId/Id")
    return Party(name, account, bank)


def account_at(element: Any, path: str) -> str:
    """The number of an account."""
    return text_at(
        element, f"{path}/Id/IBAN", f"{path}/Id/Othr/Id", f"{path}/Id/PrtryAcct/Id", f"{path}/Id/BBAN", f"{path}/Prxy/Id"
    )


def remittance_of(element: Any) -> str:
    """What a payment is for."""
    remittance = element_at(element, "RmtInf")
    if remittance is None:
        return ""
    texts = [(found.text or "").strip() for found in elements_at(remittance, "Ustrd")]
    texts += [text_at(found, "CdtrRefInf/Ref", "CdtrRefInf/CdtrRef") for found in elements_at(remittance, "Strd")]
    return "\n".join(text for text in texts if text)


def bank_at(element: Any, path: str) -> str:
    """The code of a bank."""
    return text_at(element, *_bank_paths(path))


def _bank_paths(path: str) -> tuple[str, ...]:
    inner = f"{path}/FinInstnId"
    return (
        f"{inner}/BICFI",
        f"{inner}/BIC",
        f"{inner}/ClrSysMmbId/MmbId",
        f"{inner}/ClrSysMmbId/Id",
        f"{inner}/CmbndId/BIC",
        f"{inner}/Othr/Id",
        f"{inner}/PrtryId/Id",
    )
