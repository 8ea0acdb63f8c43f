"""The bank's calendar, and the business date: opened one after the other, each once, and never backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from workbench.integration.v1 import calendar_service_pb2, events_pb2

from services.chassis.db.business_dates import BANK_CALENDAR, announced
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, RuleBroken
from services.integration.model.calendar import BusinessDateOpening, CalendarDay, DaySource
from services.integration.rules.calendar import BusinessDays, Openings, clock_date
from services.integration.rules.dates import parse_date

DAYS_LISTED_MAX = 400
DAYS_LISTED_DEFAULT = 31
# Opened in one transaction; after a longer absence the rest follows with the next turn.
OPENED_AT_ONCE_MAX = 31
# From one to another in one call of an operator: what is further is a slip of the pen.
OPENED_BY_CALL_MAX = 40
# Around a day for which the exceptions are read: no row of days off is longer.
_AROUND = timedelta(days=60)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Day:
    """One day as the calendar has it."""

    calendar_date: date
    business_day: bool
    name: str = ""
    source: int = DaySource.WEEK


def business_days(work: UnitOfWork, start: date, end: date) -> BusinessDays:
    """Which days between the two, these included, are business days."""
    return BusinessDays(work.settings.weekend, {day: row.business_day for day, row in _exceptions(work, start, end).items()})


def current_opening(work: UnitOfWork) -> BusinessDateOpening | None:
    """The opening of the current date; None before the first."""
    current = announced(work.session.connection())
    return work.session.get(BusinessDateOpening, current) if current else None


def listed(work: UnitOfWork, start_date: str, end_date: str) -> list[Day]:
    """The days between the two; raises InvalidInput DAYS_TOO_MANY."""
    start = parse_date(start_date, "start_date") if start_date else work.business_date
    end = parse_date(end_date, "end_date") if end_date else start + timedelta(days=DAYS_LISTED_DEFAULT - 1)
    if (end - start).days >= DAYS_LISTED_MAX:
        violation = FieldViolation("end_date", f"At most {DAYS_LISTED_MAX} days.")
        raise InvalidInput("DAYS_TOO_MANY", f"At most {DAYS_LISTED_MAX} days are listed at once.", violations=(violation,))
    return _days(work, [start + timedelta(days=number) for number in range((end - start).days + 1)])


def set_days(work: UnitOfWork, days: Sequence[calendar_service_pb2.BankDay]) -> list[Day]:
    """Keeps what the bank says of days; answers them as they now are."""
    work.hold(f"calendar|{BANK_CALENDAR}")
    told = {parse_date(day.calendar_date, f"days[{place}].calendar_date"): day for place, day in enumerate(days)}
    for day, sent in told.items():
        if sent.kind != calendar_service_pb2.BANK_DAY_KIND_ORDINARY:
            worked = sent.kind == calendar_service_pb2.BANK_DAY_KIND_WORKED
            _keep(work, Day(day, worked, " ".join(sent.name.split()), DaySource.BANK))
        elif kept := work.session.get(CalendarDay, (day, DaySource.BANK)):
            work.session.delete(kept)
    work.session.flush()
    return _days(work, sorted(told))


def load_holidays(work: UnitOfWork, year: int, days: Sequence[calendar_service_pb2.Holiday]) -> tuple[int, int]:
    """Takes a year's holidays in place of those before; answers how many are off and how many are worked."""
    if not days:
        raise InvalidInput("HOLIDAYS_EMPTY", f"There are no holidays of {year} in it; those that are there stay.")
    work.hold(f"calendar|{BANK_CALENDAR}")
    holidays = {parse_date(each.date, f"days[{place}].date"): each for place, each in enumerate(days)}
    work.resource = f"holidays/{year}"
    of_year = select(CalendarDay).where(CalendarDay.source == DaySource.HOLIDAYS, CalendarDay.year == year)
    for gone in work.session.scalars(of_year.where(CalendarDay.calendar_date.not_in(holidays))).all():
        work.session.delete(gone)
    for day, each in holidays.items():
        _keep(work, Day(day, not each.is_off_day, " ".join(each.name.split()), DaySource.HOLIDAYS), year)
    off = sum(each.is_off_day for each in holidays.values())
    return off, len(holidays) - off


