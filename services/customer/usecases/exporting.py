"""Exports what a list shows, page by page, so that a hundred thousand customers take no more memory than a thousand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from workbench.customer.v1 import customer_pb2, customer_service_pb2, export_service_pb2

from services.chassis.db.audit import Change
from services.chassis.db.session import UnitOfWork
from services.chassis.files import storage
from services.chassis.files.workbook import ROWS_MAX, WorkbookWriter
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached
from services.chassis.longwork import asking
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Preparation, Task, Work
from services.chassis.rpc.masking import mask_for
from services.chassis.words.formulas import neutralised
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.exchange.values import WORDS, word_of
from services.customer.usecases.answering import as_listed
from services.customer.usecases.listing import list_customers

EXPORT = "customer.export"
PERMISSION = "customer.record.export"
UNMASKED_PERMISSION = "customer.pii.read"
ROWS_PER_STEP = 1_000
PURPOSE_LENGTH_MIN = 4

CSV, XLSX = export_service_pb2.EXPORT_FORMAT_CSV, export_service_pb2.EXPORT_FORMAT_XLSX
_MEDIA_TYPES = {
    CSV: ("customers.csv", "text/csv; charset=utf-8"),
    XLSX: ("customers.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_MARK = "\ufeff".encode()
# What a list shows as one value each; an import knows most of them again.
COLUMNS = (
    "customer_number", "kind", "display_name", "identifier_kind", "identifier", "phone", "tier", "state",
    "birth_or_founding_date", "industry_code", "size", "ownership", "listing", "tags", "lead_staff_number", "organisation_path",
    "create_time", "update_time",
)  # fmt: skip
FURTHER_COLUMNS = ("customer_id", "pinyin", "lead_person_id", "merged_into_customer_id")
CUSTOM_PREFIX = "custom."
_mask = mask_for(customer_pb2.Customer.DESCRIPTOR) or (lambda _message: None)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as cells, with the customers whose values are whole in it."""

    rows: list[list[str]]
    revealed: list[str]
    next_page_token: str


def export_customers(work: UnitOfWork, request: export_service_pb2.ExportCustomersRequest) -> Operation:
    """Asks for an export; raises InvalidInput COLUMN_UNKNOWN or PURPOSE_MISSING, and NotAllowed for unmasked values."""
    columns = list(request.columns) or list(COLUMNS)
    if unknown := [name for name in columns if not _is_column(name)]:
        violation = FieldViolation("columns", f"There is no column {', '.join(unknown)}.")
        raise InvalidInput("COLUMN_UNKNOWN", "A column is not known.", violations=(violation,))
    if request.unmasked:
        work.caller.scope(UNMASKED_PERMISSION)
        if len(request.purpose.strip()) < PURPOSE_LENGTH_MIN:
            violation = FieldViolation("purpose", "Say why the values are needed.")
            raise InvalidInput("PURPOSE_MISSING", "Unmasked values need a purpose.", violations=(violation,))
        work.purpose = request.purpose
    # Asked once as the list would be, so that what it refuses is refused here and now.
    list_customers(work, _question(request.list, "", 1))
    parameters = {
        "list": request.list.SerializeToString(deterministic=True).hex(),
        "columns": columns,
        "format": request.format,
        "unmasked": request.unmasked,
        "purpose": request.purpose,
    }
    operation = asking.ask(work, EXPORT, parameters)
    work.resource = f"operations/{operation.operation_id}"
    return operation


def _read_page(preparation: Preparation, task: Task) -> _Page:
    """The next page, as cells: read and written out beside any writer."""
    asked = task.parameters
    restarted = asked["format"] == XLSX and "writer" not in task.memory
    question = customer_service_pb2.ListCustomersRequest.FromString(bytes.fromhex(asked["list"]))
    token = "" if restarted else task.checkpoint.get("page_token", "")
    with preparation.transaction() as work:
        page = list_customers(work, _question(question, token, ROWS_PER_STEP))
        staff_numbers = _staff_numbers(work, page.rows)
        whole = work.caller.scope(UNMASKED_PERMISSION) if asked["unmasked"] else Scope()
        caller_id = work.caller.person_id
        messages = list(as_listed(work, page.rows))
    rows, revealed = [], []
    for row, message in zip(page.rows, messages, strict=True):
        if whole.covers(row.organisation_path, row.lead_person_id, caller_id):
            revealed.append(row.customer_id)
        else:
            _mask(message)
        rows.append([_cell(name, message, staff_numbers) for name in asked["columns"]])
    return _Page(rows, revealed, page.next_page_token)


