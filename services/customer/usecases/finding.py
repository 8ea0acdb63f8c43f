"""Finds single records in the caller's scope. What is out of scope answers as what does not exist: one sentence for both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import FieldViolation, NotAllowed, NotFound, RuleBroken, StaleVersion
from services.customer.model.customer import Customer
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.coverage import colleagues_path
from services.customer.rules.kinds import CustomerState

_PATH_SEPARATOR = "/"
_IN_OFFICE = select(RelationshipManager).where(RelationshipManager.in_office, ~RelationshipManager.disabled)

# What is answered of a customer: columns of the table, because building mapped objects costs more than reading them.
TABLE = Customer.__table__
COLUMNS = TABLE.c
SHOWN = tuple(COLUMNS)
# What a list leaves out: it is much, or costs a decryption for each row, and nobody reads it there.
_LEFT_OUT = ("other_identifiers", "contact_points", "addresses", "identifying_custom_fields", "consents", "documents")
LISTED = tuple(column for column in COLUMNS if column.key not in _LEFT_OUT)


def shown_customer(work: UnitOfWork, customer_id: str) -> Row[Any]:
    """The customer as a row of SHOWN, to be read; raises NotFound CUSTOMER_NOT_FOUND."""
    row = work.session.execute(_by_id(select(*SHOWN), work, customer_id)).one_or_none()
    if row is None:
        raise _customer_not_found()
    return row


def reached_customer(work: UnitOfWork, customer_id: str) -> str:
    """The id of a customer in scope, of whom nothing else is asked; raises NotFound CUSTOMER_NOT_FOUND."""
    found: str | None = work.session.scalar(_by_id(select(COLUMNS.customer_id), work, customer_id))
    if found is None:
        raise _customer_not_found()
    return found


def customer_to_change(work: UnitOfWork, customer_id: str, etag: str = "") -> Customer:
    """The customer, held against other writers until the transaction ends.

    Raises NotFound CUSTOMER_NOT_FOUND, RuleBroken CUSTOMER_MERGED where another record stands for it, and StaleVersion
    CUSTOMER_CHANGED where an ETag is given that is no longer the record's.
    """
    # Without the lock two writers would both read the same version, and the slower one would be refused though it asked
    # for no version. SQLite has one writer at a time, so that there is nothing to lock.
    customer: Customer | None = work.session.scalars(_by_id(select(Customer), work, customer_id).with_for_update()).one_or_none()
    if customer is None:
        raise _customer_not_found()
    require_not_merged(customer)
    if etag and etag != customer.etag:
        raise StaleVersion("CUSTOMER_CHANGED", "The customer changed since you read it; read it again and repeat.")
    return customer


def require_not_merged(customer: Any) -> None:
    """Raises RuleBroken CUSTOMER_MERGED, and says which record stands for it, where a record was merged into another."""
    if customer.state == CustomerState.MERGED:
        told = {"mergedIntoCustomerId": customer.merged_into_customer_id}
        raise RuleBroken("CUSTOMER_MERGED", "The record was merged into another, which stands for it.", metadata=told)


def require_standing(work: UnitOfWork, *customer_ids: str | None) -> None:
    """Raises as `require_not_merged` does; asked once a row that names these records has been written.

    Writing it waits for a merge of one of them that is just under way, and so is seen here; one that begins later finds the row.
    """
    columns = (COLUMNS.state, COLUMNS.merged_into_customer_id)
    named = [customer_id for customer_id in customer_ids if customer_id]
    for row in work.session.execute(select(*columns).where(among(COLUMNS.customer_id, named))):
        require_not_merged(row)


def require_in_charge(work: UnitOfWork, lead_person_id: str, organisation_path: str) -> None:
    """Raises NotAllowed NOT_IN_CHARGE for whoever reaches a customer only because he supports it or stands in for its lead."""
    if not work.scope.by_post.covers(organisation_path, lead_person_id, work.caller.person_id):
        raise NotAllowed("NOT_IN_CHARGE", "Only who leads the customer, or is in charge of its unit, decides who looks after it.")


def relationship_managers(work: UnitOfWork) -> Select[RelationshipManager]:
    """Selects those in the caller's scope who can lead a new customer."""
    return in_scope(_IN_OFFICE, RelationshipManager, work.scope, work.caller)


