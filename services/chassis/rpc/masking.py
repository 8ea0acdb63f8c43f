"""Masking: identifying fields of an answer are shown only in part, whatever the use case put there.

Compiled once per message type from its descriptor; a type that reaches no identifying field costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from workbench.options.v1 import options_pb2

# A value shorter than this is hidden whole.
SHOWN_LENGTH_MIN = 8
SHOWN_HEAD = 3
SHOWN_TAIL = 4

Mask = Callable[[Message], None]


def masked(value: str) -> str:
    """The value with only its first three and last four characters left: `138****5678`, `110***********123X`."""
    if not value:
        return value
    if len(value) < SHOWN_LENGTH_MIN:
        return "*" * len(value)
    return value[:SHOWN_HEAD] + "*" * (len(value) - SHOWN_HEAD - SHOWN_TAIL) + value[-SHOWN_TAIL:]


@cache
def mask_for(descriptor: Descriptor) -> Mask | None:
    """What masks a message of this type in place; None where there is nothing to mask."""
    return _compile(descriptor, frozenset())


def _compile(descriptor: Descriptor, above: frozenset[str]) -> Mask | None:
    if descriptor.full_name in above:
        # A type inside itself: its fields were compiled above; such nests carry no identifying fields in this contract.
        return None
    steps: list[Mask] = []
    for field in descriptor.fields:
        if field.GetOptions().Extensions[options_pb2.data_class] == options_pb2.DATA_CLASS_IDENTIFYING:
            steps.append(_mask_field(field))
        elif field.message_type and (inner := _compile(field.message_type, above | {descriptor.full_name})):
            steps.append(_descend(field, inner))

    def mask(message: Message) -> None:
        for step in steps:
            step(message)

    return mask if steps else None


def _mask_field(field: FieldDescriptor) -> Mask:
    name = field.name
    if field.is_repeated:

        def mask_each(message: Message) -> None:
            values = getattr(message, name)
            values[:] = [masked(value) for value in values]

        return mask_each

    def mask_one(message: Message) -> None:
        if value := getattr(message, name):
            setattr(message, name, masked(value))

    return mask_one


def _descend(field: FieldDescriptor, inner: Mask) -> Mask:
    name = field.name
    if field.is_repeated:

        def each(message: Message) -> None:
            for item in getattr(message, name):
                inner(item)

        return each

    def one(message: Message) -> None:
        if message.HasField(name):
            inner(getattr(message, name))

    return one
