"""Every refusal as the client sees it: one place turns errors into `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from gateway.exchange import Answer
from gateway.transcoding.names import camel_case
from services.chassis.kernel.errors import (
    AlreadyExists,
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

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_SECONDS = 1
# Metadata of refusals that HTTP has a header for.
ALLOW_KEY = "allow"
RETRY_AFTER_KEY = "retryAfterSeconds"

_STATUS: Mapping[type[WorkbenchError], int] = {
    InvalidInput: 400,
    RuleBroken: 400,
    NotAuthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    AlreadyExists: 409,
    StaleVersion: 409,
    LimitReached: 429,
    NotDeployed: 501,
    Unavailable: 503,
}
# Reasons of the gateway itself for which HTTP has a status of its own.
_STATUS_OF_REASON: Mapping[str, int] = {
    "METHOD_NOT_ALLOWED": 405,
    "BODY_TOO_LARGE": 413,
    "MESSAGE_TOO_LARGE": 413,
    "URL_TOO_LONG": 414,
    "CONTENT_TYPE_UNSUPPORTED": 415,
}
# A caller gave an ETag, and the resource has another one now.
_CHANGED = "_CHANGED"
_INTERNAL = "Something broke on our side; the correlation id finds it in our logs."


def status_of(error: WorkbenchError) -> int:
    """The HTTP status of an error; 500 for whatever is not a refusal."""
    if isinstance(error, StaleVersion) and error.reason.endswith(_CHANGED):
        return HTTPStatus.PRECONDITION_FAILED
    return _STATUS_OF_REASON.get(error.reason) or _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)


def document(error: WorkbenchError, correlation_id: str) -> dict[str, Any]:
    """The problem document. Of a fault of ours it says nothing but where to look."""
    status = status_of(error)
    internal = status == HTTPStatus.INTERNAL_SERVER_ERROR
    reason = "INTERNAL" if internal else error.reason
    return {
        "type": f"urn:workbench:problem:{reason}",
        "title": reason.replace("_", " ").capitalize(),
        "status": int(status),
        "detail": _INTERNAL if internal else error.message,
        "reason": reason,
        "correlationId": correlation_id,
        "violations": [{"field": _json_path(v.field), "description": v.description} for v in error.violations],
        "metadata": {} if internal else error.metadata,
    }


def answer(error: WorkbenchError, correlation_id: str) -> Answer:
    """The answer that tells of an error."""
    content = document(error, correlation_id)
    return Answer(content["status"], orjson.dumps(content), PROBLEM_JSON, _headers(error, content["status"]))


def _headers(error: WorkbenchError, status: int) -> list[tuple[str, str]]:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            # RFC 6750: no error code where no token was sent.
            invalid = error.reason.startswith("TOKEN_")
            return [("WWW-Authenticate", 'Bearer error="invalid_token"' if invalid else "Bearer")]
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return [("Allow", error.metadata[ALLOW_KEY])]
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
            return [("Retry-After", error.metadata.get(RETRY_AFTER_KEY, str(RETRY_AFTER_SECONDS)))]
    return []


def _json_path(path: str) -> str:
    """A path as services give it (`customer.display_name`) in the names that the client used."""
    return camel_case(path)
