"""Appointments as they are answered, and who reads what of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from workbench.activity.v1 import schedule_pb2

from services.activity.model.appointment import Appointment
from services.activity.rules.zones import zone_named
from services.activity.usecases import reaching
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotAllowed, NotFound, RuleBroken, StaleVersion
from services.chassis.mapping import Mapper

_TEXTS = ("title", "description", "place")
_DATES = ("start_date", "end_date")
_bare = Mapper(schedule_pb2.Appointment, omitted=("customer_display_name", *_DATES))


def bare(appointment: Appointment) -> schedule_pb2.Appointment:
    """The appointment by itself, with all its texts."""
    message = _bare(appointment)
    if appointment.all_day:
        message.start_date, message.end_date = days_of(appointment)
        message.ClearField("start_time")
        message.ClearField("end_time")
    return message


def days_of(appointment: Appointment, start: datetime | None = None, end: datetime | None = None) -> tuple[str, str]:
    """The first and the last day of whole days; of an occurrence, given its start and end."""
    zone = zone_of(appointment)
    first = (start or appointment.start_time).astimezone(zone)
    last = (end or appointment.end_time).astimezone(zone) - timedelta(microseconds=1)
    return first.date().isoformat(), max(first, last).date().isoformat()


def zone_of(appointment: Appointment) -> ZoneInfo:
    """By whose clock it recurs. A zone that the database lost since is UTC: no reader stumbles over it."""
    return zone_named(appointment.time_zone) or ZoneInfo("UTC")


def as_answers(work: UnitOfWork, appointments: Iterable[Appointment]) -> list[schedule_pb2.Appointment]:
    """Appointments as the caller may read them."""
    shown = list(appointments)
    names = reaching.customer_names(work, (each.customer_id for each in shown))
    answers = []
    for each in shown:
        message = bare(each)
        message.customer_display_name = names.get(each.customer_id or "", "")
        if not reads_texts(work, each):
            for text in _TEXTS:
                message.ClearField(text)
        answers.append(message)
    return answers


def reads_texts(work: UnitOfWork, appointment: Appointment) -> bool:
    """Whether the caller reads what it is about."""
    return not appointment.private or work.caller.person_id in (
        appointment.owner_person_id,
        *appointment.participant_person_ids,
    )


def found(work: UnitOfWork, appointment_id: str) -> Appointment:
    """One in reach, or one in which the caller takes part; raises NotFound APPOINTMENT_NOT_FOUND."""
    try:
        return reaching.found(work, Appointment, appointment_id)
    except NotFound:
        # Who takes part reads it, whose it ever is: row-level security lets through what is in scope alone.
        with work.whole_bank():
            known = work.session.scalars(select(Appointment).filter_by(appointment_id=appointment_id.lower())).one_or_none()
        if known is None or work.caller.person_id not in known.participant_person_ids:
            raise
        return known


def found_to_change(work: UnitOfWork, appointment_id: str, etag: str) -> Appointment:
    """One that the caller may change, held against other writers.

    Raises NotFound, StaleVersion APPOINTMENT_CHANGED, NotAllowed APPOINTMENT_NOT_YOURS for who only takes part or reaches the
    customer, and RuleBroken APPOINTMENT_CANCELLED.
    """
    known = found(work, appointment_id)
    if not reaching.in_charge(work, known) and known.owner_person_id not in work.scope.stands_in_for:
        raise NotAllowed("APPOINTMENT_NOT_YOURS", "Whose it is changes it, his deputy, or whoever is in charge of him.")
    # Held after it was seen, and read anew.
    held = select(Appointment).where(Appointment.appointment_id == known.appointment_id).with_for_update()
    known = work.session.scalars(held, execution_options={"populate_existing": True}).one()
    if etag and etag != known.etag:
        raise StaleVersion("APPOINTMENT_CHANGED", "It changed since you read it; read it again and repeat.")
    if not known.planned:
        raise RuleBroken("APPOINTMENT_CANCELLED", "It was cancelled; make a new one.")
    work.resource = f"appointments/{known.appointment_id}"
    return known
