"""Records contacts that took place and plans those to come; knows one that is recorded already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from workbench.activity.v1 import contact_pb2, contact_service_pb2

from services.activity.model.contact import Contact
from services.activity.rules import contacts as rules
from services.activity.rules.contacts import ContactState
from services.activity.usecases import reaching
from services.activity.usecases.contacts import announcing, filling, keeping
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import AlreadyExists, FieldViolation, WorkbenchError, located

_JOIN = contact_service_pb2.DUPLICATE_HANDLING_JOIN
_ACCEPT = contact_service_pb2.DUPLICATE_HANDLING_ACCEPT


def record(work: UnitOfWork, draft: contact_pb2.Contact, on_duplicate: int) -> Contact:
    """A new contact, or the one that it likely is, where that is to be joined; raises AlreadyExists as the contract says."""
    with located("contact"):
        contact = _drafted(work, draft)
    # Two who record the same contact at once wait here for each other: the second sees what the first has written.
    work.hold(f"contacts of {contact.customer_id or contact.lead_id}")
    other = _likely_same(work, contact) if on_duplicate != _ACCEPT else None
    if other is not None and on_duplicate == _JOIN:
        return _join(work, other, contact, draft)
    if other is not None:
        raise _likely_duplicate(other)
    with located("contact"):
        colleagues = filling.set_colleagues(work, contact, draft.colleague_person_ids)
    work.session.add(contact)
    work.session.flush()
    filling.keep_colleagues(work, contact)
    announcing.announce(work, contact)
    announcing.invite(work, contact, colleagues, "contact_shared")
    work.resource = f"contacts/{contact.contact_id}"
    return contact


def record_all(work: UnitOfWork, requests: Sequence[contact_service_pb2.CreateContactRequest]) -> list[Contact]:
    """All of them, or none; a refusal names the first that does not fit."""
    recorded = []
    for place, request in enumerate(requests):
        with located(f"requests[{place}]"):
            try:
                recorded.append(record(work, request.contact, request.on_duplicate))
            except WorkbenchError as refusal:
                refusal.violations = refusal.violations or (FieldViolation("contact", "See what the refusal says."),)
                raise
    return recorded


def _drafted(work: UnitOfWork, draft: contact_pb2.Contact) -> Contact:
    owner = reaching.person(work, draft.owner_person_id)
    start_time = filling.start_of(work, draft)
    contact = Contact(
        contact_id=work.new_id(),
        customer_id=reaching.customer(work, draft.customer_id, to_keep=True).customer_id if draft.customer_id else None,
        owner_person_id=owner.person_id,
        organisation_path=owner.organisation_path,
        kind=draft.kind,
        state=rules.state_of_new(draft.state, start_time, work.now).value,
        channel=0,
        start_time=start_time,
        business_date=work.clock_date,
        create_person_id=work.caller.person_id,
        create_time=work.now,
        update_time=work.now,
    )
    filling.fill(contact, draft)
    filling.check_sales(work, contact)
    filling.place_in_time(work, contact, start_time, draft.minutes)
    if contact.state == ContactState.DONE:
        contact.done_time = work.now
    return contact


def _likely_same(work: UnitOfWork, contact: Contact) -> Contact | None:
    """The contact that stands and is nearest in time; one's own plan of that day, where it is done now, comes first."""
    zone = work.database.bank_time_zone
    window = rules.same_within(contact.kind)
    earliest = min(contact.start_time - window, rules.day_start(contact.business_date, zone))
    latest = max(contact.start_time + window, rules.day_end(contact.business_date, zone))
    with_whom = Contact.customer_id == contact.customer_id if contact.customer_id else Contact.lead_id == contact.lead_id
    near = select(Contact).where(
        with_whom,
        Contact.kind == contact.kind,
        Contact.state.in_((ContactState.PLANNED.value, ContactState.DONE.value)),
        Contact.start_time >= earliest,
        Contact.start_time <= latest,
    )
    likely = [each for each in work.session.scalars(near.with_for_update()) if _is_same(each, contact)]
    return min(likely, key=lambda each: _rank(each, contact), default=None)


def _is_same(other: Contact, contact: Contact) -> bool:
    return _was_planned(other, contact) or rules.likely_same(contact.kind, contact.start_time, other.kind, other.start_time)


def _was_planned(other: Contact, contact: Contact) -> bool:
    """Whether the other is one's own plan of that day, and this says that it is done."""
    same_day = other.owner_person_id == contact.owner_person_id and other.business_date == contact.business_date
    return same_day and other.state == ContactState.PLANNED and contact.state == ContactState.DONE


def _rank(other: Contact, contact: Contact) -> tuple[bool, float, str]:
    away = abs((other.start_time - contact.start_time).total_seconds())
    return not _was_planned(other, contact), away, other.contact_id


def _join(work: UnitOfWork, other: Contact, contact: Contact, draft: contact_pb2.Contact) -> Contact:
    """Makes one contact of two: a colleague more, a plan that is done, or nothing where it was sent twice."""
    work.resource = f"contacts/{other.contact_id}"
    if other.owner_person_id != contact.owner_person_id:
        return _add_colleague(work, other, contact.owner_person_id)
    if _was_planned(other, contact):
        return _complete(work, other, draft, contact.start_time)
    return other


def _add_colleague(work: UnitOfWork, other: Contact, person_id: str) -> Contact:
    if person_id in other.colleague_person_ids:
        return other
    keeping.keep_version(work, other)
    filling.set_colleagues(work, other, [*other.colleague_person_ids, person_id])
    keeping.write(work, other)
    announcing.announce(work, other, other.state)
    announcing.invite(work, other, [other.owner_person_id], "contact_joined")
    return other


def _complete(work: UnitOfWork, other: Contact, draft: contact_pb2.Contact, start_time: datetime) -> Contact:
    keeping.keep_version(work, other)
    with located("contact"):
        other.state = ContactState.DONE.value
        filling.fill(other, draft)
        filling.check_sales(work, other)
        filling.place_in_time(work, other, start_time, draft.minutes or other.plan_minutes)
        filling.set_colleagues(work, other, draft.colleague_person_ids or other.colleague_person_ids)
    other.done_time = work.now
    keeping.write(work, other)
    announcing.announce(work, other, ContactState.PLANNED.value)
    return other


def _likely_duplicate(other: Contact) -> AlreadyExists:
    told = {
        "contactId": other.contact_id,
        "ownerPersonId": other.owner_person_id,
        "state": ContactState(other.state).name,
        "startTime": other.start_time.isoformat(),
    }
    return AlreadyExists(
        "LIKELY_DUPLICATE", "This contact is likely recorded already; join it, or say that it is another.", metadata=told
    )
