"""Reminds people of what is about to start."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from services.activity.model.appointment import Appointment
from services.activity.usecases.notifying import notify
from services.activity.usecases.schedule import expanding, filling
from services.chassis.db.session import UnitOfWork

# Appointments of one turn; the rest has the next.
AT_ONCE = 100
# Of what started longer ago nobody is reminded any more, such as after the service was down.
STALE = timedelta(hours=1)


def remind(work: UnitOfWork) -> None:
    """Tells owners and participants of what starts as soon as they wanted to know before."""
    waiting = (
        select(Appointment)
        .where(Appointment.next_reminder_time <= work.now)
        .order_by(Appointment.next_reminder_time)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for appointment in work.session.scalars(waiting).all():
        for one in expanding.due(work, appointment, appointment.reminded_time, work.now):
            if one.start_time > work.now - STALE:
                people = (appointment.owner_person_id, *appointment.participant_person_ids)
                told = {"startTime": one.start_time.isoformat(), "ownerPersonId": appointment.owner_person_id}
                notify(
                    work, people, "appointment_due",
                    resource=f"appointments/{appointment.appointment_id}", parameters=told, urgent=True,
                )  # fmt: skip
        appointment.reminded_time = work.now
        appointment.next_reminder_time = filling.next_reminder(work, appointment, work.now)
