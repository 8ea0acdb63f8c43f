"""Opens imports, takes their files in, and asks for the long work that checks, runs and undoes them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from workbench.customer.v1 import import_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.files import storage
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.longwork import asking
from services.chassis.longwork.table import Operation
from services.customer.model.imports import Import, ImportRow
from services.customer.rules.exchange.columns import KEYS, is_field
from services.customer.rules.exchange.outcomes import ImportState
from services.customer.rules.exchange.tables import VCARD, Shape, shape_of
from services.customer.usecases.importing.drafting import Options

CHECK, RUN, UNDO = "customer.import.check", "customer.import.run", "customer.import.undo"
PERMISSION = "customer.record.import"

_UPLOADED = frozenset({ImportState.UPLOADING, ImportState.CHECKED})


def create_import(work: UnitOfWork, file_name: str) -> Import:
    """A new import, without its file."""
    file = storage.create(work, file_name, "application/octet-stream")
    created = Import(
        import_id=work.new_id(),
        person_id=work.caller.person_id,
        file_id=file.file_id,
        file_name=file_name,
        create_time=work.now,
        update_time=work.now,
    )
    work.session.add(created)
    return created


def take_part(work: UnitOfWork, import_id: str, offset: int, content: bytes) -> Import:
    """Takes the part of the file that begins at the place; a part that comes again is passed over.

    Raises InvalidInput FILE_EMPTY, RuleBroken OFFSET_WRONG, and LimitReached FILE_TOO_LARGE.
    """
    found = find_import(work, import_id, to_change=True)
    found.turn(ImportState.UPLOADING, work.now, among=_UPLOADED)
    if not content:
        raise InvalidInput(
            "FILE_EMPTY", "There is nothing in the body.", violations=(FieldViolation("content", "The file's bytes."),)
        )
    file = storage.find(work, found.file_id, to_change=True)
    if offset < file.size_bytes and offset + len(content) <= file.size_bytes:
        if _already(work, file.file_id, offset, content):
            return found
        raise _wrong_offset(file.size_bytes)
    if offset != file.size_bytes:
        raise _wrong_offset(file.size_bytes)
    storage.append(work, file, content)
    found.size_bytes = file.size_bytes
    _recognise(work, found)
    return found


def find_import(work: UnitOfWork, import_id: str, *, to_change: bool = False) -> Import:
    """One of the caller's own; raises NotFound IMPORT_NOT_FOUND."""
    statement = _of_caller(work).where(Import.import_id == import_id.lower())
    found = work.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()
    if found is None:
        raise NotFound("IMPORT_NOT_FOUND", "You have no such import.")
    return found


def list_imports(work: UnitOfWork, request: import_service_pb2.ListImportsRequest) -> Page:
    """A page of the caller's, the latest first."""
    size = page_size(request.page_size)
    statement = _of_caller(work).order_by(Import.import_id.desc()).limit(size + 1)
    if token := PageToken.decode(request.page_token, "imports", keys=1):
        statement = statement.where(Import.import_id < token.keys[0])
    return Page.of(work.session.scalars(statement).all(), size, "imports", lambda row: (row.import_id,))


def list_rows(work: UnitOfWork, request: import_service_pb2.ListImportRowsRequest) -> Page:
    """A page of an import's rows, in the file's order."""
    found = find_import(work, request.import_id)
    size, query = page_size(request.page_size), f"{found.import_id}|{sorted(request.outcomes)}"
    statement = select(ImportRow).where(ImportRow.import_id == found.import_id).order_by(ImportRow.position).limit(size + 1)
    if request.outcomes:
        statement = statement.where(ImportRow.outcome.in_(request.outcomes))
    if token := PageToken.decode(request.page_token, query, keys=1):
        if not token.keys[0].isascii() or not token.keys[0].isdecimal():
            raise PageToken.refused()
        statement = statement.where(ImportRow.position > int(token.keys[0]))
    return Page.of(work.session.scalars(statement).all(), size, query, lambda row: (str(row.position),))


def check_import(work: UnitOfWork, request: import_service_pb2.CheckImportRequest) -> Operation:
    """Asks for the check; keeps what was said of the file with the import."""
    found = find_import(work, request.import_id, to_change=True)
    _refuse_while_running(work, found)
    # A check that was cancelled or failed can be asked for again.
    found.turn(ImportState.CHECKING, work.now, among=_UPLOADED | {ImportState.CHECKING})
    content = storage.content(work.session, storage.find(work, found.file_id).file_id)
    shape = shape_of(content, encoding=request.encoding, delimiter=request.delimiter)
    fields = _mapped(shape, request.fields)
    found.shape, found.fault = shape_as_json(shape) | {"fields": fields}, ""
    found.options = {
        "default_kind": request.default_kind,
        "lead_staff_number": request.lead_staff_number,
        "number_prefix": request.number_prefix,
    }
    found.counts = {}
    return _ask(work, found, CHECK)


