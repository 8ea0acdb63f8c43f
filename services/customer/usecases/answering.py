"""Customers as callers see them."""

from __future__ import annotations

from workbench.customer.v1 import customer_pb2

from services.chassis.mapping import Mapper
from services.customer.model.customer import etag_of
from services.customer.usecases.finding import LISTED

# A customer's row, or the customer itself, without the bank's own fields: which of them a caller sees is the caller's.
as_message = Mapper(customer_pb2.Customer, computed={"etag": etag_of}, omitted=("custom_fields",))
_LISTED = {column.key for column in LISTED} | {"etag"}
# The same of a row of LISTED.
as_listed = Mapper(
    customer_pb2.Customer,
    computed={"etag": etag_of},
    omitted=("custom_fields", *(set(customer_pb2.Customer.DESCRIPTOR.fields_by_name) - _LISTED)),
)
