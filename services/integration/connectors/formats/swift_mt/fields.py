"""What fields of SWIFT messages hold: dates, amounts, balances, statement lines, parties.

Source of the grammars: SWIFT Standards MT, General Field Definitions, and the field specifications of MT940. Amounts have a
decimal comma and no grouping; a date of six digits is YYMMDD, of a year from 1980 to 2079 (80 to 99 are 19xx).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from services.chassis.kernel.money import fraction_digits

# The comma must be there. Some banks write a point before their two decimals, which cannot be a grouping mark.
_AMOUNT = r"(?:[0-9]+,[0-9]*|,[0-9]+|[0-9]+\.[0-9]{0,2}(?![0-9]))"
_BALANCE = re.compile(rf"^([CD])([0-9]{{6}})([A-Z]{{3}}) ?({_AMOUNT})$")
_MONEY = re.compile(rf"^([A-Z]{{3}}) ?({_AMOUNT})$")
_DATED_MONEY = re.compile(rf"^([0-9]{{6}})([A-Z]{{3}}) ?({_AMOUNT})$")
_TOTAL = re.compile(rf"^([0-9]{{1,5}})([A-Z]{{3}}) ?({_AMOUNT})$")
_STATEMENT_LINE = re.compile(
    r"^(?P<value>[0-9]{6})(?P<entry>[0-9]{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?"
    rf"(?P<amount>{_AMOUNT}|[0-9]+(?=[A-Z])) ?(?P<type>[A-Z][A-Z0-9 ]{{3}})?(?P<rest>.*)$"
)
_PIVOT_YEAR = 80


class Malformed(ValueError):
    """The field does not follow its grammar: `reason` is stable, the text says what should stand there."""

    def __init__(self, reason: str, description: str) -> None:
        super().__init__(description)
        self.reason = reason


def date_of(text: str) -> str:
    """YYMMDD as an ISO date; raises Malformed where there is no such day."""
    try:
        two_digits = int(text[:2])
        year = (1900 if two_digits >= _PIVOT_YEAR else 2000) + two_digits
        return dt.date(year, int(text[2:4]), int(text[4:6])).isoformat()
    except ValueError:
        raise Malformed("DATE_IMPOSSIBLE", "There is no such day.") from None


def entry_date_of(text: str, value_date: str) -> str:
    """MMDD as an ISO date: of the year, before, in or after the value date's, in which it lies nearest to it."""
    near = dt.date.fromisoformat(value_date)
    days = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            days.append(dt.date(year, int(text[:2]), int(text[2:4])))
        except ValueError:
            continue
    if not days:
        raise Malformed("DATE_IMPOSSIBLE", "There is no such day.")
    return min(days, key=lambda day: abs(day - near)).isoformat()


def amount_of(text: str) -> str:
    """`0001234,5` as `1234.5`: every digit that counts."""
    whole, _, part = text.replace(".", ",").partition(",")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part}" if part else whole


