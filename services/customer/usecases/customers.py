"""Opens, changes and reveals customers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from workbench.customer.v1 import customer_pb2, customer_service_pb2, events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.mapping import Mapper
from services.chassis.rpc.masking import masked
from services.chassis.rpc.validation import Validation
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer, Details, etag_of, opened
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.kinds import CoverageRole
from services.customer.usecases import finding
from services.customer.usecases.keeping import keep
from services.customer.usecases.refusals import (
    MASK_CHARACTER,
    identifier_taken,
    located,
    masked_value,
    number_taken,
    taken_keys_told,
)

CHANGEABLE_FIELDS = ("display_name", "identifier", "phone", "tier")
IMMUTABLE_FIELDS = ("customer_number", "kind")
IDENTIFYING_FIELDS = ("identifier", "phone")

as_message = Mapper(
    customer_pb2.Customer,
    computed={"etag": etag_of},
    omitted=tuple(field.name for field in customer_pb2.Customer.DESCRIPTOR.fields if field.number > 13),  # noqa: PLR2004
)
_created = Mapper(events_pb2.CustomerCreated)


def open_customer(work: UnitOfWork, draft: customer_pb2.Customer, lead_person_id: str) -> Customer:
    """Opens one record, led by the person named or by the caller."""
    lead = finding.relationship_manager(work, lead_person_id or work.caller.person_id)
    with located("customer"), taken_keys_told():
        customer = Customer(**_opened(work, draft, lead))
        work.session.add(customer)
        work.session.flush()
    work.session.add(Coverage(**_first_coverage(work, customer.customer_id, lead)))
    keep(work, [customer])
    work.record(_created(customer))
    return customer


def open_customers(work: UnitOfWork, requests: Sequence[customer_service_pb2.CreateCustomerRequest]) -> list[str]:
    """Opens all records or none; answers their ids. A refusal names the first request that does not fit.

    Rows go to the database as rows: a thousand mapped objects would take three times as long.
    """
    leads = _leads(work, [request.lead_person_id or work.caller.person_id for request in requests])
    rows = []
    for place, (request, lead) in enumerate(zip(requests, leads, strict=True)):
        with located(f"requests[{place}].customer"):
            rows.append(_opened(work, request.customer, lead))
    _refuse_repeats(rows)
    _insert_all(work, rows)
    ids = [row["customer_id"] for row in rows]
    work.insert_all(Coverage, [_first_coverage(work, customer_id, lead) for customer_id, lead in zip(ids, leads, strict=True)])
    opened_now = [SimpleNamespace(**row) for row in rows]
    keep(work, opened_now)
    work.record(*map(_created, opened_now))
    return ids


def change_customer(work: UnitOfWork, sent: customer_pb2.Customer, fields: Sequence[str]) -> Customer:
    """Takes the named fields over and checks the record whole; nothing happens where nothing differs.

    A reader may send back all that he read: what only the service sets is passed over, what never changes must be equal.
    """
    _check_names(fields)
    # The contract leaves the sent record unchecked, since only a part of it is taken; its id is checked as a read's id is.
    _validation().check(customer_service_pb2.GetCustomerRequest(customer_id=sent.customer_id), prefix="customer.")
    customer = finding.customer_to_change(work, sent.customer_id, sent.etag)
    with located("customer"), taken_keys_told():
        changed = customer.change(_merged(customer, sent, fields), now=work.now, today=work.business_date)
        work.session.flush()
    if changed:
        keep(work, [customer])
        work.record(_updated(customer, changed))
    return customer


def reveal_customer(work: UnitOfWork, customer_id: str, purpose: str) -> Row[Any]:
    """The record with its identifying fields; who read it and why stays in the audit trail."""
    row = finding.shown_customer(work, customer_id)
    work.resource, work.purpose = f"customers/{row.customer_id}", purpose
    return row


def _opened(work: UnitOfWork, draft: customer_pb2.Customer, lead: RelationshipManager) -> dict[str, Any]:
    for name in IDENTIFYING_FIELDS:
        if MASK_CHARACTER in getattr(draft, name):
            raise masked_value(name)
    return opened(
        work.new_id(), draft.customer_number, draft.kind, _details(draft), lead=lead, now=work.now, today=work.business_date
    )


def _first_coverage(work: UnitOfWork, customer_id: str, lead: RelationshipManager) -> dict[str, Any]:
    return {
        "coverage_id": work.new_id(),
        "customer_id": customer_id,
        "person_id": lead.person_id,
        "organisation_path": lead.organisation_path,
        "role": CoverageRole.LEAD.value,
        "start_date": work.business_date,
        "reason": "",
    }


def _leads(work: UnitOfWork, person_ids: Sequence[str]) -> list[RelationshipManager]:
    asked = {person_id.lower() for person_id in person_ids}
    in_scope = finding.relationship_managers(work).where(RelationshipManager.person_id.in_(asked))
    known = {manager.person_id: manager for manager in work.session.scalars(in_scope)}
    for place, person_id in enumerate(person_ids):
        if person_id.lower() not in known:
            raise finding.person_not_found(f"requests[{place}].lead_person_id")
    return [known[person_id.lower()] for person_id in person_ids]


def _refuse_repeats(rows: Sequence[dict[str, Any]]) -> None:
    numbers: set[str] = set()
    identifiers: set[tuple[int, str]] = set()
    for place, row in enumerate(rows):
        number, identifier = row["customer_number"], (row["kind"], row["identifier_index"])
        with located(f"requests[{place}].customer"):
            if number in numbers:
                raise number_taken()
            if identifier in identifiers:
                raise identifier_taken()
        numbers.add(number)
        if row["identifier_index"]:
            identifiers.add(identifier)


def _insert_all(work: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    try:
        with work.session.begin_nested():
            work.insert_all(Customer, rows)
    except IntegrityError:
        # One after the other, until the database refuses one: slow, and done only to name it.
        for place, row in enumerate(rows):
            with located(f"requests[{place}].customer"), taken_keys_told():
                work.insert_all(Customer, [row])
        raise


def _check_names(fields: Sequence[str]) -> None:
    if unknown := sorted(set(fields) - set(customer_pb2.Customer.DESCRIPTOR.fields_by_name)):
        violation = FieldViolation("update_mask", f"A customer has no {', '.join(unknown)}.")
        raise InvalidInput("FIELD_UNKNOWN", "The mask names a field that does not exist.", violations=(violation,))


def _merged(customer: Customer, sent: customer_pb2.Customer, fields: Sequence[str]) -> Details:
    """What the record is to hold; the contract's limits are checked on the whole of it."""
    for name in IMMUTABLE_FIELDS:
        if name in fields and getattr(sent, name) != getattr(customer, name):
            raise InvalidInput(
                "FIELD_IMMUTABLE", f"{name} never changes.", violations=(FieldViolation(name, "It never changes."),)
            )
    message = as_message(customer)
    for name in CHANGEABLE_FIELDS:
        if name in fields:
            setattr(message, name, _taken(name, getattr(sent, name), getattr(message, name)))
    _validation().check(message)
    return _details(message)


def _taken(name: str, value: str, kept: str) -> str:
    if name not in IDENTIFYING_FIELDS or MASK_CHARACTER not in value:
        return value
    if value == masked(kept):
        # A reader sent back what he was shown: he does not mean to change it.
        return kept
    raise masked_value(name)


def _details(message: customer_pb2.Customer) -> Details:
    return Details(message.display_name, message.identifier, message.phone, message.tier)


def _updated(customer: Customer, changed: Sequence[str]) -> events_pb2.CustomerUpdated:
    return events_pb2.CustomerUpdated(
        customer_id=customer.customer_id,
        changed_fields=changed,
        display_name=customer.display_name,
        tier=customer.tier,
        update_time=customer.update_time,
    )


@cache
def _validation() -> Validation:
    return Validation()
