"""Opens, changes and reveals customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from workbench.customer.v1 import customer_pb2, customer_service_pb2, events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import located
from services.chassis.mapping import Mapper
from services.chassis.rpc.partial import check
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer, opened
from services.customer.model.key import identifier_keys
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.kinds import CoverageRole
from services.customer.usecases import duplicates, finding
from services.customer.usecases.custom_values import CustomValues
from services.customer.usecases.drafts import check_mask, details_of_draft, merged
from services.customer.usecases.keeping import keep
from services.customer.usecases.refusals import identifier_taken, number_taken, taken_number_told

_created = Mapper(events_pb2.CustomerCreated)


def open_customer(
    work: UnitOfWork, draft: customer_pb2.Customer, lead_person_id: str, *, accept_likely_duplicates: bool = False
) -> Customer:
    """Opens one record, led by the person named or by the caller."""
    lead = finding.relationship_manager(work, lead_person_id or work.caller.person_id)
    with located("customer"), taken_number_told():
        customer = Customer(**_opened(work, draft, lead, CustomValues(work)))
        work.session.add(customer)
        work.session.flush()
    work.session.add(Coverage(**_first_coverage(work, customer.customer_id, lead)))
    keep(work, [customer], new=True, places=["customer"])
    duplicates.look_for(work, [customer], refuse=not accept_likely_duplicates)
    work.record(_created(customer))
    return customer


def open_customers(
    work: UnitOfWork,
    requests: Sequence[customer_service_pb2.CreateCustomerRequest],
    leads: Sequence[RelationshipManager] | None = None,
) -> list[str]:
    """Opens all records or none; answers their ids. A refusal names the first request that does not fit.

    `leads` are those of the requests, where whoever calls has found them. Rows go to the database as rows: a thousand mapped
    objects would take three times as long.
    """
    leads = leads or _leads(work, [request.lead_person_id or work.caller.person_id for request in requests])
    values = CustomValues(work)
    places, rows = [f"requests[{place}].customer" for place in range(len(requests))], []
    for place, request, lead in zip(places, requests, leads, strict=True):
        with located(place):
            rows.append(_opened(work, request.customer, lead, values))
    opened_now = [SimpleNamespace(**row) for row in rows]
    _refuse_repeats(opened_now, places)
    _insert_all(work, rows, places)
    ids = [row["customer_id"] for row in rows]
    work.insert_all(Coverage, [_first_coverage(work, customer_id, lead) for customer_id, lead in zip(ids, leads, strict=True)])
    keep(work, opened_now, new=True, places=places)
    duplicates.look_for(work, opened_now)
    work.record(*map(_created, opened_now))
    return ids


def change_customer(work: UnitOfWork, sent: customer_pb2.Customer, fields: Sequence[str]) -> Customer:
    """Takes the named fields over and checks the record whole; nothing happens where nothing differs.

    A reader may send back all that he read: what only the service sets is passed over, what never changes must be equal.
    """
    check_mask(fields)
    # The contract leaves the sent record unchecked, since only a part of it is taken; its id is checked as a read's id is.
    check(customer_service_pb2.GetCustomerRequest(customer_id=sent.customer_id), prefix="customer.")
    customer = finding.customer_to_change(work, sent.customer_id, sent.etag)
    with located("customer"):
        own = CustomValues(work).changed(customer, sent.custom_fields, fields)
        details = replace(merged(customer, sent, fields), **own)
        changed = customer.change(details, now=work.now, today=work.business_date)
    if changed:
        keep(work, [customer], places=["customer"])
        work.record(_updated(customer, changed))
    return customer


def reveal_customer(work: UnitOfWork, customer_id: str, purpose: str) -> Row[Any]:
    """The record with its identifying fields; who read it and why stays in the audit trail."""
    row = finding.shown_customer(work, customer_id)
    work.resource, work.purpose = f"customers/{row.customer_id}", purpose
    return row


def _opened(work: UnitOfWork, draft: customer_pb2.Customer, lead: RelationshipManager, values: CustomValues) -> dict[str, Any]:
    details = replace(details_of_draft(draft), **values.opened(lead, draft.kind, draft.custom_fields))
    return opened(work.new_id(), draft.customer_number, draft.kind, details, lead=lead, now=work.now, today=work.business_date)


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


def _refuse_repeats(customers: Sequence[Any], places: Sequence[str]) -> None:
    numbers: set[str] = set()
    identifiers: set[tuple[str, str, str]] = set()
    for place, customer in zip(places, customers, strict=True):
        keys = [key for key in identifier_keys(customer) if key.exclusive]
        with located(place):
            if customer.customer_number in numbers:
                raise number_taken()
            for key in keys:
                if key.identity in identifiers:
                    raise identifier_taken(key.field)
        numbers.add(customer.customer_number)
        identifiers.update(key.identity for key in keys)


def _insert_all(work: UnitOfWork, rows: Sequence[dict[str, Any]], places: Sequence[str]) -> None:
    try:
        with work.session.begin_nested():
            work.insert_all(Customer, rows)
    except IntegrityError:
        # One after the other, until the database refuses one: slow, and done only to name it.
        for place, row in zip(places, rows, strict=True):
            with located(place), taken_number_told():
                work.insert_all(Customer, [row])
        raise


def _updated(customer: Customer, changed: Sequence[str]) -> events_pb2.CustomerUpdated:
    return events_pb2.CustomerUpdated(
        customer_id=customer.customer_id,
        changed_fields=changed,
        display_name=customer.display_name,
        tier=customer.tier,
        update_time=customer.update_time,
    )
