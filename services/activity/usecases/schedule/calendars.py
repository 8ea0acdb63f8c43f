"""What stands in calendars: appointments with every occurrence, contacts, absences, and for whom one stands in.

Whose calendar it is was looked up within the caller's reach; what stands in it follows from that, also where somebody else has
the appointment and he takes part, whom row-level security would hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from services.activity.model.appointment import Appointment, AppointmentParticipant
from services.activity.model.contact import Contact, ContactColleague
from services.activity.model.customer import Absence, Reach
from services.activity.rules.appointments import AppointmentState, EntryKind
from services.activity.rules.contacts import ContactState
from services.activity.usecases.schedule import expanding
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork

# Of one kind, where a calendar is not read page by page.
ENTRIES_MAX = 5_000
# What is not kept by its whole span lasts no longer.
_SHORT = timedelta(days=1)
_DAY = timedelta(days=1)
_TAKES_PLACE = (ContactState.PLANNED.value, ContactState.DONE.value)


@dataclass(frozen=True, slots=True)
class Whose:
    """The calendars of people, or what is planned with a customer."""

    person_ids: tuple[str, ...] = ()
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a calendar; `item` is the row that it comes from."""

    kind: EntryKind
    resource: str
    person_id: str
    start_time: datetime
    end_time: datetime
    item: Any
    original_start_time: datetime | None = None
    all_day: bool = False
    absent_person_id: str = ""

    def order(self) -> tuple[datetime, str]:
        """Where it stands among others; unique."""
        original = self.original_start_time.isoformat() if self.original_start_time else ""
        return self.start_time, f"{self.resource} {self.person_id} {original}"

    @property
    def busy(self) -> bool:
        """Whether nothing else can go on meanwhile."""
        return self.end_time > self.start_time and self.kind != EntryKind.STANDING_IN and not getattr(self.item, "free", False)

    def is_of(self, appointment: Appointment) -> bool:
        """Whether it is the appointment, or an occurrence of it or of its series."""
        ids = {appointment.appointment_id, appointment.series_id} - {None}
        item = self.item
        return isinstance(item, Appointment) and bool({item.appointment_id, item.series_id} & ids)


def entries(
    work: UnitOfWork, whose: Whose, start: datetime, end: datetime, *, since: datetime | None = None, limit: int = ENTRIES_MAX
) -> list[Entry]:
    """What takes place, wholly or in part, from one instant to before another, by start.

    With `since`, only what starts then or later. It is complete up to `limit` entries, and may hold more.
    """
    with work.whole_bank():
        found = [
            *_single_appointments(work, whose, start, end, since, limit),
            *_contacts(work, whose, start, end, since, limit),
            *(_days_away(work, whose, start, end) if whose.person_ids else ()),
        ]
    found += _spans(work, whose, max(start, since) if since else start, end)
    within = (each for each in found if each.start_time < end and (each.end_time > start or each.start_time >= start))
    # Who came to own what he took part in has it once.
    kept = {each.order(): each for each in within if since is None or each.start_time >= since}
    return [kept[order] for order in sorted(kept)]


def _single_appointments(
    work: UnitOfWork, whose: Whose, start: datetime, end: datetime, since: datetime | None, limit: int
) -> Iterator[Entry]:
    lower = max(start - _SHORT, since) if since else start - _SHORT
    planned = (Appointment.state == AppointmentState.PLANNED.value, Appointment.span_end_time.is_(None))
    own = (
        select(Appointment)
        .where(_of(Appointment, whose), *planned, Appointment.start_time >= lower, Appointment.start_time < end)
        .where((Appointment.end_time > start) | (Appointment.start_time >= start))
        .order_by(Appointment.start_time, Appointment.appointment_id)
        .limit(limit)
    )
    for each in work.session.scalars(own):
        yield _appointment(each, each.owner_person_id, each.start_time, each.end_time, each.original_start_time)
    if whose.person_ids:
        taking_part = (
            select(AppointmentParticipant.person_id, Appointment)
            .join(Appointment, Appointment.appointment_id == AppointmentParticipant.appointment_id)
            .where(among(AppointmentParticipant.person_id, whose.person_ids), *planned)
            .where(AppointmentParticipant.start_time >= lower, AppointmentParticipant.start_time < end)
            .order_by(AppointmentParticipant.start_time, AppointmentParticipant.appointment_id, AppointmentParticipant.person_id)
            .limit(limit)
        )
        for person_id, each in work.session.execute(taking_part):
            yield _appointment(each, person_id, each.start_time, each.end_time, each.original_start_time)


