"""What leads and opportunities of former systems have in common: their days in the past, and why one cannot be taken."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, WorkbenchError

# At which hours of a day in the bank's zone something is placed: what ended on a day comes after what began on it.
BEGINS, ENDS = time(9), time(18)
# No system remembers more.
_EARLIEST = date(1970, 1, 1)


def instant(work: UnitOfWork, day: date, hour: time) -> datetime:
    """An hour of a day in the bank's zone."""
    return datetime.combine(day, hour, ZoneInfo(work.database.bank_time_zone)).astimezone(UTC)


def require_order(work: UnitOfWork, field: str, *days: date) -> None:
    """Raises InvalidInput DATE_INVALID, naming the field, unless each day follows the one before and none lies ahead."""
    latest = max(work.business_date, work.clock_date)
    if list(days) != sorted(days) or not days[0] >= _EARLIEST or days[-1] > latest:
        raise wrong_day(field, "One after the other, from 1970 on, and none ahead.")


def wrong_day(field: str, fault: str) -> InvalidInput:
    """The refusal of a day that does not follow the others."""
    return InvalidInput("DATE_INVALID", "Its days do not follow each other.", violations=(FieldViolation(field, fault),))


def description(refusal: WorkbenchError) -> str:
    """Why a row cannot be taken, for a person."""
    fits = f" {refusal.violations[0].field}: {refusal.violations[0].description}" if refusal.violations else ""
    return f"{refusal.message}{fits}"