def successors(work: UnitOfWork) -> Select[RelationshipManager]:
    """Selects those to whom the caller can hand a customer over.

    They are those in his scope; who acts on his own customers reaches his colleagues too, the relationship managers below the
    unit above his own (see `colleagues_path`). So nobody hands a customer to another branch, unless he is in charge of both.
    """
    scope = work.scope
    if scope.own and (path := colleagues_path(work.caller.organisation_path)):
        scope = Scope(own=True, organisation_paths=(*scope.organisation_paths, path))
    return in_scope(_IN_OFFICE, RelationshipManager, scope, work.caller)


def relationship_manager(work: UnitOfWork, person_id: str) -> RelationshipManager:
    """One in scope; raises NotFound PERSON_NOT_FOUND."""
    return _one(work, relationship_managers(work), person_id)


def successor(work: UnitOfWork, person_id: str, field: str = "lead_person_id") -> RelationshipManager:
    """One to whom the caller can hand over, held so that he does not leave meanwhile; raises NotFound PERSON_NOT_FOUND."""
    return successors_named(work, [person_id], field)[person_id.lower()]


def successors_named(work: UnitOfWork, person_ids: Sequence[str], field: str) -> dict[str, RelationshipManager]:
    """Those to whom the caller can hand over, by id, held so that none of them leaves meanwhile.

    `field` names the place of a person in the request, such as `receiver_person_ids[{place}]`; raises NotFound PERSON_NOT_FOUND.
    """
    asked = [person_id.lower() for person_id in person_ids]
    statement = successors(work).where(RelationshipManager.person_id.in_(asked)).order_by(RelationshipManager.person_id)
    found = {manager.person_id: manager for manager in work.session.scalars(held(statement))}
    for place, person_id in enumerate(asked):
        if person_id not in found:
            raise person_not_found(field.format(place=place))
    return {person_id: found[person_id] for person_id in asked}


def held(statement: Select[Any]) -> Select[Any]:
    """Relationship managers who stay as they are until the transaction ends; others may hold them at once."""
    return statement.with_for_update(read=True)


def person_not_found(field: str) -> NotFound:
    """The refusal of a person who is no relationship manager in scope."""
    violation = FieldViolation(field, "Name a relationship manager in your scope.")
    return NotFound("PERSON_NOT_FOUND", "There is no such relationship manager in your scope.", violations=(violation,))


def _one(work: UnitOfWork, among: Select[RelationshipManager], person_id: str) -> RelationshipManager:
    manager: RelationshipManager | None = work.session.scalars(
        among.where(RelationshipManager.person_id == person_id.lower())
    ).one_or_none()
    if manager is None:
        raise person_not_found("lead_person_id")
    return manager


def _by_id(statement: Any, work: UnitOfWork, customer_id: str) -> Any:
    return in_scope(statement.where(COLUMNS.customer_id == customer_id.lower()), COLUMNS, work.scope, work.caller)


def _customer_not_found() -> NotFound:
    return NotFound("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.")


def paths_of_units(work: UnitOfWork) -> dict[str, str]:
    """The paths of the units that this service knows of: in which relationship managers are, and those above them."""
    paths: dict[str, str] = {}
    for path in work.session.scalars(select(RelationshipManager.organisation_path).distinct()):
        parts = path.strip(_PATH_SEPARATOR).split(_PATH_SEPARATOR)
        for depth, part in enumerate(parts, start=1):
            paths.setdefault(part, f"/{'/'.join(parts[:depth])}/")
    return paths


def managers_by_staff_number(work: UnitOfWork, staff_numbers: Collection[str]) -> dict[str, RelationshipManager]:
    """Those in office, by the bank's number: each that one person here has."""
    wanted = relationship_managers(work).where(among(RelationshipManager.staff_number, sorted(filter(None, staff_numbers))))
    found: dict[str, list[RelationshipManager]] = {}
    for manager in work.session.scalars(wanted):
        found.setdefault(manager.staff_number, []).append(manager)
    return {number: managers[0] for number, managers in found.items() if len(managers) == 1}
