"""Serves `workbench.performance.v1.ClaimService`: request to use case to answer."""

from __future__ import annotations

from workbench.operations.v1.operation_service_pb2 import Operation
from workbench.performance.v1 import claim_pb2, claim_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.longwork import serving
from services.performance.model.claim import Claim
from services.performance.usecases.claims import deciding, finding, importing, making, pool, pool_accounts, portfolio
from services.performance.usecases.claims.reading import claim_messages


def create_claim(work: UnitOfWork, request: claim_service_pb2.CreateClaimRequest) -> claim_pb2.Claim:
    return _shown(work, making.create(work, request.claim))


def get_claim(work: UnitOfWork, request: claim_service_pb2.GetClaimRequest) -> claim_pb2.Claim:
    return _shown(work, finding.found(work, Claim, request.claim_id))


def list_claims(work: UnitOfWork, request: claim_service_pb2.ListClaimsRequest) -> claim_service_pb2.ListClaimsResponse:
    page = finding.read_page(work, Claim, request)
    shown = claim_messages(work, page.rows)
    return claim_service_pb2.ListClaimsResponse(claims=shown, next_page_token=page.next_page_token)


def approve_claim(work: UnitOfWork, request: claim_service_pb2.ApproveClaimRequest) -> claim_pb2.Claim:
    return _shown(work, deciding.approve(work, request.claim_id, request.reason, request.etag))


def reject_claim(work: UnitOfWork, request: claim_service_pb2.RejectClaimRequest) -> claim_pb2.Claim:
    return _shown(work, deciding.reject(work, request.claim_id, request.reason, request.etag))


def batch_decide_claims(
    work: UnitOfWork, request: claim_service_pb2.BatchDecideClaimsRequest
) -> claim_service_pb2.BatchDecideClaimsResponse:
    return deciding.decide_many(work, request)


def withdraw_claim(work: UnitOfWork, request: claim_service_pb2.WithdrawClaimRequest) -> claim_pb2.Claim:
    return _shown(work, deciding.withdraw(work, request.claim_id, request.etag))


def end_claim(work: UnitOfWork, request: claim_service_pb2.EndClaimRequest) -> claim_pb2.Claim:
    return _shown(work, deciding.end(work, request.claim_id, request.end_date, request.etag))


def claim_portfolio(work: UnitOfWork, request: claim_service_pb2.ClaimPortfolioRequest) -> Operation:
    return serving.as_message(work, portfolio.ask(work, request))


def import_claims(work: UnitOfWork, request: claim_service_pb2.ImportClaimsRequest) -> Operation:
    return serving.as_message(work, importing.ask(work, request))


def list_pool(work: UnitOfWork, request: claim_service_pb2.ListPoolRequest) -> claim_service_pb2.ListPoolResponse:
    page = pool.list_pool(work, request)
    shown = pool.pool_messages(work, list(page.rows))
    return claim_service_pb2.ListPoolResponse(pool_items=shown, next_page_token=page.next_page_token)


def list_pool_accounts(
    work: UnitOfWork, request: claim_service_pb2.ListPoolAccountsRequest
) -> claim_service_pb2.ListPoolAccountsResponse:
    page, as_of_date = pool_accounts.list_accounts(work, request)
    return claim_service_pb2.ListPoolAccountsResponse(
        pool_accounts=pool_accounts.account_messages(work, page.rows),
        next_page_token=page.next_page_token,
        as_of_date=as_of_date.isoformat(),
    )


def _shown(work: UnitOfWork, claim: Claim) -> claim_pb2.Claim:
    (message,) = claim_messages(work, [claim])
    return message
