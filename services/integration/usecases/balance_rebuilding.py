"""Rebuilds daily balances from transactions as long work: computed once, then published so many dates at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import Lake, Part, Pin
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.longwork.task import Preparation, Task, Work
from services.integration.model.reconciliation import Reconciliation
from services.integration.usecases import reconciliations
from services.integration.usecases.datasets import current_in, next_revision, publish
from services.integration.usecases.reconciliations import DIFFERENCES, begin_folder, folder_of, url_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PERMISSION = "integration.feed.run"
DATES_PER_STEP = 50
# What is to be published: the balances of the dates that change, and those dates, some of which may have no balance any more.
BALANCES, DATES = "balances.parquet", "dates.parquet"
_SCHEMA, _TRANSACTIONS = SCHEMAS["balances"], SCHEMAS["transactions"]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the transactions made."""

    row_counts: dict[str, int]
    difference_counts: list[list[Any]]
    dates: int


@dataclass(frozen=True, slots=True)
class Written:
    """A date's balances, on the disk and not yet announced."""

    pin: Pin
    parts: Sequence[Part]
    totals: dict[str, Any]


def _prepare(preparation: Preparation, task: Task) -> Rebuilt | list[Written]:
    with preparation.transaction() as work:
        reconciliation = reconciliations.get(work, task.parameters["reconciliation_id"])
        published = [found.pin for found in current_in(work, "balances", reconciliation.right_feeds)]
        lake = work.database.lake
        work.session.expunge(reconciliation)
    if "after" not in task.checkpoint:
        return _rebuild(lake, reconciliation, published)
    return _write_next(preparation, lake, reconciliation, date.fromisoformat(task.checkpoint["after"]))


def _rebuild(lake: Lake, reconciliation: Reconciliation, published: Sequence[Pin]) -> Rebuilt:
    from services.integration.engine import differences, rebuilding

    own = reconciliation.reconciliation_id
    begin_folder(lake, own)
    with lake.connection() as connection:
        lake.relation(connection, _TRANSACTIONS, reconciliation.left_pins()).create_view("movements")
        lake.relation(connection, _SCHEMA, published).create_view("published")
        rebuilding.rebuild(connection, tolerance_minor_units=reconciliation.tolerance_minor_units)
        rebuilding.keep_changes(connection, url_of(lake, own, BALANCES), url_of(lake, own, DATES))
        told = rebuilding.told_differences()
        differences.keep(connection, told, url_of(lake, own, DIFFERENCES))
        counted = [list(row) for row in differences.counts(connection, told)]
        return Rebuilt(rebuilding.row_counts(connection), counted, rebuilding.changed_dates(connection))


def _write_next(preparation: Preparation, lake: Lake, reconciliation: Reconciliation, after: date) -> list[Written]:
    from services.integration.engine import rebuilding

    own, written = reconciliation.reconciliation_id, []
    with lake.connection() as connection:
        days = rebuilding.load_changes(
            connection, url_of(lake, own, BALANCES), url_of(lake, own, DATES), after=after, size=DATES_PER_STEP
        )
        for day in days:
            preparation.beat()
            written.append(_write(preparation, connection, reconciliation, day))
    return written


def _write(preparation: Preparation, connection: DuckDBPyConnection, reconciliation: Reconciliation, day: date) -> Written:
    from services.integration.engine import rebuilding

    feed, source_system = reconciliation.right_feeds[0], reconciliation.left_pins()[0].source_system
    with preparation.transaction() as work:
        pin = Pin(feed, "balances", source_system, day, next_revision(work, feed, day))
        lake = work.database.lake
    parts = lake.write(connection, rebuilding.balances_of(day), _SCHEMA, pin)
    return Written(pin, parts, lake.totals_of(connection, _SCHEMA, pin))


def _step(work: UnitOfWork, task: Task, prepared: Rebuilt | list[Written]) -> None:
    reconciliation = reconciliations.get(work, task.parameters["reconciliation_id"])
    if isinstance(prepared, Rebuilt):
        reconciliation.row_counts, reconciliation.difference_counts = prepared.row_counts, prepared.difference_counts
        task.checkpoint = {"after": date.min.isoformat()}
        task.total, task.message = prepared.dates, "Publishing."
        return
    for written in prepared:
        publish(work, written.pin, written.parts, run_id=reconciliation.operation_id, totals=written.totals)
    task.done += len(prepared)
    if prepared:
        task.checkpoint = {"after": prepared[-1].pin.business_date.isoformat()}
        return
    reconciliation.end_time = work.now
    folder = folder_of(work.database.lake, reconciliation.reconciliation_id)
    work.after_commit.append(lambda: _clear(folder))
    counted = sum(count for _column, _kind, count in reconciliation.difference_counts)
    told = reconciliation.row_counts
    task.finish(f"{told['left']} balances rebuilt, {task.done} dates published, {counted} of {told['matched']} compared differ.")


def _clear(folder: Path) -> None:
    for name in (BALANCES, DATES):
        (folder / name).unlink(missing_ok=True)


WORK = Work(reconciliations.REBUILD, PERMISSION, _step, prepare=_prepare)
