"""Makes, changes and cancels appointments: whole ones, single occurrences of series, and one with all that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from workbench.activity.v1 import schedule_pb2, schedule_service_pb2

from services.activity.model.appointment import Appointment
from services.activity.rules.appointments import AppointmentState, SeriesPart, timing
from services.activity.rules.recurrence.series import Occurrence
from services.activity.rules.zones import instant as local_instant
from services.activity.usecases import reaching
from services.activity.usecases.contacts.filling import instant
from services.activity.usecases.schedule import conflicts, expanding, filling
from services.activity.usecases.schedule.answering import bare, found_to_change, zone_of
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken, located
from services.chassis.rpc import partial

_SECOND = timedelta(seconds=1)


def create(work: UnitOfWork, draft: schedule_pb2.Appointment, *, refuse_conflicts: bool) -> Appointment:
    """A new appointment in the calendar of somebody whom the caller reaches."""
    with located("appointment"):
        owner = reaching.person(work, draft.owner_person_id)
        timing = filling.timing_of(work, draft)
        appointment = Appointment(
            appointment_id=work.new_id(),
            owner_person_id=owner.person_id,
            organisation_path=owner.organisation_path,
            kind=draft.kind,
            start_time=timing.start_time,
            end_time=timing.end_time,
            local_start="",
            time_zone="",
            reminded_time=work.now,
            create_time=work.now,
            update_time=work.now,
        )
        filling.set_timing(appointment, timing, draft.non_workdays)
        filling.fill(work, appointment, draft)
    if appointment.recurring:
        filling.check_series_count(work, owner.person_id)
    if refuse_conflicts:
        conflicts.refuse(work, appointment)
    filling.write(work, appointment)
    filling.announce(work, appointment, "appointment_invited")
    filling.tell_customer(work, appointment, "appointment_planned")
    work.resource = f"appointments/{appointment.appointment_id}"
    return appointment


def change(work: UnitOfWork, request: schedule_service_pb2.UpdateAppointmentRequest) -> Appointment:
    """Takes the named fields over for as much of a series as is said; nothing happens where nothing differs."""
    sent, fields = request.appointment, request.update_mask.paths
    partial.check_mask(fields, schedule_pb2.Appointment.DESCRIPTOR, "An appointment")
    whole = found_to_change(work, sent.appointment_id, sent.etag)
    _refuse_fixed(whole, sent, fields)
    part, occurrence = _part(work, whole, request)
    target = _apart(work, whole, occurrence) if part is SeriesPart.THIS and occurrence else whole
    after = bare(target)
    if part is SeriesPart.THIS_AND_FOLLOWING and occurrence:
        original = occurrence.original_start_time
        _begin_at(after, whole, original, original + (whole.end_time - whole.start_time))
    changed = partial.take(after, sent, [name for name in filling.CHANGEABLE if name in fields])
    if target.series_id and {"recurrence", "non_workdays"} & set(changed):
        raise _immutable("appointment.recurrence", "One of a series does not recur by itself.")
    if not changed:
        return whole
    partial.check(after, "appointment.")
    if part is SeriesPart.THIS_AND_FOLLOWING and occurrence:
        target = _cut(work, whole, occurrence.original_start_time, after)
    _apply(work, target, after, changed, refuse_conflicts=request.refuse_conflicts)
    if part is SeriesPart.THIS:
        # Who changes the series must have seen that one of it stands apart.
        whole.update_time = work.now
    return target


def cancel(work: UnitOfWork, request: schedule_service_pb2.CancelAppointmentRequest) -> Appointment:
    """Cancels as much of a series as is said."""
    whole = found_to_change(work, request.appointment_id, request.etag)
    part, occurrence = _part(work, whole, request)
    if part is SeriesPart.THIS and occurrence is not None:
        target = _apart(work, whole, occurrence)
        whole.update_time = work.now
    elif part is SeriesPart.THIS_AND_FOLLOWING and occurrence is not None:
        _end_before(work, whole, occurrence.original_start_time)
        _cancel_apart(work, whole, occurrence.original_start_time)
        filling.write(work, whole)
        filling.announce(work, whole, "appointment_changed")
        return whole
    else:
        target = whole
        _cancel_apart(work, whole, None)
    target.state = AppointmentState.CANCELLED.value
    filling.write(work, target)
    filling.announce(work, target, "appointment_cancelled")
    filling.tell_customer(work, target, "appointment_cancelled")
    return target


def _part(
    work: UnitOfWork,
    whole: Appointment,
    request: schedule_service_pb2.UpdateAppointmentRequest | schedule_service_pb2.CancelAppointmentRequest,
) -> tuple[SeriesPart, Occurrence | None]:
    """What is meant, and of a series from which occurrence on; from the first on is the whole."""
    part = SeriesPart(request.part or SeriesPart.ALL)
    if part is SeriesPart.ALL:
        return part, None
    if not request.HasField("original_start_time"):
        violation = FieldViolation("original_start_time", "Which occurrence is meant.")
        raise InvalidInput("OCCURRENCE_MISSING", "Say when the series would have it start.", violations=(violation,))
    original = instant(request.original_start_time, "original_start_time")
    occurrence = expanding.series(work, whole, original, original).original(original) if whole.recurring else None
    if occurrence is None:
        raise NotFound("OCCURRENCE_NOT_FOUND", "The series has no occurrence that starts then.")
    if part is SeriesPart.THIS_AND_FOLLOWING and original <= whole.start_time:
        return SeriesPart.ALL, None
    return part, occurrence


def _refuse_fixed(whole: Appointment, sent: schedule_pb2.Appointment, fields: Sequence[str]) -> None:
    if "owner_person_id" in fields and sent.owner_person_id.lower() != whole.owner_person_id:
        raise _immutable("appointment.owner_person_id", "It stays whose it is.")


def _immutable(field: str, description: str) -> InvalidInput:
    return InvalidInput("FIELD_IMMUTABLE", "This cannot change.", violations=(FieldViolation(field, description),))


def _begin_at(after: schedule_pb2.Appointment, whole: Appointment, start: datetime, end: datetime) -> None:
    """Lets the message say that it takes place then."""
    if whole.all_day:
        zone = zone_of(whole)
        after.start_date = start.astimezone(zone).date().isoformat()
        after.end_date = (start.astimezone(zone) + expanding.duration_of(whole) - _SECOND).date().isoformat()
    else:
        after.start_time.FromDatetime(start)
        after.end_time.FromDatetime(end)


def _apart(work: UnitOfWork, whole: Appointment, occurrence: Occurrence) -> Appointment:
    """The occurrence as an appointment of its own: the one that it is already, or a new one."""
    original = occurrence.original_start_time
    statement = select(Appointment).where(
        Appointment.series_id == whole.appointment_id, Appointment.original_start_time == original
    )
    known: Appointment | None = work.session.scalars(statement.with_for_update()).one_or_none()
    if known is not None and not known.planned:
        raise RuleBroken("APPOINTMENT_CANCELLED", "That occurrence was cancelled.")
    if known is not None:
        return known
    start, end = occurrence.start_time, occurrence.end_time
    return _copied(work, whole, start, end, series_id=whole.appointment_id, original_start_time=original)


def _copied(
    work: UnitOfWork,
    whole: Appointment,
    start_time: datetime,
    end_time: datetime,
    *,
    series_id: str | None = None,
    original_start_time: datetime | None = None,
) -> Appointment:
    """Another one like it that takes place once, then."""
    return Appointment(
        appointment_id=work.new_id(),
        customer_id=whole.customer_id,
        owner_person_id=whole.owner_person_id,
        organisation_path=whole.organisation_path,
        kind=whole.kind,
        title=whole.title,
        description=whole.description,
        place=whole.place,
        private=whole.private,
        free=whole.free,
        all_day=whole.all_day,
        start_time=start_time,
        end_time=end_time,
        local_start=start_time.astimezone(zone_of(whole)).replace(tzinfo=None).isoformat(),
        time_zone=whole.time_zone,
        span_end_time=end_time if end_time - start_time > timedelta(days=1) else None,
        participant_person_ids=list(whole.participant_person_ids),
        reminder_minutes=whole.reminder_minutes,
        reminded_time=work.now,
        series_id=series_id,
        original_start_time=original_start_time,
        create_time=work.now,
        update_time=work.now,
    )


def _apply(
    work: UnitOfWork,
    target: Appointment,
    after: schedule_pb2.Appointment,
    changed: Sequence[str],
    *,
    refuse_conflicts: bool,
) -> None:
    """Writes the target as the message says it; what of a series stands apart goes along with it."""
    former_local, former_zone = datetime.fromisoformat(target.local_start), zone_of(target)
    # A start at an hour that does not come cannot be said by an instant: it stays where nothing is said of the time.
    timed = bool(set(changed) & set(filling.TIMES)) or list(after.recurrence) != list(target.recurrence)
    with located("appointment"):
        if timed:
            _set_timing(work, target, after, former_local, keeps_dates="recurrence" not in changed)
        filling.fill(work, target, after)
    if refuse_conflicts:
        conflicts.refuse(work, target)
    filling.write(work, target, moved=timed or "reminder_minutes" in changed)
    if timed:
        _take_along(work, target, former_zone, datetime.fromisoformat(target.local_start) - former_local)
    filling.announce(work, target, "appointment_changed")
    filling.tell_customer(work, target, "appointment_changed")


def _set_timing(
    work: UnitOfWork, target: Appointment, after: schedule_pb2.Appointment, former_local: datetime, *, keeps_dates: bool
) -> None:
    timing = filling.timing_of(work, after)
    by = timing.local_start - former_local
    if timing.recurrence and by and keeps_dates:
        # What the series names one by one moves along with it.
        after.recurrence[:] = timing.recurrence.moved(by).lines()
        timing = filling.timing_of(work, after)
    if timing.recurrence and not target.recurring:
        filling.check_series_count(work, target.owner_person_id)
    filling.set_timing(target, timing, after.non_workdays)


def _take_along(work: UnitOfWork, series: Appointment, former_zone: ZoneInfo, by: timedelta) -> None:
    """Gives what stands apart its new place in a series that moved; what has none there stands alone from now on."""
    statement = select(Appointment).where(Appointment.series_id == series.appointment_id).with_for_update()
    zone = zone_of(series)
    places: list[tuple[Appointment, datetime]] = []
    for each in work.session.scalars(statement):
        if each.original_start_time is not None:
            local = each.original_start_time.astimezone(former_zone).replace(tzinfo=None) + by
            places.append((each, local_instant(local, zone)))
        # Two that change places must not meet on the way.
        each.series_id = each.original_start_time = None
    work.session.flush()
    for each, place in places:
        if series.recurring and expanding.series(work, series, place, place).original(place) is not None:
            each.series_id, each.original_start_time = series.appointment_id, place
    work.session.flush()


def _cut(work: UnitOfWork, whole: Appointment, original: datetime, after: schedule_pb2.Appointment) -> Appointment:
    """Ends the series before the occurrence, and makes one of it and what follows, which is to be written as the message says."""
    following = _copied(work, whole, original, original + (whole.end_time - whole.start_time))
    if list(after.recurrence) == list(whole.recurrence):
        after.recurrence[:] = _remaining(work, whole, original)
    work.session.add(following)
    work.session.flush()
    apart = select(Appointment).where(Appointment.series_id == whole.appointment_id, Appointment.original_start_time >= original)
    for each in work.session.scalars(apart.with_for_update()):
        each.series_id = following.appointment_id
    _end_before(work, whole, original)
    filling.write(work, whole, moved=False)
    return following


def _remaining(work: UnitOfWork, whole: Appointment, original: datetime) -> list[str]:
    """The recurrence from an occurrence on: of a number of times it ends when they are over."""
    series = expanding.series(work, whole, original, original)
    local = original.astimezone(series.zone).replace(tzinfo=None)
    return replace(series.recurrence, added=tuple(each for each in series.recurrence.added if each > local)).lines()


def _end_before(work: UnitOfWork, whole: Appointment, original: datetime) -> None:
    """Lets a series end before an occurrence that is not its first; where nothing is left of it, it is cancelled."""
    series = expanding.series(work, whole, whole.start_time, original)
    local = original.astimezone(series.zone).replace(tzinfo=None)
    rule = series.recurrence.rule and series.recurrence.rule.ending(original - _SECOND)
    added = tuple(each for each in series.recurrence.added if each < local)
    recurrence = replace(series.recurrence, rule=rule, added=added)
    try:
        ended = timing(
            series.first, series.duration, series.zone, recurrence, whole.non_workdays,
            start=whole.start_time, all_day=whole.all_day,
        )  # fmt: skip
    except InvalidInput:
        whole.state = AppointmentState.CANCELLED.value
        return
    filling.set_timing(whole, ended, whole.non_workdays)


def _cancel_apart(work: UnitOfWork, whole: Appointment, since: datetime | None) -> None:
    """Cancels what stands apart of the series, from an occurrence on."""
    statement = select(Appointment).where(
        Appointment.series_id == whole.appointment_id, Appointment.state == AppointmentState.PLANNED.value
    )
    if since is not None:
        statement = statement.where(Appointment.original_start_time >= since)
    for each in work.session.scalars(statement.with_for_update()):
        # What took place already stays as it was.
        if each.end_time > work.now:
            each.state = AppointmentState.CANCELLED.value
            filling.write(work, each)
