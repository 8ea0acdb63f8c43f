"""Identifiers: the numbers by which authorities and other systems know a customer.

What is checked is what a number says of itself: its form, its check digit, a birth date that exists. Where it was issued is
checked no closer than the province: division codes come and go, and a number keeps the code that was in force on the day of
its issue, which nobody can tell from the number (`stdnum.cn.ric.validate` takes the birth year for it, and so refuses cards
that are good). Nor are letters refused in the first two places of a credit code, which `stdnum.cn.uscc.validate` refuses:
rural collectives have N.

Authorities have issued credit codes whose check character is wrong, and a bank has customers with such codes. One is kept
where whoever has seen the paper says so: an exception, in words. It excuses the check digit and never the form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from stdnum import lei
from stdnum.cn import ric, uscc

from services.chassis.words.texts import refusal, tidy_text
from services.customer.rules.dates import tidy_date
from services.customer.rules.kinds import CustomerKind, IdentifierKind

HOME_COUNTRY = "CN"
EXCEPTION_LENGTH_MAX = 200

# GB 11643: division, birth date, sequence, check digit (ISO 7064 MOD 11-2). GB/T 2260: provinces, and 81 to 83 of residence
# permits.
_ID_CARD = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}(?P<birth>[0-9]{8})[0-9]{3}[0-9X]")
# GB 32100: authority and kind, division, organisation code, check character (MOD 31 over an alphabet without I, O, S, V, Z).
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,15}")
_HOME_PASSPORT = re.compile(r"1[45][0-9]{7}|[A-Z]{1,2}[0-9]{7,8}")
_TAX_NUMBER = re.compile(r"(?=.*[0-9])[A-Z0-9./-]{5,25}")
_HOME_TAX_NUMBER = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{17,18}|[0-9A-Z]{20}")
# Hong Kong and Macao: a letter and eight digits, ten on older ones; Taiwan: eight, or ten on older ones.
_TRAVEL_PERMIT = re.compile(r"[HMC][0-9]{8}([0-9]{2})?|[0-9]{8}|[0-9]{10}")
# Three letters and twelve digits until 2023, since then 9 and the form of an ID card.
_OLD_RESIDENCE_CARD = re.compile(r"[A-Z]{3}[0-9]{12}")
_RESIDENCE_CARD = re.compile(r"9[0-9]{5}(?P<birth>[0-9]{8})[0-9]{3}[0-9X]")

_OF_PERSONS = frozenset(
    {
        IdentifierKind.RESIDENT_ID_CARD,
        IdentifierKind.PASSPORT,
        IdentifierKind.TRAVEL_PERMIT,
        IdentifierKind.PERMANENT_RESIDENCE_CARD,
    }
)
# Of these the same number may come from many issuers that nobody names, so that it says nothing of who else has it.
_SHARED = frozenset({IdentifierKind.SYSTEM_NUMBER, IdentifierKind.OTHER})
# Of these there is one issuer in the world.
_WORLDWIDE = frozenset({IdentifierKind.LEI})

# What is wrong with a number: with its form, and with its check digit.
Faults = tuple[str, str]
_SOUND: Faults = ("", "")


def usual_kind(kind: CustomerKind) -> IdentifierKind:
    """What identifies a customer of this kind where nothing else is said."""
    return IdentifierKind.RESIDENT_ID_CARD if kind == CustomerKind.RETAIL else IdentifierKind.UNIFIED_SOCIAL_CREDIT_CODE


def is_exclusive(kind: int) -> bool:
    """Whether a number of this kind belongs to one customer of the bank."""
    return kind not in _SHARED


def issuer(kind: int, country_code: str) -> str:
    """Within what a number of this kind is unique: the country that issued it; empty where that does not matter."""
    return "" if kind in _WORLDWIDE else country_code or HOME_COUNTRY


def normal_number(number: str) -> str:
    """A number as it is looked for: as `customer_keys` indexes it."""
    return number.upper()


def tidy_identifier(kind: CustomerKind, identifier: str, today: date) -> str:
    """The usual identifier of a customer of this kind in its one written form; empty where none is given.

    Raises InvalidInput IDENTIFIER_INVALID, naming the field `identifier` and never its value.
    """
    if not identifier:
        return ""
    return tidy_number(kind, usual_kind(kind), identifier, HOME_COUNTRY, "", today=today, field="identifier")[0]


def tidy_number(
    customer_kind: CustomerKind, kind: int, number: str, country_code: str, exception: str, *, today: date, field: str
) -> tuple[str, str]:
    """A number of any kind in its one written form, and the exception that it needs.

    An exception that a number does not need is dropped. Raises InvalidInput IDENTIFIER_INVALID, naming the field.
    """
    # What another system's numbers mean is that system's: they may differ in nothing but their case.
    tidy = normal_number(number) if is_exclusive(kind) else number
    form_fault, check_fault = _faults(customer_kind, kind, tidy, country_code or HOME_COUNTRY, today)
    if form_fault or (check_fault and not exception):
        message = "The identifier does not hold: look for a misread digit."
        raise refusal("IDENTIFIER_INVALID", message, field, form_fault or check_fault)
    return tidy, exception if check_fault else ""


def tidy_other_identifier(customer_kind: CustomerKind, other: Mapping[str, Any], today: date, field: str) -> dict[str, Any]:
    """A further number as it is kept."""
    country_code = other.get("country_code", "")
    exception = tidy_text(other.get("exception", ""), f"{field}.exception", EXCEPTION_LENGTH_MAX)
    number, exception = tidy_number(
        customer_kind, other["kind"], other["number"], country_code, exception, today=today, field=f"{field}.number"
    )
    tidy = {"kind": other["kind"], "number": number}
    further = {
        "country_code": country_code,
        "valid_until_date": tidy_date(other.get("valid_until_date", ""), f"{field}.valid_until_date"),
        "exception": exception,
    }
    return tidy | {name: value for name, value in further.items() if value}


def _faults(customer_kind: CustomerKind, kind: int, number: str, country_code: str, today: date) -> Faults:
    if kind in _OF_PERSONS and customer_kind != CustomerKind.RETAIL:
        return "This is the paper of a person; name that person as one of the company's.", ""
    check = _CHECKS.get(kind)
    return check(number, country_code, today) if check else _SOUND


def _id_card(number: str, _country_code: str, today: date) -> Faults:
    form = _ID_CARD.fullmatch(number)
    if not form:
        return "An ID card number 居民身份证号码 has 17 digits that begin with a province, and a check digit or X.", ""
    check_fault = "" if ric.calc_check_digit(number) == number[-1] else "The check digit does not fit the ID card number."
    return _born(form["birth"], today), check_fault


def _credit_code(code: str, _country_code: str, _today: date) -> Faults:
    if not _CREDIT_CODE.fullmatch(code):
        fault = "A unified social credit code 统一社会信用代码 has 18 characters: digits and capitals without I, O, S, V, Z."
        return fault, ""
    if uscc.calc_check_digit(code[:-1]) == code[-1]:
        return _SOUND
    return "", "The check character does not fit the unified social credit code."


def _lei(number: str, _country_code: str, _today: date) -> Faults:
    if len(number) != 20 or not number.isalnum() or not number[-2:].isdigit():  # noqa: PLR2004 - ISO 17442
        return "A legal entity identifier has 18 letters and digits, and two check digits.", ""
    return _SOUND if lei.is_valid(number) else ("", "The check digits do not fit the legal entity identifier.")


def _passport(number: str, country_code: str, _today: date) -> Faults:
    form = _HOME_PASSPORT if country_code == HOME_COUNTRY else _PASSPORT
    if form.fullmatch(number):
        return _SOUND
    return "No passport of this country has such a number; say which country issued it.", ""


def _tax_number(number: str, country_code: str, _today: date) -> Faults:
    form = _HOME_TAX_NUMBER if country_code == HOME_COUNTRY else _TAX_NUMBER
    return _SOUND if form.fullmatch(number) else ("A tax number 纳税人识别号 of this country has another form.", "")


def _travel_permit(number: str, _country_code: str, _today: date) -> Faults:
    return (
        _SOUND if _TRAVEL_PERMIT.fullmatch(number) else ("A travel permit 通行证 has H, M or C and eight digits, or digits.", "")
    )


def _residence_card(number: str, _country_code: str, today: date) -> Faults:
    if _OLD_RESIDENCE_CARD.fullmatch(number):
        return _SOUND
    form = _RESIDENCE_CARD.fullmatch(number)
    if not form:
        return "A permanent residence card has three letters and twelve digits, or 18 digits that begin with 9.", ""
    check_fault = "" if ric.calc_check_digit(number) == number[-1] else "The check digit does not fit the residence card."
    return _born(form["birth"], today), check_fault


_CHECKS: Mapping[int, Callable[[str, str, date], Faults]] = {
    IdentifierKind.RESIDENT_ID_CARD: _id_card,
    IdentifierKind.PASSPORT: _passport,
    IdentifierKind.UNIFIED_SOCIAL_CREDIT_CODE: _credit_code,
    IdentifierKind.LEI: _lei,
    IdentifierKind.TAX_NUMBER: _tax_number,
    IdentifierKind.TRAVEL_PERMIT: _travel_permit,
    IdentifierKind.PERMANENT_RESIDENCE_CARD: _residence_card,
}


def _born(digits: str, today: date) -> str:
    try:
        has_been = date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= today
    except ValueError:
        has_been = False
    return "" if has_been else "The number holds no birth date that has been."
