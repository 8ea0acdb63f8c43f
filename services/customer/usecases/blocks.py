"""Keeps `duplicate_blocks`: which customers a scan, or the opening of another one, compares with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.customer.model.duplicate import DuplicateBlock, blocks_of

# A statement's parameters are limited to 32,766 on SQLite, 65,535 on PostgreSQL.
CUSTOMERS_AT_ONCE = 1_000

_BLOCKS = DuplicateBlock.__table__


def keep_blocks(work: UnitOfWork, customers: Sequence[Any], *, new: bool) -> None:
    """Brings the blocks of customers up to date. They follow from rows that the trail tells of; so they are written past it."""
    wanted = {customer.customer_id: blocks_of(customer) for customer in customers}
    present = {} if new else _present(work, list(wanted))
    for customer_id, blocks in present.items():
        if gone := blocks - wanted[customer_id]:
            of_customer = delete(_BLOCKS).where(_BLOCKS.c.customer_id == customer_id)
            work.session.execute(of_customer.where(_BLOCKS.c.block_key.in_(gone)))
    missing = [
        {"block_key": block, "customer_id": customer_id}
        for customer_id, blocks in wanted.items()
        for block in blocks - present.get(customer_id, set())
    ]
    if missing:
        work.session.execute(insert(_BLOCKS), missing)


def _present(work: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, set[int]]:
    present: dict[str, set[int]] = {}
    for start in range(0, len(customer_ids), CUSTOMERS_AT_ONCE):
        some = customer_ids[start : start + CUSTOMERS_AT_ONCE]
        rows = work.session.execute(select(_BLOCKS.c.customer_id, _BLOCKS.c.block_key).where(among(_BLOCKS.c.customer_id, some)))
        for customer_id, block in rows:
            present.setdefault(customer_id, set()).add(block)
    return present
