"""The people of companies whom the bank deals with: added, changed, shown and taken out where the company is in reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select, tuple_
from workbench.customer.v1 import relation_events_pb2, relation_pb2, relation_service_pb2

from services.chassis.db import listing
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, StaleVersion, located
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.mapping import values_of
from services.chassis.rpc import partial
from services.chassis.words.texts import tidy_text
from services.customer.model.customer import Customer
from services.customer.model.key_person import KeyPerson
from services.customer.model.relation import Relation
from services.customer.rules.contacts import tidy_contact
from services.customer.rules.key_persons import POSITION_LENGTH_MAX, PREFERENCES_LENGTH_MAX, tidy_birthday
from services.customer.rules.kinds import CustomerKind
from services.customer.rules.names import tidy_name
from services.customer.rules.relations import Days, parse_day
from services.customer.usecases import finding, parties, relations
from services.customer.usecases.drafts import unmask_entries
from services.customer.usecases.finding import COLUMNS

CHANGEABLE_FIELDS = (
    "display_name", "position", "decision_role", "contact_points", "birthday", "preferences", "start_date", "end_date",
    "person_customer_id",
)  # fmt: skip


def add(work: UnitOfWork, draft: relation_pb2.KeyPerson) -> relation_pb2.KeyPerson:
    """A new person of a company in reach."""
    company = finding.shown_customer(work, draft.customer_id)
    if company.kind == CustomerKind.RETAIL:
        raise _unfit("key_person.customer_id", "The company: a customer that is no person.")
    person = KeyPerson(
        key_person_id=work.new_id(),
        customer_id=company.customer_id,
        display_name="",
        create_time=work.now,
        update_time=work.now,
    )
    with located("key_person"):
        unmask_entries(draft.contact_points, (), "contact_points", "value")
        _fill(work, person, draft)
    work.session.add(person)
    work.session.flush()
    finding.require_standing(work, person.customer_id, person.person_customer_id)
    work.record(
        relation_events_pb2.KeyPersonAdded(
            **_told(person), decision_role=person.decision_role, person_customer_id=person.person_customer_id or ""
        )
    )
    return as_message(work, [person])[0]


def found(work: UnitOfWork, key_person_id: str) -> relation_pb2.KeyPerson:
    """One of a company in reach; raises NotFound KEY_PERSON_NOT_FOUND."""
    return as_message(work, [_person(work, key_person_id)])[0]


def of_company(work: UnitOfWork, request: relation_service_pb2.ListKeyPersonsRequest) -> Page:
    """A page of a company's people by name, as messages."""
    customer_id = finding.shown_customer(work, request.customer_id).customer_id
    query, size = listing.query(request), page_size(request.page_size)
    key = (KeyPerson.display_name, KeyPerson.key_person_id)
    statement = select(KeyPerson).where(KeyPerson.customer_id == customer_id).order_by(*key).limit(size + 1)
    if not request.past:
        statement = statement.where(or_(KeyPerson.end_date.is_(None), KeyPerson.end_date >= work.business_date))
    if token := PageToken.decode(request.page_token, query, keys=2):
        statement = statement.where(tuple_(*key) > tuple_(*token.keys))
    rows = work.session.scalars(statement).all()
    page = Page.of(rows, size, query, lambda row: (row.display_name, row.key_person_id))
    return Page(as_message(work, page.rows), page.next_page_token)


def change(work: UnitOfWork, sent: relation_pb2.KeyPerson, fields: Sequence[str]) -> relation_pb2.KeyPerson:
    """Takes the named fields over and checks the person whole; nothing happens where nothing differs."""
    partial.check_mask(fields, relation_pb2.KeyPerson.DESCRIPTOR, "A key person")
    partial.check(relation_service_pb2.GetKeyPersonRequest(key_person_id=sent.key_person_id), "key_person.")
    person = _to_change(work, sent.key_person_id, sent.etag)
    (before,) = as_message(work, [person])
    after = relation_pb2.KeyPerson()
    after.CopyFrom(before)
    with located("key_person"), work.session.no_autoflush:
        if "customer_id" in fields and sent.customer_id.lower() != person.customer_id:
            violation = FieldViolation("customer_id", "It never changes.")
            raise InvalidInput("FIELD_IMMUTABLE", "customer_id never changes.", violations=(violation,))
        given = relation_pb2.KeyPerson()
        given.CopyFrom(sent)
        unmask_entries(given.contact_points, before.contact_points, "contact_points", "value")
        # A link that the caller may not see is no empty one.
        hidden = person.person_customer_id if not before.person_customer_id and not sent.person_customer_id else None
        changed = partial.take(after, given, [name for name in CHANGEABLE_FIELDS if name in fields])
        if changed:
            partial.check(after)
            _fill(work, person, after)
            person.person_customer_id = person.person_customer_id or hidden
            person.update_time = work.now
    if changed:
        work.session.flush()
        work.record(relation_events_pb2.KeyPersonUpdated(**_told(person), changed_fields=changed))
    return as_message(work, [person])[0]


