"""Compares two systems' datasets as long work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.chassis.db.session import UnitOfWork
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.longwork.task import Preparation, Task, Work
from services.integration.usecases import reconciliations
from services.integration.usecases.reconciliations import DIFFERENCES, begin_folder, url_of

PERMISSION = "integration.totals.read"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of the comparison."""

    row_counts: dict[str, int]
    difference_counts: list[list[Any]]


def _prepare(preparation: Preparation, task: Task) -> Reconciled:
    from services.integration.engine import differences, reconciling

    with preparation.transaction() as work:
        asked = reconciliations.get(work, task.parameters["reconciliation_id"])
        lake = work.database.lake
        work.session.expunge(asked)
    comparison = reconciling.Comparison(
        SCHEMAS[asked.dataset],
        columns=tuple(asked.columns),
        shift_years=asked.shift_years,
        shift_days=asked.shift_days,
        tolerance_minor_units=asked.tolerance_minor_units,
    )
    begin_folder(lake, asked.reconciliation_id)
    with lake.connection() as connection:
        lake.relation(connection, comparison.schema, asked.left_pins()).create_view("left_rows")
        lake.relation(connection, comparison.schema, asked.right_pins()).create_view("right_rows")
        preparation.beat()
        reconciling.reconcile(connection, comparison)
        preparation.beat()
        differences.keep(connection, "FROM differences", url_of(lake, asked.reconciliation_id, DIFFERENCES))
        counted = [list(row) for row in differences.counts(connection, "FROM differences")]
        return Reconciled(reconciling.row_counts(connection), counted)


def _step(work: UnitOfWork, task: Task, prepared: Reconciled) -> None:
    reconciliation = reconciliations.get(work, task.parameters["reconciliation_id"])
    reconciliation.row_counts, reconciliation.difference_counts = prepared.row_counts, prepared.difference_counts
    reconciliation.end_time = work.now
    told = prepared.row_counts
    task.done = task.total = told["matched"]
    counted = sum(count for _column, _kind, count in prepared.difference_counts)
    task.finish(f"{told['left']} rows against {told['right']}: {told['equal']} equal, {counted} differences.")


WORK = Work(reconciliations.RECONCILE, PERMISSION, _step, prepare=_prepare)
