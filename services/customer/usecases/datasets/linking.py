"""Whose a row of a dataset is: the record that stands for the bank's number of a customer, now or once it comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.customer.model.customer import Customer
from services.customer.model.holding import Holding, HoldingHolder
from services.customer.rules.kinds import CustomerState

_CUSTOMERS = Customer.__table__.c
_OWNED = (Holding.__table__, HoldingHolder.__table__)


def records_of(work: UnitOfWork, customer_numbers: Iterable[str]) -> dict[str, str]:
    """The ids of the records that stand for these numbers; the empty text for one that the law had erased."""
    asked = sorted(set(customer_numbers))
    rows = work.session.execute(
        select(_CUSTOMERS.customer_number, _CUSTOMERS.customer_id, _CUSTOMERS.state, _CUSTOMERS.merged_into_customer_id).where(
            among(_CUSTOMERS.customer_number, asked)
        )
    )
    return {
        number: "" if state == CustomerState.ERASED else (merged_into or customer_id)
        for number, customer_id, state, merged_into in rows
    }


def take_waiting(work: UnitOfWork, customers: Sequence[Any]) -> None:
    """Gives customers that were just opened what the bank's systems said of their numbers before."""
    of_number = {customer.customer_number: customer.customer_id for customer in customers}
    with work.whole_bank():
        for table in _OWNED:
            waiting = select(table.c.customer_number).where(
                table.c.customer_id.is_(None), among(table.c.customer_number, list(of_number))
            )
            for number in set(work.session.scalars(waiting)):
                mine = (table.c.customer_id.is_(None)) & (table.c.customer_number == number)
                work.session.execute(update(table).where(mine).values(customer_id=of_number[number]))


def move(work: UnitOfWork, from_customer_id: str, to_customer_id: str) -> list[str]:
    """Gives what one record holds to another; answers the bank's numbers under which it was held."""
    numbers: set[str] = set()
    for table in _OWNED:
        of_record = table.c.customer_id == from_customer_id
        numbers |= set(work.session.scalars(select(table.c.customer_number).where(of_record).distinct()))
        work.session.execute(update(table).where(of_record).values(customer_id=to_customer_id))
    return sorted(numbers)


def move_back(work: UnitOfWork, from_customer_id: str, to_customer_id: str, numbers: Sequence[str]) -> None:
    """Takes back what `move` gave, and what came under the same numbers since."""
    own = work.session.scalar(select(_CUSTOMERS.customer_number).where(_CUSTOMERS.customer_id == from_customer_id))
    for table in _OWNED:
        mine = (table.c.customer_id == to_customer_id) & table.c.customer_number.in_({*numbers, own})
        work.session.execute(update(table).where(mine).values(customer_id=from_customer_id))


def owner(records: Mapping[str, str], customer_number: str) -> dict[str, Any]:
    """The columns that say whose a row is. Of an erased customer's not even the number stays."""
    customer_id = records.get(customer_number)
    if customer_id == "":
        return {"customer_number": "", "customer_id": None}
    return {"customer_number": customer_number, "customer_id": customer_id}