def run_import(work: UnitOfWork, import_id: str) -> Operation:
    """Asks for the run of a checked import."""
    found = find_import(work, import_id, to_change=True)
    _refuse_while_running(work, found)
    # A run that was cancelled or failed goes on where it was.
    found.turn(ImportState.RUNNING, work.now, among=frozenset({ImportState.CHECKED, ImportState.RUNNING}))
    total = sum(found.counts.get(name, 0) for name in ("created", "updated"))
    return _ask(work, found, RUN, total=total)


def undo_import(work: UnitOfWork, import_id: str) -> Operation:
    """Asks for the undoing of an import that was run, or of as much of it as was."""
    found = find_import(work, import_id, to_change=True)
    _refuse_while_running(work, found)
    # A run that was cancelled or failed half-way has opened records as well.
    found.turn(ImportState.UNDOING, work.now, among=frozenset({ImportState.DONE, ImportState.RUNNING, ImportState.UNDOING}))
    total = sum(found.counts.get(name, 0) for name in ("created", "updated"))
    return _ask(work, found, UNDO, total=total)


def options_of(found: Import) -> Options:
    """What was said of all rows."""
    return Options(**{name: found.options[name] for name in Options.__slots__})


def shape_as_json(shape: Shape) -> dict[str, Any]:
    """A file's shape as the import keeps it."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in ((n, getattr(shape, n)) for n in Shape.__slots__)
    }


def shape_from_json(kept: dict[str, Any]) -> Shape:
    """And back."""
    return Shape(**{name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()})


def _ask(work: UnitOfWork, found: Import, kind: str, total: int = 0) -> Operation:
    operation = asking.ask(work, kind, {"import_id": found.import_id}, subject=f"imports/{found.import_id}", total=total)
    found.operation_id = operation.operation_id
    work.resource = f"imports/{found.import_id}"
    return operation


def _recognise(work: UnitOfWork, found: Import) -> None:
    """What the file is, as far as it has come: a part may end anywhere, so that a fault now is no fault yet."""
    content = storage.content(work.session, found.file_id)
    try:
        found.shape, found.fault = shape_as_json(shape_of(content)), ""
    except InvalidInput as error:
        found.shape, found.fault = {}, error.reason


def _mapped(shape: Shape, fields: Sequence[str]) -> list[str]:
    """The field of each column; raises InvalidInput COLUMNS_UNMAPPED where rows could not be told apart."""
    chosen = list(fields) or list(shape.fields)
    if len(chosen) > len(shape.headings):
        raise _unmapped("fields", f"The file has {len(shape.headings)} columns.")
    named = [name for name in chosen if name]
    if unknown := sorted({name for name in named if not is_field(name) and shape.format != VCARD}):
        raise _unmapped("fields", f"There is no field {', '.join(unknown)} that a column can fill.")
    if len(set(named)) < len(named):
        raise _unmapped("fields", "Each field comes from one column.")
    if shape.format != VCARD and not set(KEYS) & set(named):
        raise _unmapped(
            "fields", "Name the column of the customer number, or of the identifier: without one no row can be told from another."
        )
    return chosen + [""] * (len(shape.headings) - len(chosen))


def _refuse_while_running(work: UnitOfWork, found: Import) -> None:
    operation = work.session.get(Operation, found.operation_id) if found.operation_id else None
    if operation is not None and not operation.ended:
        raise RuleBroken("OPERATION_RUNNING", "The import is being worked on; wait until that has ended, or cancel it.")


def _already(work: UnitOfWork, file_id: str, offset: int, content: bytes) -> bool:
    kept = storage.content(work.session, file_id)[offset : offset + len(content)]
    return hashlib.sha256(kept).digest() == hashlib.sha256(content).digest()


def _of_caller(work: UnitOfWork) -> Select[tuple[Import]]:
    return select(Import).where(Import.person_id == work.caller.person_id)


def _wrong_offset(size: int) -> RuleBroken:
    violation = FieldViolation("offset", f"The next part begins at {size}.")
    return RuleBroken(
        "OFFSET_WRONG", "The part does not follow what came before.", metadata={"sizeBytes": str(size)}, violations=(violation,)
    )


def _unmapped(field: str, description: str) -> InvalidInput:
    return InvalidInput("COLUMNS_UNMAPPED", description, violations=(FieldViolation(field, description),))
