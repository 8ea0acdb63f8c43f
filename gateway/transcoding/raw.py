"""Bodies that are no JSON: where the contract has `google.api.HttpBody`, bytes pass as they are, with their content type."""

from __future__ import annotations

from google.protobuf.descriptor import Descriptor, FieldDescriptor

HTTP_BODY = "google.api.HttpBody"
CONTENT_TYPE_DEFAULT = "application/octet-stream"
# Longer ones are nobody's honest type.
CONTENT_TYPE_LENGTH_MAX = 200


def is_raw(descriptor: Descriptor | None) -> bool:
    """Whether a message of this type stands for bytes."""
    return descriptor is not None and descriptor.full_name == HTTP_BODY


def is_raw_field(field: FieldDescriptor | None) -> bool:
    """Whether a field holds such a message."""
    return field is not None and not field.is_repeated and is_raw(field.message_type)


def raw_body_field(descriptor: Descriptor, body: str) -> str | None:
    """The field that takes a request's body as bytes; None where the body is JSON, or where there is none."""
    return body if body and is_raw_field(descriptor.fields_by_name.get(body)) else None


def tidy_content_type(content_type: str) -> str:
    """The type that a client gave, fit to be passed on; the general one where it gave none, or nonsense."""
    fit = content_type.isascii() and content_type.isprintable() and "/" in content_type
    return content_type if fit and len(content_type) <= CONTENT_TYPE_LENGTH_MAX else CONTENT_TYPE_DEFAULT
