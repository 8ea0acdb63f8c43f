"""Serves `workbench.customer.v1.DataSubjectService`: request to use case to answer."""

from __future__ import annotations

from workbench.customer.v1 import data_subject_service_pb2
from workbench.operations.v1.operation_service_pb2 import Operation

from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.serving import as_message
from services.chassis.mapping import Mapper
from services.customer.usecases.subjects import copying, erasing

_erasure = Mapper(data_subject_service_pb2.Erasure)


def export_customer_data(work: UnitOfWork, request: data_subject_service_pb2.ExportCustomerDataRequest) -> Operation:
    return as_message(work, copying.export_customer_data(work, request.customer_id, request.purpose))


def preview_erasure(
    work: UnitOfWork, request: data_subject_service_pb2.PreviewErasureRequest
) -> data_subject_service_pb2.ErasurePreview:
    ended_on, items = erasing.preview(work, request.customer_id)
    return data_subject_service_pb2.ErasurePreview(
        customer_id=request.customer_id.lower(),
        relationship_end_date=ended_on.isoformat() if ended_on else "",
        items=erasing.items_as_json(items),
    )


def request_erasure(
    work: UnitOfWork, request: data_subject_service_pb2.RequestErasureRequest
) -> data_subject_service_pb2.Erasure:
    return _erasure(erasing.request_erasure(work, request.customer_id, request.reason))


def get_erasure(work: UnitOfWork, request: data_subject_service_pb2.GetErasureRequest) -> data_subject_service_pb2.Erasure:
    return _erasure(erasing.find_erasure(work, request.erasure_id))


def list_erasures(
    work: UnitOfWork, request: data_subject_service_pb2.ListErasuresRequest
) -> data_subject_service_pb2.ListErasuresResponse:
    page = erasing.list_erasures(work, request)
    return data_subject_service_pb2.ListErasuresResponse(erasures=map(_erasure, page.rows), next_page_token=page.next_page_token)


def approve_erasure(
    work: UnitOfWork, request: data_subject_service_pb2.ApproveErasureRequest
) -> data_subject_service_pb2.Erasure:
    return _erasure(erasing.approve(work, request.erasure_id))


def reject_erasure(work: UnitOfWork, request: data_subject_service_pb2.RejectErasureRequest) -> data_subject_service_pb2.Erasure:
    return _erasure(erasing.reject(work, request.erasure_id, request.reason))
