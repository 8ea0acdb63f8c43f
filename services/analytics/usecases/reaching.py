"""Who reaches what is found out about whom: who reaches the customer, and those in charge of whoever it is about."""

from __future__ import annotations

from services.analytics.model.customer import Customer
from services.analytics.model.person import Person
from services.chassis.replicas.directory import Directory, unit_path, upper_snake

__all__ = [
    "colleague", "customer", "customer_names", "customers", "leaders_of", "people_below", "person", "person_names", "unit_path",
    "upper_snake",
]  # fmt: skip

_DIRECTORY = Directory(Person, Customer)

# Looked up in one way for all services.
customer = _DIRECTORY.customer
customers = _DIRECTORY.customers
customer_names = _DIRECTORY.customer_names
person = _DIRECTORY.person
colleague = _DIRECTORY.colleague
person_names = _DIRECTORY.person_names
people_below = _DIRECTORY.people_below
leaders_of = _DIRECTORY.leaders_of
