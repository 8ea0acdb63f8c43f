"""Forgets what was said of a customer whose data was erased by law: that something was claimed, and whose it is, stays."""

from __future__ import annotations

from sqlalchemy import or_, select, update
from workbench.customer.v1 import exchange_events_pb2

from services.chassis.db.session import UnitOfWork
from services.performance.model.claim import Claim, Objection
from services.performance.model.customer import Customer


def erase(work: UnitOfWork, event: exchange_events_pb2.CustomerErased) -> None:
    """Empties the texts of its claims and objections, and of those of records that were merged into it."""
    of_customer = select(Customer.customer_id).where(
        or_(Customer.customer_id == event.customer_id, Customer.merged_into_customer_id == event.customer_id)
    )
    for model, texts in ((Claim, ("reason", "decide_reason")), (Objection, ("evidence", "finding"))):
        statement = update(model).where(model.customer_id.in_(of_customer)).values(dict.fromkeys(texts, ""))
        work.session.execute(statement.execution_options(synchronize_session=False))
