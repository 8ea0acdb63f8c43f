"""Tells others of a contact: whoever counts it, the customer's timeline, the people who take part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from google.protobuf.message import Message
from workbench.activity.v1 import contact_events_pb2

from services.activity.model.contact import Contact
from services.activity.rules.contacts import ContactChannel, ContactKind, ContactOutcome, ContactPurpose, ContactState
from services.activity.usecases import telling
from services.activity.usecases.leads import following as lead_following
from services.activity.usecases.notifying import notify
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper

# So many contacts of a customer are told of together.
_TOLD_AT_ONCE = 200
_event = Mapper(
    contact_events_pb2.ContactRecorded,
    computed={
        "key_person_ids": lambda row: [each["key_person_id"] for each in row.people_met if "key_person_id" in each],
        "people_met_count": lambda row: len(row.people_met),
        "imported": lambda row: row.source_system is not None,
    },
    omitted=("former_state",),
)


def announce(work: UnitOfWork, contact: Contact, former_state: int = 0) -> None:
    """Records what holds of the contact from now on, and tells the timeline once it is done, or withdrawn after that."""
    work.record(*_events(work, contact, former_state))
    if contact.state == ContactState.DONE and contact.source_system is None:
        lead_following.contact_done(work, contact)


def announced(contact: Contact) -> contact_events_pb2.ContactAnnounced:
    """What holds of it, for whoever did not follow from the beginning."""
    return contact_events_pb2.ContactAnnounced(contact_id=contact.contact_id, contact=_event(contact))


def announce_history(work: UnitOfWork, contacts: Sequence[Contact]) -> None:
    """Records contacts that come from another system: together by customer, since nobody acts on each of so many."""
    by_customer: dict[str, list[Any]] = {}
    events: list[Message] = []
    for contact in contacts:
        recorded, *told = _events(work, contact, 0)
        events += told
        if contact.customer_id is None:
            events.append(recorded)
        else:
            by_customer.setdefault(contact.customer_id, []).append(recorded)
    for customer_id, recorded_of in by_customer.items():
        for start in range(0, len(recorded_of), _TOLD_AT_ONCE):
            some = recorded_of[start : start + _TOLD_AT_ONCE]
            events.append(contact_events_pb2.ContactsTakenOver(customer_id=customer_id, contacts=some))
    work.record(*events)


def invite(work: UnitOfWork, contact: Contact, person_ids: Sequence[str], kind: str) -> None:
    """Tells colleagues that they take part, or the owner that somebody else does."""
    told = {"startTime": contact.start_time.isoformat(), "kind": ContactKind(contact.kind).name.lower()}
    notify(work, person_ids, kind, resource=f"contacts/{contact.contact_id}", parameters=told)


def _events(work: UnitOfWork, contact: Contact, former_state: int) -> Iterator[Message]:
    event = _event(contact)
    event.former_state = former_state
    yield event
    if contact.customer_id is None or contact.state == former_state:
        return
    kind = ContactKind(contact.kind).name.lower()
    if contact.state == ContactState.DONE:
        yield _entry(work, contact, f"{kind}_recorded", contact.contact_id)
    elif former_state == ContactState.DONE:
        yield _entry(work, contact, f"{kind}_withdrawn", f"{contact.contact_id}/withdrawn")
    elif contact.state == ContactState.NO_SHOW:
        yield _entry(work, contact, f"{kind}_missed", f"{contact.contact_id}/missed")


def _entry(work: UnitOfWork, contact: Contact, kind: str, entry_id: str) -> Message:
    """An entry of the customer's timeline; a correction of what was told changes nothing there."""
    said = {
        "channel": ContactChannel(contact.channel).name.lower(),
        "purpose": ContactPurpose(contact.purpose).name.lower() if contact.purpose else "",
        "outcome": ContactOutcome(contact.outcome).name.lower() if contact.outcome else "",
        "minutes": str(contact.minutes) if contact.minutes else "",
    }
    return telling.entry(
        work,
        contact.customer_id or "",
        kind,
        telling.Category.CONTACT,
        resource=f"contacts/{contact.contact_id}",
        parameters=said,
        occur_time=contact.start_time,
        business_date=contact.business_date,
        entry_id=entry_id,
        person_id=contact.owner_person_id,
    )
