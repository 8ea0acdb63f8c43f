"""Who stands at the ends of relations, as far as the caller reaches: of anybody else only that there is somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select
from workbench.customer.v1 import relation_pb2

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, NotFound
from services.customer.model.customer import Customer
from services.customer.model.key_person import KeyPerson
from services.customer.model.relation import Relation
from services.customer.usecases.finding import COLUMNS

_CUSTOMER = (COLUMNS.customer_id, COLUMNS.customer_number, COLUMNS.display_name, COLUMNS.kind)
_KEY_PERSON = (KeyPerson.key_person_id, KeyPerson.customer_id, KeyPerson.display_name)
_OUTSIDE = relation_pb2.RelationEnd(outside_scope=True)


@dataclass(slots=True)
class Parties:
    """Customers and key persons in the caller's reach, by their ids."""

    customers: dict[str, Row[Any]] = field(default_factory=dict)
    key_persons: dict[str, Row[Any]] = field(default_factory=dict)

    def end(self, customer_id: str | None, key_person_id: str | None = None) -> relation_pb2.RelationEnd:
        """The end as it is answered."""
        if key_person_id is not None:
            person = self.key_persons.get(key_person_id)
            return relation_pb2.RelationEnd(key_person_id=key_person_id, display_name=person.display_name) if person else _OUTSIDE
        customer = self.customers.get(customer_id or "")
        if customer is None:
            return _OUTSIDE
        return relation_pb2.RelationEnd(
            customer_id=customer.customer_id,
            customer_number=customer.customer_number,
            display_name=customer.display_name,
            customer_kind=customer.kind,
        )

    def ends(self, relation: Relation) -> tuple[relation_pb2.RelationEnd, relation_pb2.RelationEnd]:
        """From whom and to whom a relation goes."""
        return self.end(relation.from_customer_id, relation.from_key_person_id), self.end(relation.to_customer_id)

    def add(self, others: Parties) -> None:
        """Takes in others."""
        self.customers.update(others.customers)
        self.key_persons.update(others.key_persons)


def in_reach(work: UnitOfWork, customer_ids: Collection[str], key_person_ids: Collection[str] = ()) -> Parties:
    """Those of the ids that are in the caller's scope; a key person is where the company is."""
    found = Parties()
    if customer_ids:
        statement = in_scope(select(*_CUSTOMER).where(among(COLUMNS.customer_id, customer_ids)), COLUMNS, work.scope, work.caller)
        found.customers = {row.customer_id: row for row in work.session.execute(statement)}
    if key_person_ids:
        people = select(*_KEY_PERSON).join(Customer.__table__, COLUMNS.customer_id == KeyPerson.customer_id)
        statement = in_scope(people.where(among(KeyPerson.key_person_id, key_person_ids)), COLUMNS, work.scope, work.caller)
        found.key_persons = {row.key_person_id: row for row in work.session.execute(statement)}
    return found


def of_relations(work: UnitOfWork, relations: Iterable[Relation]) -> Parties:
    """Those at the ends of relations who are in the caller's scope."""
    customers: set[str] = set()
    people: set[str] = set()
    for relation in relations:
        customers.update(filter(None, (relation.from_customer_id, relation.to_customer_id)))
        people.update(filter(None, (relation.from_key_person_id,)))
    return in_reach(work, customers, people)


def of_customers(work: UnitOfWork, customer_ids: Iterable[str]) -> Mapping[str, Row[Any]]:
    """The customers among the ids that are in the caller's scope."""
    return in_reach(work, set(customer_ids)).customers


def customer_not_found(place: str) -> NotFound:
    """The refusal of a customer who is not in scope, naming the place in the request."""
    return _not_found("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.", place)


def key_person_not_found(place: str) -> NotFound:
    """The refusal of a key person who is of no company in scope."""
    return _not_found("KEY_PERSON_NOT_FOUND", "There is no such key person in your scope.", place)


def _not_found(reason: str, message: str, place: str) -> NotFound:
    violations = (FieldViolation(place, "Name one in your scope."),) if place else ()
    return NotFound(reason, message, violations=violations)
