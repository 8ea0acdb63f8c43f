"""Shows calendars: page by page, what meets in them, and when people are busy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from workbench.activity.v1 import schedule_pb2, schedule_service_pb2

from services.activity.model.appointment import Appointment
from services.activity.rules.appointments import EntryKind
from services.activity.rules.recurrence.series import FIRST_DATE, LAST_DATE
from services.activity.usecases import reaching
from services.activity.usecases.contacts.filling import instant
from services.activity.usecases.schedule import calendars, conflicts
from services.activity.usecases.schedule.answering import days_of, reads_texts
from services.activity.usecases.schedule.calendars import Entry, Whose
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size

DAYS_MAX = 100
# Of many people at once, and where all is read at once.
DAYS_MAX_OF_MANY = 31
PEOPLE_MAX = 50
BUSY_TIMES_MAX = 2_000
# Whose calendars a unit's is made of.
_ROLE = "relationship_manager"


def list_appointments(work: UnitOfWork, request: schedule_service_pb2.ListAppointmentsRequest) -> Page:
    """A page of what a person or a customer has, series as one thing, by start."""
    statement = select(Appointment)
    if request.customer_id:
        known = reaching.customer(work, request.customer_id)
        statement = statement.where(Appointment.customer_id == known.customer_id)
    if request.person_id or not request.customer_id:
        statement = statement.where(Appointment.owner_person_id == reaching.person(work, request.person_id).person_id)
    if request.HasField("start_time"):
        statement = statement.where(Appointment.start_time >= instant(request.start_time))
    if request.recurring:
        statement = statement.where(Appointment.span_end_time.is_not(None), Appointment.series_id.is_(None))
    order = ((Appointment.start_time, listing.instant), (Appointment.appointment_id, listing.text))
    with work.whole_bank():
        return listing.read_page(work, statement, request, order)


def list_calendar(work: UnitOfWork, request: schedule_service_pb2.ListCalendarRequest) -> tuple[list[Any], str]:
    """A page of what stands in calendars, and the token of the next."""
    whose = _whose(work, request)
    many = len(whose.person_ids) > 1 or bool(request.organisation_path)
    start, end = period(request, DAYS_MAX_OF_MANY if many else DAYS_MAX)
    bound, size = listing.query(request), page_size(request.page_size)
    after: tuple[datetime, str] | None = None
    shown_then = 0
    if token := PageToken.decode(request.page_token, bound, keys=3):
        after = listing.instant(token.keys[0]), token.keys[1]
        shown_then = min(listing.number(token.keys[2]), calendars.ENTRIES_MAX)
    # What starts at the same instant as the last one and was shown is read again.
    found = calendars.entries(work, whose, start, end, since=after and after[0], limit=size + 1 + shown_then)
    rest = [each for each in found if after is None or each.order() > after][: size + 1]

    def place(last: Entry) -> tuple[str, ...]:
        together = sum(each.start_time == last.start_time for each in rest[:size])
        earlier = shown_then if after is not None and after[0] == last.start_time else 0
        return last.start_time.isoformat(), last.order()[1], str(together + earlier)

    page = Page.of(rest, size, bound, place)
    return as_messages(work, page.rows), page.next_page_token


def list_conflicts(
    work: UnitOfWork, request: schedule_service_pb2.ListConflictsRequest
) -> schedule_service_pb2.ListConflictsResponse:
    """What of one calendar meets."""
    person = reaching.person(work, request.person_id)
    start, end = period(request, DAYS_MAX_OF_MANY)
    found = conflicts.meeting(calendars.entries(work, Whose(person_ids=(person.person_id,)), start, end))
    told = found[: conflicts.CONFLICTS_MAX]
    firsts = as_messages(work, [first for first, _ in told])
    seconds = as_messages(work, [second for _, second in told])
    return schedule_service_pb2.ListConflictsResponse(
        conflicts=[
            schedule_pb2.ScheduleConflict(entry=first, other=second) for first, second in zip(firsts, seconds, strict=True)
        ],
        more=len(found) > len(told),
    )


def list_busy_times(
    work: UnitOfWork, request: schedule_service_pb2.ListBusyTimesRequest
) -> schedule_service_pb2.ListBusyTimesResponse:
    """When colleagues are busy: joined times, of which nothing is said."""
    start, end = period(request, DAYS_MAX_OF_MANY)
    answer = schedule_service_pb2.ListBusyTimesResponse()
    for person_id in request.person_ids:
        colleague = reaching.colleague(work, person_id)
        entries = calendars.entries(work, Whose(person_ids=(colleague.person_id,)), start, end)
        for busy_start, busy_end, absent in _joined([each for each in entries if each.busy]):
            if len(answer.busy_times) < BUSY_TIMES_MAX:
                busy = answer.busy_times.add(person_id=colleague.person_id, absent=absent)
                busy.start_time.FromDatetime(busy_start)
                busy.end_time.FromDatetime(busy_end)
    return answer


def as_messages(work: UnitOfWork, entries: Sequence[Entry]) -> list[schedule_pb2.CalendarEntry]:
    """Entries as the caller may read them."""
    customers = reaching.customer_names(work, (getattr(each.item, "customer_id", None) for each in entries))
    people = reaching.person_names(work, (each.person_id for each in entries))
    return [_message(work, each, customers, people) for each in entries]


def period(request: Any, days_max: int) -> tuple[datetime, datetime]:
    """The window that is asked for; raises InvalidInput PERIOD_INVALID where it is none or too long."""
    start, end = instant(request.start_time), instant(request.end_time, "end_time")
    kept = FIRST_DATE.year < start.year and end.year <= LAST_DATE.year
    if not kept or not timedelta() < end - start <= timedelta(days=days_max):
        fits = f"After the start, at most {days_max} days, and from {FIRST_DATE} to {LAST_DATE}."
        violation = FieldViolation("end_time", fits)
        raise InvalidInput("PERIOD_INVALID", "The period ends before it starts, or is too long.", violations=(violation,))
    return start, end


def _whose(work: UnitOfWork, request: schedule_service_pb2.ListCalendarRequest) -> Whose:
    if sum(map(bool, (request.person_id, request.organisation_path, request.customer_id))) > 1:
        violation = FieldViolation("person_id", "A person, a unit or a customer.")
        raise InvalidInput("CALENDAR_AMBIGUOUS", "Say whose calendar it is in one way.", violations=(violation,))
    if request.customer_id:
        return Whose(customer_id=reaching.customer(work, request.customer_id).customer_id)
    if not request.organisation_path:
        return Whose(person_ids=(reaching.person(work, request.person_id).person_id,))
    path = reaching.unit_path(work, request.organisation_path)
    people = work.session.scalars(reaching.people_below(path, _ROLE).limit(PEOPLE_MAX + 1)).all()
    if len(people) > PEOPLE_MAX:
        raise RuleBroken("UNIT_TOO_LARGE", f"At most {PEOPLE_MAX} people are shown together; ask for a unit below.")
    return Whose(person_ids=tuple(each.person_id for each in people))


def _message(work: UnitOfWork, entry: Entry, customers: Any, people: Any) -> schedule_pb2.CalendarEntry:
    item = entry.item
    message = schedule_pb2.CalendarEntry(
        resource=entry.resource,
        kind=entry.kind.value,
        person_id=entry.person_id,
        person_display_name=people.get(entry.person_id, ""),
        all_day=entry.all_day,
        customer_id=getattr(item, "customer_id", None) or "",
        customer_display_name=customers.get(getattr(item, "customer_id", None) or "", ""),
        item_kind=getattr(item, "kind", 0),
        item_state=getattr(item, "state", 0),
        free=getattr(item, "free", False),
        absent_person_id=entry.absent_person_id,
        etag=getattr(item, "etag", ""),
    )
    message.start_time.FromDatetime(entry.start_time)
    message.end_time.FromDatetime(entry.end_time)
    if isinstance(item, Appointment):
        _tell_appointment(work, message, entry, item)
    elif entry.kind == EntryKind.CONTACT:
        message.title, message.place = item.subject, item.place
    else:
        message.start_date, message.end_date = item.start_date.isoformat(), item.end_date.isoformat()
    return message


def _tell_appointment(work: UnitOfWork, message: schedule_pb2.CalendarEntry, entry: Entry, item: Appointment) -> None:
    if reads_texts(work, item):
        message.title, message.place = item.title, item.place
    message.recurring = item.recurring or item.series_id is not None
    if message.recurring and entry.original_start_time is not None:
        message.original_start_time.FromDatetime(entry.original_start_time)
    if item.all_day:
        message.start_date, message.end_date = days_of(item, entry.start_time, entry.end_time)


def _joined(entries: Sequence[Entry]) -> list[tuple[datetime, datetime, bool]]:
    """Times that touch, made one; those of absences stay by themselves."""
    joined: list[tuple[datetime, datetime, bool]] = []
    for absent in (True, False):
        last: tuple[datetime, datetime] | None = None
        for each in sorted(entries, key=Entry.order):
            if (each.kind == EntryKind.ABSENCE) is not absent:
                continue
            if last is not None and each.start_time <= last[1]:
                last = last[0], max(last[1], each.end_time)
                continue
            if last is not None:
                joined.append((*last, absent))
            last = each.start_time, each.end_time
        if last is not None:
            joined.append((*last, absent))
    return sorted(joined)
