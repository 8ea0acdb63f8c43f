"""What meets in time: within one calendar, and with what is to be put into several."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.activity.model.appointment import Appointment
from services.activity.usecases.schedule import calendars, expanding
from services.activity.usecases.schedule.calendars import Entry, Whose
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken

CONFLICTS_MAX = 200
# Of a series, so far ahead its occurrences are held against calendars.
AHEAD = timedelta(days=92)


def meeting(entries: list[Entry]) -> list[tuple[Entry, Entry]]:
    """Each two of one calendar that meet, by the start of the second; one more than are told, where there are more."""
    found: list[tuple[Entry, Entry]] = []
    open_entries: list[Entry] = []
    for entry in sorted((each for each in entries if each.busy), key=Entry.order):
        open_entries = [each for each in open_entries if each.end_time > entry.start_time]
        for each in open_entries:
            found.append((each, entry))
            if len(found) > CONFLICTS_MAX:
                return found
        open_entries.append(entry)
    return found


def refuse(work: UnitOfWork, appointment: Appointment) -> None:
    """Raises RuleBroken TIME_CONFLICTS where owner or participants are busy or away when it is to take place."""
    if appointment.free:
        return
    people = (appointment.owner_person_id, *appointment.participant_person_ids)
    # Two who want the same hour of somebody wait here for each other: the second sees what the first has written.
    for person_id in sorted(people):
        work.hold(f"calendar of {person_id}")
    end = min(appointment.span_end_time or appointment.end_time, appointment.start_time + AHEAD)
    end = max(end, appointment.end_time)
    with work.session.no_autoflush:
        wanted = [one for _, one in expanding.occurrences(work, [appointment], appointment.start_time, end)]
        for person_id in people:
            taken = calendars.entries(work, Whose(person_ids=(person_id,)), appointment.start_time, end)
            _refuse_taken(appointment, person_id, [(one.start_time, one.end_time) for one in wanted], taken)


def _refuse_taken(appointment: Appointment, person_id: str, wanted: list[tuple[datetime, datetime]], taken: list[Entry]) -> None:
    others = sorted((each for each in taken if each.busy and not each.is_of(appointment)), key=Entry.order)
    for start, end in wanted:
        for each in others:
            if each.start_time >= end:
                break
            if each.end_time > start and end > start:
                told = {"personId": person_id, "startTime": each.start_time.isoformat(), "endTime": each.end_time.isoformat()}
                raise RuleBroken("TIME_CONFLICTS", "Somebody who is to take part is busy or away then.", metadata=told)
