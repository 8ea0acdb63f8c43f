"""JSON values and query texts to the contract's scalar types: strict, since what is let through here is stored.

Wherever `google.protobuf.json_format` is lenient by accident of Python ("1_0", " 7", `true` as 1.0, bytes with foreign
characters), these readers refuse. None ever takes what json_format refuses, or reads a value differently.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from math import isfinite
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from gateway.transcoding.misfit import Misfit

Read = Callable[[Any], Any]

_INTEGER = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,63})(\.[0-9]{1,64})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_BASE64 = str.maketrans("-_", "+/")
_WORDS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
# The largest finite float of 4 bytes.
_FLOAT32_MAX = float.fromhex("0x1.fffffep+127")
_INT32 = range(-(1 << 31), 1 << 31)


def reader(field: FieldDescriptor) -> Read:
    """What reads one JSON value into the field's scalar or enum type; it raises Misfit."""
    return read_enum(field.enum_type) if field.enum_type is not None else _READERS[field.type]


def text_reader(field: FieldDescriptor) -> Read:
    """What reads the same from a text, such as a path segment or a query parameter."""
    if field.type == FieldDescriptor.TYPE_BOOL:
        return _bool_text
    if field.type in (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT):
        return _READERS[field.type]
    if field.enum_type is not None:
        return _enum_text(read_enum(field.enum_type))
    return reader(field)


def read_string(value: Any) -> str:
    """A text that every store can hold: PostgreSQL's cannot hold U+0000, UTF-8 cannot hold half a surrogate pair."""
    if type(value) is not str:
        raise Misfit("must be a string")
    if "\0" in value:
        raise Misfit("must not contain the character U+0000")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Misfit("must be valid Unicode") from None
    return value


def read_bytes(value: Any) -> bytes:
    """Base64 in either alphabet of RFC 4648, with or without padding."""
    if type(value) is str:
        text = value.translate(_BASE64).rstrip("=")
        try:
            return b64decode(text + "=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError):
            pass
    raise Misfit("must be a base64 string")


def read_bool(value: Any) -> bool:
    """True or false, never a text or a number."""
    if type(value) is not bool:
        raise Misfit("must be true or false")
    return value


def read_double(value: Any) -> float:
    """A finite number or the text of one, or one of the words NaN, Infinity and -Infinity."""
    kind = type(value)
    if kind is str:
        if value in _WORDS:
            return _WORDS[value]
        if not _NUMBER.fullmatch(value):
            raise Misfit("must be a number")
    elif kind is not int and kind is not float:
        raise Misfit("must be a number")
    try:
        number = float(value)
    except OverflowError:
        raise Misfit("is out of range") from None
    if not isfinite(number):
        raise Misfit("is out of range")
    return number


def read_float(value: Any) -> float:
    """The same within the range of 4 bytes."""
    number = read_double(value)
    if isfinite(number) and abs(number) > _FLOAT32_MAX:
        raise Misfit("is out of range")
    return number


def read_enum(enum: EnumDescriptor) -> Read:
    """A value's name, or its number; a number that the contract does not name stays, for a newer client (open enums)."""
    numbers = {value.name: value.number for value in enum.values}

    def read(value: Any) -> int:
        if type(value) is str:
            number = numbers.get(value)
            if number is not None:
                return number
        elif type(value) is int and value in _INT32:
            return value
        raise Misfit(f"must be a value of {enum.name}")

    return read


def _integer(minimum: int, maximum: int) -> Read:
    def read(value: Any) -> int:
        kind = type(value)
        if kind is int:
            number = value
        elif (kind is str and _INTEGER.fullmatch(value)) or (kind is float and value.is_integer()):
            number = int(value)
        else:
            raise Misfit("must be a whole number")
        if not minimum <= number <= maximum:
            raise Misfit(f"must be within {minimum} and {maximum}")
        return number

    return read


def _bool_text(value: str) -> bool:
    if value in ("true", "false"):
        return value == "true"
    raise Misfit("must be true or false")


def _enum_text(read: Read) -> Read:
    return lambda text: read(int(text) if _INTEGER.fullmatch(text) else text)


_INT32_READER, _UINT32_READER = _integer(-(1 << 31), (1 << 31) - 1), _integer(0, (1 << 32) - 1)
_INT64_READER, _UINT64_READER = _integer(-(1 << 63), (1 << 63) - 1), _integer(0, (1 << 64) - 1)
_READERS: dict[int, Read] = {
    FieldDescriptor.TYPE_STRING: read_string,
    FieldDescriptor.TYPE_BYTES: read_bytes,
    FieldDescriptor.TYPE_BOOL: read_bool,
    FieldDescriptor.TYPE_DOUBLE: read_double,
    FieldDescriptor.TYPE_FLOAT: read_float,
    FieldDescriptor.TYPE_INT32: _INT32_READER,
    FieldDescriptor.TYPE_SINT32: _INT32_READER,
    FieldDescriptor.TYPE_SFIXED32: _INT32_READER,
    FieldDescriptor.TYPE_UINT32: _UINT32_READER,
    FieldDescriptor.TYPE_FIXED32: _UINT32_READER,
    FieldDescriptor.TYPE_INT64: _INT64_READER,
    FieldDescriptor.TYPE_SINT64: _INT64_READER,
    FieldDescriptor.TYPE_SFIXED64: _INT64_READER,
    FieldDescriptor.TYPE_UINT64: _UINT64_READER,
    FieldDescriptor.TYPE_FIXED64: _UINT64_READER,
}
