"""Takes events of calendars from outside into the caller's own."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

from sqlalchemy import select
from workbench.activity.v1 import schedule_service_pb2

from services.activity.model.appointment import Appointment
from services.activity.rules.appointments import AppointmentKind, AppointmentState, ImportOutcome
from services.activity.rules.icalendar.reading import ReadEvent, read, split
from services.activity.usecases import reaching
from services.activity.usecases.schedule import expanding, filling
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import LimitReached

# After so much work, which a file takes only where it means harm, the rest of it is left out.
WORK_SECONDS_MAX = 2.0
_TEXTS = ("title", "description", "place", "private", "free")


def take_over(work: UnitOfWork, content: bytes) -> schedule_service_pb2.ImportCalendarResponse:
    """Keeps what is new of a file's events, and tells of each what became of it."""
    calendar, zone = split(content), filling.bank_zone(work)
    until = time.monotonic() + WORK_SECONDS_MAX
    late = ReadEvent("", reason="IMPORT_TOO_COSTLY")
    events = [read(calendar, event, zone) if time.monotonic() < until else late for event in calendar.events]
    importer = _Importer(work, events)
    # Series first: their changed occurrences belong to them wherever in the file they stand.
    order = sorted(range(len(events)), key=lambda place: events[place].original_start_time is not None)
    outcomes = {place: importer.keep(events[place]) for place in order}
    importer.finish()
    answer = schedule_service_pb2.ImportCalendarResponse(event_count=len(events))
    for place, event in enumerate(events):
        outcome, reason, appointment_id = outcomes[place]
        answer.events.add(number=place + 1, outcome=outcome.value, reason=reason or event.note, appointment_id=appointment_id)
    counts = [outcome for outcome, _, _ in outcomes.values()]
    answer.created_count, answer.updated_count = counts.count(ImportOutcome.CREATED), counts.count(ImportOutcome.UPDATED)
    answer.unchanged_count, answer.skipped_count = counts.count(ImportOutcome.UNCHANGED), counts.count(ImportOutcome.SKIPPED)
    work.resource = f"people/{work.caller.person_id}/appointments"
    return answer


_Outcome = tuple[ImportOutcome, str, str]


class _Importer:
    """Keeps events in the caller's calendar, each once however often it comes."""

    def __init__(self, work: UnitOfWork, events: Sequence[ReadEvent]) -> None:
        self._work = work
        self._owner = reaching.person(work, "")
        # Two that import the same file at once: the second finds what the first has written.
        work.hold(f"calendar of {self._owner.person_id}")
        sources = {_source(event) for event in events} | {event.uid_sha256 for event in events}
        known = select(Appointment).where(
            Appointment.owner_person_id == self._owner.person_id, among(Appointment.source_uid, sorted(sources))
        )
        self._written: dict[str, Appointment] = {}
        # How many series there may be more; None until it is asked.
        self._series_left: int | None = None
        self._known = {each.source_uid: each for each in work.session.scalars(known)}

    def finish(self) -> None:
        """Writes them all, and tells of them."""
        self._work.session.flush()
        for appointment in self._written.values():
            if appointment.participant_person_ids:
                filling.keep_participants(self._work, appointment)
        self._work.record(*map(filling.recorded, self._written.values()))

    def keep(self, event: ReadEvent) -> _Outcome:
        """What became of an event: the outcome, why it was left out, the appointment."""
        timing = event.timing
        if timing is None:
            return ImportOutcome.SKIPPED, event.reason, ""
        known = self._known.get(_source(event))
        if known is None and event.cancelled and event.original_start_time is None:
            return ImportOutcome.SKIPPED, "CANCELLED", ""
        if known is not None and event.sequence < known.source_sequence:
            return ImportOutcome.UNCHANGED, "", known.appointment_id
        try:
            return self._write(known, event)
        except LimitReached as refusal:
            return ImportOutcome.SKIPPED, refusal.reason, ""

    def _write(self, known: Appointment | None, event: ReadEvent) -> _Outcome:
        work, timing = self._work, event.timing
        if timing is None:
            return ImportOutcome.SKIPPED, event.reason, ""
        state = AppointmentState.CANCELLED if event.cancelled else AppointmentState.PLANNED
        wanted = {**timing.kept(), **{name: getattr(event, name) for name in _TEXTS}, "state": state.value}
        if known is not None and all(getattr(known, name) == value for name, value in wanted.items()):
            known.source_sequence = event.sequence
            return ImportOutcome.UNCHANGED, "", known.appointment_id
        if known is None and timing.recurrence:
            self._count_series()
        appointment = known or self._new(event)
        for name, value in wanted.items():
            setattr(appointment, name, value)
        appointment.source_sequence = event.sequence
        filling.prepare(work, appointment)
        work.session.add(appointment)
        self._known[appointment.source_uid] = self._written[appointment.appointment_id] = appointment
        return ImportOutcome.UPDATED if known else ImportOutcome.CREATED, "", appointment.appointment_id

    def _count_series(self) -> None:
        if self._series_left is None:
            self._series_left = filling.series_left(self._work, self._owner.person_id)
        if self._series_left <= 0:
            raise filling.series_too_many()
        self._series_left -= 1

    def _new(self, event: ReadEvent) -> Appointment:
        work, timing = self._work, event.timing
        series = self._series(event)
        start = timing.start_time if timing else work.now
        return Appointment(
            appointment_id=work.new_id(),
            owner_person_id=self._owner.person_id,
            organisation_path=self._owner.organisation_path,
            kind=AppointmentKind.OTHER.value,
            start_time=start,
            end_time=start,
            local_start="",
            time_zone="",
            series_id=series and series.appointment_id,
            original_start_time=event.original_start_time if series else None,
            source_uid=_source(event),
            reminded_time=work.now,
            create_time=work.now,
            update_time=work.now,
        )

    def _series(self, event: ReadEvent) -> Appointment | None:
        """The series of a changed occurrence; None where it is not there, or has none that starts then."""
        original = event.original_start_time
        series = self._known.get(event.uid_sha256) if original else None
        if original is None or series is None or not series.recurring:
            return None
        found = expanding.series(self._work, series, original, original).original(original)
        taken = select(Appointment.appointment_id).where(
            Appointment.series_id == series.appointment_id, Appointment.original_start_time == original
        )
        return series if found and self._work.session.scalar(taken) is None else None


def _source(event: ReadEvent) -> str:
    """By which it is known again."""
    if event.original_start_time is None:
        return event.uid_sha256
    return hashlib.sha256(f"{event.uid_sha256} {event.original_start_time.isoformat()}".encode()).hexdigest()
