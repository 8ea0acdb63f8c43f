"""Takes over what a message says of an appointment, and keeps in step what follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from workbench.activity.v1 import schedule_events_pb2, schedule_pb2

from services.activity.model.appointment import Appointment, AppointmentParticipant
from services.activity.rules.appointments import AppointmentState, Timing, timed, whole_days
from services.activity.rules.recurrence.series import NonWorkdays
from services.activity.rules.zones import zone_named
from services.activity.usecases import reaching, telling
from services.activity.usecases.contacts.filling import instant
from services.activity.usecases.notifying import notify
from services.activity.usecases.schedule import expanding
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotFound

# Of one person, those that are not over.
SERIES_MAX = 500
# What a change may name.
CHANGEABLE = (
    "kind", "title", "description", "place", "customer_id", "start_time", "end_time", "start_date", "end_date", "time_zone",
    "recurrence", "non_workdays", "participant_person_ids", "reminder_minutes", "private", "free",
)  # fmt: skip
TIMES = ("start_time", "end_time", "start_date", "end_date", "time_zone", "recurrence", "non_workdays")


def timing_of(work: UnitOfWork, message: schedule_pb2.Appointment) -> Timing:
    """When it is to take place; raises InvalidInput as the contract says."""
    name = message.time_zone or work.database.bank_time_zone
    zone = zone_named(name)
    if zone is None:
        violation = FieldViolation("time_zone", "A zone of the IANA database, such as Asia/Shanghai.")
        raise InvalidInput("ZONE_UNKNOWN", "There is no such time zone.", violations=(violation,))
    lines, non_workdays = list(message.recurrence), message.non_workdays
    has_hours, has_days = message.HasField("start_time") or message.HasField("end_time"), message.start_date or message.end_date
    if has_hours and has_days:
        raise _time_missing("start_time", "Hours, or whole days, not both.")
    if has_days:
        start = parse_date(message.start_date, "start_date")
        return whole_days(start, parse_date(message.end_date or message.start_date, "end_date"), zone, lines, non_workdays)
    if not (message.HasField("start_time") and message.HasField("end_time")):
        raise _time_missing("start_time", "When it starts and when it ends, or its days.")
    return timed(instant(message.start_time), instant(message.end_time, "end_time"), zone, lines, non_workdays)


def fill(work: UnitOfWork, appointment: Appointment, message: schedule_pb2.Appointment) -> None:
    """Takes over all but the time; raises NotFound for a customer or a participant."""
    appointment.kind = message.kind
    appointment.title, appointment.place = message.title.strip(), message.place.strip()
    appointment.description = message.description.strip()
    appointment.private, appointment.free = message.private, message.free
    appointment.reminder_minutes = message.reminder_minutes if message.HasField("reminder_minutes") else None
    if (message.customer_id.lower() or None) != appointment.customer_id:
        known = reaching.customer(work, message.customer_id, to_keep=True) if message.customer_id else None
        appointment.customer_id = known and known.customer_id
    appointment.participant_person_ids = _participants(work, appointment, message.participant_person_ids)


def set_timing(appointment: Appointment, timing: Timing, non_workdays: int) -> None:
    """Takes the time over."""
    for name, value in timing.kept().items():
        setattr(appointment, name, value)
    appointment.non_workdays = non_workdays or NonWorkdays.KEEP.value


def write(work: UnitOfWork, appointment: Appointment, *, moved: bool = True) -> None:
    """Writes it, with all by which it is found, and tells of it."""
    prepare(work, appointment, moved=moved)
    is_new = appointment not in work.session
    work.session.add(appointment)
    work.session.flush()
    if appointment.participant_person_ids or not is_new:
        keep_participants(work, appointment)
    work.record(recorded(appointment))


def prepare(work: UnitOfWork, appointment: Appointment, *, moved: bool = True) -> None:
    """Sets what follows from the rest of it before it is written."""
    if moved:
        appointment.reminded_time = work.now
    appointment.next_reminder_time = next_reminder(work, appointment, appointment.reminded_time)
    appointment.update_time = work.now


def recorded(appointment: Appointment) -> schedule_events_pb2.AppointmentRecorded:
    """What others are told of it, once it was written."""
    return schedule_events_pb2.AppointmentRecorded(
        appointment_id=appointment.appointment_id,
        owner_person_id=appointment.owner_person_id,
        organisation_path=appointment.organisation_path,
        customer_id=appointment.customer_id or "",
        kind=appointment.kind,
        state=appointment.state,
        start_time=appointment.start_time,
        end_time=appointment.end_time,
        recurring=appointment.recurring,
        series_id=appointment.series_id or "",
        participant_person_ids=appointment.participant_person_ids,
        version=appointment.version,
    )


def next_reminder(work: UnitOfWork, appointment: Appointment, after: datetime) -> datetime | None:
    """When there is something to remind of after that time; None where there is nothing any more."""
    if appointment.reminder_minutes is None or not appointment.planned:
        return None
    return expanding.next_reminder(work, appointment, after)


def announce(work: UnitOfWork, appointment: Appointment, kind: str) -> None:
    """Tells owner and participants, as far as they are not who acts."""
    parameters = {"startTime": appointment.start_time.isoformat(), "ownerPersonId": appointment.owner_person_id}
    people = (appointment.owner_person_id, *appointment.participant_person_ids)
    notify(work, people, kind, resource=f"appointments/{appointment.appointment_id}", parameters=parameters)


def tell_customer(work: UnitOfWork, appointment: Appointment, kind: str) -> None:
    """Tells the customer's timeline, once for each version."""
    if appointment.customer_id:
        telling.tell(
            work,
            appointment.customer_id,
            kind,
            telling.Category.CONTACT,
            resource=f"appointments/{appointment.appointment_id}",
            parameters={"start_time": appointment.start_time.isoformat(), "recurring": "true" if appointment.recurring else ""},
            entry_id=f"{appointment.appointment_id}-{appointment.version}",
        )


