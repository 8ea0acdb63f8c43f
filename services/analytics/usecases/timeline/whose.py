"""Whose timeline it is: a record that was merged leads to the one that stands for it, and that one has the past of both."""

from __future__ import annotations

from sqlalchemy import select

from services.analytics.model.customer import Customer
from services.analytics.usecases import reaching
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork

# Records that were merged into one; more are not looked for.
_MERGED_MAX = 100
_MERGES_MAX = 20


def customer(work: UnitOfWork, customer_id: str) -> Customer:
    """The record that stands for a customer, both within reach; raises NotFound CUSTOMER_NOT_FOUND."""
    found = reaching.customer(work, customer_id)
    for _ in range(_MERGES_MAX):
        if not found.merged_into_customer_id:
            break
        found = reaching.customer(work, found.merged_into_customer_id)
    return found


def numbers(work: UnitOfWork, standing: Customer) -> list[str]:
    """The customer's number, then those of the records that were merged into it: their days still stand under them."""
    found, into = [standing.customer_number], [standing.customer_id]
    with work.whole_bank():
        while into and len(found) < _MERGED_MAX:
            merged = select(Customer.customer_id, Customer.customer_number).where(among(Customer.merged_into_customer_id, into))
            rows = work.session.execute(merged.order_by(Customer.customer_number)).all()
            found += [row.customer_number for row in rows]
            into = [row.customer_id for row in rows]
    return [found[0], *(number for number in dict.fromkeys(found[1:]) if number != found[0])]
