"""JSON values to messages, by a table of setters made once per message type.

A field is known by its lowerCamelCase name and by its name in the contract; anything else is refused, so that a client's
slip of the pen is told to it and not lost. What is taken means what json_format takes it to mean; a property test says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool

from gateway.transcoding.contract import message_class
from gateway.transcoding.misfit import FIELD_UNKNOWN, Misfit
from gateway.transcoding.names import is_map, is_wrapper
from gateway.transcoding.scalars import reader, text_reader
from gateway.transcoding.well_known import WELL_KNOWN

Fill = Callable[[Any, Any], None]

_ANY = "google.protobuf.Any"
_VALUE = "google.protobuf.Value"
_TYPE_KEY = "@type"
_UNKNOWN_NAME_LENGTH_MAX = 64


class Decoders:
    """Makes the decoders of a pool's message types, each on first demand of any thread, and keeps them."""

    def __init__(self, pool: DescriptorPool) -> None:
        self._pool = pool
        # A decoder is known before it has its fields: no other thread may see it so.
        self._making = threading.RLock()
        self._known: dict[str, Fill] = {}

    def of(self, descriptor: Descriptor) -> Fill:
        """The function that fills a fresh message of the type from a parsed JSON value; it raises Misfit."""
        with self._making:
            return self._known.get(descriptor.full_name) or self._make(descriptor)

    def of_field(self, field: FieldDescriptor) -> Fill:
        """The function that sets one field of a message from a parsed JSON value that is not null."""
        if is_map(field):
            return self._fill_map(field)
        if field.message_type is not None:
            return self._fill_messages(field) if field.is_repeated else self._fill_submessage(field)
        return _fill_scalars(field) if field.is_repeated else _fill_scalar(field)

    def _make(self, descriptor: Descriptor) -> Fill:
        if descriptor.full_name == _ANY:
            fill = self._fill_any
        elif is_wrapper(descriptor):
            fill = _fill_wrapper(reader(descriptor.fields_by_name["value"]))
        else:
            fill = WELL_KNOWN.get(descriptor.full_name) or self._fill_message(descriptor)
        self._known[descriptor.full_name] = fill
        return fill

    def _fill_message(self, descriptor: Descriptor) -> Fill:
        fields: dict[str, Fill] = {}
        nulls = {name for field in descriptor.fields if _takes_null(field) for name in (field.json_name, field.name)}
        oneofs = [{name for field in oneof.fields for name in (field.json_name, field.name)} for oneof in descriptor.oneofs]
        oneofs = [names for names, oneof in zip(oneofs, descriptor.oneofs, strict=True) if len(oneof.fields) > 1]
        twins = {field.name: field.json_name for field in descriptor.fields if field.name != field.json_name}

        def fill(value: Any, message: Any) -> None:
            if type(value) is not dict:
                raise Misfit("must be an object")
            misfit: Misfit | None = None
            for key, item in value.items():
                set_field = fields.get(key)
                if set_field is None:
                    misfit = _unknown(key).merge(misfit)
                elif item is not None or key in nulls:
                    try:
                        set_field(item, message)
                    except Misfit as found:
                        misfit = found.below(key).merge(misfit)
            if not twins.keys().isdisjoint(value) or oneofs:
                _check_once(value, twins, oneofs)
            if misfit is not None:
                raise misfit

        # Registered before the fields are made, so that a type that holds itself finds its decoder.
        self._known[descriptor.full_name] = fill
        for field in descriptor.fields:
            fields[field.json_name] = fields[field.name] = self.of_field(field)
        return fill

    def _fill_submessage(self, field: FieldDescriptor) -> Fill:
        name, fill = field.name, self.of(field.message_type)

        def set_message(value: Any, message: Any) -> None:
            part = getattr(message, name)
            part.SetInParent()
            fill(value, part)

        return set_message

    def _fill_messages(self, field: FieldDescriptor) -> Fill:
        name, fill = field.name, self.of(field.message_type)

        def set_messages(value: Any, message: Any) -> None:
            items = getattr(message, name)
            for index, item in enumerate(_array(value)):
                try:
                    fill(item, items.add())
                except Misfit as misfit:
                    raise misfit.below(f"[{index}]") from None

        return set_messages

    def _fill_map(self, field: FieldDescriptor) -> Fill:
        name, entry = field.name, field.message_type.fields_by_name
        read_key = text_reader(entry["key"])
        fill_one = self._fill_map_value(entry["value"])

        def set_map(value: Any, message: Any) -> None:
            if type(value) is not dict:
                raise Misfit("must be an object")
            items = getattr(message, name)
            for number, (key, item) in enumerate(value.items()):
                try:
                    fill_one(items, read_key(key), item)
                except Misfit as misfit:
                    raise misfit.below(f"[{number}]") from None
            if len(items) != len(value):
                raise Misfit("must not name a key twice")

        return set_map

    def _fill_map_value(self, field: FieldDescriptor) -> Callable[[Any, Any, Any], None]:
        if field.message_type is not None:
            fill = self.of(field.message_type)

            def put_message(items: Any, key: Any, item: Any) -> None:
                fill(item, items[key])

            return put_message
        read = reader(field)

        def put(items: Any, key: Any, item: Any) -> None:
            items[key] = read(item)

        return put

    def _fill_any(self, value: Any, message: Any) -> None:
        if type(value) is not dict:
            raise Misfit("must be an object")
        if not value:
            return
        url = value.get(_TYPE_KEY)
        try:
            descriptor = self._pool.FindMessageTypeByName(url.rpartition("/")[2])
        except (KeyError, AttributeError):
            raise Misfit("must name a type of the contract", path=_TYPE_KEY) from None
        inner = message_class(descriptor)()
        rest = {key: item for key, item in value.items() if key != _TYPE_KEY}
        if is_wrapper(descriptor) or descriptor.full_name in WELL_KNOWN or descriptor.full_name == _ANY:
            if rest.keys() != {"value"}:
                raise Misfit("must hold exactly @type and value")
            rest = rest["value"]
        self.of(descriptor)(rest, inner)
        message.type_url, message.value = url, inner.SerializeToString()


