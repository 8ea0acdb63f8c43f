"""Message types as JSON Schema components, as the codecs read and write them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from gateway.openapi import constraints
from gateway.transcoding.contract import Contract
from gateway.transcoding.names import is_map, is_wrapper

Schema = dict[str, Any]

_INT32 = {"type": "integer", "format": "int32", "minimum": -(1 << 31), "maximum": (1 << 31) - 1}
_UINT32 = {"type": "integer", "format": "uint32", "minimum": 0, "maximum": (1 << 32) - 1}
# Strings, since a number of JavaScript cannot tell all of them apart.
_INT64 = {"type": "string", "format": "int64", "pattern": "^-?[0-9]{1,19}$"}
_UINT64 = {"type": "string", "format": "uint64", "pattern": "^[0-9]{1,20}$"}
_SCALARS: dict[int, Schema] = {
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "format": "byte", "pattern": "^[A-Za-z0-9+/]*={0,2}$"},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.TYPE_INT32: _INT32,
    FieldDescriptor.TYPE_SINT32: _INT32,
    FieldDescriptor.TYPE_SFIXED32: _INT32,
    FieldDescriptor.TYPE_UINT32: _UINT32,
    FieldDescriptor.TYPE_FIXED32: _UINT32,
    FieldDescriptor.TYPE_INT64: _INT64,
    FieldDescriptor.TYPE_SINT64: _INT64,
    FieldDescriptor.TYPE_SFIXED64: _INT64,
    FieldDescriptor.TYPE_UINT64: _UINT64,
    FieldDescriptor.TYPE_FIXED64: _UINT64,
}
_WELL_KNOWN: dict[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {
        "type": "string",
        "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$",
        "description": "such as `1.5s`",
    },
    "google.protobuf.FieldMask": {
        "type": "string",
        "pattern": r"^([a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*(,[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*)*)?$",
        "description": "Field names in lowerCamelCase, joined by commas.",
    },
    "google.protobuf.Struct": {"type": "object", "additionalProperties": True},
    "google.protobuf.Value": {"description": "Any JSON value."},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Any": {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "required": ["@type"],
        "additionalProperties": True,
    },
    "google.protobuf.Empty": {"type": "object", "additionalProperties": False},
}
_PACKAGE_ROOT = "workbench."


class Schemas:
    """The components of a document, each made when something first refers to it."""

    def __init__(self, contract: Contract, answered: Collection[str]) -> None:
        """`answered`: the full names of the types that answers hold; a secret in any other is write-only."""
        self._contract = contract
        self._answered = answered
        self.components: dict[str, Schema] = {}

    def reference(self, descriptor: Descriptor) -> Schema:
        """A schema that stands for the message type."""
        if (known := _WELL_KNOWN.get(descriptor.full_name)) is not None:
            return dict(known)
        if is_wrapper(descriptor):
            scalar = _SCALARS[descriptor.fields_by_name["value"].type]
            return {**scalar, "type": [scalar["type"], "null"]}
        name = component_name(descriptor.full_name)
        if name not in self.components:
            # Taken before it is made, so that a type that holds itself finds it.
            self.components[name] = {}
            self.components[name] = self.message(descriptor)
        return {"$ref": f"#/components/schemas/{name}"}

    def message(self, descriptor: Descriptor, *, without: Collection[str] = (), partial: bool = False) -> Schema:
        """The object, less some fields; `partial` asks for none of the rest."""
        fields = [field for field in descriptor.fields if field.name not in without]
        schema: Schema = {"type": "object"}
        if comment := self._comment(descriptor.full_name):
            schema["description"] = comment
        schema["properties"] = {field.json_name: self.field(field) for field in fields}
        required = [field.json_name for field in fields if constraints.is_required(field)]
        if required and not partial:
            schema["required"] = required
        schema["additionalProperties"] = False
        return schema

    def field(self, field: FieldDescriptor) -> Schema:
        """The schema of one field's value, with its comment and its limits."""
        schema = self._value(field)
        if comment := self._comment(field.full_name):
            schema["description"] = comment
        if field.has_presence and field.message_type is None:
            # Left out of an answer where nobody set it; whoever makes types of the document asks.
            schema["x-presence"] = True
        if constraints.is_read_only(field):
            schema["readOnly"] = True
        if constraints.is_secret(field):
            schema["format"] = "password"
            if field.containing_type.full_name not in self._answered:
                schema["writeOnly"] = True
        return schema

    def _value(self, field: FieldDescriptor) -> Schema:
        if is_map(field):
            value = self._single(field.message_type.fields_by_name["value"], constraints.item_rules(field))
            return {"type": "object", "additionalProperties": value, **constraints.collection_limits(field)}
        if field.is_repeated:
            return {
                "type": "array",
                "items": self._single(field, constraints.item_rules(field)),
                **constraints.collection_limits(field),
            }
        return self._single(field, constraints.rules_of(field))

    def _single(self, field: FieldDescriptor, rules: Any) -> Schema:
        if field.message_type is not None:
            return self.reference(field.message_type)
        if field.enum_type is not None:
            return self._enum(field.enum_type, rules)
        schema = {**_SCALARS[field.type], **constraints.scalar_limits(field, rules)}
        if field.name.endswith("_date") and schema["type"] == "string":
            # A business date; empty where there is none.
            return {**schema, "anyOf": [{"format": "date"}, {"maxLength": 0}]}
        return schema

    def _enum(self, enum: EnumDescriptor, rules: Any) -> Schema:
        names = constraints.enum_names(enum, rules)
        if len(names) < len(enum.values):
            return {"type": "string", "enum": names}
        name = component_name(enum.full_name)
        if name not in self.components:
            lines = [f"- `{value.name}`: {self._comment(_value_name(enum, value.name))}" for value in enum.values]
            description = "\n".join(filter(None, [self._comment(enum.full_name), "", *lines]))
            self.components[name] = {"type": "string", "description": description, "enum": names}
        return {"$ref": f"#/components/schemas/{name}"}

    def _comment(self, full_name: str) -> str:
        return one_line(self._contract.comment(full_name))


def component_name(full_name: str) -> str:
    """`workbench.customer.v1.Customer` as `customer.v1.Customer`: stays the same whatever other services come."""
    return full_name.removeprefix(_PACKAGE_ROOT)


def one_line(comment: str) -> str:
    """A comment's lines joined; an empty line stays."""
    paragraphs = (" ".join(line.strip() for line in part.splitlines()) for part in comment.split("\n\n"))
    return "\n\n".join(part.strip() for part in paragraphs if part.strip())


def reachable(descriptor: Descriptor, found: set[str] | None = None) -> set[str]:
    """The full names of the message types within a type, itself included."""
    found = set() if found is None else found
    if descriptor.full_name not in found:
        found.add(descriptor.full_name)
        for field in descriptor.fields:
            if field.message_type is not None:
                reachable(field.message_type, found)
    return found


def _value_name(enum: EnumDescriptor, value: str) -> str:
    """Comments stand under the path file, enum, value."""
    return f"{enum.full_name}.{value}"
