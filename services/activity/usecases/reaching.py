"""Who reaches what of the working day: in one place, for every kind of it.

Something done is reached in three ways: by whoever does it, and whoever stands in for him; by those in charge of the unit in
which it is done; by whoever reaches the customer. A list is of a person, a customer or a unit: that one is looked up within the
caller's scope, and its rows follow from it along an index. What is out of reach answers as what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Select, exists, or_, select

from services.activity.model.base import Working
from services.activity.model.customer import Customer
from services.activity.model.person import Person, Post
from services.chassis.db.among import among
from services.chassis.db.scope import below, in_scope, reached
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR, paths_above
from services.chassis.kernel.errors import NotFound, RuleBroken, StaleVersion

_Statement = TypeVar("_Statement", bound=Any)
_Model = TypeVar("_Model", bound=Working)
# The roles of those in charge of the people of a unit, as identity names them.
LEADING_ROLES = ("team_leader", "branch_manager")


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
    kind = _upper_snake(model.__name__)
    if item is None:
        raise NotFound(f"{kind}_NOT_FOUND", f"There is no such {kind.lower().replace('_', ' ')} within your reach.")
    if etag and etag != item.etag:
        raise StaleVersion(f"{kind}_CHANGED", "It changed since you read it; read it again and repeat.")
    return item


def customer(work: UnitOfWork, customer_id: str, *, to_keep: bool = False) -> Customer:
    """A customer in scope; raises NotFound CUSTOMER_NOT_FOUND.

    `to_keep` says that something new is to be kept of it: raises RuleBroken CUSTOMER_MERGED, with the record that stands for it,
    and CUSTOMER_GONE where its data was erased or the record taken back.
    """
    statement = in_scope(select(Customer).where(Customer.customer_id == customer_id.lower()), Customer, work.scope, work.caller)
    # Held for reading: a merge that is just under way is waited for, and then seen.
    known: Customer | None = work.session.scalars(statement.with_for_update(read=True) if to_keep else statement).one_or_none()
    if known is None:
        raise NotFound("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.")
    if to_keep and known.merged_into_customer_id:
        told = {"mergedIntoCustomerId": known.merged_into_customer_id}
        raise RuleBroken("CUSTOMER_MERGED", "The record was merged into another, which stands for it.", metadata=told)
    if to_keep and known.gone:
        raise RuleBroken("CUSTOMER_GONE", "Nothing new is kept of this customer.")
    return known


def customers(work: UnitOfWork, customer_ids: Iterable[str]) -> dict[str, Customer]:
    """Those of the customers that are in scope, by id."""
    asked = sorted({customer_id.lower() for customer_id in customer_ids if customer_id})
    statement = in_scope(select(Customer).where(among(Customer.customer_id, asked)), Customer, work.scope, work.caller)
    return {each.customer_id: each for each in work.session.scalars(statement)} if asked else {}


def customer_names(work: UnitOfWork, customer_ids: Iterable[str | None]) -> dict[str, str]:
    """The names of those of the customers that are in scope, by id: of others a reader learns none."""
    return {each.customer_id: each.display_name for each in customers(work, filter(None, customer_ids)).values()}


def person(work: UnitOfWork, person_id: str) -> Person:
    """Somebody whose work the caller reaches: himself, whom he stands in for, those below the units that he is in charge of.

    Nothing is said for the caller himself; raises NotFound PERSON_NOT_FOUND.
    """
    wanted = person_id.lower() or work.caller.person_id
    statement = select(Person).where(Person.person_id == wanted)
    if wanted not in (work.caller.person_id, *work.scope.stands_in_for):
        statement = in_scope(statement, Person, work.scope, work.caller)
    known: Person | None = work.session.scalars(statement).one_or_none()
    if known is None:
        raise NotFound("PERSON_NOT_FOUND", "There is no such person in your scope.")
    return known


def colleague(work: UnitOfWork, person_id: str) -> Person:
    """Anybody of the bank who is not shut out: the directory is open to whoever works here. Raises NotFound PERSON_NOT_FOUND."""
    known = work.session.get(Person, person_id.lower())
    if known is None or known.disabled:
        raise NotFound("PERSON_NOT_FOUND", "There is no such person in the bank.")
    return known


def person_names(work: UnitOfWork, person_ids: Iterable[str]) -> dict[str, str]:
    """The names of people of the bank, by id."""
    asked = sorted({person_id for person_id in person_ids if person_id})
    statement = select(Person.person_id, Person.display_name).where(among(Person.person_id, asked))
    return {row.person_id: row.display_name for row in work.session.execute(statement)} if asked else {}


def unit_path(work: UnitOfWork, organisation_path: str) -> str:
    """A unit that the caller is in charge of, or that lies below one; raises NotFound UNIT_NOT_FOUND."""
    if not any(organisation_path.startswith(path) for path in work.scope.organisation_paths):
        raise NotFound("UNIT_NOT_FOUND", "There is no such unit in your scope.")
    return organisation_path


def people_below(organisation_path: str, role: str) -> Select[Person]:
    """Selects those who hold such a post in a unit or below it and are not shut out, by staff number."""
    holders = select(Post.person_id).where(Post.role == role, below(Post.organisation_path, organisation_path))
    statement = select(Person).where(Person.person_id.in_(holders), ~Person.disabled)
    return statement.order_by(Person.staff_number, Person.person_id)


def leaders_of(work: UnitOfWork, organisation_path: str) -> list[str]:
    """Those in charge of a unit: the holders of a leading post in it, or else in the nearest unit above that has any."""
    statement = (
        select(Post.organisation_path, Post.person_id)
        .join(Person, Person.person_id == Post.person_id)
        .where(Post.role.in_(LEADING_ROLES), Post.organisation_path.in_(paths_above(organisation_path)), ~Person.disabled)
    )
    leaders: dict[str, list[str]] = {}
    for row in work.session.execute(statement.order_by(Post.person_id)):
        leaders.setdefault(row.organisation_path, []).append(row.person_id)
    return leaders[max(leaders, key=len)] if leaders else []


def in_charge(work: UnitOfWork, item: Working) -> bool:
    """Whether the caller decides over it: it is his, or he is in charge of its unit; who only reaches the customer does not."""
    return work.scope.by_post.covers(item.organisation_path, item.owner_person_id, work.caller.person_id)


def names_shown(work: UnitOfWork, items: Iterable[Working]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The names of customers, as far as the caller reaches them, and of owners, for rows that are shown together."""
    shown = list(items)
    return customer_names(work, (each.customer_id for each in shown)), person_names(
        work, (each.owner_person_id for each in shown)
    )


def _upper_snake(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() and place else letter for place, letter in enumerate(name)).upper()
