"""What is claimed: named by the contract's fields, and whose it is by the bank's own datasets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken
from services.chassis.lake.lake import Pin
from services.performance.model.customer import Customer
from services.performance.model.dataset_pin import DatasetPin
from services.performance.model.share import ShareLine
from services.performance.rules.shares import STANDING, ObjectKind, SharedObject
from services.performance.usecases import reaching


def named(said: Any) -> SharedObject:
    """The object that a message names by object_kind, source_system, object_number and customer_id; raises OBJECT_UNCLEAR."""
    kind, of = ObjectKind(said.object_kind), said.customer_id.lower()
    number = said.object_number.strip()
    if kind is ObjectKind.UNSPECIFIED or not of:
        raise _unclear("object_kind", "What it is, and the customer whose it is.")
    if kind is ObjectKind.CUSTOMER:
        if said.source_system or number:
            raise _unclear("object_number", "A customer is named by its id alone.")
        return SharedObject.customer(of)
    if not said.source_system or not number:
        raise _unclear("object_number", "The bank's number, and the system that gave it.")
    return SharedObject(kind, f"{said.source_system}/{number}", of)


def claimable_customer(work: UnitOfWork, customer_id: str) -> Customer:
    """A customer in reach, or one of the caller's own unit whom nobody leads: the pool is open to all who work there.

    Raises as `Directory.customer` does.
    """
    try:
        return reaching.customer(work, customer_id, to_keep=True)
    except NotFound:
        with work.whole_bank():
            known = work.session.get(Customer, customer_id.lower())
        if known is None or not in_open_pool(work, known):
            raise
        return known


def in_open_pool(work: UnitOfWork, customer: Customer) -> bool:
    """Whether nobody leads the customer, and it is looked after by the caller's own unit."""
    return (
        work.scope.own
        and customer.stands
        and not customer.lead_person_id
        and customer.organisation_path == work.caller.organisation_path
    )


def check_owner(work: UnitOfWork, thing: SharedObject, customer: Customer) -> None:
    """Raises RuleBroken ACCOUNT_OF_ANOTHER where the bank's datasets, or shares of it, say that the object is another customer's.

    What neither has yet, such as an account that was opened today, may be claimed.
    """
    if thing.kind is ObjectKind.CUSTOMER:
        return
    records = with_merged(work, customer)
    with work.whole_bank():
        shared = select(ShareLine.share_line_id).where(
            ShareLine.object_kind == int(thing.kind),
            ShareLine.object_key == thing.key,
            ShareLine.state.in_(tuple(map(int, STANDING))),
            ShareLine.customer_id.not_in([record.customer_id for record in records]),
        )
        if work.session.scalar(shared.limit(1)) is not None:
            raise _of_another()
    system, _, number = thing.key.partition("/")
    pins = latest_pins(work, thing.kind, {system})
    if not pins:
        return
    from services.performance.engine import objects

    check_number(objects.customer_numbers(work.database.lake, pins, [number]).get((system, number)), records)


def check_number(customer_number: str | None, records: Sequence[Customer]) -> None:
    """Raises RuleBroken ACCOUNT_OF_ANOTHER where the number is known, and none of the records' own."""
    if customer_number and all(customer_number != record.customer_number for record in records):
        raise _of_another()


def with_merged(work: UnitOfWork, customer: Customer) -> list[Customer]:
    """A customer's record, and those that were merged into it: accounts go on under their numbers."""
    records, level = [customer], [customer]
    with work.whole_bank():
        while level:
            merged = select(Customer).where(Customer.merged_into_customer_id.in_([record.customer_id for record in level]))
            level = [each for each in work.session.scalars(merged) if each not in records]
            records += level
    return records


def latest_pins(work: UnitOfWork, kind: ObjectKind, source_systems: Collection[str]) -> list[Pin]:
    """The latest revisions of the datasets in which such objects of those systems stand."""
    from services.performance.engine import objects

    datasets = objects.DATASETS[kind]
    latest = (
        select(DatasetPin.feed, func.max(DatasetPin.business_date).label("day"))
        .where(DatasetPin.dataset.in_(datasets), DatasetPin.source_system.in_(sorted(source_systems)))
        .group_by(DatasetPin.feed)
        .subquery()
    )
    statement = select(DatasetPin).join(latest, (DatasetPin.feed == latest.c.feed) & (DatasetPin.business_date == latest.c.day))
    return [row.pin for row in work.session.scalars(statement)]


def _of_another() -> RuleBroken:
    return RuleBroken("ACCOUNT_OF_ANOTHER", "It is another customer's.")


def _unclear(field: str, fits: str) -> InvalidInput:
    return InvalidInput("OBJECT_UNCLEAR", "It is not clear what is meant.", violations=(FieldViolation(field, fits),))
