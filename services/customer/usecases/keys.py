"""Keeps `customer_keys`: what customers are found by exactly, and which number belongs to one of them alone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.exc import IntegrityError

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import located
from services.customer.model.key import CustomerKey, Key, keys_of
from services.customer.usecases.refusals import identifier_taken

# A statement's parameters are limited to 32,766 on SQLite, 65,535 on PostgreSQL; a key has three.
KEYS_AT_ONCE = 1_000

# Keys follow from rows that the audit trail tells of; so they are written past it.
_KEYS = CustomerKey.__table__
_IDENTITY = tuple_(_KEYS.c.name, _KEYS.c.issuer, _KEYS.c.value_index)

Identity = tuple[str, str, str]


def keep_keys(work: UnitOfWork, customers: Sequence[Any], *, new: bool, places: Sequence[str]) -> None:
    """Brings the keys of customers up to date; raises AlreadyExists IDENTIFIER_TAKEN where one is another customer's."""
    work.session.flush()
    wanted = {customer.customer_id: keys_of(customer) for customer in customers}
    present = {} if new else _present(work, list(wanted))
    for customer_id, identities in present.items():
        if gone := identities - wanted[customer_id].keys():
            work.session.execute(delete(_KEYS).where(_KEYS.c.customer_id == customer_id, _IDENTITY.in_(gone)))
    missing = [
        (customer_id, key)
        for customer_id, keys in wanted.items()
        for identity, key in keys.items()
        if identity not in present.get(customer_id, ())
    ]
    if missing:
        _insert(work, missing, dict(zip(wanted, places, strict=False)))


def _present(work: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, set[Identity]]:
    present: dict[str, set[Identity]] = {}
    columns = (_KEYS.c.customer_id, _KEYS.c.name, _KEYS.c.issuer, _KEYS.c.value_index)
    for start in range(0, len(customer_ids), KEYS_AT_ONCE):
        of_some = select(*columns).where(_KEYS.c.customer_id.in_(customer_ids[start : start + KEYS_AT_ONCE]))
        for customer_id, *identity in work.session.execute(of_some):
            present.setdefault(customer_id, set()).add(tuple(identity))
    return present


def _insert(work: UnitOfWork, missing: Sequence[tuple[str, Key]], places: dict[str, str]) -> None:
    rows = [
        {
            "customer_id": customer_id,
            "name": key.name,
            "issuer": key.issuer,
            "value_index": key.value_index,
            "exclusive": key.exclusive,
        }
        for customer_id, key in missing
    ]
    try:
        # Put in first and looked into only where the database refuses: asking before would cost every write, and prove nothing.
        with work.session.begin_nested():
            work.session.execute(insert(_KEYS), rows)
    except IntegrityError:
        taken = _taken(work, [key.identity for _, key in missing if key.exclusive])
        for customer_id, key in missing:
            if key.exclusive and key.identity in taken:
                place = places.get(customer_id)
                with located(place) if place else nullcontext():
                    raise identifier_taken(key.field) from None
        raise


def _taken(work: UnitOfWork, identities: Sequence[Identity]) -> set[Identity]:
    taken = select(_KEYS.c.name, _KEYS.c.issuer, _KEYS.c.value_index).where(_KEYS.c.exclusive)
    return {
        tuple(row)
        for start in range(0, len(identities), KEYS_AT_ONCE)
        for row in work.session.execute(taken.where(_IDENTITY.in_(identities[start : start + KEYS_AT_ONCE])))
    }
