"""Partial changes: takes over the fields that a mask names, and checks a message whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.rpc.validation import Validation


def check(message: Message, prefix: str = "") -> None:
    """Raises InvalidInput with every field that the contract's limits do not let through."""
    _validation().check(message, prefix)


def check_mask(fields: Sequence[str], descriptor: Descriptor, what: str) -> None:
    """Raises InvalidInput FIELD_UNKNOWN where a mask names what the message does not have."""
    if unknown := sorted(set(fields) - set(descriptor.fields_by_name)):
        violation = FieldViolation("update_mask", f"{what} has no {', '.join(unknown)}.")
        raise InvalidInput("FIELD_UNKNOWN", "The mask names a field that does not exist.", violations=(violation,))


def take(message: Any, sent: Any, fields: Sequence[str]) -> list[str]:
    """Takes the fields over from what was sent; answers the names of those that differed."""
    changed = []
    for name in fields:
        kept, given = _of(message, name), _of(sent, name)
        if kept != given:
            message.ClearField(name)
            message.MergeFrom(given)
            changed.append(name)
    return changed


def _of(message: Any, name: str) -> Any:
    """A message of the same type with this one field."""
    alone = type(message)()
    alone.CopyFrom(message)
    for field, _ in message.ListFields():
        if field.name != name:
            alone.ClearField(field.name)
    return alone


@cache
def _validation() -> Validation:
    return Validation()
