"""How the contract's names and kinds of field appear in JSON."""

from __future__ import annotations

import re

from google.protobuf.descriptor import Descriptor, FieldDescriptor

_UNDERSCORE = re.compile(r"_([a-z0-9])")
_CAPITAL = re.compile(r"[A-Z]")


def camel_case(name: str) -> str:
    """`lead_person_id` as JSON writes it: `leadPersonId`; dots stay."""
    return _UNDERSCORE.sub(lambda match: match[1].upper(), name)


def snake_case(name: str) -> str:
    """`leadPersonId` as the contract writes it: `lead_person_id`; dots stay."""
    return _CAPITAL.sub(lambda match: "_" + match[0].lower(), name)


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a `map<,>`."""
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def is_wrapper(descriptor: Descriptor) -> bool:
    """Whether the type is one of `google/protobuf/wrappers.proto`, which JSON writes as the bare value."""
    return bool(descriptor.file.name == "google/protobuf/wrappers.proto")