def open_by_call(work: UnitOfWork, business_date: str) -> date:
    """Opens the date, and those before it that were not, at the end of the day before; answers the current date."""
    wanted = parse_date(business_date, "business_date")
    work.hold(f"calendar|{BANK_CALENDAR}")
    work.resource = f"businessDates/{wanted}"
    current, openings = announced(work.session.connection()), _openings(work, wanted)
    if wanted == current:
        return wanted
    if current is not None and wanted < current:
        raise RuleBroken("BUSINESS_DATE_PAST", f"{current} is open; no date opens after a later one.")
    if not openings.opens(wanted):
        raise RuleBroken("BUSINESS_DATE_CLOSED", f"{wanted} is no business date of this bank.")
    # The end of a day comes before midnight, if it is early; a date further ahead could never be taken back.
    if wanted > _openings(work, work.clock_date).following(work.clock_date):
        raise RuleBroken("BUSINESS_DATE_AHEAD", f"{wanted} is beyond the date that follows the clock's.")
    if current is not None and (wanted - current).days > OPENED_BY_CALL_MAX:
        raise LimitReached("BUSINESS_DATES_TOO_MANY", f"{current} is open; at most {OPENED_BY_CALL_MAX} days are opened at once.")
    _open(work, current, [wanted] if current is None else list(openings.between(current, wanted)))
    return wanted


def open_due(work: UnitOfWork) -> None:
    """Opens what the clock has opened, each date that was missed in its turn."""
    if work.settings.date_opens != "clock":
        return
    today = clock_date(work.now, ZoneInfo(work.database.bank_time_zone), work.settings.date_opens_at)
    current = announced(work.session.connection())
    # Nearly every turn ends here, without a lock.
    if current is not None and current >= today:
        return
    work.hold(f"calendar|{BANK_CALENDAR}")
    current = announced(work.session.connection())
    if current is None:
        _open(work, None, [_openings(work, today).latest(today)])
    else:
        until = min(today, current + timedelta(days=OPENED_AT_ONCE_MAX))
        _open(work, current, list(_openings(work, until).between(current, until)))


def _open(work: UnitOfWork, previous: date | None, dates: Sequence[date]) -> None:
    for each in dates:
        opening = BusinessDateOpening(
            business_date=each, previous_business_date=previous, open_time=work.now, person_id=work.caller.person_id
        )
        work.session.add(opening)
        work.session.flush()
        # Here at once; the others learn of it by the event.
        work.open_business_date(each)
        work.record(
            events_pb2.BusinessDateOpened(
                calendar=BANK_CALENDAR,
                business_date=each.isoformat(),
                previous_business_date=previous.isoformat() if previous else "",
            )
        )
        _log.info("business_date_opened", business_date=each.isoformat())
        previous = each


def _openings(work: UnitOfWork, day: date) -> Openings:
    days = business_days(work, day - _AROUND, day + _AROUND)
    return Openings(days, every_day=work.settings.dates == "every_day")


def _days(work: UnitOfWork, days: Sequence[date]) -> list[Day]:
    if not days:
        return []
    kept, ordinary = _exceptions(work, days[0], days[-1]), BusinessDays(work.settings.weekend, {})
    return [_day(kept[day]) if day in kept else Day(day, day in ordinary) for day in days]


def _exceptions(work: UnitOfWork, start: date, end: date) -> dict[date, CalendarDay]:
    between = select(CalendarDay).where(CalendarDay.calendar_date.between(start, end))
    # What the bank says comes last, and stays.
    return {row.calendar_date: row for row in work.session.scalars(between.order_by(CalendarDay.source))}


def _day(row: CalendarDay) -> Day:
    return Day(row.calendar_date, row.business_day, row.name, row.source)


def _keep(work: UnitOfWork, day: Day, year: int | None = None) -> None:
    kept = work.session.get(CalendarDay, (day.calendar_date, day.source))
    if kept is not None:
        kept.business_day, kept.name, kept.year, kept.update_time = day.business_day, day.name, year, work.now
        return
    work.session.add(
        CalendarDay(
            calendar_date=day.calendar_date,
            business_day=day.business_day,
            name=day.name,
            source=day.source,
            year=year,
            update_time=work.now,
        )
    )
