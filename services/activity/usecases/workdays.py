"""Workdays 工作日 as the bank has them: what others of this service count deadlines and plans by."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, select

from services.activity.model.bank_day import BankDay
from services.activity.rules.workdays import PERIOD_DAYS_MAX, OwnDay, Workdays
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR, paths_above
from services.chassis.kernel.dates import moved

# As many has the path of a unit above which none stands, such as `/HO/`.
_SEPARATORS_AT_TOP = 2


def workdays(work: UnitOfWork, start: date, end: date, *, organisation_path: str = "") -> list[date]:
    """The workdays from the first day to the last, both included, as a unit has them; raises InvalidInput PERIOD_INVALID.

    Without a unit those of the caller's, and where nobody calls, those of the whole bank.
    """
    return calendar(work, start, end, organisation_path=organisation_path).between(start, end)


def add_workdays(work: UnitOfWork, day: date, count: int, *, organisation_path: str = "") -> date:
    """The workday so many workdays after the day (before it where negative); with 0 the day itself, or the next that is worked.

    Raises InvalidInput WORKDAYS_INVALID for more than some years, and RuleBroken WORKDAYS_MISSING where none come any more.
    """
    # Of a holiday a week long and its weekends there are at most half as many workdays as days.
    reach = min(2 * abs(count) + 60, PERIOD_DAYS_MAX)
    return calendar(work, moved(day, -reach), moved(day, reach), organisation_path=organisation_path).add(day, count)


def calendar(work: UnitOfWork, start: date, end: date, *, organisation_path: str = "", country_code: str = "") -> Workdays:
    """The calendar of a unit, with the bank's own days of that period; of another country without them."""
    if country_code and country_code != work.settings.workday_country_code:
        return Workdays(country_code)
    path = organisation_path or work.caller.organisation_path
    of_unit = BankDay.organisation_path.in_(paths_above(path)) if path else _of_whole_bank()
    found = work.session.scalars(select(BankDay).where(of_unit, BankDay.day_date.between(start, end)))
    # The nearest unit's word is the last.
    nearest_last = sorted(found, key=lambda each: len(each.organisation_path))
    own = {each.day_date: OwnDay(each.working, each.display_name) for each in nearest_last}
    return Workdays(work.settings.workday_country_code, own)


def _of_whole_bank() -> ColumnElement[bool]:
    """Days of a unit above which none stands."""
    path = BankDay.organisation_path
    return func.length(path) - func.length(func.replace(path, PATH_SEPARATOR, "")) <= _SEPARATORS_AT_TOP
