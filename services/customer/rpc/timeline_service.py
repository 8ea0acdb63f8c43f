"""Serves `workbench.customer.v1.TimelineService`: request to use case to answer."""

from __future__ import annotations

from workbench.customer.v1 import customer_pb2, timeline_service_pb2

from services.chassis.db.session import UnitOfWork
from services.customer.usecases import field_history, timeline
from services.customer.usecases.answering import as_answer


def list_timeline_entries(
    work: UnitOfWork, request: timeline_service_pb2.ListTimelineEntriesRequest
) -> timeline_service_pb2.ListTimelineEntriesResponse:
    page = timeline.list_entries(work, request)
    return timeline_service_pb2.ListTimelineEntriesResponse(entries=page.rows, next_page_token=page.next_page_token)


def list_field_changes(
    work: UnitOfWork, request: timeline_service_pb2.ListFieldChangesRequest
) -> timeline_service_pb2.ListFieldChangesResponse:
    page = field_history.list_changes(work, request)
    return timeline_service_pb2.ListFieldChangesResponse(field_changes=page.rows, next_page_token=page.next_page_token)


def reveal_field_change(
    work: UnitOfWork, request: timeline_service_pb2.RevealFieldChangeRequest
) -> timeline_service_pb2.FieldChange:
    return field_history.reveal_change(work, request.customer_id, request.change_id, request.purpose)


def restore_field(work: UnitOfWork, request: timeline_service_pb2.RestoreFieldRequest) -> customer_pb2.Customer:
    return as_answer(work, field_history.restore(work, request))
