"""Messages to JSON values, by a function generated once per message type.

The answers are those of `google.protobuf.json_format.MessageToDict` with `always_print_fields_with_no_presence`: a field
without presence always stands in the answer, so that a client sees one stable shape. A property test holds the two equal.
Generated, because attribute reads in straight-line code cost a fifth of a walk over descriptors.
"""

from __future__ import annotations

import struct
import threading
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from math import isfinite, isnan
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message

from gateway.transcoding.contract import message_class
from gateway.transcoding.names import camel_case, is_map, is_wrapper, snake_case

Encode = Callable[[Any], Any]

# Without a zone, so that its text carries none.
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
_NANOS_PER_SECOND = 1_000_000_000
_TIMESTAMP_SECONDS = range(-62_135_596_800, 253_402_300_800)
_DURATION_SECONDS = range(-315_576_000_000, 315_576_000_001)
# A float of 4 bytes is told by 6 to 9 significant digits.
_FLOAT32_DIGITS = range(6, 10)

_QUOTED = frozenset({
    FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_SINT64, FieldDescriptor.TYPE_SFIXED64,
    FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_FIXED64,
})  # fmt: skip


class Encoders:
    """Makes the encoders of a pool's message types, each on first demand of any thread, and keeps them."""

    def __init__(self, pool: DescriptorPool) -> None:
        self._pool = pool
        # A type has a name before it has a function: no other thread may see it so.
        self._making = threading.Lock()
        self._names: dict[str, str] = {}
        self._namespace: dict[str, Any] = {"text": encode_bytes, "double": encode_double, "float32": encode_float}
        self._well_known: dict[str, Encode] = {**_WELL_KNOWN, "google.protobuf.Any": self._encode_any}

    def of(self, descriptor: Descriptor) -> Encode:
        """The function from a message of the type to a value that `orjson.dumps` takes."""
        with self._making:
            encode: Encode = self._namespace[self._function(descriptor)]
        return encode

    def of_field(self, field: FieldDescriptor) -> Encode:
        """The function from a message to the JSON value of one of its fields, set or not: for `response_body`."""
        with self._making:
            body = f"def encode(m):\n    return {self._value(field, f'm.{field.name}')}\n"
            return self._compile(body, "encode")

    def _function(self, descriptor: Descriptor) -> str:
        """The name, among the generated functions, of the type's encoder."""
        if (known := self._names.get(descriptor.full_name)) is not None:
            return known
        # Named before it is written, so that a type that holds itself finds the name.
        name = self._names[descriptor.full_name] = f"encode_{len(self._names)}"
        if is_wrapper(descriptor):
            source = f"def {name}(m):\n    return {self._single(descriptor.fields_by_name['value'], 'm.value')}\n"
            self._namespace[name] = self._compile(source, name)
        elif (special := self._well_known.get(descriptor.full_name)) is not None:
            self._namespace[name] = special
        else:
            self._namespace[name] = self._compile(self._source(descriptor, name), name)
        return name

    def _compile(self, source: str, name: str) -> Encode:
        # The source holds field names of the contract only, which are identifiers.
        exec(compile(source, f"<encoder {name}>", "exec"), self._namespace)  # noqa: S102
        encode: Encode = self._namespace[name]
        return encode

    def _source(self, descriptor: Descriptor, name: str) -> str:
        """A dict display of the leading fields that always stand, then the rest in order, so that answers keep it."""
        fields = list(descriptor.fields)
        leading = next((i for i, field in enumerate(fields) if field.has_presence), len(fields))
        entries = (f"{field.json_name!r}: {self._value(field, f'm.{field.name}')}" for field in fields[:leading])
        lines = [f"def {name}(m):", f"    d = {{{', '.join(entries)}}}"]
        for field in fields[leading:]:
            guard = f"if m.HasField({field.name!r}): " if field.has_presence else ""
            lines.append(f"    {guard}d[{field.json_name!r}] = {self._value(field, f'm.{field.name}')}")
        return "\n".join([*lines, "    return d", ""])

    def _value(self, field: FieldDescriptor, read: str) -> str:
        """The expression that makes the JSON value of the field's whole value, read by the expression `read`."""
        if is_map(field):
            entry = field.message_type.fields_by_name
            return f"{{{_map_key(entry['key'])}: {self._single(entry['value'], 'v')} for k, v in {read}.items()}}"
        if field.is_repeated:
            single = self._single(field, "v")
            return f"list({read})" if single == "v" else f"[{single} for v in {read}]"
        return self._single(field, read)

    def _single(self, field: FieldDescriptor, read: str) -> str:
        """The expression for one element."""
        if field.message_type is not None:
            return f"{self._function(field.message_type)}({read})"
        if field.enum_type is not None:
            return self._enum(field.enum_type, read)
        if field.type in _QUOTED:
            return f"str({read})"
        functions = {
            FieldDescriptor.TYPE_BYTES: "text",
            FieldDescriptor.TYPE_DOUBLE: "double",
            FieldDescriptor.TYPE_FLOAT: "float32",
        }
        return f"{functions[field.type]}({read})" if field.type in functions else read

    def _enum(self, enum: EnumDescriptor, read: str) -> str:
        if enum.full_name == "google.protobuf.NullValue":
            return "None"
        table = self._names.setdefault(enum.full_name, f"enum_{len(self._names)}")
        names = {number: value.name for number, value in enum.values_by_number.items()}
        # A number that the contract does not name is newer than this gateway and stands as itself.
        self._namespace[table] = _EnumNames(names)
        return f"{table}[{read}]"

    def _encode_any(self, message: Any) -> Any:
        """Raises ValueError where the type is not in the contract."""
        if not message.type_url:
            return {}
        try:
            descriptor = self._pool.FindMessageTypeByName(message.type_url.rpartition("/")[2])
        except KeyError:
            raise ValueError(f"{message.type_url} is not in the contract") from None
        value = self.of(descriptor)(message_class(descriptor).FromString(message.value))
        special = is_wrapper(descriptor) or descriptor.full_name in self._well_known
        return {"@type": message.type_url, **({"value": value} if special else value)}


