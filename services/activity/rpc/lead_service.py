"""Serves `workbench.activity.v1.LeadService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import lead_pb2, lead_service_pb2

from services.activity.model.lead import Lead
from services.activity.usecases import reaching
from services.activity.usecases.leads import assigning, capturing, converting, duplicates, finding, following, importing, showing
from services.activity.usecases.opportunities import showing as showing_opportunities
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper

_assignment = Mapper(lead_pb2.LeadAssignment)


def create_lead(work: UnitOfWork, request: lead_service_pb2.CreateLeadRequest) -> lead_pb2.Lead:
    return showing.as_message(work, capturing.create(work, request))


def get_lead(work: UnitOfWork, request: lead_service_pb2.GetLeadRequest) -> lead_pb2.Lead:
    return showing.as_message(work, reaching.found(work, Lead, request.lead_id))


def list_leads(work: UnitOfWork, request: lead_service_pb2.ListLeadsRequest) -> lead_service_pb2.ListLeadsResponse:
    page = showing.page(work, request)
    leads = showing.as_messages(work, page.rows)
    return lead_service_pb2.ListLeadsResponse(leads=leads, next_page_token=page.next_page_token)


def update_lead(work: UnitOfWork, request: lead_service_pb2.UpdateLeadRequest) -> lead_pb2.Lead:
    return showing.as_message(work, capturing.change(work, request.lead, request.update_mask.paths))


def reveal_lead(work: UnitOfWork, request: lead_service_pb2.RevealLeadRequest) -> lead_pb2.Lead:
    return showing.as_message(work, finding.revealed(work, request.lead_id, request.purpose))


def assign_lead(work: UnitOfWork, request: lead_service_pb2.AssignLeadRequest) -> lead_pb2.Lead:
    return showing.as_message(work, assigning.assign(work, request))


def batch_assign_leads(
    work: UnitOfWork, request: lead_service_pb2.BatchAssignLeadsRequest
) -> lead_service_pb2.BatchAssignLeadsResponse:
    leads = assigning.assign_all(work, request)
    return lead_service_pb2.BatchAssignLeadsResponse(leads=showing.as_messages(work, leads))


def list_lead_assignments(
    work: UnitOfWork, request: lead_service_pb2.ListLeadAssignmentsRequest
) -> lead_service_pb2.ListLeadAssignmentsResponse:
    assignments = assigning.assignments(work, request.lead_id)
    return lead_service_pb2.ListLeadAssignmentsResponse(assignments=map(_assignment, assignments))


def list_lead_duplicates(
    work: UnitOfWork, request: lead_service_pb2.ListLeadDuplicatesRequest
) -> lead_service_pb2.ListLeadDuplicatesResponse:
    within, outside = duplicates.found(work, reaching.found(work, Lead, request.lead_id))
    return lead_service_pb2.ListLeadDuplicatesResponse(leads=showing.as_messages(work, within), outside_reach=outside)


def follow_lead(work: UnitOfWork, request: lead_service_pb2.FollowLeadRequest) -> lead_pb2.Lead:
    return showing.as_message(work, following.follow(work, request))


def qualify_lead(work: UnitOfWork, request: lead_service_pb2.QualifyLeadRequest) -> lead_pb2.Lead:
    return showing.as_message(work, following.qualify(work, request))


def disqualify_lead(work: UnitOfWork, request: lead_service_pb2.DisqualifyLeadRequest) -> lead_pb2.Lead:
    return showing.as_message(work, following.disqualify(work, request))


def reopen_lead(work: UnitOfWork, request: lead_service_pb2.ReopenLeadRequest) -> lead_pb2.Lead:
    return showing.as_message(work, following.reopen(work, request))


def convert_lead(work: UnitOfWork, request: lead_service_pb2.ConvertLeadRequest) -> lead_service_pb2.ConvertLeadResponse:
    lead, opportunity = converting.convert(work, request)
    return lead_service_pb2.ConvertLeadResponse(
        lead=showing.as_message(work, lead), opportunity=showing_opportunities.as_message(work, opportunity)
    )


def batch_import_leads(
    work: UnitOfWork, request: lead_service_pb2.BatchImportLeadsRequest
) -> lead_service_pb2.BatchImportLeadsResponse:
    return importing.take_over(work, request)
