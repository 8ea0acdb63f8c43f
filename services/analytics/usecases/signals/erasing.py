"""Forgets the signals of customers whose data was erased by law, or whose records were taken back."""

from __future__ import annotations

from sqlalchemy import delete, or_, select
from workbench.customer.v1 import exchange_events_pb2

from services.analytics.model.customer import Customer
from services.analytics.model.signal import Signal
from services.chassis.db.session import UnitOfWork


def remove(work: UnitOfWork, event: exchange_events_pb2.CustomerRemoved) -> None:
    """Takes the signals of a record away that was taken back: there is no such customer."""
    work.session.execute(delete(Signal).where(Signal.customer_id == event.customer_id))


def erase(work: UnitOfWork, event: exchange_events_pb2.CustomerErased) -> None:
    """Takes its signals away, and those of records that were merged into it."""
    of_customer = select(Customer.customer_id).where(
        or_(Customer.customer_id == event.customer_id, Customer.merged_into_customer_id == event.customer_id)
    )
    statement = delete(Signal).where(Signal.customer_id.in_(of_customer))
    work.session.execute(statement.execution_options(synchronize_session=False))
