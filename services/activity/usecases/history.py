"""Whom the history of another system speaks of: customers and people by the workbench's ids, or by the bank's own numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from services.activity.model.customer import Customer
from services.activity.model.person import Person
from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, NotFound, RuleBroken


@dataclass(slots=True)
class Parties:
    """The customers and people within the caller's scope of whom some rows speak; made once for all of them."""

    customers: dict[str, Customer] = field(default_factory=dict)
    customers_by_number: dict[str, Customer] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    people_by_number: dict[str, Person] = field(default_factory=dict)

    def customer(self, customer_id: str, customer_number: str) -> Customer:
        """The customer, or the record that stands for it; raises NotFound CUSTOMER_NOT_FOUND, and RuleBroken CUSTOMER_GONE."""
        found = self.customers.get(customer_id.lower()) if customer_id else self.customers_by_number.get(customer_number)
        if found is not None and found.merged_into_customer_id:
            found = self.customers.get(found.merged_into_customer_id)
        if found is None:
            violation = FieldViolation("customer_number", "A customer in your scope.")
            raise NotFound("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.", violations=(violation,))
        if not found.stands:
            raise RuleBroken("CUSTOMER_GONE", "Nothing new is kept of this customer.")
        return found

    def person(self, person_id: str, staff_number: str) -> Person:
        """Who it was, also one who has left; raises NotFound PERSON_NOT_FOUND."""
        found = self.people.get(person_id.lower()) if person_id else self.people_by_number.get(staff_number)
        if found is None:
            violation = FieldViolation("staff_number", "Somebody in your scope.")
            raise NotFound("PERSON_NOT_FOUND", "There is no such person in your scope.", violations=(violation,))
        return found


def parties(
    work: UnitOfWork,
    *,
    customer_ids: Iterable[str] = (),
    customer_numbers: Iterable[str] = (),
    person_ids: Iterable[str] = (),
    staff_numbers: Iterable[str] = (),
) -> Parties:
    """Those of them that are within the caller's scope, by four statements at most."""
    found = Parties()
    for column, values in ((Customer.customer_id, _lower(customer_ids)), (Customer.customer_number, _given(customer_numbers))):
        _keep_customers(work, found, column, values)
    survivors = {each.merged_into_customer_id for each in found.customers.values()} - {"", *found.customers}
    _keep_customers(work, found, Customer.customer_id, sorted(survivors))
    for column, values in ((Person.person_id, _lower(person_ids)), (Person.staff_number, _given(staff_numbers))):
        if values:
            statement = in_scope(select(Person).where(among(column, values)), Person, work.scope, work.caller)
            for person in work.session.scalars(statement):
                found.people[person.person_id] = found.people_by_number[person.staff_number] = person
    return found


def _keep_customers(work: UnitOfWork, found: Parties, column: object, values: list[str]) -> None:
    if values:
        statement = in_scope(select(Customer).where(among(column, values)), Customer, work.scope, work.caller)
        for customer in work.session.scalars(statement):
            found.customers[customer.customer_id] = found.customers_by_number[customer.customer_number] = customer


def _lower(ids: Iterable[str]) -> list[str]:
    return sorted({each.lower() for each in ids if each})


def _given(numbers: Iterable[str]) -> list[str]:
    return sorted({each for each in numbers if each})
