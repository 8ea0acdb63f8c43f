"""Errors on the wire: a kernel error becomes a gRPC status with google.rpc details, and is read back from one (AIP-193)."""

from __future__ import annotations

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from services.chassis.kernel.errors import (
    AlreadyExists,
    FieldViolation,
    InvalidInput,
    LimitReached,
    NotAllowed,
    NotAuthenticated,
    NotDeployed,
    NotFound,
    RuleBroken,
    StaleVersion,
    Unavailable,
    WorkbenchError,
)

DETAILS_KEY = "grpc-status-details-bin"

_CODES: dict[type[WorkbenchError], grpc.StatusCode] = {
    InvalidInput: grpc.StatusCode.INVALID_ARGUMENT,
    NotAuthenticated: grpc.StatusCode.UNAUTHENTICATED,
    NotAllowed: grpc.StatusCode.PERMISSION_DENIED,
    NotFound: grpc.StatusCode.NOT_FOUND,
    AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
    StaleVersion: grpc.StatusCode.ABORTED,
    RuleBroken: grpc.StatusCode.FAILED_PRECONDITION,
    LimitReached: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
    NotDeployed: grpc.StatusCode.UNIMPLEMENTED,
}
_TYPES = {code: kind for kind, code in _CODES.items()}


class InternalFault(WorkbenchError):
    """Something broke inside; the caller learns no more than that."""


def code_of(error: WorkbenchError) -> grpc.StatusCode:
    """The gRPC code of an error."""
    return _CODES.get(type(error), grpc.StatusCode.INTERNAL)


def to_status(error: WorkbenchError, domain: str) -> bytes:
    """The error as a serialized google.rpc.Status, for the trailing metadata `grpc-status-details-bin`."""
    status = status_pb2.Status(code=code_of(error).value[0], message=error.message)
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=domain, metadata=error.metadata)
    status.details.append(_packed(info))
    if error.violations:
        violations = [{"field": v.field, "description": v.description} for v in error.violations]
        status.details.append(_packed(error_details_pb2.BadRequest(field_violations=violations)))
    return status.SerializeToString()


def from_rpc_error(error: grpc.RpcError) -> WorkbenchError:
    """The kernel error that a failed call stands for."""
    code = error.code() if isinstance(error, grpc.Call) else grpc.StatusCode.UNKNOWN
    for key, value in (error.trailing_metadata() or ()) if isinstance(error, grpc.Call) else ():
        if key == DETAILS_KEY:
            return _from_status(value, code)
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED):
        return Unavailable("SERVICE_UNAVAILABLE", "The service does not answer; try again in a moment.")
    if code == grpc.StatusCode.UNIMPLEMENTED:
        return NotDeployed("METHOD_NOT_DEPLOYED", "The service that runs here does not have this method.")
    if code == grpc.StatusCode.RESOURCE_EXHAUSTED:
        return LimitReached("MESSAGE_TOO_LARGE", "The message is larger than the platform carries.")
    return InternalFault("INTERNAL", "Something broke on our side.")


def _from_status(serialized: bytes, code: grpc.StatusCode) -> WorkbenchError:
    status = status_pb2.Status.FromString(serialized)
    reason, metadata, violations = code.name, {}, ()
    info, request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        if detail.Unpack(info):
            reason, metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(request):
            violations = tuple(FieldViolation(v.field, v.description) for v in request.field_violations)
    kind = _TYPES.get(code, InternalFault)
    return kind(reason, status.message, metadata=metadata, violations=violations)


def _packed(detail: error_details_pb2.ErrorInfo | error_details_pb2.BadRequest) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed
