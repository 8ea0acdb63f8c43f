"""Serves `workbench.customer.v1.HoldingService`: request to use case to answer."""

from __future__ import annotations

from workbench.customer.v1 import holding_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper
from services.customer.usecases.datasets import applications
from services.customer.usecases.holdings import balances, explaining, listing, totals

_application = Mapper(holding_service_pb2.DatasetApplication)
_refusal = Mapper(holding_service_pb2.DatasetRefusal)


def list_holdings(work: UnitOfWork, request: holding_service_pb2.ListHoldingsRequest) -> holding_service_pb2.ListHoldingsResponse:
    page = listing.list_holdings(work, request)
    return holding_service_pb2.ListHoldingsResponse(holdings=page.rows, next_page_token=page.next_page_token)


def get_holding(work: UnitOfWork, request: holding_service_pb2.GetHoldingRequest) -> holding_service_pb2.HoldingExplanation:
    return explaining.explain(work, request.holding_id)


def get_holding_summary(
    work: UnitOfWork, request: holding_service_pb2.GetHoldingSummaryRequest
) -> holding_service_pb2.HoldingSummary:
    return totals.of_customer(work, request)


def batch_get_customer_balances(
    work: UnitOfWork, request: holding_service_pb2.BatchGetCustomerBalancesRequest
) -> holding_service_pb2.BatchGetCustomerBalancesResponse:
    return balances.of_customers(work, request)


def get_customer_group_holding_summary(
    work: UnitOfWork, request: holding_service_pb2.GetCustomerGroupHoldingSummaryRequest
) -> holding_service_pb2.HoldingSummary:
    return totals.of_group(work, request)


def list_maturities(
    work: UnitOfWork, request: holding_service_pb2.ListMaturitiesRequest
) -> holding_service_pb2.ListMaturitiesResponse:
    page = listing.list_maturities(work, request)
    return holding_service_pb2.ListMaturitiesResponse(holdings=page.rows, next_page_token=page.next_page_token)


def list_balance_history(
    work: UnitOfWork, request: holding_service_pb2.ListBalanceHistoryRequest
) -> holding_service_pb2.ListBalanceHistoryResponse:
    return explaining.history(work, request)


def list_dataset_applications(
    work: UnitOfWork, request: holding_service_pb2.ListDatasetApplicationsRequest
) -> holding_service_pb2.ListDatasetApplicationsResponse:
    page = applications.list_applications(work, request)
    return holding_service_pb2.ListDatasetApplicationsResponse(
        dataset_applications=map(_application, page.rows), next_page_token=page.next_page_token
    )


def list_dataset_refusals(
    work: UnitOfWork, request: holding_service_pb2.ListDatasetRefusalsRequest
) -> holding_service_pb2.ListDatasetRefusalsResponse:
    page = applications.list_refusals(work, request)
    return holding_service_pb2.ListDatasetRefusalsResponse(
        dataset_refusals=map(_refusal, page.rows), next_page_token=page.next_page_token
    )