def _write_page(work: UnitOfWork, task: Task, page: _Page) -> None:
    asked = task.parameters
    file = _file(work, task)
    cells = [[neutralised(cell) for cell in row] for row in page.rows]
    if asked["format"] == CSV:
        first = task.checkpoint.get("page_token") is None
        heading = [_MARK, _csv([asked["columns"]])] if first else []
        storage.append(work, file, b"".join([*heading, _csv(cells)]))
    else:
        storage.append(work, file, _workbook(task, cells, last=not page.next_page_token))
    task.done += len(cells)
    if task.done > ROWS_MAX:
        raise LimitReached("EXPORT_TOO_LARGE", f"An export has at most {ROWS_MAX} rows; narrow the list.")
    work.purpose = asked["purpose"]
    # Who was shown whole is found in the trail by each customer's id.
    work.changes.extend(Change(f"customers/{customer_id}", "read", {}) for customer_id in page.revealed)
    task.checkpoint["page_token"] = page.next_page_token
    task.message = "Writing."
    if not page.next_page_token:
        storage.complete(work, file)
        task.total = task.done
        task.finish(f"{task.done} customers.", file.file_id)


def _file(work: UnitOfWork, task: Task) -> Any:
    """The file so far; a workbook whose writer died with its process is begun anew."""
    restarted = task.parameters["format"] == XLSX and "writer" not in task.memory
    if "file_id" not in task.checkpoint:
        file = storage.create(work, *_MEDIA_TYPES[task.parameters["format"]])
        task.checkpoint["file_id"] = file.file_id
        return file
    file = storage.find(work, task.checkpoint["file_id"], to_change=True)
    if restarted:
        storage.clear(work, file)
        task.done = 0
    return file


def _workbook(task: Task, rows: Sequence[Sequence[str]], *, last: bool) -> bytes:
    """What the rows add to the archive's bytes."""
    if "writer" not in task.memory:
        task.memory["pieces"] = pieces = []
        task.memory["writer"] = WorkbookWriter(pieces.append, "customers")
        task.memory["writer"].write(task.parameters["columns"])
    writer: WorkbookWriter = task.memory["writer"]
    for row in rows:
        writer.write(row)
    if last:
        writer.close()
    content = b"".join(task.memory["pieces"])
    task.memory["pieces"].clear()
    return content


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _cell(name: str, message: customer_pb2.Customer, staff_numbers: dict[str, str]) -> str:
    if name == "lead_staff_number":
        return staff_numbers.get(message.lead_person_id, "")
    if name == "tags":
        return ";".join(message.tags)
    if name.startswith(CUSTOM_PREFIX):
        return message.custom_fields.get(name.removeprefix(CUSTOM_PREFIX), "")
    value = getattr(message, name)
    if name in WORDS:
        return word_of(name, value) or (_ENUM_NAMES[name](value) if value else "")
    if name.endswith("_time"):
        return _instant(value.ToDatetime()) if message.HasField(name) else ""
    return str(value)


def _enum_name(name: str) -> Callable[[int], str]:
    """Names of an enum's values beyond those that an import takes, such as a merged state."""
    enum = customer_pb2.Customer.DESCRIPTOR.fields_by_name[name].enum_type
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    return lambda number: str(enum.values_by_number[number].name).removeprefix(prefix)


_ENUM_NAMES = {name: _enum_name(name) for name in WORDS}


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="seconds") + "Z"


def _is_column(name: str) -> bool:
    return name in (*COLUMNS, *FURTHER_COLUMNS) or name.startswith(CUSTOM_PREFIX)


def _question(
    asked: customer_service_pb2.ListCustomersRequest, page_token: str, size: int
) -> customer_service_pb2.ListCustomersRequest:
    question = customer_service_pb2.ListCustomersRequest()
    question.CopyFrom(asked)
    question.page_token, question.page_size = page_token, size
    return question


def _staff_numbers(work: UnitOfWork, rows: Sequence[Any]) -> dict[str, str]:
    leads = {row.lead_person_id for row in rows}
    found = select(RelationshipManager.person_id, RelationshipManager.staff_number).where(
        RelationshipManager.person_id.in_(leads)
    )
    return {person_id: staff_number for person_id, staff_number in work.session.execute(found)}  # noqa: C416 - rows are no pairs


WORKS = (Work(EXPORT, PERMISSION, _write_page, _read_page),)
