"""Serves `workbench.performance.v1.ShareService`: request to use case to answer."""

from __future__ import annotations

from workbench.performance.v1 import share_service_pb2

from services.chassis.db.session import UnitOfWork
from services.performance.usecases.shares import listing


def list_shares(work: UnitOfWork, request: share_service_pb2.ListSharesRequest) -> share_service_pb2.ListSharesResponse:
    page = listing.list_shares(work, request)
    shown = listing.share_messages(work, page.rows)
    return share_service_pb2.ListSharesResponse(shares=shown, next_page_token=page.next_page_token)


def list_credit_hand_overs(
    work: UnitOfWork, request: share_service_pb2.ListCreditHandOversRequest
) -> share_service_pb2.ListCreditHandOversResponse:
    page = listing.list_hand_overs(work, request)
    shown = listing.hand_over_messages(work, page.rows)
    return share_service_pb2.ListCreditHandOversResponse(credit_hand_overs=shown, next_page_token=page.next_page_token)
