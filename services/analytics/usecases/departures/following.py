"""Keeps that somebody left, and lets what is kept of a customer go where the customer goes."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select, update
from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2, exchange_events_pb2

from services.analytics.model.customer import Customer
from services.analytics.model.departure import Departure, DepartureCustomer, DeparturePlanItem
from services.chassis.db.session import UnitOfWork


def leave(work: UnitOfWork, event: coverage_events_pb2.RelationshipManagerLeft) -> None:
    """Somebody who leads customers left: what would go is looked up next (`upkeep`)."""
    left_date = date.fromisoformat(event.left_date)
    known = select(Departure.departure_id).where(Departure.person_id == event.person_id, Departure.left_date == left_date)
    if work.session.scalar(known) is None:
        work.session.add(
            Departure(
                departure_id=work.new_id(),
                person_id=event.person_id,
                organisation_path=event.organisation_path,
                left_date=left_date,
                create_time=work.now,
            )
        )


def merge(work: UnitOfWork, event: duplicate_events_pb2.CustomersMerged) -> None:
    """One record was taken into another: plans go on with the one that stands; of a departure it stays what it was then."""
    items = DeparturePlanItem
    _execute(
        work,
        update(items)
        .where(items.customer_id == event.merged_customer_id)
        .values(customer_id=event.survivor_customer_id, version=items.version + 1),
    )


def unmerge(work: UnitOfWork, event: duplicate_events_pb2.CustomersUnmerged) -> None:
    """Two records were parted again: items go back to the one of which they were proposed."""
    items = DeparturePlanItem
    moved = (items.customer_id == event.survivor_customer_id, items.original_customer_id == event.merged_customer_id)
    _execute(work, update(items).where(*moved).values(customer_id=event.merged_customer_id, version=items.version + 1))


def erase(work: UnitOfWork, event: exchange_events_pb2.CustomerErased) -> None:
    """A customer's personal data was erased by law, with that of records merged into it: nothing of it stays but the sums."""
    of_customer = select(Customer.customer_id).where(
        or_(Customer.customer_id == event.customer_id, Customer.merged_into_customer_id == event.customer_id)
    )
    items, customers = DeparturePlanItem, DepartureCustomer
    about = or_(items.customer_id.in_(of_customer), items.original_customer_id.in_(of_customer))
    _execute(work, delete(items).where(about))
    _execute(work, delete(customers).where(customers.customer_id.in_(of_customer)))


def _execute(work: UnitOfWork, statement: Any) -> None:
    work.session.execute(statement.execution_options(synchronize_session=False))