def _spans(work: UnitOfWork, whose: Whose, start: datetime, end: datetime) -> Iterator[Entry]:
    """Series, and what lasts longer than a day: found by when the last of it is over."""
    planned = Appointment.state == AppointmentState.PLANNED.value
    with work.whole_bank():
        own = select(Appointment).where(
            _of(Appointment, whose), planned, Appointment.span_end_time >= start, Appointment.start_time < end
        )
        pairs = [(each.owner_person_id, each) for each in work.session.scalars(own.limit(ENTRIES_MAX))]
        if whose.person_ids:
            participant = AppointmentParticipant
            taking_part = (
                select(participant.person_id, Appointment)
                .join(Appointment, Appointment.appointment_id == participant.appointment_id)
                .where(among(participant.person_id, whose.person_ids), planned)
                .where(participant.span_end_time >= start, participant.start_time < end)
                .limit(ENTRIES_MAX)
            )
            pairs += [(person_id, each) for person_id, each in work.session.execute(taking_part)]
    people: dict[str, list[str]] = {}
    for person_id, each in pairs:
        people.setdefault(each.appointment_id, []).append(person_id)
    items = {each.appointment_id: each for _, each in pairs}
    for each, one in expanding.occurrences(work, items.values(), start, end):
        for person_id in people[each.appointment_id]:
            yield _appointment(each, person_id, one.start_time, one.end_time, one.original_start_time)


def _contacts(
    work: UnitOfWork, whose: Whose, start: datetime, end: datetime, since: datetime | None, limit: int
) -> Iterator[Entry]:
    lower = max(start - _SHORT, since) if since else start - _SHORT
    own = (
        select(Contact)
        .where(_of(Contact, whose), Contact.start_time >= lower, Contact.start_time < end, Contact.state.in_(_TAKES_PLACE))
        .order_by(Contact.start_time, Contact.contact_id)
    )
    yield from (_contact(each, each.owner_person_id) for each in _long_enough(work, own, start, limit))
    if whose.person_ids:
        joint = (
            select(ContactColleague.person_id, Contact)
            .join(Contact, Contact.contact_id == ContactColleague.contact_id)
            .where(among(ContactColleague.person_id, whose.person_ids), Contact.state.in_(_TAKES_PLACE))
            .where(ContactColleague.start_time >= lower, ContactColleague.start_time < end)
            .order_by(ContactColleague.start_time, ContactColleague.contact_id, ContactColleague.person_id)
            .limit(limit)
        )
        yield from (_contact(each, person_id) for person_id, each in work.session.execute(joint))


def _long_enough(work: UnitOfWork, statement: Select[Any], start: datetime, limit: int) -> Iterable[Contact]:
    """The first of them, not counting such as were over before the window: those are of one day."""
    before = statement.where(Contact.start_time < start).limit(ENTRIES_MAX)
    reaching_in = [each for each in work.session.scalars(before) if each.start_time + timedelta(minutes=each.minutes) > start]
    return [*reaching_in, *work.session.scalars(statement.where(Contact.start_time >= start).limit(limit))]


def _days_away(work: UnitOfWork, whose: Whose, start: datetime, end: datetime) -> Iterator[Entry]:
    zone = ZoneInfo(work.database.bank_time_zone)
    first, last = _day(start, zone), _day(end, zone)
    away = select(Absence).where(
        among(Absence.person_id, whose.person_ids), Absence.end_date >= first, Absence.start_date <= last
    )
    for each in work.session.scalars(away.limit(ENTRIES_MAX)):
        days = _begin(each.start_date, zone), _begin(each.end_date + _DAY, zone)
        yield Entry(EntryKind.ABSENCE, f"absences/{each.absence_id}", each.person_id, *days, each, all_day=True)
    standing_in = (
        select(Reach.person_id, Absence)
        .join(Absence, Absence.absence_id == Reach.source_id)
        .where(among(Reach.person_id, whose.person_ids), Reach.end_date >= first, Reach.start_date <= last)
        .distinct()
    )
    for person_id, each in work.session.execute(standing_in.limit(ENTRIES_MAX)):
        days = _begin(each.start_date, zone), _begin(each.end_date + _DAY, zone)
        yield Entry(
            EntryKind.STANDING_IN, f"absences/{each.absence_id}", person_id, *days, each,
            all_day=True, absent_person_id=each.person_id,
        )  # fmt: skip


def _of(model: type[Any], whose: Whose) -> Any:
    if whose.customer_id:
        return model.customer_id == whose.customer_id
    if len(whose.person_ids) == 1:
        # One walk along its index.
        return model.owner_person_id == whose.person_ids[0]
    return among(model.owner_person_id, whose.person_ids)


def _appointment(each: Appointment, person_id: str, start: datetime, end: datetime, original: datetime | None) -> Entry:
    resource = f"appointments/{each.appointment_id}"
    return Entry(EntryKind.APPOINTMENT, resource, person_id, start, end, each, original, each.all_day)


def _contact(each: Contact, person_id: str) -> Entry:
    end = each.start_time + timedelta(minutes=each.minutes)
    return Entry(EntryKind.CONTACT, f"contacts/{each.contact_id}", person_id, each.start_time, end, each)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _begin(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day of the bank begins; at the ends of time, what comes nearest."""
    inside = min(max(day, date(1, 1, 3)), date(9999, 12, 29))
    return datetime.combine(inside, time(), zone).astimezone(UTC)
