"""Fields named by a path, such as `customer.customer_id`: in a template's variables, in query parameters, in a body rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway.transcoding.contract import ContractFault
from gateway.transcoding.names import is_map, is_wrapper
from gateway.transcoding.scalars import text_reader
from gateway.transcoding.well_known import fill_duration, fill_field_mask, fill_timestamp

SetText = Callable[[Any, str], None]

# Message types that a single text can tell.
_TEXT_MESSAGES = {
    "google.protobuf.Timestamp": fill_timestamp,
    "google.protobuf.Duration": fill_duration,
    "google.protobuf.FieldMask": fill_field_mask,
}


def field_chain(descriptor: Descriptor, names: Sequence[str], *, json_names: bool = False) -> list[FieldDescriptor] | None:
    """The fields along a path of names, each but the last a single message; None where there is no such path."""
    chain: list[FieldDescriptor] = []
    part: Descriptor | None = descriptor
    for name in names:
        if part is None:
            return None
        field = part.fields_by_name.get(name)
        if field is None and json_names:
            field = next((each for each in part.fields if each.json_name == name), None)
        if field is None:
            return None
        chain.append(field)
        part = None if field.is_repeated else field.message_type
    return chain


def variable_setter(descriptor: Descriptor, field_path: str) -> SetText:
    """What sets a template's variable from its text; raises ContractFault where the variable is not a single scalar."""
    chain = field_chain(descriptor, field_path.split("."))
    if chain is None or chain[-1].is_repeated or chain[-1].message_type is not None:
        raise ContractFault(f"{descriptor.full_name} has no scalar field {field_path} for a path variable")
    return text_setter(chain)


def takes_text(field: FieldDescriptor) -> bool:
    """Whether a query parameter can tell the field's value, or one element of it."""
    if is_map(field):
        return False
    return field.message_type is None or field.message_type.full_name in _TEXT_MESSAGES or is_wrapper(field.message_type)


def text_setter(chain: Sequence[FieldDescriptor]) -> SetText:
    """What sets the last field of the chain, or adds an element to it, from a text; it raises Misfit."""
    parents, field = [parent.name for parent in chain[:-1]], chain[-1]
    set_one = _setter(field)
    if not parents:
        return set_one

    def set_nested(message: Any, text: str) -> None:
        for name in parents:
            message = getattr(message, name)
        set_one(message, text)

    return set_nested


def _setter(field: FieldDescriptor) -> SetText:
    name = field.name
    if field.message_type is not None:
        fill = _TEXT_MESSAGES.get(field.message_type.full_name) or _wrapper_filler(field)
        if field.is_repeated:
            return lambda message, text: fill(text, getattr(message, name).add())
        return lambda message, text: fill(text, getattr(message, name))
    read = text_reader(field)
    if field.is_repeated:
        return lambda message, text: getattr(message, name).append(read(text))
    return lambda message, text: setattr(message, name, read(text))


def _wrapper_filler(field: FieldDescriptor) -> Callable[[Any, Any], None]:
    read = text_reader(field.message_type.fields_by_name["value"])

    def fill(text: str, message: Any) -> None:
        message.value = read(text)
        # A wrapper that holds the default value is present all the same.
        message.SetInParent()

    return fill