def _fill_scalar(field: FieldDescriptor) -> Fill:
    name, read = field.name, _null_or(field)

    def set_scalar(value: Any, message: Any) -> None:
        setattr(message, name, read(value))

    return set_scalar


def _fill_scalars(field: FieldDescriptor) -> Fill:
    name, read = field.name, reader(field)

    def set_scalars(value: Any, message: Any) -> None:
        items = []
        for index, item in enumerate(_array(value)):
            try:
                items.append(read(item))
            except Misfit as misfit:
                raise misfit.below(f"[{index}]") from None
        getattr(message, name).extend(items)

    return set_scalars


def _fill_wrapper(read: Callable[[Any], Any]) -> Fill:
    def set_wrapper(value: Any, message: Any) -> None:
        message.value = read(value)

    return set_wrapper


def _null_or(field: FieldDescriptor) -> Callable[[Any], Any]:
    read = reader(field)
    return (lambda value: 0 if value is None else read(value)) if _takes_null(field) else read


def _takes_null(field: FieldDescriptor) -> bool:
    """Whether null is a value of the field; to any other field it means: not given."""
    if field.is_repeated:
        return False
    if field.enum_type is not None:
        return bool(field.enum_type.full_name == "google.protobuf.NullValue")
    return field.message_type is not None and field.message_type.full_name == _VALUE


def _array(value: Any) -> list[Any]:
    if type(value) is not list:
        raise Misfit("must be an array")
    return value


def _unknown(key: str) -> Misfit:
    # The name is the client's own; cut and made plain, since it goes into an answer and a log.
    plain = key if key.isascii() and key.isprintable() else "[…]"
    return Misfit("is not a field of the contract", FIELD_UNKNOWN, plain[:_UNKNOWN_NAME_LENGTH_MAX])


def _check_once(value: dict[str, Any], twins: dict[str, str], oneofs: list[set[str]]) -> None:
    for name in twins.keys() & value.keys():
        if twins[name] in value:
            raise Misfit(f"stands twice, as {name} and as {twins[name]}", path=name)
    for names in oneofs:
        given = sorted(name for name in names if value.get(name) is not None)
        if len(given) > 1:
            raise Misfit(f"only one of {' and '.join(given)} may be given", path=given[0])
