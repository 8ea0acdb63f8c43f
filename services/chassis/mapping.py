"""Rows to messages by the descriptors: equal names map by themselves, a service writes only what differs.

Compiled once per pair of row type and message type. An enum is kept as its number, an instant is a datetime, a business date a
plain `YYYY-MM-DD`; None leaves the field unset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from operator import attrgetter
from typing import Any, Generic, TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from workbench.type.v1 import money_pb2

from services.chassis.kernel.money import Money

_Message = TypeVar("_Message", bound=Message)
Convert = Callable[[Any], Any]


class Mapper(Generic[_Message]):
    """Makes messages of one type from rows that have attributes of the same names.

    `renamed` gives for a field of the message another attribute of the row; `computed` gives a function of the row. `omitted`
    fields are left unset. A field that the row type lacks is a fault found at the first row.
    """

    def __init__(
        self,
        message: type[_Message],
        *,
        renamed: Mapping[str, str] | None = None,
        computed: Mapping[str, Convert] | None = None,
        omitted: tuple[str, ...] = (),
    ) -> None:
        self._message = message
        computed, renamed = computed or {}, renamed or {}
        fields = [field for field in message.DESCRIPTOR.fields if field.name not in omitted and field.name not in computed]
        # protobuf's own constructor takes an aware datetime for a Timestamp, and a message for a nested one.
        self._names = [field.name for field in fields]
        attributes = [renamed.get(name, name) for name in self._names]
        # One call for all of a row's attributes; attrgetter makes a tuple of two or more.
        self._values = attrgetter(*attributes) if len(attributes) > 1 else lambda row: tuple(getattr(row, a) for a in attributes)
        self._dates = [field.name for field in fields if _is_date(field)]
        self._computed = list(computed.items())

    def __call__(self, row: Any) -> _Message:
        """The message of a row."""
        values = {n: value for n, value in zip(self._names, self._values(row), strict=True) if value is not None}
        for name in self._dates:
            if name in values:
                values[name] = _iso_date(values[name])
        for name, compute in self._computed:
            values[name] = compute(row)
        return self._message(**values)


def values_of(message: Message) -> dict[str, Any]:
    """A message as plain values by its fields' names, to be kept as JSON: what is empty is left out, an enum is its number.

    A message of this type made from them is equal. For messages without bytes and instants.
    """
    return {field.name: _plain(field, value) for field, value in message.ListFields()}


def _plain(field: FieldDescriptor, value: Any) -> Any:
    if field.message_type is None:
        return list(value) if field.is_repeated else value
    if field.message_type.GetOptions().map_entry:
        return dict(value)
    return [values_of(item) for item in value] if field.is_repeated else values_of(value)


def _is_date(field: FieldDescriptor) -> bool:
    return field.message_type is None and field.name.endswith("_date")


def _iso_date(value: date | str) -> str:
    return value.isoformat() if isinstance(value, date) else value


def money_message(amount: Money | None) -> money_pb2.Money | None:
    """An amount as it is answered."""
    return money_pb2.Money(currency_code=amount.currency_code, amount=str(amount)) if amount else None
