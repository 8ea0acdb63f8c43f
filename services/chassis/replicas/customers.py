"""Keeps the replicas of customers, and of who reaches whose beyond his own, by the customer service's events.

What becomes of a service's own rows as a customer moves, is merged or erased is the service's: it subscribes to the same events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from workbench.customer.v1 import (
    announcement_events_pb2,
    coverage_events_pb2,
    customer_pb2,
    duplicate_events_pb2,
    events_pb2,
    exchange_events_pb2,
)

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.erasure import ERASED_NAME
from services.chassis.replicas.tables import AbsenceReplica, CustomerReplica, ReachReplica
from services.chassis.service import Subscription


@dataclass(frozen=True, slots=True)
class Customers:
    """Follows the customer service for one service's tables."""

    customer: type[CustomerReplica]
    reach: type[ReachReplica]
    absence: type[AbsenceReplica]

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """What the service follows for it; before its own handlers of the same events."""
        return (
            Subscription(announcement_events_pb2.AbsenceAnnounced, self.plan_absence),
            Subscription(announcement_events_pb2.CustomerAnnounced, self.announce),
            Subscription(coverage_events_pb2.AbsenceCancelled, self.cancel_absence),
            Subscription(coverage_events_pb2.AbsenceCreated, self.plan_absence),
            Subscription(coverage_events_pb2.CoverageEnded, self.end_coverage),
            Subscription(coverage_events_pb2.CoverageStarted, self.start_coverage),
            Subscription(duplicate_events_pb2.CustomersMerged, self.merge),
            Subscription(duplicate_events_pb2.CustomersUnmerged, self.unmerge),
            Subscription(events_pb2.CustomerCreated, self.create),
            Subscription(events_pb2.CustomerReassigned, self.reassign),
            Subscription(events_pb2.CustomerUpdated, self.change),
            Subscription(exchange_events_pb2.CustomerErased, self.erase),
            Subscription(exchange_events_pb2.CustomerRemoved, self.remove),
        )

    def create(self, work: UnitOfWork, event: events_pb2.CustomerCreated | announcement_events_pb2.CustomerAnnounced) -> None:
        """A record was opened."""
        if work.session.get(self.customer, event.customer_id) is None:
            work.session.add(
                self.customer(
                    customer_id=event.customer_id,
                    customer_number=event.customer_number,
                    display_name=event.display_name,
                    kind=event.kind,
                    tier=event.tier,
                    lead_person_id=event.lead_person_id,
                    organisation_path=event.organisation_path,
                    create_time=event.create_time.ToDatetime(tzinfo=work.now.tzinfo),
                )
            )

    def announce(self, work: UnitOfWork, event: announcement_events_pb2.CustomerAnnounced) -> None:
        """How a record stands: told to a service that did not follow from the beginning."""
        self.create(work, event)
        customer = work.session.get_one(self.customer, event.customer_id)
        customer.display_name, customer.tier = event.display_name, event.tier
        customer.lead_person_id, customer.organisation_path = event.lead_person_id, event.organisation_path
        customer.merged_into_customer_id = event.merged_into_customer_id
        customer.gone = event.state == customer_pb2.CUSTOMER_STATE_ERASED
        self._support(work, event.customer_id, event.supports)

    def change(self, work: UnitOfWork, event: events_pb2.CustomerUpdated) -> None:
        """Fields of a record changed."""
        if customer := work.session.get(self.customer, event.customer_id):
            customer.display_name, customer.tier = event.display_name, event.tier

    def reassign(self, work: UnitOfWork, event: events_pb2.CustomerReassigned) -> None:
        """A customer got another lead."""
        if customer := work.session.get(self.customer, event.customer_id):
            customer.lead_person_id, customer.organisation_path = event.lead_person_id, event.organisation_path
            # Who stood in for the former lead with this customer alone has no part in it any more.
            reach = self.reach
            deputies = delete(reach).where(
                reach.customer_id == event.customer_id, reach.lead_person_id == event.former_lead_person_id
            )
            work.session.execute(deputies.execution_options(synchronize_session=False))

    def merge(self, work: UnitOfWork, event: duplicate_events_pb2.CustomersMerged) -> None:
        """One record was taken into another."""
        if survivor := work.session.get(self.customer, event.survivor_customer_id):
            survivor.display_name = event.display_name
            survivor.lead_person_id, survivor.organisation_path = event.lead_person_id, event.organisation_path
        if merged := work.session.get(self.customer, event.merged_customer_id):
            merged.merged_into_customer_id = event.survivor_customer_id

    def unmerge(self, work: UnitOfWork, event: duplicate_events_pb2.CustomersUnmerged) -> None:
        """Two records were parted again."""
        if merged := work.session.get(self.customer, event.merged_customer_id):
            merged.merged_into_customer_id = ""
            merged.lead_person_id, merged.organisation_path = event.lead_person_id, event.organisation_path

    def remove(self, work: UnitOfWork, event: exchange_events_pb2.CustomerRemoved) -> None:
        """A record was taken back: what was kept of it meanwhile stays with who did it, and nothing new is kept."""
        if customer := work.session.get(self.customer, event.customer_id):
            customer.gone = True

    def erase(self, work: UnitOfWork, event: exchange_events_pb2.CustomerErased) -> None:
        """A customer's personal data was erased by law, with that of the records that were merged into it."""
        customer = work.session.get(self.customer, event.customer_id)
        if customer is None:
            return
        merged = select(self.customer).where(self.customer.merged_into_customer_id == event.customer_id)
        for record in (customer, *work.session.scalars(merged)):
            record.display_name, record.gone = ERASED_NAME, True

    def start_coverage(self, work: UnitOfWork, event: coverage_events_pb2.CoverageStarted) -> None:
        """Somebody supports a customer."""
        if work.session.get(self.reach, event.coverage_id) is None:
            work.session.add(self._reach(event.customer_id, event))

    def end_coverage(self, work: UnitOfWork, event: coverage_events_pb2.CoverageEnded) -> None:
        """He supports it no more, or to a day."""
        if reach := work.session.get(self.reach, event.coverage_id):
            if event.revoked:
                work.session.delete(reach)
            else:
                reach.end_date = _date_or_none(event.end_date)

    def plan_absence(
        self, work: UnitOfWork, event: coverage_events_pb2.AbsenceCreated | announcement_events_pb2.AbsenceAnnounced
    ) -> None:
        """Somebody will be away, and others stand in for him."""
        if work.session.get(self.absence, event.absence_id) is not None:
            return
        start_date, end_date = date.fromisoformat(event.start_date), date.fromisoformat(event.end_date)
        away = self.absence(absence_id=event.absence_id, person_id=event.person_id, start_date=start_date, end_date=end_date)
        work.session.add(away)
        for place, (deputy_person_id, customer_id) in enumerate(_deputies(event)):
            work.session.add(
                self.reach(
                    reach_id=f"{event.absence_id}/{place}",
                    person_id=deputy_person_id,
                    customer_id=customer_id,
                    lead_person_id=event.person_id,
                    start_date=start_date,
                    end_date=end_date,
                    source_id=event.absence_id,
                )
            )

    def cancel_absence(self, work: UnitOfWork, event: coverage_events_pb2.AbsenceCancelled) -> None:
        """He is not away, or no longer."""
        work.session.execute(delete(self.reach).where(self.reach.source_id == event.absence_id))
        work.session.execute(delete(self.absence).where(self.absence.absence_id == event.absence_id))

    def _support(self, work: UnitOfWork, customer_id: str, supports: Iterable[announcement_events_pb2.AnnouncedSupport]) -> None:
        """How a customer is supported: whoever is not named supports it no more."""
        of_customer = (self.reach.customer_id == customer_id, self.reach.lead_person_id.is_(None))
        work.session.execute(delete(self.reach).where(*of_customer).execution_options(synchronize_session=False))
        work.session.add_all(self._reach(customer_id, each) for each in supports)

    def _reach(self, customer_id: str, support: Any) -> ReachReplica:
        return self.reach(
            reach_id=support.coverage_id,
            person_id=support.person_id,
            customer_id=customer_id,
            start_date=date.fromisoformat(support.start_date),
            end_date=_date_or_none(support.end_date),
            source_id=support.coverage_id,
        )


def _deputies(event: Any) -> Iterator[tuple[str, str | None]]:
    for deputy in event.deputies:
        if not deputy.customer_ids:
            yield deputy.person_id, None
        for customer_id in deputy.customer_ids:
            yield deputy.person_id, customer_id


def _date_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
