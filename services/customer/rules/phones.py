"""Telephone numbers, as far as one country's customers need it."""

from __future__ import annotations

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# From a short service number such as 95588 to the longest international one (ITU-T E.164).
PHONE_DIGITS_MIN = 5
PHONE_DIGITS_MAX = 15


def tidy_phone(phone: str) -> str:
    """The number without spaces around it and with single spaces inside; empty where none is given.

    Raises InvalidInput PHONE_INVALID, naming the field `phone` and never its value.
    """
    tidy = " ".join(phone.split())
    digits = sum(character.isdecimal() for character in tidy)
    if tidy and not PHONE_DIGITS_MIN <= digits <= PHONE_DIGITS_MAX:
        fault = f"A telephone number has {PHONE_DIGITS_MIN} to {PHONE_DIGITS_MAX} digits."
        raise InvalidInput("PHONE_INVALID", "The telephone number does not hold.", violations=(FieldViolation("phone", fault),))
    return tidy
