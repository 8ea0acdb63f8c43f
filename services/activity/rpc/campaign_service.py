"""Serves `workbench.activity.v1.CampaignService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import campaign_pb2, campaign_service_pb2
from workbench.operations.v1.operation_service_pb2 import Operation

from services.activity.usecases.campaigns import counting, dispatching, finding, writing
from services.activity.usecases.campaigns.writing import as_message
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork import serving


def create_campaign(work: UnitOfWork, request: campaign_service_pb2.CreateCampaignRequest) -> campaign_pb2.Campaign:
    return as_message(writing.create(work, request.campaign))


def get_campaign(work: UnitOfWork, request: campaign_service_pb2.GetCampaignRequest) -> campaign_pb2.Campaign:
    return as_message(finding.readable(work, request.campaign_id))


def list_campaigns(
    work: UnitOfWork, request: campaign_service_pb2.ListCampaignsRequest
) -> campaign_service_pb2.ListCampaignsResponse:
    page = writing.list_campaigns(work, request)
    shown = map(as_message, page.rows)
    return campaign_service_pb2.ListCampaignsResponse(campaigns=shown, next_page_token=page.next_page_token)


def update_campaign(work: UnitOfWork, request: campaign_service_pb2.UpdateCampaignRequest) -> campaign_pb2.Campaign:
    return as_message(writing.change(work, request.campaign, request.update_mask.paths))


def add_campaign_customers(
    work: UnitOfWork, request: campaign_service_pb2.AddCampaignCustomersRequest
) -> campaign_service_pb2.AddCampaignCustomersResponse:
    return writing.add_customers(work, request)


def remove_campaign_customers(
    work: UnitOfWork, request: campaign_service_pb2.RemoveCampaignCustomersRequest
) -> campaign_service_pb2.RemoveCampaignCustomersResponse:
    return writing.remove_customers(work, request)


def list_campaign_customers(
    work: UnitOfWork, request: campaign_service_pb2.ListCampaignCustomersRequest
) -> campaign_service_pb2.ListCampaignCustomersResponse:
    page = writing.list_customers(work, request)
    shown = map(writing.as_customer, page.rows)
    return campaign_service_pb2.ListCampaignCustomersResponse(customers=shown, next_page_token=page.next_page_token)


def launch_campaign(work: UnitOfWork, request: campaign_service_pb2.LaunchCampaignRequest) -> Operation:
    return serving.as_message(work, dispatching.launch(work, request))


def end_campaign(work: UnitOfWork, request: campaign_service_pb2.EndCampaignRequest) -> Operation:
    return serving.as_message(work, dispatching.end(work, request))


def get_campaign_progress(
    work: UnitOfWork, request: campaign_service_pb2.GetCampaignProgressRequest
) -> campaign_service_pb2.CampaignProgress:
    return counting.progress(work, request.campaign_id)
