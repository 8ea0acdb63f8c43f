"""Serves `workbench.customer.v1.CustomFieldService`: request to use case to answer."""

from __future__ import annotations

from workbench.customer.v1 import custom_field_pb2, custom_field_service_pb2

from services.chassis.db.session import UnitOfWork
from services.customer.usecases import custom_fields
from services.customer.usecases.custom_fields import as_message


def list_custom_fields(
    work: UnitOfWork, request: custom_field_service_pb2.ListCustomFieldsRequest
) -> custom_field_service_pb2.ListCustomFieldsResponse:
    fields = custom_fields.list_fields(work, include_retired=request.include_retired)
    return custom_field_service_pb2.ListCustomFieldsResponse(custom_fields=map(as_message, fields))


def create_custom_field(
    work: UnitOfWork, request: custom_field_service_pb2.CreateCustomFieldRequest
) -> custom_field_pb2.CustomField:
    return as_message(custom_fields.define(work, request.custom_field))


def update_custom_field(
    work: UnitOfWork, request: custom_field_service_pb2.UpdateCustomFieldRequest
) -> custom_field_pb2.CustomField:
    return as_message(custom_fields.change(work, request.custom_field, request.update_mask.paths))


def retire_custom_field(
    work: UnitOfWork, request: custom_field_service_pb2.RetireCustomFieldRequest
) -> custom_field_pb2.CustomField:
    return as_message(custom_fields.retire(work, request.name, reinstate=request.reinstate))
