"""Identifiers: the ID card of a person, the unified social credit code of an organisation.

What is checked is what the number says of itself: its form, its check digit, a birth date that exists. Where it was issued is
not: division codes come and go, and a number keeps the code that was in force on the day of its issue, which nobody can
tell from the number (`stdnum.cn.ric.validate` takes the birth year for it, and so refuses cards that are good). Nor are
letters refused in the first two places of a credit code, which `stdnum.cn.uscc.validate` refuses: rural collectives have N.
"""

from __future__ import annotations

import re
from datetime import date

from stdnum.cn import ric, uscc

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.customer.rules.kinds import CustomerKind

# GB 11643: division, birth date, sequence, check digit (ISO 7064 MOD 11-2).
_ID_CARD = re.compile(r"[1-9][0-9]{5}[0-9]{8}[0-9]{3}[0-9X]")
_BIRTH_DATE_PLACE = slice(6, 14)
# GB 32100: authority and kind, division, organisation code, check character (MOD 31 over an alphabet without I, O, S, V, Z).
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")


def tidy_identifier(kind: CustomerKind, identifier: str, today: date) -> str:
    """The identifier in its one written form; empty where none is given.

    Raises InvalidInput IDENTIFIER_INVALID, naming the field `identifier` and never its value.
    """
    tidy = identifier.upper()
    if not tidy:
        return ""
    fault = _id_card_fault(tidy, today) if kind == CustomerKind.RETAIL else _credit_code_fault(tidy)
    if fault:
        violation = FieldViolation("identifier", fault)
        raise InvalidInput(
            "IDENTIFIER_INVALID", "The identifier does not hold: look for a misread digit.", violations=(violation,)
        )
    return tidy


def _id_card_fault(number: str, today: date) -> str:
    if not _ID_CARD.fullmatch(number):
        return "An ID card number 居民身份证号码 has 17 digits and a check digit or X."
    if ric.calc_check_digit(number) != number[-1]:
        return "The check digit does not fit the ID card number."
    if not _is_birth_date(number[_BIRTH_DATE_PLACE], today):
        return "The ID card number holds no birth date that has been."
    return ""


def _credit_code_fault(code: str) -> str:
    if not _CREDIT_CODE.fullmatch(code):
        return "A unified social credit code 统一社会信用代码 has 18 characters: digits and capitals without I, O, S, V, Z."
    if uscc.calc_check_digit(code[:-1]) != code[-1]:
        return "The check character does not fit the unified social credit code."
    return ""


def _is_birth_date(digits: str, today: date) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= today
    except ValueError:
        return False
