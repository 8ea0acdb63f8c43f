"""Who reaches whose results: one's own, those of whom one stands in for, those below the units that one is in charge of."""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from services.chassis.db.scope import reached
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound
from services.chassis.replicas.directory import Directory, unit_path, upper_snake
from services.performance.model.customer import Customer
from services.performance.model.person import Person
from services.performance.model.result import Result

__all__ = [
    "colleague", "customer", "customer_names", "customers", "earner", "leaders_of", "people_below", "person", "person_names",
    "unit_path", "upper_snake",
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


def earner(work: UnitOfWork, person_id: str) -> Person:
    """Somebody whose results the caller reaches: himself, and who works, or has results, below the units that he is in charge of.

    Nothing is said for the caller himself. Whoever stands in for somebody looks after his customers, and does not see what he
    earned. Raises NotFound PERSON_NOT_FOUND.
    """
    wanted, scope = person_id.lower() or work.caller.person_id, work.scope.by_post
    statement = select(Person).where(Person.person_id == wanted)
    if wanted != work.caller.person_id:
        results = exists().where(Result.person_id == Person.person_id, reached(Result, scope, work.caller))
        statement = statement.where(or_(reached(Person, scope, work.caller), results))
    known = work.session.scalars(statement).one_or_none()
    if known is None:
        raise NotFound("PERSON_NOT_FOUND", "There is no such person in your scope.")
    return known
