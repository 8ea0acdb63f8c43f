"""Business dates as they come in: plain `YYYY-MM-DD`."""

from __future__ import annotations

from datetime import date

from services.chassis.kernel.dates import parse_date
from services.chassis.words.texts import refusal


def tidy_date(text: str, field: str) -> str:
    """The date as it came, or empty; raises InvalidInput DATE_INVALID where the calendar does not have it."""
    if text:
        parse_date(text, field)
    return text


def past_date(text: str, field: str, today: date) -> date | None:
    """The date, or None where none is given; raises InvalidInput DATE_INVALID also for a day that has not been."""
    if not text:
        return None
    day = parse_date(text, field)
    if day > today:
        raise refusal("DATE_INVALID", "The date has not been yet.", field, "A date that has been.")
    return day