def delete(work: UnitOfWork, key_person_id: str, etag: str) -> None:
    """Takes a person out, and the relations from that person."""
    person = _to_change(work, key_person_id, etag)
    for relation in work.session.scalars(select(Relation).where(Relation.from_key_person_id == person.key_person_id)).all():
        relations.remove(work, relation)
    work.session.delete(person)
    work.session.flush()
    work.record(relation_events_pb2.KeyPersonRemoved(**_told(person)))


def reveal(work: UnitOfWork, key_person_id: str, purpose: str) -> relation_pb2.KeyPerson:
    """One with the ways to reach the person; who read it and why stays in the audit trail."""
    person = _person(work, key_person_id)
    work.resource, work.purpose = f"key_persons/{person.key_person_id}", purpose
    return as_message(work, [person])[0]


def as_message(work: UnitOfWork, people: Sequence[KeyPerson]) -> list[relation_pb2.KeyPerson]:
    """The people as they are answered; contact points whole, for the server to mask."""
    linked = parties.of_customers(work, filter(None, (person.person_customer_id for person in people)))
    return [
        relation_pb2.KeyPerson(
            key_person_id=person.key_person_id,
            customer_id=person.customer_id,
            display_name=person.display_name,
            position=person.position,
            decision_role=person.decision_role,
            contact_points=person.contact_points or (),
            birthday=person.birthday or "",
            preferences=person.preferences or "",
            start_date=_iso(person.start_date),
            end_date=_iso(person.end_date),
            person_customer_id=person.person_customer_id if person.person_customer_id in linked else "",
            create_time=person.create_time,
            update_time=person.update_time,
            etag=person.etag,
        )
        for person in people
    ]


def _person(work: UnitOfWork, key_person_id: str, *, for_update: bool = False) -> KeyPerson:
    statement = select(KeyPerson).join(Customer.__table__, COLUMNS.customer_id == KeyPerson.customer_id)
    statement = in_scope(statement.where(KeyPerson.key_person_id == key_person_id.lower()), COLUMNS, work.scope, work.caller)
    if for_update:
        statement = statement.with_for_update(of=KeyPerson)
    person: KeyPerson | None = work.session.scalars(statement).one_or_none()
    if person is None:
        raise parties.key_person_not_found("")
    return person


def _to_change(work: UnitOfWork, key_person_id: str, etag: str) -> KeyPerson:
    person = _person(work, key_person_id, for_update=True)
    if etag and etag != person.etag:
        raise StaleVersion("KEY_PERSON_CHANGED", "The person changed since you read it; read it again and repeat.")
    return person


def _fill(work: UnitOfWork, person: KeyPerson, message: relation_pb2.KeyPerson) -> None:
    person.display_name = tidy_name(message.display_name)
    person.position = tidy_text(message.position, "position", POSITION_LENGTH_MAX)
    person.decision_role = message.decision_role
    _set(person, "contact_points", _contacts(message))
    _set(person, "birthday", tidy_birthday(message.birthday, work.business_date) or None)
    _set(person, "preferences", tidy_text(message.preferences, "preferences", PREFERENCES_LENGTH_MAX) or None)
    person.start_date = parse_day(message.start_date, "start_date")
    person.end_date = parse_day(message.end_date, "end_date")
    _ = Days(person.start_date or date.min, person.end_date).checked()
    person.person_customer_id = _linked(work, message.person_customer_id.lower())


def _set(person: KeyPerson, name: str, value: Any) -> None:
    # An unchanged value is left alone: encrypted anew it would look changed to the audit trail.
    if getattr(person, name) != value:
        setattr(person, name, value)


def _contacts(message: relation_pb2.KeyPerson) -> list[dict[str, Any]] | None:
    sent = values_of(message).get("contact_points", ())
    return [tidy_contact(contact, f"contact_points[{place}]") for place, contact in enumerate(sent)] or None


def _linked(work: UnitOfWork, customer_id: str) -> str | None:
    if not customer_id:
        return None
    customer = parties.of_customers(work, [customer_id]).get(customer_id)
    if customer is None:
        raise parties.customer_not_found("person_customer_id")
    if customer.kind != CustomerKind.RETAIL:
        raise _unfit("person_customer_id", "The record of a person.")
    return customer_id


def _unfit(field: str, fault: str) -> InvalidInput:
    return InvalidInput("KEY_PERSON_UNFIT", "This does not make a key person.", violations=(FieldViolation(field, fault),))


def _told(person: KeyPerson) -> dict[str, str]:
    return {"key_person_id": person.key_person_id, "customer_id": person.customer_id}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
