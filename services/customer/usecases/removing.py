"""Removes a record that should never have been opened and that nothing else speaks of."""

from __future__ import annotations

from sqlalchemy import Table, delete, exists, select
from workbench.customer.v1 import exchange_events_pb2

from services.chassis.db.session import UnitOfWork
from services.customer.model.base import Base
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer
from services.customer.rules.kinds import CustomerState
from services.customer.usecases.keeping import keep

# What is made with a record and means nothing without it; a row of any other table speaks of the record.
_DERIVED = ("coverages", "customer_keys", "search_entries", "timeline_entries")


def remove_customer(work: UnitOfWork, customer: Customer) -> bool:
    """Whether the record is gone; where other rows speak of it, it is closed instead. The audit trail has both."""
    if any(_spoken_of(work, table, customer.customer_id) for table in _tables() if table.name not in _DERIVED):
        customer.state, customer.update_time = CustomerState.CLOSED.value, work.now
        keep(work, [customer])
        return False
    work.record(exchange_events_pb2.CustomerRemoved(customer_id=customer.customer_id, customer_number=customer.customer_number))
    for table in _tables():
        if table.name in _DERIVED and table.name != Coverage.__tablename__:
            work.session.execute(delete(table).where(table.c.customer_id == customer.customer_id))
    for coverage in work.session.scalars(select(Coverage).filter_by(customer_id=customer.customer_id)):
        work.session.delete(coverage)
    work.session.flush()
    work.session.delete(customer)
    work.session.flush()
    return True


def _tables() -> list[Table]:
    own = Customer.__tablename__
    return [
        table for table in Base.metadata.tables.values() if "customer_id" in table.c and table.name not in (own, "import_rows")
    ]


def _spoken_of(work: UnitOfWork, table: Table, customer_id: str) -> bool:
    return bool(work.session.scalar(select(exists().where(table.c.customer_id == customer_id))))
