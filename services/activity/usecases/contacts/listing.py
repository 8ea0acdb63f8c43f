"""Lists contacts of a person, a customer or a unit, each along an index of its own, and what a contact was before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer
from workbench.activity.v1 import contact_service_pb2

from services.activity.model.contact import Contact, ContactColleague, ContactVersion
from services.activity.rules import contacts as rules
from services.activity.usecases import reaching
from services.chassis.db import listing
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.paging import Page

# Of a unit all contacts of the bank in the days are looked at.
UNIT_DAYS_MAX = 92


def list_contacts(work: UnitOfWork, request: contact_service_pb2.ListContactsRequest) -> Page:
    """A page of contacts by when they begin."""
    named = [bool(part) for part in (request.person_id, request.customer_id, request.organisation_path)]
    if sum(named) > 1:
        raise _invalid("LIST_AMBIGUOUS", "A list is of a person, a customer or a unit.", "person_id", "One of the three.")
    start_date = optional_date(request.start_date, "start_date")
    end_date = optional_date(request.end_date, "end_date")
    if start_date and end_date and end_date < start_date:
        raise _invalid("DAYS_INVALID", "The days end before they start.", "end_date", "The start date, or later.")
    if request.organisation_path and not _few(start_date, end_date):
        raise _invalid(
            "DAYS_TOO_MANY", "A unit's contacts are asked for by days.", "start_date", f"At most {UNIT_DAYS_MAX} days."
        )
    moment: Any = ContactColleague.start_time if request.as_colleague else Contact.start_time
    key: Any = ContactColleague.contact_id if request.as_colleague else Contact.contact_id
    statement = _of(work, request).options(defer(Contact.summary))
    zone = work.database.bank_time_zone
    if start_date:
        statement = statement.where(moment >= rules.day_start(start_date, zone))
    if end_date:
        statement = statement.where(moment <= rules.day_end(end_date, zone))
    if kinds := [kind for kind in request.kinds if kind]:
        statement = statement.where(Contact.kind.in_(kinds))
    if states := [state for state in request.states if state]:
        statement = statement.where(Contact.state.in_(states))
    if request.opportunity_id:
        statement = statement.where(Contact.opportunity_id == request.opportunity_id.lower())
    order = ((moment, listing.instant), (key, listing.text))
    return listing.read_page(work, statement, request, order, downwards=request.order_by != "start_time")


def list_versions(work: UnitOfWork, request: contact_service_pb2.ListContactVersionsRequest) -> Page:
    """A page of what a contact in reach was, the latest first."""
    contact = reaching.found(work, Contact, request.contact_id)
    statement = select(ContactVersion).where(ContactVersion.contact_id == contact.contact_id)
    order = ((ContactVersion.contact_version_id, listing.text),)
    return listing.read_page(work, statement, request, order, downwards=True)


def _of(work: UnitOfWork, request: contact_service_pb2.ListContactsRequest) -> Any:
    if request.customer_id:
        customer = reaching.customer(work, request.customer_id)
        return select(Contact).where(Contact.customer_id == customer.customer_id)
    if request.organisation_path:
        path = reaching.unit_path(work, request.organisation_path)
        return select(Contact).where(below(Contact.organisation_path, path))
    person = reaching.person(work, request.person_id)
    if request.as_colleague:
        shared = select(Contact).join(ContactColleague, ContactColleague.contact_id == Contact.contact_id)
        return reaching.in_reach(work, shared.where(ContactColleague.person_id == person.person_id), Contact)
    return select(Contact).where(Contact.owner_person_id == person.person_id)


def _few(start_date: Any, end_date: Any) -> bool:
    return bool(start_date and end_date) and (end_date - start_date).days < UNIT_DAYS_MAX


def _invalid(reason: str, message: str, field: str, fits: str) -> InvalidInput:
    return InvalidInput(reason, message, violations=(FieldViolation(field, fits),))
