"""Reads what a pass is about from the lake, while no writer waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from sqlalchemy import select

from services.chassis.longwork.patience import patiently
from services.chassis.longwork.task import Preparation
from services.customer.model.dataset import DatasetRefusal
from services.customer.usecases.datasets import passes
from services.customer.usecases.datasets.passes import Pass


def changed_rows(
    preparation: Preparation, wanted: Pass, stack: ExitStack, columns: Sequence[str], size: int
) -> Callable[[int], list[dict[str, Any]]]:
    """The rows of a snapshot that differ from the one before it, and those that were refused: by place, `gone` or not."""
    from services.customer.engine import snapshots

    with preparation.transaction() as work:
        ids = [*wanted.application_ids, *filter(None, [wanted.former_id])]
        pin, *former = [application.pin for application in passes.by_id(work, ids)]
        again = work.session.scalars(select(DatasetRefusal.row_key).where(DatasetRefusal.feed == pin.feed)).all()
        lake = work.database.lake
    connection = stack.enter_context(lake.connection())
    before = former[0] if former else None

    def find() -> int:
        return snapshots.find_changes(connection, lake, pin, before, columns, again, everything=wanted.everything)

    patiently(preparation.beat, find, connection.interrupt)
    return lambda place: snapshots.batch(connection, "changes", ("gone", *columns), place, size)
