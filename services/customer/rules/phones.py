"""Telephone numbers: read by phonenumbers, of this country where no other is said."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from services.chassis.words.texts import refusal

HOME_REGION = "CN"
# From a short service number such as 95588 to the longest international one (ITU-T E.164).
PHONE_DIGITS_MIN = 5
PHONE_DIGITS_MAX = 15
# Of an extension, in digits.
EXTENSION_DIGITS_MAX = 8


def tidy_phone(phone: str) -> str:
    """The number as typed, without spaces around it and with single spaces inside; empty where none is given.

    Raises InvalidInput PHONE_INVALID, naming the field `phone` and never its value.
    """
    tidy = " ".join(phone.split())
    digits = sum(character.isdecimal() for character in tidy)
    if tidy and not PHONE_DIGITS_MIN <= digits <= PHONE_DIGITS_MAX:
        fault = f"A telephone number has {PHONE_DIGITS_MIN} to {PHONE_DIGITS_MAX} digits."
        raise refusal("PHONE_INVALID", "The telephone number does not hold.", "phone", fault)
    return tidy


def international(text: str) -> str:
    """The number in international form, `+8613812345678`, with `;ext=12` where it has an extension; empty where it is none."""
    number = _read(text)
    if number is None:
        return ""
    extension = number.extension or ""
    if len(extension) > EXTENSION_DIGITS_MAX:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) + (f";ext={extension}" if extension else "")


def normal_phone(text: str) -> str:
    """A number as it is looked for: international without an extension; its digits alone where it cannot be read."""
    number = _read(text)
    if number is not None:
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return "".join(character for character in text if character.isdecimal())


def _read(text: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except NumberParseException:
        return None
    digits = len(str(number.national_number))
    # Ranges open faster than any table learns of them: a possible length is asked, and no known range.
    if phonenumbers.is_possible_number(number) or (PHONE_DIGITS_MIN <= digits <= PHONE_DIGITS_MAX and _is_at_home(number)):
        return number
    return None


def _is_at_home(number: PhoneNumber) -> bool:
    # Service numbers such as 95588 or 10086 have lengths of their own.
    return number.country_code == phonenumbers.country_code_for_region(HOME_REGION)
