"""Serves `workbench.customer.v1.ImportService`: request to use case to answer."""

from __future__ import annotations

from typing import Any

from workbench.customer.v1 import import_service_pb2
from workbench.operations.v1.operation_service_pb2 import Operation

from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.serving import as_message as operation_message
from services.chassis.mapping import Mapper
from services.customer.usecases.importing import imports

_SHAPE = ("format", "encoding", "delimiter", "heading_line")
_import = Mapper(
    import_service_pb2.Import,
    computed={
        **{name: (lambda row, name=name: row.shape.get(name)) for name in _SHAPE},
        "columns": lambda row: _columns(row.shape),
        "counts": lambda row: import_service_pb2.ImportCounts(**row.counts),
    },
)


def create_import(work: UnitOfWork, request: import_service_pb2.CreateImportRequest) -> import_service_pb2.Import:
    return _import(imports.create_import(work, request.file_name))


def upload_import_file(work: UnitOfWork, request: import_service_pb2.UploadImportFileRequest) -> import_service_pb2.Import:
    return _import(imports.take_part(work, request.import_id, request.offset, request.content.data))


def get_import(work: UnitOfWork, request: import_service_pb2.GetImportRequest) -> import_service_pb2.Import:
    return _import(imports.find_import(work, request.import_id))


def list_imports(work: UnitOfWork, request: import_service_pb2.ListImportsRequest) -> import_service_pb2.ListImportsResponse:
    page = imports.list_imports(work, request)
    return import_service_pb2.ListImportsResponse(imports=map(_import, page.rows), next_page_token=page.next_page_token)


def check_import(work: UnitOfWork, request: import_service_pb2.CheckImportRequest) -> Operation:
    return operation_message(work, imports.check_import(work, request))


def run_import(work: UnitOfWork, request: import_service_pb2.RunImportRequest) -> Operation:
    return operation_message(work, imports.run_import(work, request.import_id))


def undo_import(work: UnitOfWork, request: import_service_pb2.UndoImportRequest) -> Operation:
    return operation_message(work, imports.undo_import(work, request.import_id))


def list_import_rows(
    work: UnitOfWork, request: import_service_pb2.ListImportRowsRequest
) -> import_service_pb2.ListImportRowsResponse:
    page = imports.list_rows(work, request)
    shape = imports.find_import(work, request.import_id).shape
    headings = {column["field"]: column["heading"] for column in _columns(shape) if column["field"]}
    row = Mapper(import_service_pb2.ImportRow, computed={"column": lambda each: headings.get(each.field, "")})
    return import_service_pb2.ListImportRowsResponse(rows=map(row, page.rows), next_page_token=page.next_page_token)


def _columns(shape: dict[str, Any]) -> list[dict[str, str]]:
    pairs = zip(shape.get("headings", ()), shape.get("fields", ()), strict=True)
    return [{"heading": heading[:400], "field": field} for heading, field in pairs]
