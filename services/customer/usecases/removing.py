"""Removes a record that should never have been opened and that nothing else speaks of."""

from __future__ import annotations

from sqlalchemy import Table, delete, or_, select
from workbench.customer.v1 import exchange_events_pb2

from services.chassis.db.session import UnitOfWork
from services.customer.model.base import Base
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer
from services.customer.rules.kinds import CustomerState
from services.customer.usecases import indexing
from services.customer.usecases.keeping import keep

# What is made with a record and means nothing without it; a row of any other table speaks of the record.
_DERIVED = ("coverages", "customer_keys", "search_entries", "timeline_entries")
# Names the record, and outlives it.
_OWN = ("customers", "import_rows")


def remove_customer(work: UnitOfWork, customer: Customer) -> bool:
    """Whether the record is gone; where other rows speak of it, it is closed instead. The audit trail has both."""
    if any(_speaks_of(work, table, customer.customer_id) for table in _tables() if table.name not in _DERIVED):
        customer.state, customer.update_time = CustomerState.CLOSED.value, work.now
        work.session.flush()
        keep(work, [customer])
        return False
    event = exchange_events_pb2.CustomerRemoved(customer_id=customer.customer_id, customer_number=customer.customer_number)
    # First, because it goes into the timeline, which goes with the record.
    work.record(event)
    indexing.forget(work.session, customer.customer_id)
    for name in ("customer_keys", "timeline_entries"):
        table = Base.metadata.tables[name]
        work.session.execute(delete(table).where(table.c.customer_id == customer.customer_id))
    for coverage in work.session.scalars(select(Coverage).filter_by(customer_id=customer.customer_id)):
        work.session.delete(coverage)
    work.session.flush()
    work.session.delete(customer)
    work.session.flush()
    return True


def _tables() -> list[Table]:
    return [table for table in Base.metadata.tables.values() if table.name not in _OWN and _naming(table)]


def _naming(table: Table) -> list[str]:
    """The columns that hold customers' ids, by their names: `customer_id`, `from_customer_id`."""
    return [column.name for column in table.c if column.name.endswith("customer_id")]


def _speaks_of(work: UnitOfWork, table: Table, customer_id: str) -> bool:
    named = or_(*(table.c[name] == customer_id for name in _naming(table)))
    return work.session.execute(select(1).select_from(table).where(named).limit(1)).first() is not None
