"""Who reaches what of the working day: in one place, for every kind of it.

Something done is reached in three ways: by whoever does it, and whoever stands in for him; by those in charge of the unit in
which it is done; by whoever reaches the customer. A list is of a person, a customer or a unit: that one is looked up within the
caller's scope, and its rows follow from it along an index. What is out of reach answers as what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import exists, or_, select

from services.activity.model.base import Working
from services.activity.model.customer import Customer
from services.activity.model.person import Person
from services.chassis.db.scope import reached
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.errors import NotFound, StaleVersion
from services.chassis.replicas.directory import LEADING_ROLES, Directory, unit_path, upper_snake

__all__ = [
    "LEADING_ROLES", "colleague", "customer", "customer_names", "customers", "found", "in_charge", "in_reach", "leaders_of",
    "names_shown", "people_below", "person", "person_names", "unit_path",
]  # fmt: skip

_Statement = TypeVar("_Statement", bound=Any)
_Model = TypeVar("_Model", bound=Working)
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


def in_reach(work: UnitOfWork, statement: _Statement, model: type[Working]) -> _Statement:
    """The statement narrowed to what the caller reaches of a kind of work."""
    if PATH_SEPARATOR in work.scope.organisation_paths:
        return statement
    of_customer = exists().where(Customer.customer_id == model.customer_id, reached(Customer, work.scope, work.caller))
    narrowed: _Statement = statement.where(or_(reached(model, work.scope, work.caller), of_customer))
    return narrowed


def found(work: UnitOfWork, model: type[_Model], item_id: str, *, to_change: bool = False, etag: str = "") -> _Model:
    """One thing in reach, held against other writers where it is to be changed.

    Raises NotFound `<KIND>_NOT_FOUND`, and StaleVersion `<KIND>_CHANGED` where an ETag is given that is no longer its own; the
    kind is the class's name.
    """
    key = model.__mapper__.primary_key[0]
    statement = in_reach(work, select(model).where(key == item_id.lower()), model)
    item: _Model | None = work.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()
    kind = upper_snake(model.__name__)
    if item is None:
        raise NotFound(f"{kind}_NOT_FOUND", f"There is no such {kind.lower().replace('_', ' ')} within your reach.")
    if etag and etag != item.etag:
        raise StaleVersion(f"{kind}_CHANGED", "It changed since you read it; read it again and repeat.")
    return item


def in_charge(work: UnitOfWork, item: Working) -> bool:
    """Whether the caller decides over it: it is his, or he is in charge of its unit; who only reaches the customer does not."""
    return work.scope.by_post.covers(item.organisation_path, item.owner_person_id, work.caller.person_id)


def names_shown(work: UnitOfWork, items: Iterable[Working]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The names of customers, as far as the caller reaches them, and of owners, for rows that are shown together."""
    shown = list(items)
    return customer_names(work, (each.customer_id for each in shown)), person_names(
        work, (each.owner_person_id for each in shown)
    )
