"""Serves `workbench.performance.v1.DealService`: request to use case to answer."""

from __future__ import annotations

from workbench.performance.v1 import deal_pb2, deal_service_pb2

from services.chassis.db.session import UnitOfWork
from services.performance.usecases.deals import comparing, deciding, opening, proposing, reaching, showing


def create_deal(work: UnitOfWork, request: deal_service_pb2.CreateDealRequest) -> deal_pb2.Deal:
    return showing.as_message(work, opening.create(work, request.deal))


def get_deal(work: UnitOfWork, request: deal_service_pb2.GetDealRequest) -> deal_pb2.Deal:
    return showing.as_message(work, reaching.found(work, request.deal_id))


def list_deals(work: UnitOfWork, request: deal_service_pb2.ListDealsRequest) -> deal_service_pb2.ListDealsResponse:
    page = reaching.list_deals(work, request)
    shown = showing.as_messages(work, page.rows)
    return deal_service_pb2.ListDealsResponse(deals=shown, next_page_token=page.next_page_token)


def update_deal(work: UnitOfWork, request: deal_service_pb2.UpdateDealRequest) -> deal_pb2.Deal:
    return showing.as_message(work, opening.change(work, request.deal, request.update_mask.paths))


def cancel_deal(work: UnitOfWork, request: deal_service_pb2.CancelDealRequest) -> deal_pb2.Deal:
    return showing.as_message(work, opening.cancel(work, request))


def compare_schemes(work: UnitOfWork, request: deal_service_pb2.CompareSchemesRequest) -> deal_service_pb2.CompareSchemesResponse:
    return comparing.compare(work, request)


def list_deal_touches(
    work: UnitOfWork, request: deal_service_pb2.ListDealTouchesRequest
) -> deal_service_pb2.ListDealTouchesResponse:
    return comparing.list_touches(work, request)


def propose_split(work: UnitOfWork, request: deal_service_pb2.ProposeSplitRequest) -> deal_pb2.Deal:
    return showing.as_message(work, proposing.propose(work, request))


def answer_proposal(work: UnitOfWork, request: deal_service_pb2.AnswerProposalRequest) -> deal_pb2.Deal:
    return showing.as_message(work, proposing.answer(work, request))


def decide_deal(work: UnitOfWork, request: deal_service_pb2.DecideDealRequest) -> deal_pb2.Deal:
    return showing.as_message(work, deciding.decide(work, request))


def link_deal_objects(work: UnitOfWork, request: deal_service_pb2.LinkDealObjectsRequest) -> deal_pb2.Deal:
    return showing.as_message(work, deciding.link(work, request))


def reopen_deal(work: UnitOfWork, request: deal_service_pb2.ReopenDealRequest) -> deal_pb2.Deal:
    return showing.as_message(work, deciding.reopen(work, request))


def reverse_deal(work: UnitOfWork, request: deal_service_pb2.ReverseDealRequest) -> deal_pb2.Deal:
    return showing.as_message(work, deciding.reverse(work, request))


def list_deal_versions(
    work: UnitOfWork, request: deal_service_pb2.ListDealVersionsRequest
) -> deal_service_pb2.ListDealVersionsResponse:
    deal, page = deciding.versions(work, request)
    shown = [showing.decision_message(deal, each) for each in page.rows]
    return deal_service_pb2.ListDealVersionsResponse(deal_versions=shown, next_page_token=page.next_page_token)