class _EnumNames(dict[int, Any]):
    def __missing__(self, number: int) -> int:
        return number


def _map_key(key: FieldDescriptor) -> str:
    if key.type == FieldDescriptor.TYPE_BOOL:
        return "('true' if k else 'false')"
    return "k" if key.type == FieldDescriptor.TYPE_STRING else "str(k)"


def encode_bytes(value: bytes) -> str:
    """Base64 of RFC 4648 with padding."""
    return b64encode(value).decode("ascii")


def encode_double(value: float) -> float | str:
    """JSON has no number for these three, so they are words."""
    if isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def encode_float(value: float) -> float | str:
    """The shortest decimal that is the same float of 4 bytes, since its 8-byte form shows digits nobody gave."""
    if not isfinite(value):
        return encode_double(value)
    for digits in _FLOAT32_DIGITS:
        shorter = float(f"{value:.{digits}g}")
        try:
            if struct.unpack("<f", struct.pack("<f", shorter))[0] == value:
                return shorter
        except OverflowError:
            continue
    return value


def encode_timestamp(message: Any) -> str:
    """RFC 3339 in UTC with 0, 3, 6 or 9 digits of a second; ValueError outside the years 1 to 9999."""
    seconds, nanos = message.seconds, message.nanos
    if seconds not in _TIMESTAMP_SECONDS or not 0 <= nanos < _NANOS_PER_SECOND:
        raise ValueError("a timestamp out of range")
    return f"{(_EPOCH + timedelta(0, seconds)).isoformat()}{_fraction(nanos)}Z"


def encode_duration(message: Any) -> str:
    """Seconds with 0, 3, 6 or 9 digits after the point and an `s`; ValueError outside 10,000 years or with mixed signs."""
    seconds, nanos = message.seconds, message.nanos
    if seconds not in _DURATION_SECONDS or abs(nanos) >= _NANOS_PER_SECOND or seconds * nanos < 0:
        raise ValueError("a duration out of range")
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{abs(seconds)}{_fraction(abs(nanos))}s"


def encode_field_mask(message: Any) -> str:
    """Paths in lowerCamelCase, joined by commas; ValueError for one that would not read back."""
    paths = [camel_case(path) for path in message.paths]
    if [snake_case(path) for path in paths] != list(message.paths):
        raise ValueError("a field mask with a path that lowerCamelCase cannot hold")
    return ",".join(paths)


def encode_value(message: Any) -> Any:
    """Any JSON value; null where no kind is set; ValueError for a number that JSON does not have."""
    match message.WhichOneof("kind"):
        case "struct_value":
            return encode_struct(message.struct_value)
        case "list_value":
            return encode_list(message.list_value)
        case "number_value":
            if not isfinite(message.number_value):
                raise ValueError("a number that JSON does not have")
            return message.number_value
        case "string_value":
            return message.string_value
        case "bool_value":
            return message.bool_value
    return None


def encode_struct(message: Any) -> dict[str, Any]:
    """A JSON object."""
    return {key: encode_value(value) for key, value in message.fields.items()}


def encode_list(message: Any) -> list[Any]:
    """A JSON array."""
    return [encode_value(value) for value in message.values]


def _fraction(nanos: int) -> str:
    if nanos == 0:
        return ""
    if nanos % 1_000_000 == 0:
        return f".{nanos // 1_000_000:03}"
    return f".{nanos // 1_000:06}" if nanos % 1_000 == 0 else f".{nanos:09}"


_WELL_KNOWN: dict[str, Callable[[Message], Any]] = {
    "google.protobuf.Timestamp": encode_timestamp,
    "google.protobuf.Duration": encode_duration,
    "google.protobuf.FieldMask": encode_field_mask,
    "google.protobuf.Struct": encode_struct,
    "google.protobuf.Value": encode_value,
    "google.protobuf.ListValue": encode_list,
}
