"""Serves `workbench.activity.v1.OpportunityService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import opportunity_pb2, opportunity_service_pb2

from services.activity.model.opportunity import Opportunity
from services.activity.usecases import reaching
from services.activity.usecases.opportunities import changing, funnel, importing, moving, opening, showing, touching
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper

_touch = Mapper(opportunity_pb2.Touch)


def create_opportunity(
    work: UnitOfWork, request: opportunity_service_pb2.CreateOpportunityRequest
) -> opportunity_pb2.Opportunity:
    return showing.as_message(work, opening.open_own(work, request))


def get_opportunity(work: UnitOfWork, request: opportunity_service_pb2.GetOpportunityRequest) -> opportunity_pb2.Opportunity:
    return showing.as_message(work, reaching.found(work, Opportunity, request.opportunity_id))


def list_opportunities(
    work: UnitOfWork, request: opportunity_service_pb2.ListOpportunitiesRequest
) -> opportunity_service_pb2.ListOpportunitiesResponse:
    page = showing.page(work, request)
    shown = showing.as_messages(work, page.rows)
    return opportunity_service_pb2.ListOpportunitiesResponse(opportunities=shown, next_page_token=page.next_page_token)


def update_opportunity(
    work: UnitOfWork, request: opportunity_service_pb2.UpdateOpportunityRequest
) -> opportunity_pb2.Opportunity:
    return showing.as_message(work, changing.change(work, request.opportunity, request.update_mask.paths))


def move_opportunity(work: UnitOfWork, request: opportunity_service_pb2.MoveOpportunityRequest) -> opportunity_pb2.Opportunity:
    return showing.as_message(work, moving.move(work, request))


def win_opportunity(work: UnitOfWork, request: opportunity_service_pb2.WinOpportunityRequest) -> opportunity_pb2.Opportunity:
    return showing.as_message(work, moving.win(work, request))


def lose_opportunity(work: UnitOfWork, request: opportunity_service_pb2.LoseOpportunityRequest) -> opportunity_pb2.Opportunity:
    return showing.as_message(work, moving.lose(work, request))


def reopen_opportunity(
    work: UnitOfWork, request: opportunity_service_pb2.ReopenOpportunityRequest
) -> opportunity_pb2.Opportunity:
    return showing.as_message(work, moving.reopen(work, request))


def reassign_opportunity(
    work: UnitOfWork, request: opportunity_service_pb2.ReassignOpportunityRequest
) -> opportunity_pb2.Opportunity:
    return showing.as_message(work, changing.reassign(work, request))


def link_opportunity_customer(
    work: UnitOfWork, request: opportunity_service_pb2.LinkOpportunityCustomerRequest
) -> opportunity_pb2.Opportunity:
    return showing.as_message(work, changing.link_customer(work, request))


def list_touches(
    work: UnitOfWork, request: opportunity_service_pb2.ListTouchesRequest
) -> opportunity_service_pb2.ListTouchesResponse:
    touches, count = touching.last_of(work, reaching.found(work, Opportunity, request.opportunity_id))
    return opportunity_service_pb2.ListTouchesResponse(touches=map(_touch, touches), touch_count=count)


def get_funnel(work: UnitOfWork, request: opportunity_service_pb2.GetFunnelRequest) -> opportunity_service_pb2.Funnel:
    return funnel.count(work, request)


def batch_import_opportunities(
    work: UnitOfWork, request: opportunity_service_pb2.BatchImportOpportunitiesRequest
) -> opportunity_service_pb2.BatchImportOpportunitiesResponse:
    return importing.take_over(work, request)
