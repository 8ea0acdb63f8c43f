"""Customers as callers see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from workbench.customer.v1 import customer_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper
from services.customer.model.customer import etag_of
from services.customer.usecases.custom_values import CUSTOM_FIELDS, CustomValues
from services.customer.usecases.finding import LISTED

# A customer's row, or the customer itself, without the bank's own fields: which of them a caller sees is the caller's.
as_record = Mapper(customer_pb2.Customer, computed={"etag": etag_of}, omitted=(CUSTOM_FIELDS,))
_LISTED = {column.key for column in LISTED} - {CUSTOM_FIELDS} | {"etag"}
_as_listed = Mapper(
    customer_pb2.Customer,
    computed={"etag": etag_of},
    omitted=tuple(set(customer_pb2.Customer.DESCRIPTOR.fields_by_name) - _LISTED),
)


def as_answer(work: UnitOfWork, row: Any, *, reveal: bool = False) -> customer_pb2.Customer:
    """A customer, or a row of SHOWN, as the caller may see it; `reveal` for an answer that is not masked."""
    message = as_record(row)
    message.custom_fields.update(CustomValues(work).shown(row, reveal=reveal))
    return message


def as_listed(work: UnitOfWork, rows: Iterable[Any]) -> Iterator[customer_pb2.Customer]:
    """Rows of LISTED as the caller may see them."""
    values = CustomValues(work)
    for row in rows:
        message = _as_listed(row)
        if own := values.listed(row):
            message.custom_fields.update(own)
        yield message
