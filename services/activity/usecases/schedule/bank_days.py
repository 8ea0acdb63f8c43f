"""The calendar of workdays as it is asked for, and the bank's own days over it."""

from __future__ import annotations

from sqlalchemy import or_, select, update
from workbench.activity.v1 import schedule_pb2, schedule_service_pb2

from services.activity.model.appointment import Appointment
from services.activity.model.bank_day import BankDay
from services.activity.rules.recurrence.series import NonWorkdays
from services.activity.rules.workdays import check_country
from services.activity.usecases import reaching, workdays
from services.chassis.db import listing
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, located
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

DAYS_MAX = 400
as_message = Mapper(schedule_pb2.BankDay)
_day_message = Mapper(schedule_pb2.CalendarDay)


def list_workdays(
    work: UnitOfWork, request: schedule_service_pb2.ListWorkdaysRequest
) -> schedule_service_pb2.ListWorkdaysResponse:
    """Days with whether they are worked."""
    start, end = parse_date(request.start_date, "start_date"), parse_date(request.end_date, "end_date")
    if not 0 <= (end - start).days < DAYS_MAX:
        violation = FieldViolation("end_date", f"Not before the first day, and at most {DAYS_MAX} days in all.")
        raise InvalidInput("PERIOD_INVALID", "The period ends before it starts, or is too long.", violations=(violation,))
    if request.country_code:
        check_country(request.country_code)
    calendar = workdays.calendar(work, start, end, organisation_path=request.organisation_path, country_code=request.country_code)
    days = list(map(_day_message, calendar.days(start, end)))
    return schedule_service_pb2.ListWorkdaysResponse(days=days, workday_count=sum(day.working for day in days))


def set_days(work: UnitOfWork, request: schedule_service_pb2.SetBankDaysRequest) -> list[BankDay]:
    """Keeps days of a unit in the caller's charge; raises NotFound UNIT_NOT_FOUND."""
    path = reaching.unit_path(work, request.organisation_path or work.caller.organisation_path)
    # Two who set the same day: the second finds what the first has written.
    work.hold(f"bank days of {path}")
    wanted = {}
    for place, each in enumerate(request.bank_days):
        with located(f"bank_days[{place}]"):
            wanted[parse_date(each.day_date, "day_date")] = each
    of_path = select(BankDay).where(BankDay.organisation_path == path, BankDay.day_date.in_(wanted))
    known = {each.day_date: each for each in work.session.scalars(of_path)}
    for day, each in wanted.items():
        if day not in known:
            known[day] = BankDay(
                bank_day_id=work.new_id(), organisation_path=path, day_date=day, working=each.working, update_time=work.now
            )
            work.session.add(known[day])
        known[day].working, known[day].display_name, known[day].update_time = each.working, each.display_name.strip(), work.now
    _look_again(work, path)
    work.resource = f"bankDays/{path}"
    return [known[day] for day in sorted(known)]


def list_days(work: UnitOfWork, request: schedule_service_pb2.ListBankDaysRequest) -> Page:
    """A page of the days that hold for a unit."""
    path = request.organisation_path or work.caller.organisation_path
    statement = select(BankDay).where(
        or_(BankDay.organisation_path.in_(paths_above(path)), below(BankDay.organisation_path, path))
    )
    order = ((BankDay.organisation_path, listing.text), (BankDay.day_date, listing.day))
    return listing.read_page(work, statement, request, order)


def delete_day(work: UnitOfWork, bank_day_id: str) -> None:
    """Lets the country's calendar hold again; raises NotFound BANK_DAY_NOT_FOUND."""
    known = work.session.get(BankDay, bank_day_id.lower())
    if known is None or not any(map(known.organisation_path.startswith, work.scope.organisation_paths)):
        raise NotFound("BANK_DAY_NOT_FOUND", "There is no such day in your scope.")
    work.session.delete(known)
    _look_again(work, known.organisation_path)
    work.resource = f"bankDays/{known.bank_day_id}"


def _look_again(work: UnitOfWork, path: str) -> None:
    """Has reminders of series that go by workdays be found anew: an occurrence may be on another day now."""
    reminding = update(Appointment).where(
        below(Appointment.organisation_path, path),
        Appointment.next_reminder_time.is_not(None),
        Appointment.non_workdays != NonWorkdays.KEEP.value,
    )
    with work.whole_bank():
        work.session.execute(reminding.values(next_reminder_time=work.now).execution_options(synchronize_session=False))
