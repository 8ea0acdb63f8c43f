"""Who else may dispose of an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from sqlalchemy import delete, insert, select, tuple_

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.task import Preparation
from services.customer.model.dataset import DatasetApplication
from services.customer.model.holding import HoldingHolder
from services.customer.rules.holdings import HolderRole
from services.customer.usecases.datasets import linking, reading
from services.customer.usecases.datasets.passes import Pass

ROWS_PER_STEP = 1_000
_COLUMNS = ("account_number", "customer_number", "role")
_TABLE = HoldingHolder.__table__


def read(preparation: Preparation, wanted: Pass, stack: ExitStack, _place: int) -> Callable[[int], list[Any]]:
    """The changed holders of a snapshot."""
    return reading.changed_rows(preparation, wanted, stack, _COLUMNS, ROWS_PER_STEP)


def apply(work: UnitOfWork, application: DatasetApplication, rows: Sequence[Any], *, first: bool) -> Mapping[str, int]:  # noqa: ARG001 - as all appliers are called
    """Writes holders: one that is there already is written anew."""
    records = linking.records_of(work, (row["customer_number"] for row in rows))
    numbers = [row["account_number"] for row in rows]
    keys = (_TABLE.c.number, _TABLE.c.customer_number)
    of_source = _TABLE.c.source_system == application.source_system
    kept = set(map(tuple, work.session.execute(select(*keys).where(of_source, among(_TABLE.c.number, numbers)))))
    named = [(row["account_number"], row["customer_number"]) for row in rows]
    former = [key for key in named if key in kept]
    if former:
        work.session.execute(delete(_TABLE).where(of_source, tuple_(*keys).in_(former)))
    new = [
        {"source_system": application.source_system, "number": row["account_number"], "role": HolderRole[row["role"]].value}
        | linking.owner(records, row["customer_number"])
        for row in rows
        # Of an erased customer nothing is kept.
        if not row["gone"] and records.get(row["customer_number"]) != ""
    ]
    if new:
        work.session.execute(insert(_TABLE), new)
    gone = sum(row["gone"] for row in rows)
    return {"created": len(new) - len(former) + gone, "updated": len(former) - gone, "gone": gone}
