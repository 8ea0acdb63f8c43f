"""Serves `workbench.operations.v1.OperationService`: one's own long work, and nobody else's."""

from __future__ import annotations

import threading
import time
from typing import Any

from sqlalchemy import Select, select
from workbench.operations.v1 import operation_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.files import links
from services.chassis.files.table import StoredFile
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.longwork.table import Operation, OperationState
from services.chassis.mapping import Mapper

WAIT_SECONDS_DEFAULT = 5
LOOK_SECONDS = 0.1
# Each one that waits holds a thread of the server.
WAITING_MAX = 4

_waiting = threading.BoundedSemaphore(WAITING_MAX)
_plain = Mapper(operation_service_pb2.Operation, omitted=("result_path", "result_file_name"))


def get_operation(work: UnitOfWork, request: Any) -> operation_service_pb2.Operation:
    """How far it is; raises NotFound OPERATION_NOT_FOUND."""
    return as_message(work, _own(work, request.operation_id))


def list_operations(
    work: UnitOfWork, request: operation_service_pb2.ListOperationsRequest
) -> operation_service_pb2.ListOperationsResponse:
    """A page of the caller's, the latest first."""
    size, query = page_size(request.page_size), f"operations|{request.kind}"
    statement = _of_caller(work).order_by(Operation.operation_id.desc()).limit(size + 1)
    if request.kind:
        statement = statement.where(Operation.kind == request.kind)
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(Operation.operation_id < token.keys[0])
    page = Page.of(work.session.scalars(statement).all(), size, query, lambda row: (row.operation_id,))
    return operation_service_pb2.ListOperationsResponse(
        operations=[as_message(work, row) for row in page.rows], next_page_token=page.next_page_token
    )


def wait_operation(work: UnitOfWork, request: operation_service_pb2.WaitOperationRequest) -> operation_service_pb2.Operation:
    """As it is when it has ended or the time is up; at once where too many wait already."""
    until = time.monotonic() + (request.timeout_seconds or WAIT_SECONDS_DEFAULT)
    operation = _own(work, request.operation_id)
    if not operation.ended and _waiting.acquire(blocking=False):
        try:
            while not operation.ended and time.monotonic() < until:
                # Ends the snapshot, and gives the connection back while nobody needs it.
                work.session.rollback()
                time.sleep(LOOK_SECONDS)
                operation = _own(work, request.operation_id)
        finally:
            _waiting.release()
    return as_message(work, operation)


def cancel_operation(work: UnitOfWork, request: operation_service_pb2.CancelOperationRequest) -> operation_service_pb2.Operation:
    """Asks it to stop; what waits stops at once, what runs before its next step."""
    operation = _own(work, request.operation_id, lock=True)
    work.resource = f"operations/{operation.operation_id}"
    if not operation.ended:
        operation.cancel_requested = True
        if operation.state == OperationState.QUEUED:
            operation.end(OperationState.CANCELLED, work.now, message="Stopped before it began.")
    return as_message(work, operation)


def as_message(work: UnitOfWork, operation: Operation) -> operation_service_pb2.Operation:
    """The operation as its owner sees it, with a fresh link to its result."""
    message = _plain(operation)
    if operation.result_file_id and operation.state == OperationState.SUCCEEDED:
        file = work.session.get(StoredFile, operation.result_file_id)
        if file is not None and file.expire_time > work.now:
            message.result_path = links.link(work.database.service_name, file.file_id, work.now)
            message.result_file_name = file.file_name
    return message


def _own(work: UnitOfWork, operation_id: str, *, lock: bool = False) -> Operation:
    statement = _of_caller(work).where(Operation.operation_id == operation_id.lower())
    operation = work.session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if operation is None:
        raise NotFound("OPERATION_NOT_FOUND", "You have no such operation.")
    return operation


def _of_caller(work: UnitOfWork) -> Select[tuple[Operation]]:
    return select(Operation).where(Operation.person_id == work.caller.person_id)
