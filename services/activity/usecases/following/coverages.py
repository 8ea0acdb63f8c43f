"""Keeps who reaches whose customers beyond his own: supporters, and deputies of whoever is away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import delete
from workbench.customer.v1 import announcement_events_pb2, coverage_events_pb2

from services.activity.model.customer import Absence, Reach
from services.chassis.db.session import UnitOfWork


def start(work: UnitOfWork, event: coverage_events_pb2.CoverageStarted) -> None:
    """Somebody supports a customer."""
    if work.session.get(Reach, event.coverage_id) is None:
        work.session.add(
            Reach(
                reach_id=event.coverage_id,
                person_id=event.person_id,
                customer_id=event.customer_id,
                start_date=date.fromisoformat(event.start_date),
                end_date=_date_or_none(event.end_date),
                source_id=event.coverage_id,
            )
        )


def support(work: UnitOfWork, customer_id: str, supports: Iterable[announcement_events_pb2.AnnouncedSupport]) -> None:
    """How a customer is supported: whoever is not named supports it no more."""
    of_customer = (Reach.customer_id == customer_id, Reach.lead_person_id.is_(None))
    work.session.execute(delete(Reach).where(*of_customer).execution_options(synchronize_session=False))
    for each in supports:
        work.session.add(
            Reach(
                reach_id=each.coverage_id,
                person_id=each.person_id,
                customer_id=customer_id,
                start_date=date.fromisoformat(each.start_date),
                end_date=_date_or_none(each.end_date),
                source_id=each.coverage_id,
            )
        )


def end(work: UnitOfWork, event: coverage_events_pb2.CoverageEnded) -> None:
    """He supports it no more, or to a day."""
    if reach := work.session.get(Reach, event.coverage_id):
        if event.revoked:
            work.session.delete(reach)
        else:
            reach.end_date = _date_or_none(event.end_date)


def plan_absence(work: UnitOfWork, event: coverage_events_pb2.AbsenceCreated | announcement_events_pb2.AbsenceAnnounced) -> None:
    """Somebody will be away, and others stand in for him."""
    if work.session.get(Absence, event.absence_id) is not None:
        return
    start_date, end_date = date.fromisoformat(event.start_date), date.fromisoformat(event.end_date)
    work.session.add(Absence(absence_id=event.absence_id, person_id=event.person_id, start_date=start_date, end_date=end_date))
    for place, (deputy_person_id, customer_id) in enumerate(_deputies(event)):
        work.session.add(
            Reach(
                reach_id=f"{event.absence_id}/{place}",
                person_id=deputy_person_id,
                customer_id=customer_id,
                lead_person_id=event.person_id,
                start_date=start_date,
                end_date=end_date,
                source_id=event.absence_id,
            )
        )


def cancel_absence(work: UnitOfWork, event: coverage_events_pb2.AbsenceCancelled) -> None:
    """He is not away, or no longer."""
    work.session.execute(delete(Reach).where(Reach.source_id == event.absence_id))
    work.session.execute(delete(Absence).where(Absence.absence_id == event.absence_id))


def _deputies(event: Any) -> Iterator[tuple[str, str | None]]:
    for deputy in event.deputies:
        if not deputy.customer_ids:
            yield deputy.person_id, None
        for customer_id in deputy.customer_ids:
            yield deputy.person_id, customer_id


def _date_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
