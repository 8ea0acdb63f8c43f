"""Dates as callers write them."""

from __future__ import annotations

from datetime import date

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# Of a bank that runs; beyond them a date is a slip of the pen.
YEARS = range(1900, 2200)


def parse_date(text: str, field: str) -> date:
    """The date that the text says; raises InvalidInput DATE_INVALID where there is no such day."""
    try:
        day = date.fromisoformat(text)
        if day.isoformat() != text or day.year not in YEARS:
            raise ValueError(text)  # noqa: TRY301 - one refusal for both
    except ValueError:
        violation = FieldViolation(field, "A date that there is, as YYYY-MM-DD.")
        raise InvalidInput("DATE_INVALID", "There is no such date.", violations=(violation,)) from None
    return day
