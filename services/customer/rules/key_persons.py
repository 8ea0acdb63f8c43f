"""Key persons 关键人: their birthdays, of which the year is often not known."""

from __future__ import annotations

from datetime import date

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# In characters.
POSITION_LENGTH_MAX = 100
PREFERENCES_LENGTH_MAX = 500

_NO_YEAR = "--"
# Any leap year, so that 29 February is a birthday.
_LEAP_YEAR = 2000


def tidy_birthday(text: str, today: date) -> str:
    """`YYYY-MM-DD`, or `--MM-DD`, or empty; raises InvalidInput DATES_INVALID, naming the field, for no day or one to come."""
    if not text:
        return ""
    whole = f"{_LEAP_YEAR}-{text.removeprefix(_NO_YEAR)}" if text.startswith(_NO_YEAR) else text
    try:
        day = date.fromisoformat(whole)
    except ValueError:
        day = date.max
    if day > today:
        violation = FieldViolation("birthday", "A day that has been, YYYY-MM-DD, or --MM-DD where the year is not known.")
        raise InvalidInput("DATES_INVALID", "The birthday does not hold.", violations=(violation,))
    return text