def check_series_count(work: UnitOfWork, person_id: str) -> None:
    """Raises LimitReached SERIES_TOO_MANY where somebody has as many as are expanded for a calendar."""
    if series_left(work, person_id) <= 0:
        raise series_too_many()


def series_left(work: UnitOfWork, person_id: str) -> int:
    """How many more series somebody may have."""
    live = select(func.count()).where(
        Appointment.owner_person_id == person_id,
        Appointment.span_end_time > work.now,
        Appointment.state == AppointmentState.PLANNED.value,
    )
    return SERIES_MAX - (work.session.scalar(live) or 0)


def series_too_many() -> LimitReached:
    """The refusal of one more."""
    return LimitReached("SERIES_TOO_MANY", f"One person has at most {SERIES_MAX} series that are not over.")


def bank_zone(work: UnitOfWork) -> ZoneInfo:
    """The bank's zone."""
    return ZoneInfo(work.database.bank_time_zone)


def _participants(work: UnitOfWork, appointment: Appointment, person_ids: Any) -> list[str]:
    wanted = []
    for place, person_id in enumerate(person_ids):
        if person_id.lower() not in (appointment.owner_person_id, *appointment.participant_person_ids):
            try:
                reaching.colleague(work, person_id)
            except NotFound as missing:
                missing.violations = (FieldViolation(f"participant_person_ids[{place}]", "Somebody who works for the bank."),)
                raise
        if person_id.lower() != appointment.owner_person_id:
            wanted.append(person_id.lower())
    return list(dict.fromkeys(wanted))


def keep_participants(work: UnitOfWork, appointment: Appointment) -> None:
    """Keeps in step by what a colleague's calendar finds it. The appointment itself must have been written."""
    of_it = select(AppointmentParticipant).where(AppointmentParticipant.appointment_id == appointment.appointment_id)
    kept = {row.person_id: row for row in work.session.scalars(of_it)}
    for person_id in appointment.participant_person_ids:
        row = kept.pop(person_id, None)
        if row is None:
            row = AppointmentParticipant(
                appointment_id=appointment.appointment_id, person_id=person_id, start_time=appointment.start_time
            )
            work.session.add(row)
        row.start_time, row.span_end_time = appointment.start_time, appointment.span_end_time
    for row in kept.values():
        work.session.delete(row)


def _time_missing(field: str, description: str) -> InvalidInput:
    return InvalidInput("TIME_INVALID", "The time is not said.", violations=(FieldViolation(field, description),))
