"""Lets what happened around a customer go where the customer goes, and keeps that it went: to another lead, and why.

Subscribed behind the replicas: as these handlers run, the customer stands as the event says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import delete, select, update
from workbench.customer.v1 import (
    announcement_events_pb2,
    coverage_events_pb2,
    customer_pb2,
    duplicate_events_pb2,
    events_pb2,
    exchange_events_pb2,
)
from workbench.identity.v1 import events_pb2 as identity_events_pb2

from services.analytics.model.customer import Customer
from services.analytics.model.happening import Happening
from services.analytics.model.person import Person
from services.analytics.rules.happenings import HappeningKind
from services.analytics.usecases.happenings import keeping
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.service import Subscription

_HAPPENINGS = keeping.HAPPENINGS
# As identity names the post.
_RELATIONSHIP_MANAGER = "relationship_manager"
# Records that were merged into one, with those that had been merged into them: far more than anybody merges.
_MERGED_MAX = 1_000


def reassign(work: UnitOfWork, event: events_pb2.CustomerReassigned) -> None:
    """A customer came to another lead, or to its first."""
    former = event.former_lead_person_id
    row = {
        # Told twice it is one; given back and forth on one day, it was to each of them.
        "source": f"reassignments/{event.customer_id}/{event.start_date}/{former}/{event.lead_person_id}",
        "customer_id": event.customer_id,
        "organisation_path": event.organisation_path,
        "kind": HappeningKind.LEAD_CHANGED.value,
        "start_date": date.fromisoformat(event.start_date),
        "person_id": event.lead_person_id,
        "other_person_ids": [former] if former else [],
        "version": 1,
    }
    # To another unit with the same lead is no other lead.
    keeping.keep(work, [row] if former != event.lead_person_id else [])


def leave(work: UnitOfWork, event: coverage_events_pb2.RelationshipManagerLeft) -> None:
    """Somebody left who still leads customers: each of them lost its lead."""
    left_date = date.fromisoformat(event.left_date)
    rows = [
        {
            "source": f"departures/{event.person_id}/{event.left_date}/{customer_id}",
            "customer_id": customer_id,
            "organisation_path": event.organisation_path,
            "kind": HappeningKind.LEAD_LEFT.value,
            "start_date": left_date,
            "person_id": event.person_id,
            "version": 1,
        }
        for customer_id in sorted({*_led(work, event.person_id), *_handed_over(work, event.person_id, left_date)})
    ]
    keeping.keep(work, rows)


def come_back(work: UnitOfWork, event: identity_events_pb2.PersonEnabled | identity_events_pb2.PostGranted) -> None:
    """Somebody is let in again, or holds a post again: whom he still leads did not lose its lead."""
    person = work.session.get(Person, event.person_id)
    if person is None or person.disabled or all(post.role != _RELATIONSHIP_MANAGER for post in person.posts):
        return
    led = select(Customer.customer_id).where(Customer.lead_person_id == event.person_id)
    lost = (_HAPPENINGS.c.person_id == event.person_id, _HAPPENINGS.c.kind == HappeningKind.LEAD_LEFT.value)
    work.session.execute(delete(_HAPPENINGS).where(*lost, _HAPPENINGS.c.customer_id.in_(led)))


def merge(work: UnitOfWork, event: duplicate_events_pb2.CustomersMerged) -> None:
    """What happened around one record happened to the one that stands for it."""
    _give(work, _HAPPENINGS.c.customer_id == event.merged_customer_id, event.survivor_customer_id)


def unmerge(work: UnitOfWork, event: duplicate_events_pb2.CustomersUnmerged) -> None:
    """What a merge moved goes back; what came to the survivor since stays with it."""
    origins = _with_merged(work, event.merged_customer_id)
    which = (_HAPPENINGS.c.customer_id == event.survivor_customer_id) & among(_HAPPENINGS.c.origin_customer_id, origins)
    _give(work, which, event.merged_customer_id)


def erase(work: UnitOfWork, event: exchange_events_pb2.CustomerErased) -> None:
    """A customer's data was erased by law: what happened around it is forgotten."""
    _forget(work, _with_merged(work, event.customer_id))


def remove(work: UnitOfWork, event: exchange_events_pb2.CustomerRemoved) -> None:
    """A record was taken back that should never have been opened."""
    _forget(work, [event.customer_id])


def take_announced(work: UnitOfWork, event: announcement_events_pb2.CustomerAnnounced) -> None:
    """How a record stands: what came before it goes where it belongs."""
    if event.state == customer_pb2.CUSTOMER_STATE_ERASED:
        _forget(work, [event.customer_id])
    elif event.merged_into_customer_id:
        _give(work, _HAPPENINGS.c.customer_id == event.customer_id, event.merged_into_customer_id)


def _led(work: UnitOfWork, person_id: str) -> Iterable[str]:
    led = select(Customer.customer_id).where(
        Customer.lead_person_id == person_id, ~Customer.gone, Customer.merged_into_customer_id == ""
    )
    return work.session.scalars(led)


def _handed_over(work: UnitOfWork, person_id: str, left_date: date) -> Iterator[str]:
    """Those that went to another lead as he left, where that was told before it was told that he left."""
    statement = select(Happening.customer_id, Happening.other_person_ids).where(
        Happening.kind == HappeningKind.LEAD_CHANGED.value,
        Happening.start_date >= left_date,
    )
    return (row.customer_id for row in work.session.execute(statement) if person_id in row.other_person_ids)


def _with_merged(work: UnitOfWork, customer_id: str) -> list[str]:
    """A record with those that were merged into it, and into them."""
    found, into = {customer_id}, [customer_id]
    while into and len(found) < _MERGED_MAX:
        merged = select(Customer.customer_id).where(among(Customer.merged_into_customer_id, into))
        into = sorted(set(work.session.scalars(merged)) - found)
        found |= set(into)
    return sorted(found)


def _give(work: UnitOfWork, which: Any, customer_id: str) -> None:
    work.session.flush()
    work.session.execute(update(_HAPPENINGS).where(which).values(customer_id=customer_id, update_time=work.now))


def _forget(work: UnitOfWork, customer_ids: list[str]) -> None:
    work.session.flush()
    work.session.execute(delete(_HAPPENINGS).where(among(_HAPPENINGS.c.customer_id, customer_ids)))


SUBSCRIPTIONS = (
    Subscription(announcement_events_pb2.CustomerAnnounced, take_announced),
    Subscription(coverage_events_pb2.RelationshipManagerLeft, leave),
    Subscription(duplicate_events_pb2.CustomersMerged, merge),
    Subscription(duplicate_events_pb2.CustomersUnmerged, unmerge),
    Subscription(events_pb2.CustomerReassigned, reassign),
    Subscription(exchange_events_pb2.CustomerErased, erase),
    Subscription(exchange_events_pb2.CustomerRemoved, remove),
    Subscription(identity_events_pb2.PersonEnabled, come_back),
    Subscription(identity_events_pb2.PostGranted, come_back),
)