def signed(amount: str, *, negative: bool) -> str:
    """The amount with its sign."""
    return f"-{amount}" if negative and amount.strip("0.") else amount


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance of a statement; negative where it is a debit."""

    date: str
    currency: str
    amount: str

    @property
    def is_whole(self) -> bool:
        """Whether no digit can be missing at its end: it has as many decimals as its currency."""
        return len(self.amount.partition(".")[2]) >= fraction_digits(self.currency)


def balance_of(text: str) -> Balance:
    """Fields 60a, 62a, 64 and 65; raises Malformed."""
    found = _BALANCE.match(text.strip())
    if not found:
        raise Malformed("FIELD_MALFORMED", "A balance is C or D, a date, a currency and an amount with a comma.")
    return Balance(date_of(found[2]), found[3], signed(amount_of(found[4]), negative=found[1] == "D"))


def money_of(text: str) -> tuple[str, str]:
    """Fields 32B, 33B and the like: currency and amount; raises Malformed."""
    found = _MONEY.match(text.strip())
    if not found:
        raise Malformed("FIELD_MALFORMED", "An amount is a currency and digits with a comma.")
    return found[1], amount_of(found[2])


def dated_money_of(text: str) -> tuple[str, str, str]:
    """Field 32A: date, currency and amount; raises Malformed."""
    found = _DATED_MONEY.match(text.strip())
    if not found:
        raise Malformed("FIELD_MALFORMED", "An amount is a date, a currency and digits with a comma.")
    return date_of(found[1]), found[2], amount_of(found[3])


def total_of(text: str) -> tuple[int, str]:
    """Fields 90C and 90D: how many entries, and their sum; raises Malformed."""
    found = _TOTAL.match(text.strip())
    if not found:
        raise Malformed("FIELD_MALFORMED", "A total is a count, a currency and an amount with a comma.")
    return int(found[1]), amount_of(found[3])


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Field 61."""

    value_date: str
    entry_date: str
    # C, D, RC (a credit reversed), RD (a debit reversed), EC, ED (expected).
    mark: str
    # The third letter of the currency, where it is said.
    funds_code: str
    # Negative where the entry takes money out of the account.
    amount: str
    type_code: str
    reference: str
    bank_reference: str
    supplementary: str
    # Whether the amount has its comma; without one it may be of other units than it seems.
    certain: bool = True


def statement_line_of(lines: list[str]) -> StatementLine:
    """Field 61 of its lines; raises Malformed."""
    found = _STATEMENT_LINE.match(lines[0].rstrip())
    # Without a type the amount's last digits may be cut off, unless what follows shows that they are not.
    if not found or not (found["type"] or found["rest"].startswith("//")):
        raise Malformed("FIELD_MALFORMED", "A statement line is a date, a mark, an amount with a comma, a type and a reference.")
    value_date = date_of(found["value"])
    reference, _, bank_reference = found["rest"].partition("//")
    return StatementLine(
        value_date=value_date,
        entry_date=entry_date_of(found["entry"], value_date) if found["entry"] else "",
        mark=found["mark"],
        funds_code=found["funds"] or "",
        # A credit reversed takes out what came in; a debit reversed brings it back.
        amount=signed(amount_of(found["amount"]), negative=found["mark"] in ("D", "ED", "RC")),
        type_code=(found["type"] or "").strip(),
        reference=reference.strip(),
        bank_reference=bank_reference.strip(),
        supplementary="\n".join(lines[1:]).strip(),
        certain="," in found["amount"] or "." in found["amount"],
    )


@dataclass(frozen=True, slots=True)
class Party:
    """A party of a payment: whichever of account, code and name the option of its field gives."""

    account: str = ""
    # A bank's identifier code.
    code: str = ""
    name: str = ""
    address: str = ""


_CODE = re.compile(r"^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$")
_NUMBERED = re.compile(r"^([1-8])/(.*)$")


def party_of(tag: str, lines: list[str]) -> Party:
    """Fields 50a to 59a: `/account`, then a code (options A, G, C) or name and address (B, D, F, H, K, none)."""
    rest = [line.rstrip() for line in lines if line.strip()]
    account = ""
    if rest and rest[0].startswith("/"):
        account = rest.pop(0).lstrip("/")
        # `/C/…` and `/D/…` say on which side the account stands.
        if account[1:2] == "/" and account[0] in "CD":
            account = account[2:]
    if rest and (tag[-1:] in "AGC" or (len(rest) == 1 and tag[-1:] not in "KDH")) and _CODE.match(rest[0].strip()):
        return Party(account, code=rest[0].strip())
    if tag[-1:] == "F":
        return _numbered_party(account, rest)
    return Party(account, name=rest[0].strip() if rest else "", address="\n".join(rest[1:]))


def _numbered_party(account: str, rest: list[str]) -> Party:
    # Option F: `1/` begins lines of the name, `2/` and `3/` the address; the first line may identify it.
    names, addresses = [], []
    for line in rest:
        found = _NUMBERED.match(line)
        if found is None:
            account = account or line.strip()
        else:
            (names if found[1] == "1" else addresses).append(found[2].strip())
    return Party(account, name=" ".join(names), address="\n".join(addresses))
