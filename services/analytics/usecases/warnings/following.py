"""Lets warnings go where their customer goes: to another lead, into another record, out of memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from workbench.customer.v1 import duplicate_events_pb2, events_pb2, exchange_events_pb2

from services.analytics.model.customer import Customer
from services.analytics.model.warning import CustomerWarning, WarningMove
from services.analytics.rules.warnings import WarningOutcome
from services.analytics.usecases.warnings import telling
from services.analytics.usecases.warnings.due_dates import due_date
from services.analytics.usecases.warnings.raising import HELD
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR


def reassign(work: UnitOfWork, event: events_pb2.CustomerReassigned) -> None:
    """A customer got another lead: what is open is his from now on, and all is where the customer is."""
    work.hold(HELD)
    of_customer = CustomerWarning.customer_id == event.customer_id
    _place(work, of_customer, event.organisation_path)
    _give(work, _open(work, of_customer), event.lead_person_id)


def merge(work: UnitOfWork, event: duplicate_events_pb2.CustomersMerged) -> None:
    """One record was taken into another, with its warnings; which those were is kept for an undo."""
    work.hold(HELD)
    of_merged = CustomerWarning.customer_id == event.merged_customer_id
    of_survivor = CustomerWarning.customer_id == event.survivor_customer_id
    if _open(work, of_survivor):
        _supersede(work, _open(work, of_merged))
    moved = work.session.scalars(select(CustomerWarning.warning_id).where(of_merged)).all()
    if moved:
        work.session.execute(insert(WarningMove), [{"merge_id": event.merge_id, "warning_id": each} for each in moved])
        _move(work, of_merged, event.survivor_customer_id)
    _place(work, of_survivor, event.organisation_path)
    _give(work, _open(work, of_survivor), event.lead_person_id)


def unmerge(work: UnitOfWork, event: duplicate_events_pb2.CustomersUnmerged) -> None:
    """Two records were parted again: what the merge moved goes back; what was raised of the survivor since stays with it."""
    work.hold(HELD)
    moved = work.session.scalars(select(WarningMove.warning_id).where(WarningMove.merge_id == event.merge_id)).all()
    if moved:
        still = among(CustomerWarning.warning_id, moved) & (CustomerWarning.customer_id == event.survivor_customer_id)
        _move(work, still, event.merged_customer_id)
        of_merged = CustomerWarning.customer_id == event.merged_customer_id
        _place(work, of_merged, event.organisation_path)
        _give(work, _open(work, of_merged), event.lead_person_id)
        work.session.execute(delete(WarningMove).where(WarningMove.merge_id == event.merge_id))


def remove(work: UnitOfWork, event: exchange_events_pb2.CustomerRemoved) -> None:
    """A record was taken back: there is nobody to look after."""
    work.hold(HELD)
    _supersede(work, _open(work, CustomerWarning.customer_id == event.customer_id))


def erase(work: UnitOfWork, event: exchange_events_pb2.CustomerErased) -> None:
    """A customer's personal data was erased by law: his warnings go, with those of the records that were merged into his."""
    work.hold(HELD)
    records = select(Customer.customer_id).where(
        or_(Customer.customer_id == event.customer_id, Customer.merged_into_customer_id == event.customer_id)
    )
    named = {event.customer_id, *work.session.scalars(records)}
    of_customer = among(CustomerWarning.customer_id, sorted(named))
    # Whoever keeps a task for one learns that there is nothing to do.
    _supersede(work, _open(work, of_customer))
    work.session.execute(delete(CustomerWarning).where(of_customer).execution_options(synchronize_session=False))


def _open(work: UnitOfWork, which: Any) -> Sequence[CustomerWarning]:
    statement = select(CustomerWarning).where(CustomerWarning.open, which).with_for_update()
    return work.session.scalars(statement.execution_options(populate_existing=True)).all()


def _place(work: UnitOfWork, which: Any, organisation_path: str) -> None:
    # Row-level security hides what has no path, also from the service.
    statement = update(CustomerWarning).where(which).values(organisation_path=organisation_path or PATH_SEPARATOR)
    work.session.execute(statement.execution_options(synchronize_session=False))


def _move(work: UnitOfWork, which: Any, customer_id: str) -> None:
    work.session.flush()
    statement = update(CustomerWarning).where(which).values(customer_id=customer_id)
    work.session.execute(statement.execution_options(synchronize_session=False))


def _give(work: UnitOfWork, warnings: Sequence[CustomerWarning], person_id: str) -> None:
    """To another lead, who takes it up anew."""
    for warning in warnings:
        former = warning.assignee_person_id
        if former != person_id:
            warning.assign(person_id, due_date(work), work.now)
            work.session.flush()
            telling.assigned(work, warning, former)


def _supersede(work: UnitOfWork, warnings: Sequence[CustomerWarning]) -> None:
    for warning in warnings:
        warning.close(WarningOutcome.SUPERSEDED, "", work.now, work.business_date)
        work.session.flush()
        telling.closed(work, warning)
