"""The shadow export: all from which somebody's figures of a month were computed, so that he computes them to the cent himself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.performance.v1 import explain_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.files import storage
from services.chassis.files.table import StoredFile
from services.chassis.kernel.errors import NotFound
from services.chassis.longwork import asking
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Preparation, Task, Work
from services.performance.engine import leaf
from services.performance.model.run import Run
from services.performance.rules.figures import Period
from services.performance.rules.periods import PeriodKind
from services.performance.rules.proof import ACCRUALS
from services.performance.usecases.explaining import days, tables
from services.performance.usecases.explaining.questions import units_of
from services.performance.usecases.figures import periods
from services.performance.usecases.figures.subjects import Subject
from services.performance.usecases.reaching import earner
from services.performance.usecases.runs.keeping import results_folder

EXPORT = "performance.export"
PERMISSION = "performance.result.export"
# What one step computes and writes: bounded in memory.
ACCOUNTS_PER_STEP = 500
# No bound of its own: a file has one.
_ACCOUNTS_MAX = 10**9
_TABLE = "exported"


@dataclass(frozen=True, slots=True)
class _Piece:
    content: bytes
    rows: int
    is_last: bool


def export_figures(work: UnitOfWork, request: explain_service_pb2.ExportFiguresRequest) -> Operation:
    """Asks for an export; raises NotFound PERSON_NOT_FOUND and RESULTS_MISSING, InvalidInput DATE_INVALID."""
    person, period = earner(work, request.person_id), periods.asked(work, PeriodKind.MONTH, request.day_date)
    run = periods.run_of(work, period.start_date)
    parameters = {"person_id": person.person_id, "run_id": run.run_id, "format": request.format}
    operation = asking.ask(work, EXPORT, parameters)
    work.resource = f"operations/{operation.operation_id}"
    return operation


def _read(preparation: Preparation, task: Task) -> _Piece:
    """The next accounts, as a piece of the file."""
    asked, memory = task.parameters, task.memory
    if "writer" not in memory:
        # The first step, or the first after another process died with its writer: from the beginning.
        memory.update(writer=tables.writer(asked["format"]), place=0)
    with preparation.transaction() as work, work.database.lake.connection() as connection:
        run = work.session.get(Run, asked["run_id"])
        if run is None or run.remove_time is not None:
            raise NotFound("RESULTS_MISSING", "What these figures were computed from is not kept any more.")
        person = earner(work, asked["person_id"])
        of, period = Subject(person.person_id), Period(PeriodKind.MONTH, run.month_date, run.as_of_date)
        with of.read(work):
            narrowing = leaf.Narrowing(person.person_id, units_of(work, of, period))
        rows = patiently(preparation.beat, lambda: _rows(work, connection, run, narrowing, memory), connection.interrupt)
    is_last = memory["place"] >= len(memory["accounts"])
    content = memory["writer"].write(rows) + (memory["writer"].close() if is_last else b"")
    return _Piece(content, len(rows), is_last)


def _rows(work: UnitOfWork, connection: Any, run: Run, narrowing: leaf.Narrowing, memory: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the next accounts in which he has a part, of all their owners."""
    if "accounts" not in memory:
        leaf.load(connection, [results_folder(work.database.lake, run) / leaf.FILE], narrowing, _TABLE)
        memory["accounts"] = leaf.accounts(connection, _TABLE, _ACCOUNTS_MAX)
    start = memory["place"]
    memory["place"] = start + ACCOUNTS_PER_STEP
    wanted = memory["accounts"][start : memory["place"]]
    reader = days.Reader.of(work, run, connection)
    accounts = reader.gathered(reader.rows(connection, wanted)) if wanted else []
    return [row for each in accounts for row in _of_account(each, reader, narrowing)]


def _of_account(each: days.AccountDays, reader: days.Reader, narrowing: leaf.Narrowing) -> Iterator[dict[str, Any]]:
    """The rows of an account, day by day."""
    inputs = reader.inputs
    owners = sorted({owner for _, owner in each.lines}, key=lambda owner: owner.order)
    order = {owner: place for place, owner in enumerate(owners, start=1)}
    divisors = {f"{name}_divisor": divisor for name, divisor in zip(ACCRUALS, each.divisors, strict=True)}
    for (_, owner), lines in sorted(each.lines.items(), key=lambda item: (item[0][0], order[item[0][1]])):
        for row in lines:
            rule = reader.rule(row)
            yield {
                **row,
                **divisors,
                "month_date": inputs.month_date,
                "as_of_date": inputs.as_of_date,
                "own": days.is_of(owner, narrowing),
                "staff_number": owner.staff_number,
                "owner_order": order[owner],
                "basis_days": rule.basis_days(row["currency_code"], inputs.month_date.year) if rule else None,
            }


def _write(work: UnitOfWork, task: Task, piece: _Piece) -> None:
    file = _file(work, task, is_first=task.memory["place"] <= ACCOUNTS_PER_STEP)
    storage.append(work, file, piece.content)
    task.done += piece.rows
    task.message = "Writing."
    if piece.is_last:
        storage.complete(work, file)
        task.total = task.done
        task.finish(f"{task.done} rows.", file.file_id)


def _file(work: UnitOfWork, task: Task, *, is_first: bool) -> StoredFile:
    """The file so far; one whose writer died with its process is begun anew."""
    if "file_id" not in task.checkpoint:
        file = storage.create(work, *tables.FILES[task.parameters["format"]])
        task.checkpoint["file_id"] = file.file_id
        return file
    file = storage.find(work, task.checkpoint["file_id"], to_change=True)
    if is_first:
        storage.clear(work, file)
        task.done = 0
    return file


WORKS = (Work(EXPORT, PERMISSION, _write, _read),)
