"""How a prospect's numbers are written and compared, and how texts about leads are tidied."""

from __future__ import annotations

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.money import Money

PHONE_DIGITS_MIN = 5
PHONE_DIGITS_MAX = 15
IDENTIFIER_LENGTH_MIN = 5
# The bank's own country, as numbers are dialled from abroad.
_HOME_PREFIXES = ("0086", "86")
# Of a mobile number, as it is dialled at home.
_MOBILE_DIGITS = 11
# 10 trillion of a currency with hundredths: more than any deal, and so little that thousands of such add up.
AMOUNT_UNITS_MAX = 10**15


def phone_key(phone: str) -> str:
    """A number as it is looked for: its digits, as they are dialled at home; empty where none is given.

    Raises InvalidInput PHONE_INVALID, never with the number.
    """
    if not phone.strip():
        return ""
    digits = "".join(filter(str.isdigit, phone))
    if "*" in phone or not PHONE_DIGITS_MIN <= len(digits) <= PHONE_DIGITS_MAX:
        fault = f"A telephone number of {PHONE_DIGITS_MIN} to {PHONE_DIGITS_MAX} digits, whole."
        raise _refused("PHONE_INVALID", "The telephone number does not hold.", "phone", fault)
    for prefix in _HOME_PREFIXES:
        home = digits.removeprefix(prefix)
        if home != digits and len(home) == _MOBILE_DIGITS and home.startswith("1"):
            return home
    return digits


def identifier_key(identifier: str) -> str:
    """A number of a paper as it is looked for; empty where none is given. Raises InvalidInput IDENTIFIER_INVALID."""
    if not identifier:
        return ""
    key = "".join(filter(str.isalnum, identifier)).upper()
    if "*" in identifier or len(key) < IDENTIFIER_LENGTH_MIN:
        fault = f"A number of {IDENTIFIER_LENGTH_MIN} characters or more, whole."
        raise _refused("IDENTIFIER_INVALID", "The identifier does not hold.", "identifier", fault)
    return key


def tidy_line(text: str, field: str) -> str:
    """A line with single spaces; raises InvalidInput TEXT_EMPTY where nothing is left of it."""
    tidy = " ".join(text.split())
    if not tidy:
        raise _refused("TEXT_EMPTY", "A text says nothing.", field, "Give it words.")
    return tidy


def joined_notes(note: str | None, added: str, length_max: int) -> str | None:
    """A note with a further one below it, the oldest cut off where both are too long."""
    if not added.strip():
        return note
    return f"{note}\n{added.strip()}"[-length_max:] if note else added.strip()


def amount_of(amount: str, currency_code: str, field: str) -> Money:
    """An amount that somebody expects; raises InvalidInput AMOUNT_INVALID where it is below zero or no bank has so much."""
    try:
        money = Money.parse(amount, currency_code)
    except InvalidInput as fault:
        raise _refused(fault.reason, fault.message, field, "A plain decimal, with the currency's own digits.") from None
    if not 0 <= money.minor_units <= AMOUNT_UNITS_MAX:
        raise _refused("AMOUNT_INVALID", "The amount does not hold.", field, "From zero to 10 trillion.")
    return money


def _refused(reason: str, message: str, field: str, fault: str) -> InvalidInput:
    return InvalidInput(reason, message, violations=(FieldViolation(field, fault),))
