"""Limits of the contract (`buf.validate`, field behaviour, data class) in the words of JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from buf.validate import validate_pb2
from google.api import field_behavior_pb2
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from workbench.options.v1 import options_pb2

UUID_PATTERN = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"

# Formats by the name of the rule that asks for them.
_FORMATS = {"email": "email", "hostname": "hostname", "ipv4": "ipv4", "ipv6": "ipv6", "uri": "uri", "uri_ref": "uri-reference"}
_LENGTHS = {"min_len": "minLength", "max_len": "maxLength"}
_BOUNDS = {"gte": "minimum", "gt": "exclusiveMinimum", "lte": "maximum", "lt": "exclusiveMaximum"}
_ITEMS = {"min_items": "minItems", "max_items": "maxItems", "unique": "uniqueItems"}
_PAIRS = {"min_pairs": "minProperties", "max_pairs": "maxProperties"}
# What RE2 writes otherwise than ECMA-262 and Python do.
_CODE_POINT = re.compile(r"\\x\{([0-9A-Fa-f]{1,4})\}")
_CONTROL = r"\u0000-\u001f\u007f-\u009f"
# 64-bit numbers are strings in JSON, to which bounds of numbers do not apply.
_TEXT_NUMBERS = frozenset({
    FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_SINT64, FieldDescriptor.TYPE_SFIXED64,
    FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_FIXED64,
})  # fmt: skip


def rules_of(field: FieldDescriptor) -> Any:
    """The field's `(buf.validate.field)`; empty where it has none."""
    return field.GetOptions().Extensions[validate_pb2.field]


def is_required(field: FieldDescriptor) -> bool:
    """Whether a request must hold the field."""
    behaviours = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
    return field_behavior_pb2.REQUIRED in behaviours or bool(rules_of(field).required)


def is_read_only(field: FieldDescriptor) -> bool:
    """Whether only the service sets the field."""
    behaviours = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
    return field_behavior_pb2.OUTPUT_ONLY in behaviours or field_behavior_pb2.IDENTIFIER in behaviours


def is_secret(field: FieldDescriptor) -> bool:
    """Whether the field holds a password, a token or a key."""
    return bool(field.GetOptions().Extensions[options_pb2.data_class] == options_pb2.DATA_CLASS_SECRET)


def scalar_limits(field: FieldDescriptor, rules: Any) -> dict[str, Any]:
    """The limits of one value, by the rules given: those of the field, or of its items."""
    kind = rules.WhichOneof("type")
    if kind is None:
        return {}
    own = getattr(rules, kind)
    may_be_empty = rules.ignore == validate_pb2.IGNORE_IF_ZERO_VALUE
    if kind == "string":
        return _string_limits(own, may_be_empty=may_be_empty)
    if kind == "enum" or field.type in _TEXT_NUMBERS or may_be_empty:
        return {}
    return _set(own, _BOUNDS) | _choices(own)


def collection_limits(field: FieldDescriptor) -> dict[str, Any]:
    """The limits of a list's or a map's size."""
    rules = rules_of(field)
    kind = rules.WhichOneof("type")
    if kind not in ("repeated", "map"):
        return {}
    return _set(getattr(rules, kind), _ITEMS if kind == "repeated" else _PAIRS)


def item_rules(field: FieldDescriptor) -> Any:
    """The rules of a list's items or a map's values."""
    rules = rules_of(field)
    kind = rules.WhichOneof("type")
    return rules.repeated.items if kind == "repeated" else rules.map.values if kind == "map" else validate_pb2.FieldRules()


def enum_names(enum: EnumDescriptor, rules: Any) -> list[str]:
    """The names of the values that the rules let through."""
    if rules.WhichOneof("type") != "enum":
        return [value.name for value in enum.values]
    only, never = set(getattr(rules.enum, "in")), set(rules.enum.not_in)
    return [value.name for value in enum.values if (not only or value.number in only) and value.number not in never]


def ecma_pattern(pattern: str) -> str:
    """The pattern in the syntax of ECMA-262, which Python reads as well; empty where there is no such form."""
    plain = _CODE_POINT.sub(lambda match: rf"\u{match[1]:0>4}", pattern)
    plain = plain.replace(r"\p{Cc}", _CONTROL).replace(r"\P{Cc}", f"[^{_CONTROL}]")
    return "" if re.search(r"\\[pPzC]|\\x\{", plain) else plain


def _string_limits(rules: Any, *, may_be_empty: bool) -> dict[str, Any]:
    limits = _set(rules, _LENGTHS) | _choices(rules)
    if rules.HasField("len"):
        limits["minLength"] = limits["maxLength"] = rules.len
    well_known = rules.WhichOneof("well_known")
    if well_known in _FORMATS:
        limits["format"] = _FORMATS[well_known]
    pattern = UUID_PATTERN if well_known == "uuid" else ecma_pattern(rules.pattern)
    if pattern:
        limits["pattern"] = f"^$|{pattern}" if may_be_empty else pattern
    if well_known == "uuid" and not may_be_empty:
        limits["format"] = "uuid"
    if may_be_empty:
        limits.pop("minLength", None)
    return limits


def _choices(rules: Any) -> dict[str, Any]:
    if rules.HasField("const"):
        return {"const": rules.const}
    only = list(getattr(rules, "in"))
    return {"enum": only} if only else {}


def _set(rules: Any, names: Mapping[str, str]) -> dict[str, Any]:
    known = rules.DESCRIPTOR.fields_by_name
    return {word: getattr(rules, name) for name, word in names.items() if name in known and rules.HasField(name)}
