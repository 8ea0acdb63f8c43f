"""Changes contacts: corrects them, says that they took place, or that they did not. What they were is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from workbench.activity.v1 import contact_pb2, contact_service_pb2

from services.activity.model.contact import Contact
from services.activity.rules.contacts import ContactState
from services.activity.usecases.contacts import announcing, filling, keeping
from services.activity.usecases.contacts.answering import bare
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken, located
from services.chassis.rpc import partial

_FIXED = ("customer_id", "owner_person_id", "state")


def correct(work: UnitOfWork, sent: contact_pb2.Contact, fields: Sequence[str]) -> Contact:
    """Takes the named fields over; nothing happens where nothing differs."""
    partial.check_mask(fields, contact_pb2.Contact.DESCRIPTOR, "A contact")
    contact = keeping.found_to_change(work, sent.contact_id, sent.etag)
    _refuse_closed(contact)
    after = bare(contact)
    _refuse_fixed(after, sent, fields)
    changed = partial.take(after, sent, [name for name in filling.CHANGEABLE if name in fields])
    if not changed:
        return contact
    partial.check(after, "contact.")
    keeping.keep_version(work, contact)
    with located("contact"):
        filling.fill(contact, after)
        if {"opportunity_id", "lead_id"} & set(changed):
            filling.check_sales(work, contact)
        if {"start_time", "minutes"} & set(changed):
            _move(work, contact, after, changed)
        new = filling.set_colleagues(work, contact, after.colleague_person_ids)
    keeping.write(work, contact)
    announcing.announce(work, contact, contact.state)
    announcing.invite(work, contact, new, "contact_shared")
    return contact


def complete(work: UnitOfWork, request: contact_service_pb2.CompleteContactRequest) -> Contact:
    """Says that a planned contact took place."""
    contact = keeping.found_to_change(work, request.contact_id, request.etag)
    if contact.state != ContactState.PLANNED:
        raise _not_planned(contact)
    keeping.keep_version(work, contact)
    minutes = request.minutes or contact.plan_minutes
    contact.state, contact.done_time = ContactState.DONE.value, work.now
    filling.place_in_time(work, contact, _began(work, contact, request, minutes), minutes)
    contact.outcome = request.outcome
    contact.summary = request.summary.strip() or contact.summary
    contact.people_met = filling.people_met(request.people_met) or contact.people_met
    contact.products = list(request.products) or contact.products
    keeping.write(work, contact)
    announcing.announce(work, contact, ContactState.PLANNED.value)
    return contact


def cancel(work: UnitOfWork, request: contact_service_pb2.CancelContactRequest) -> Contact:
    """Says that a contact does not take place, that nobody came to it, or that it never was."""
    contact = keeping.found_to_change(work, request.contact_id, request.etag)
    _refuse_closed(contact)
    former_state = contact.state
    if request.no_show and former_state != ContactState.PLANNED:
        raise _not_planned(contact)
    reason = request.cancel_reason.strip()
    if former_state == ContactState.DONE and not reason:
        violation = FieldViolation("cancel_reason", "Why it is withdrawn.")
        raise InvalidInput("REASON_MISSING", "What was recorded is not withdrawn without a reason.", violations=(violation,))
    keeping.keep_version(work, contact)
    contact.state = (ContactState.NO_SHOW if request.no_show else ContactState.CANCELLED).value
    contact.cancel_reason, contact.outcome, contact.done_time = reason, 0, None
    keeping.write(work, contact)
    announcing.announce(work, contact, former_state)
    announcing.invite(work, contact, contact.colleague_person_ids, "contact_cancelled")
    return contact


def _move(work: UnitOfWork, contact: Contact, after: contact_pb2.Contact, changed: Sequence[str]) -> None:
    if "start_time" in changed:
        if not after.HasField("start_time"):
            violation = FieldViolation("start_time", "When it begins.")
            raise InvalidInput("TIME_INVALID", "A contact has a time.", violations=(violation,))
        filling.place_in_time(work, contact, filling.instant(after.start_time), after.minutes)
        return
    contact.minutes = after.minutes
    if contact.state == ContactState.PLANNED:
        contact.plan_minutes = after.minutes


def _began(work: UnitOfWork, contact: Contact, request: contact_service_pb2.CompleteContactRequest, minutes: int) -> datetime:
    """When it began: as it is said, else as it was planned; what was planned for later was brought forward."""
    if request.HasField("start_time"):
        return filling.instant(request.start_time)
    return contact.start_time if contact.start_time <= work.now else work.now - timedelta(minutes=minutes)


def _refuse_fixed(after: contact_pb2.Contact, sent: contact_pb2.Contact, fields: Sequence[str]) -> None:
    for name in _FIXED:
        given = getattr(sent, name)
        if name in fields and given and given != getattr(after, name):
            violation = FieldViolation(f"contact.{name}", "As it is.")
            raise InvalidInput("FIELD_IMMUTABLE", "This of a contact stays as it is.", violations=(violation,))


def _refuse_closed(contact: Contact) -> None:
    if not contact.stands:
        told = {"state": ContactState(contact.state).name}
        raise RuleBroken("CONTACT_CLOSED", "It did not take place; nothing of it changes any more.", metadata=told)


def _not_planned(contact: Contact) -> RuleBroken:
    told = {"state": ContactState(contact.state).name}
    return RuleBroken("CONTACT_NOT_PLANNED", "Only what is planned can be said to have been done or missed.", metadata=told)
