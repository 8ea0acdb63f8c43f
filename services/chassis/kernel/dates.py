"""Business dates as they come in: plain `YYYY-MM-DD`."""

from __future__ import annotations

from datetime import date, timedelta

from services.chassis.kernel.errors import FieldViolation, InvalidInput


def parse_date(text: str, field: str) -> date:
    """The date; raises InvalidInput DATE_INVALID, naming the field, where the calendar does not have it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        violation = FieldViolation(field, "A date that exists, YYYY-MM-DD.")
        raise InvalidInput("DATE_INVALID", "The calendar does not have this date.", violations=(violation,)) from None


def optional_date(text: str, field: str) -> date | None:
    """The date, None where the text is empty; raises as `parse_date` does."""
    return parse_date(text, field) if text else None


def moved(day: date, days: int) -> date:
    """So many days later, or earlier where negative; the calendar's own last or first day beyond its ends."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
