"""Serves `workbench.activity.v1.ApprovalService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import approval_service_pb2

from services.activity.usecases import approvals
from services.chassis.db.session import UnitOfWork


def list_approvals(
    work: UnitOfWork, request: approval_service_pb2.ListApprovalsRequest
) -> approval_service_pb2.ListApprovalsResponse:
    page = approvals.list_approvals(work, request)
    shown = approvals.as_messages(work, list(page.rows))
    return approval_service_pb2.ListApprovalsResponse(approvals=shown, next_page_token=page.next_page_token)


def count_approvals(
    work: UnitOfWork,
    _request: approval_service_pb2.CountApprovalsRequest,
) -> approval_service_pb2.CountApprovalsResponse:
    count, more = approvals.count_approvals(work)
    return approval_service_pb2.CountApprovalsResponse(count=count, more=more)
