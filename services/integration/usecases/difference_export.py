"""Writes differences into a CSV file as long work, a part at a time."""

from __future__ import annotations

import csv
import io
from typing import Any

from services.chassis.db.session import UnitOfWork
from services.chassis.files import storage
from services.chassis.longwork.asking import ask
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Preparation, Task, Work
from services.integration.rules.cells import neutralised
from services.integration.usecases import reconciliations
from services.integration.usecases.reconciliations import DIFFERENCES, url_of

KIND = "integration.differences.export"
PERMISSION = "integration.totals.read"
ROWS_PER_STEP = 10_000
FILE_NAME, MEDIA_TYPE = "differences.csv", "text/csv; charset=utf-8"
HEADING = ("number", "key", "business_date", "column_name", "kind", "left_value", "right_value", "step_value")


def start(work: UnitOfWork, reconciliation_id: str) -> Operation:
    """Asks for it; raises as `ended` does."""
    reconciliation = reconciliations.ended(work, reconciliation_id)
    total = sum(count for _column, _kind, count in reconciliation.difference_counts)
    work.resource = f"reconciliations/{reconciliation.reconciliation_id}"
    return ask(work, KIND, {"reconciliation_id": reconciliation.reconciliation_id}, total=total)


def _read(preparation: Preparation, task: Task) -> list[tuple[Any, ...]]:
    from services.integration.engine import differences

    with preparation.transaction() as work:
        lake = work.database.lake
    with lake.connection() as connection:
        url = url_of(lake, task.parameters["reconciliation_id"], DIFFERENCES)
        return differences.page(connection, url, after=task.checkpoint.get("after", 0), size=ROWS_PER_STEP)


def _write(work: UnitOfWork, task: Task, rows: list[tuple[Any, ...]]) -> None:
    if "file_id" in task.checkpoint:
        file = storage.find(work, task.checkpoint["file_id"], to_change=True)
    else:
        file = storage.create(work, FILE_NAME, MEDIA_TYPE)
        storage.append(work, file, _csv([HEADING]))
    storage.append(work, file, _csv(rows))
    task.done += len(rows)
    if len(rows) == ROWS_PER_STEP:
        task.checkpoint = {"file_id": file.file_id, "after": rows[-1][0]}
        return
    storage.complete(work, file)
    task.finish(f"{task.done} differences.", file.file_id)


def _csv(rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    # A number with its sign is no formula; what a system wrote may be one.
    return value if isinstance(value, str) and _is_amount(value) else neutralised(str(value))


def _is_amount(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdecimal()


WORK = Work(KIND, PERMISSION, _write, prepare=_read)
