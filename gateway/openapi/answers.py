"""What an operation may answer beside its message: every status that can occur, and the problem document."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from gateway.openapi.constraints import UUID_PATTERN
from gateway.problem import PROBLEM_JSON
from gateway.streams import EVENT_STREAM
from gateway.transcoding.routes import Route

Schema = dict[str, Any]

PROBLEM: Schema = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457). `reason` is stable: programmes branch on it.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "For a person."},
        "reason": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"},
        "correlationId": {"type": "string", "description": "Finds the request in our logs."},
        "violations": {
            "type": "array",
            "description": "The fields that do not fit.",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "description": {"type": "string"}},
                "required": ["field", "description"],
                "additionalProperties": False,
            },
        },
        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["type", "title", "status", "detail", "reason", "correlationId", "violations", "metadata"],
    "additionalProperties": False,
}

HEADERS: Schema = {
    "ETag": {"description": "The state of the resource; give it back as If-Match.", "schema": {"type": "string"}},
    "X-Correlation-Id": {"description": "Finds the request in our logs.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
    "WWW-Authenticate": {"description": "How to prove who calls (RFC 6750).", "schema": {"type": "string"}},
    "Content-Disposition": {"description": "The file's name (RFC 6266).", "schema": {"type": "string"}},
    "Allow": {"description": "The HTTP methods of this address.", "schema": {"type": "string"}},
}

# When each is answered, and which headers it carries beside the correlation id.
_PROBLEMS: dict[int, tuple[str, tuple[str, ...]]] = {
    400: ("The request does not fit the contract, or a rule forbids it in the present state.", ()),
    401: ("Nobody is signed in, or the proof of it does not hold.", ("WWW-Authenticate",)),
    403: ("The caller may not.", ()),
    404: ("There is no such thing within the caller's reach.", ()),
    405: ("This address does not answer to that HTTP method.", ("Allow",)),
    409: ("Something with the same key exists, or two writers met.", ()),
    412: ("The resource changed since the caller read it.", ()),
    413: ("The body is too large.", ()),
    414: ("The address is too long.", ()),
    415: ("The body is not JSON.", ()),
    429: ("Too many requests.", ("Retry-After",)),
    500: ("Something broke on our side.", ()),
    501: ("This deployment does not have the service.", ()),
    503: ("The service does not answer at the moment.", ("Retry-After",)),
}
_ALWAYS = (400, 401, 403, 404, 405, 414, 429, 500, 501, 503)


def _headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "X-Correlation-Id")}


PROBLEM_RESPONSES: Schema = {
    f"Problem{status}": {
        "description": description,
        "headers": _headers(*headers),
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, (description, headers) in _PROBLEMS.items()
}


# A body that is a file: any type, as it is.
BYTES: Schema = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_FILE: Schema = {
    "description": "The file.",
    "headers": _headers("Content-Disposition"),
    "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
}

_UNCHANGED: Schema = {"description": "The resource is still as `If-None-Match` says.", "headers": _headers("ETag")}


def responses(route: Route, answer: Schema) -> Schema:
    """The responses of an operation, by status."""
    if route.answers_whole_file and route.rpc.safe:
        whole = {**_FILE, "headers": _headers("Content-Disposition", "ETag")}
        return {"200": whole, "304": _UNCHANGED, **_refusals(route)}
    if route.answers_bytes:
        return {"200": _FILE, **_refusals(route)}
    media = EVENT_STREAM if route.rpc.streams else "application/json"
    described: Schema = {
        "200": {
            "description": "Each message as the data of an event." if route.rpc.streams else HTTPStatus.OK.phrase,
            "headers": _headers(*(["ETag"] if route.has_etag else [])),
            "content": {media: {"schema": answer}},
        }
    }
    if route.has_etag and route.rpc.safe:
        described["304"] = _UNCHANGED
    return described | _refusals(route)


def _refusals(route: Route) -> Schema:
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(_statuses(route))}


def header_parameters(route: Route) -> Iterator[Schema]:
    """The headers that mean something to the operation."""
    reader = route.reader
    if route.rpc.safe:
        if route.has_etag or route.answers_whole_file:
            yield _header("If-None-Match", "An ETag seen before: 304 while it still holds.", {"type": "string"})
        return
    if reader.etag_path:
        etag = {"type": "string", "pattern": '^(W/)?"[!#-+\\--~]{1,64}"$', "examples": ['"3"']}
        yield _header("If-Match", "The ETag that was seen; 412 where the resource has another one now.", etag)
    if reader.takes_request_id:
        key = {"type": "string", "format": "uuid", "pattern": UUID_PATTERN}
        yield _header("Idempotency-Key", "A repeat with the same key gets the first answer and changes nothing.", key)


def _statuses(route: Route) -> set[int]:
    statuses = {*_ALWAYS}
    if not route.rpc.safe:
        statuses |= {409, 412} if route.reader.etag_path else {409}
    if route.body:
        statuses |= {413} if route.takes_bytes else {413, 415}
    return statuses


def _header(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "header", "description": description, "schema": schema}
