"""An HTTP request to the message of one RPC, by one compiled binding."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.api import field_behavior_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway.transcoding.body import JSON_DEPTH_MAX, parse_json
from gateway.transcoding.contract import ContractFault, message_class
from gateway.transcoding.decoding import Decoders
from gateway.transcoding.fields import field_chain, variable_setter
from gateway.transcoding.misfit import Misfit
from gateway.transcoding.query import QueryReader
from gateway.transcoding.raw import raw_body_field, tidy_content_type
from gateway.transcoding.template import Template
from services.chassis.kernel.errors import InvalidInput

WHOLE_BODY = "*"
FIELD_MASK = "google.protobuf.FieldMask"
# Fields that a client cannot change; a resource read, edited and sent back holds them, and they do not enter the mask.
_UNCHANGEABLE = {field_behavior_pb2.OUTPUT_ONLY, field_behavior_pb2.IDENTIFIER}


@dataclass(frozen=True, slots=True)
class Incoming:
    """What of an HTTP request a message is made of."""

    # The path's segments, percent-decoded and less the verb.
    segments: Sequence[str]
    query: str = ""
    body: bytes = b""
    # Of the body; only where the contract takes it as bytes does it mean anything.
    content_type: str = ""
    # The headers of the same names; empty where not sent.
    if_match: str = ""
    idempotency_key: str = ""


class RequestReader:
    """Reads the requests of one binding: body first, then query, then path, then headers."""

    def __init__(self, descriptor: Descriptor, template: Template, body: str, decoders: Decoders, *, partial: bool) -> None:
        """`partial`: an empty update mask means the fields that the body holds (AIP-134)."""
        self._make: type[Message] = message_class(descriptor)
        self._variables = [
            (variable.start, variable.end, variable.field_path, variable_setter(descriptor, variable.field_path))
            for variable in template.variables
        ]
        self._raw_body = raw_body_field(descriptor, body)
        self._body_name, self._fill_body = _body_filler(descriptor, "" if self._raw_body else body, decoders)
        bound = frozenset({variable.field_path for variable in template.variables} | ({body} if body else set()))
        self._query = QueryReader(descriptor, bound, body_takes_all=body == WHOLE_BODY)
        self.takes_request_id = _has_string(descriptor, "request_id")
        self.etag_path = _etag_path(descriptor, body)
        self._mask = _MaskFiller(descriptor, body, bound) if partial and _has_mask(descriptor, body) else None

    @property
    def takes_json(self) -> bool:
        """Whether the binding has a body that is JSON."""
        return self._fill_body is not None

    @property
    def takes_bytes(self) -> bool:
        """Whether the binding has a body that is taken as it is."""
        return self._raw_body is not None

    def read(self, incoming: Incoming, depth_max: int = JSON_DEPTH_MAX) -> Message:
        """The message; raises InvalidInput with a stable reason and every path at fault that was seen."""
        message = self._make()
        try:
            value = self._read_body(incoming, message, depth_max) if incoming.body else {}
            if incoming.query:
                self._query.read(incoming.query, message)
            if self._mask:
                self._mask.fill(value, message)
            if self._variables:
                self._read_path(incoming.segments, message)
        except Misfit as misfit:
            raise misfit.to_error() from None
        if incoming.if_match:
            self._read_if_match(incoming.if_match, message)
        if incoming.idempotency_key:
            self._read_idempotency_key(incoming.idempotency_key, message)
        return message

    def _read_body(self, incoming: Incoming, message: Message, depth_max: int) -> Any:
        body = incoming.body
        if self._raw_body is not None:
            raw: Any = getattr(message, self._raw_body)
            raw.content_type, raw.data = tidy_content_type(incoming.content_type), body
            return {}
        if self._fill_body is None:
            raise InvalidInput("BODY_UNEXPECTED", "This method takes no body.")
        value = parse_json(body, depth_max)
        try:
            self._fill_body(value, message)
        except Misfit as misfit:
            raise misfit.below(self._body_name) if self._body_name else misfit from None
        return value

    def _read_path(self, segments: Sequence[str], message: Message) -> None:
        for start, end, field_path, set_text in self._variables:
            text = segments[start] if end == start + 1 else "/".join(segments[start:end])
            given = _text_at(message, field_path)
            try:
                set_text(message, text)
            except Misfit as misfit:
                raise misfit.below(field_path) from None
            if given and given != _text_at(message, field_path):
                raise Misfit("differs from the path", path=field_path)

    def _read_if_match(self, header: str, message: Message) -> None:
        etag = parse_etag(header)
        if not self.etag_path:
            raise InvalidInput("IF_MATCH_UNSUPPORTED", "This method does not take If-Match.")
        if etag is None:
            return
        target: Any = message
        for name in self.etag_path[:-1]:
            target = getattr(target, name)
        if target.etag and target.etag != etag:
            raise InvalidInput("ETAG_CONTRADICTS", "If-Match and the body name different ETags.")
        target.etag = etag

    def _read_idempotency_key(self, header: str, message: Any) -> None:
        if not self.takes_request_id:
            raise InvalidInput("IDEMPOTENCY_KEY_UNSUPPORTED", "This method cannot be repeated under one Idempotency-Key.")
        try:
            key = str(uuid.UUID(header)) if len(header) == len(str(uuid.UUID(int=0))) else ""
        except ValueError:
            key = ""
        if not key:
            raise InvalidInput("IDEMPOTENCY_KEY_INVALID", "Idempotency-Key must be a UUID.")
        if message.request_id and message.request_id.lower() != key:
            raise InvalidInput("IDEMPOTENCY_KEY_CONTRADICTS", "Idempotency-Key and the request id of the body differ.")
        message.request_id = key


def parse_etag(header: str) -> str | None:
    """The ETag that an `If-Match` names; None for `*`, which any state matches. Lists of several are refused."""
    text = header.strip()
    if text == "*":
        return None
    text = text.removeprefix("W/")
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    inner = text[1:-1] if quoted else text
    if not inner or '"' in inner or "," in inner or not inner.isascii() or not inner.isprintable():
        raise InvalidInput("IF_MATCH_INVALID", "If-Match must hold one ETag, or *.")
    return inner


class _MaskFiller:
    """Names in an empty update mask the fields that the body holds."""

    def __init__(self, descriptor: Descriptor, body: str, bound: frozenset[str]) -> None:
        resource = descriptor.fields_by_name[body].message_type
        in_path = {path.partition(".")[2] for path in bound if path.startswith(f"{body}.")}
        changeable = [field for field in resource.fields if field.name not in {*in_path, "etag"} and not _is_unchangeable(field)]
        self._names = {name: field.name for field in changeable for name in (field.name, field.json_name)}

    def fill(self, value: Mapping[str, Any], message: Any) -> None:
        """Leaves a mask that the query gave as it is."""
        if not message.update_mask.paths:
            message.update_mask.paths.extend(self._names[key] for key in value if key in self._names)


def _body_filler(descriptor: Descriptor, body: str, decoders: Decoders) -> tuple[str, Callable[[Any, Any], None] | None]:
    if not body:
        return "", None
    if body == WHOLE_BODY:
        return "", decoders.of(descriptor)
    field = descriptor.fields_by_name.get(body)
    if field is None:
        raise ContractFault(f"{descriptor.full_name} has no field {body} for a body")
    return field.json_name, decoders.of_field(field)


def _has_string(descriptor: Descriptor, name: str) -> bool:
    field = descriptor.fields_by_name.get(name)
    return field is not None and field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated


def _has_mask(descriptor: Descriptor, body: str) -> bool:
    mask, resource = descriptor.fields_by_name.get("update_mask"), descriptor.fields_by_name.get(body)
    has_mask = mask is not None and mask.message_type is not None and mask.message_type.full_name == FIELD_MASK
    return has_mask and resource is not None and resource.message_type is not None


def _etag_path(descriptor: Descriptor, body: str) -> tuple[str, ...]:
    """Where the method takes the ETag that the caller saw; empty where it takes none."""
    if _has_string(descriptor, "etag"):
        return ("etag",)
    chain = field_chain(descriptor, (body, "etag")) if body not in ("", WHOLE_BODY) else None
    return (body, "etag") if chain else ()


def _is_unchangeable(field: FieldDescriptor) -> bool:
    return not _UNCHANGEABLE.isdisjoint(field.GetOptions().Extensions[field_behavior_pb2.field_behavior])


def _text_at(message: Any, field_path: str) -> Any:
    for name in field_path.split("."):
        message = getattr(message, name)
    return message
