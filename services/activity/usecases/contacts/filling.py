"""Takes over what a message says of a contact, and refuses what cannot be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from workbench.activity.v1 import contact_pb2

from services.activity.model.contact import Contact, ContactColleague
from services.activity.model.lead import Lead
from services.activity.model.opportunity import Opportunity
from services.activity.rules import contacts as rules
from services.activity.rules.contacts import ContactState
from services.activity.usecases import reaching
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound

# What a correction may change.
CHANGEABLE = (
    "kind", "channel", "purpose", "outcome", "subject", "summary", "place", "start_time", "minutes", "people_met",
    "colleague_person_ids", "products", "opportunity_id", "lead_id", "customer_began",
)  # fmt: skip


def fill(contact: Contact, draft: contact_pb2.Contact) -> None:
    """Takes over what may be changed, but for the time and the colleagues; raises InvalidInput with the field at fault."""
    rules.check_outcome(contact.state, draft.outcome)
    contact.channel = rules.channel_of(draft.kind, draft.channel)
    contact.kind, contact.purpose, contact.outcome = draft.kind, draft.purpose, draft.outcome
    contact.subject, contact.summary, contact.place = draft.subject.strip(), draft.summary.strip(), draft.place.strip()
    contact.people_met = people_met(draft.people_met)
    contact.products = list(draft.products)
    contact.opportunity_id, contact.lead_id = draft.opportunity_id.lower() or None, draft.lead_id.lower() or None
    contact.customer_began = draft.customer_began
    if not contact.customer_id and not contact.lead_id:
        raise customer_missing()


def check_sales(work: UnitOfWork, contact: Contact) -> None:
    """Raises NotFound OPPORTUNITY_NOT_FOUND and LEAD_NOT_FOUND where that is out of reach, or another customer's."""
    if contact.opportunity_id:
        opportunity = reaching.found(work, Opportunity, contact.opportunity_id)
        if contact.customer_id and opportunity.customer_id not in (None, contact.customer_id):
            violation = FieldViolation("opportunity_id", "An opportunity of this customer.")
            raise NotFound("OPPORTUNITY_NOT_FOUND", "The opportunity is another customer's.", violations=(violation,))
    if contact.lead_id:
        reaching.found(work, Lead, contact.lead_id)


def place_in_time(work: UnitOfWork, contact: Contact, start_time: datetime, minutes: int) -> None:
    """When it begins and how long it takes; raises RuleBroken where it cannot be then."""
    zone = work.database.bank_time_zone
    days_back = work.settings.contact_days_back_max
    rules.check_time(contact.state, start_time, work.now, today=work.clock_date, zone=zone, days_back_max=days_back)
    contact.start_time, contact.minutes, contact.business_date = start_time, minutes, rules.day_of(start_time, zone)
    if contact.state == ContactState.PLANNED:
        contact.plan_start_time, contact.plan_minutes = start_time, minutes


def start_of(work: UnitOfWork, draft: contact_pb2.Contact) -> datetime:
    """When a new contact begins: so long before now as it took, where that is not said."""
    if draft.HasField("start_time"):
        return instant(draft.start_time)
    if draft.state == contact_pb2.CONTACT_STATE_PLANNED:
        raise InvalidInput(
            "TIME_INVALID", "A plan has a time.", violations=(FieldViolation("start_time", "When it is to begin."),)
        )
    return work.now - timedelta(minutes=draft.minutes)


def instant(moment: Any, field: str = "start_time") -> datetime:
    """An instant of a message; raises InvalidInput TIME_INVALID where it is none."""
    try:
        found: datetime = moment.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        violation = FieldViolation(field, "An instant that exists.")
        raise InvalidInput("TIME_INVALID", "There is no such instant.", violations=(violation,)) from None
    return found


def people_met(people: Any) -> list[dict[str, str]]:
    """The people met as they are kept; raises InvalidInput PERSON_MET_INVALID where one has neither a name nor an id."""
    kept = []
    for place, person in enumerate(people):
        said = {
            "key_person_id": person.key_person_id.lower(),
            "display_name": person.display_name.strip(),
            "title": person.title.strip(),
        }
        if not said["key_person_id"] and not said["display_name"]:
            violation = FieldViolation(f"people_met[{place}]", "A name, or the id of a key person.")
            raise InvalidInput("PERSON_MET_INVALID", "Somebody was met, but who?", violations=(violation,))
        kept.append({name: value for name, value in said.items() if value})
    return kept


def set_colleagues(work: UnitOfWork, contact: Contact, person_ids: Any) -> list[str]:
    """Who takes part beside the owner; answers those who are new. Raises NotFound PERSON_NOT_FOUND with the place."""
    wanted = []
    for place, person_id in enumerate(person_ids):
        if person_id.lower() == contact.owner_person_id:
            continue
        if person_id.lower() not in contact.colleague_person_ids:
            try:
                reaching.colleague(work, person_id)
            except NotFound as missing:
                missing.violations = (FieldViolation(f"colleague_person_ids[{place}]", "Somebody who works for the bank."),)
                raise
        wanted.append(person_id.lower())
    wanted = list(dict.fromkeys(wanted))
    new = [person_id for person_id in wanted if person_id not in contact.colleague_person_ids]
    contact.colleague_person_ids = wanted
    return new


def keep_colleagues(work: UnitOfWork, contact: Contact) -> None:
    """Keeps in step by what a colleague's own list is found. The contact itself must have been written."""
    of_contact = select(ContactColleague).where(ContactColleague.contact_id == contact.contact_id)
    kept = {row.person_id: row for row in work.session.scalars(of_contact)}
    for person_id in contact.colleague_person_ids:
        row = kept.pop(person_id, None)
        if row is None:
            work.session.add(ContactColleague(contact_id=contact.contact_id, person_id=person_id, start_time=contact.start_time))
        elif row.start_time != contact.start_time:
            row.start_time = contact.start_time
    for row in kept.values():
        work.session.delete(row)


def customer_missing() -> InvalidInput:
    """A contact with nobody."""
    violation = FieldViolation("customer_id", "A customer, or the lead whose prospect it is.")
    return InvalidInput("CUSTOMER_MISSING", "A contact is with somebody.", violations=(violation,))
