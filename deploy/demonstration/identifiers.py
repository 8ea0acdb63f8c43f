"""Identifiers that are well formed and unique: each is built from a number that no other customer gets."""

from __future__ import annotations

from datetime import date, timedelta

from stdnum.cn import ric, uscc

from deploy.demonstration.organisation import Branch, Division

_FIRST_BIRTH_DATE = date(1945, 1, 1)
_BIRTH_DAYS = (date(2006, 12, 31) - _FIRST_BIRTH_DATE).days + 1
# Somebody born before has one of the codes that were in force then.
_NEW_DIVISIONS_SINCE = date(1990, 1, 1)
_SEQUENCES = 1_000
_DIVISIONS = 4
ID_CARDS = _BIRTH_DAYS * _SEQUENCES * _DIVISIONS
ORGANISATION_CODES = 10**8

# GB 11714: the weights of an organisation code's eight digits.
_ORGANISATION_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def id_card(number: int, branch: Branch) -> tuple[str, bool]:
    """An ID card's number 居民身份证号码 (GB 11643) from one of ID_CARDS numbers, and whether its holder is a man."""
    number, division = divmod(number, _DIVISIONS)
    day, sequence = divmod(number, _SEQUENCES)
    birth_date = _FIRST_BIRTH_DATE + timedelta(days=day)
    code = branch.early_divisions[division] if birth_date < _NEW_DIVISIONS_SINCE else branch.divisions[division].code
    digits = f"{code}{birth_date:%Y%m%d}{sequence:03d}"
    return digits + ric.calc_check_digit(digits + "0"), sequence % 2 == 1


def credit_code(number: int, registration: str, division: Division) -> str:
    """A unified social credit code 统一社会信用代码 (GB 32100) from one of ORGANISATION_CODES numbers.

    `registration` is the authority and the kind of body: 91 a company, 11 a public authority, 12 a public institution.
    """
    digits = f"{number:08d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ORGANISATION_CODE_WEIGHTS, strict=True))
    check = "0123456789X"[-total % 11]
    code = f"{registration}{division.code}{digits}{check}"
    return code + uscc.calc_check_digit(code)
