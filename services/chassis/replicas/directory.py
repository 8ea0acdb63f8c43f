"""Looks people, customers and units up in a service's replicas, within the caller's scope.

What is out of scope answers as what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, select

from services.chassis.db.among import among
from services.chassis.db.scope import below, in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.errors import NotFound, RuleBroken
from services.chassis.replicas.tables import CustomerReplica, PersonReplica

_Person = TypeVar("_Person", bound=PersonReplica)
_Customer = TypeVar("_Customer", bound=CustomerReplica)
# The roles of those in charge of the people of a unit, as identity names them.
LEADING_ROLES = ("team_leader", "branch_manager")


@dataclass(frozen=True, slots=True)
class Directory(Generic[_Person, _Customer]):
    """The people and customers of one service."""

    person_model: type[_Person]
    customer_model: type[_Customer]

    def customer(self, work: UnitOfWork, customer_id: str, *, to_keep: bool = False) -> _Customer:
        """A customer in scope; raises NotFound CUSTOMER_NOT_FOUND.

        `to_keep` says that something new is to be kept of it: raises RuleBroken CUSTOMER_MERGED, with the record that stands for
        it, and CUSTOMER_GONE where its data was erased or the record taken back.
        """
        model = self.customer_model
        statement = in_scope(select(model).where(model.customer_id == customer_id.lower()), model, work.scope, work.caller)
        # Held for reading: a merge that is just under way is waited for, and then seen.
        known: _Customer | None = work.session.scalars(
            statement.with_for_update(read=True) if to_keep else statement
        ).one_or_none()
        if known is None:
            raise NotFound("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.")
        if to_keep and known.merged_into_customer_id:
            told = {"mergedIntoCustomerId": known.merged_into_customer_id}
            raise RuleBroken("CUSTOMER_MERGED", "The record was merged into another, which stands for it.", metadata=told)
        if to_keep and known.gone:
            raise RuleBroken("CUSTOMER_GONE", "Nothing new is kept of this customer.")
        return known

    def customers(self, work: UnitOfWork, customer_ids: Iterable[str]) -> dict[str, _Customer]:
        """Those of the customers that are in scope, by id."""
        asked = sorted({customer_id.lower() for customer_id in customer_ids if customer_id})
        model = self.customer_model
        statement = in_scope(select(model).where(among(model.customer_id, asked)), model, work.scope, work.caller)
        return {each.customer_id: each for each in work.session.scalars(statement)} if asked else {}

    def customer_names(self, work: UnitOfWork, customer_ids: Iterable[str | None]) -> dict[str, str]:
        """The names of those of the customers that are in scope, by id: of others a reader learns none."""
        return {each.customer_id: each.display_name for each in self.customers(work, filter(None, customer_ids)).values()}

    def person(self, work: UnitOfWork, person_id: str) -> _Person:
        """Somebody whose work the caller reaches: himself, whom he stands in for, those below the units that he is in charge of.

        Nothing is said for the caller himself; raises NotFound PERSON_NOT_FOUND.
        """
        model = self.person_model
        wanted = person_id.lower() or work.caller.person_id
        statement = select(model).where(model.person_id == wanted)
        if wanted not in (work.caller.person_id, *work.scope.stands_in_for):
            statement = in_scope(statement, model, work.scope, work.caller)
        known: _Person | None = work.session.scalars(statement).one_or_none()
        if known is None:
            raise NotFound("PERSON_NOT_FOUND", "There is no such person in your scope.")
        return known

    def colleague(self, work: UnitOfWork, person_id: str) -> _Person:
        """Anybody of the bank who is not shut out: open to all who work here. Raises NotFound PERSON_NOT_FOUND."""
        known = work.session.get(self.person_model, person_id.lower())
        if known is None or known.disabled:
            raise NotFound("PERSON_NOT_FOUND", "There is no such person in the bank.")
        return known

    def person_names(self, work: UnitOfWork, person_ids: Iterable[str]) -> dict[str, str]:
        """The names of people of the bank, by id."""
        asked = sorted({person_id for person_id in person_ids if person_id})
        model = self.person_model
        statement = select(model.person_id, model.display_name).where(among(model.person_id, asked))
        return {row.person_id: row.display_name for row in work.session.execute(statement)} if asked else {}

    def people_below(self, organisation_path: str, role: str) -> Select[Any]:
        """Selects those who hold such a post in a unit or below it and are not shut out, by staff number."""
        model, post = self.person_model, self.person_model.__post__
        holders = select(post.person_id).where(post.role == role, below(post.organisation_path, organisation_path))
        statement = select(model).where(model.person_id.in_(holders), ~model.disabled)
        return statement.order_by(model.staff_number, model.person_id)

    def leaders_of(self, work: UnitOfWork, organisation_path: str) -> list[str]:
        """Those in charge of a unit: the holders of a leading post in it, or else in the nearest unit above that has any."""
        model, post = self.person_model, self.person_model.__post__
        statement = (
            select(post.organisation_path, post.person_id)
            .join(model, model.person_id == post.person_id)
            .where(post.role.in_(LEADING_ROLES), post.organisation_path.in_(paths_above(organisation_path)), ~model.disabled)
        )
        leaders: dict[str, list[str]] = {}
        for row in work.session.execute(statement.order_by(post.person_id)):
            leaders.setdefault(row.organisation_path, []).append(row.person_id)
        return leaders[max(leaders, key=len)] if leaders else []


def unit_path(work: UnitOfWork, organisation_path: str) -> str:
    """A unit that the caller is in charge of, or that lies below one; raises NotFound UNIT_NOT_FOUND."""
    if not any(organisation_path.startswith(path) for path in work.scope.organisation_paths):
        raise NotFound("UNIT_NOT_FOUND", "There is no such unit in your scope.")
    return organisation_path


def upper_snake(name: str) -> str:
    """A class's name as reasons spell it: `VISIT_CYCLE` for `VisitCycle`."""
    return "".join(f"_{letter}" if letter.isupper() and place else letter for place, letter in enumerate(name)).upper()
