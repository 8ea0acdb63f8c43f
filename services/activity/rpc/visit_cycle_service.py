"""Serves `workbench.activity.v1.VisitCycleService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import visit_cycle_pb2, visit_cycle_service_pb2
from workbench.operations.v1.operation_service_pb2 import Operation

from services.activity.usecases.visit_cycles import assessing, deciding, listing, planning, ruling
from services.activity.usecases.visit_cycles.listing import cycle_messages, proposal_messages
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork import serving


def get_visit_rule(work: UnitOfWork, request: visit_cycle_service_pb2.GetVisitRuleRequest) -> visit_cycle_pb2.VisitRule:
    return ruling.in_force(work, request.organisation_path)


def set_visit_rule(work: UnitOfWork, request: visit_cycle_service_pb2.SetVisitRuleRequest) -> visit_cycle_pb2.VisitRule:
    return ruling.set_rule(work, request.visit_rule)


def refresh_visit_cycles(work: UnitOfWork, request: visit_cycle_service_pb2.RefreshVisitCyclesRequest) -> Operation:
    return serving.as_message(work, assessing.refresh(work, request))


def list_visit_cycles(
    work: UnitOfWork, request: visit_cycle_service_pb2.ListVisitCyclesRequest
) -> visit_cycle_service_pb2.ListVisitCyclesResponse:
    page = listing.list_cycles(work, request)
    shown = cycle_messages(work, page.rows)
    return visit_cycle_service_pb2.ListVisitCyclesResponse(visit_cycles=shown, next_page_token=page.next_page_token)


def update_visit_cycle(work: UnitOfWork, request: visit_cycle_service_pb2.UpdateVisitCycleRequest) -> visit_cycle_pb2.VisitCycle:
    return cycle_messages(work, [deciding.change(work, request.visit_cycle, request.update_mask.paths)])[0]


def plan_visits(
    work: UnitOfWork, request: visit_cycle_service_pb2.PlanVisitsRequest
) -> visit_cycle_service_pb2.PlanVisitsResponse:
    proposals, left_over = planning.plan(work, request)
    shown = proposal_messages(work, proposals)
    return visit_cycle_service_pb2.PlanVisitsResponse(visit_proposals=shown, left_over_count=left_over)


def list_visit_proposals(
    work: UnitOfWork, request: visit_cycle_service_pb2.ListVisitProposalsRequest
) -> visit_cycle_service_pb2.ListVisitProposalsResponse:
    page = listing.list_proposals(work, request)
    shown = proposal_messages(work, page.rows)
    return visit_cycle_service_pb2.ListVisitProposalsResponse(visit_proposals=shown, next_page_token=page.next_page_token)


def accept_visit_proposal(
    work: UnitOfWork, request: visit_cycle_service_pb2.AcceptVisitProposalRequest
) -> visit_cycle_pb2.VisitProposal:
    return proposal_messages(work, [deciding.accept(work, request)])[0]


def move_visit_proposal(
    work: UnitOfWork, request: visit_cycle_service_pb2.MoveVisitProposalRequest
) -> visit_cycle_pb2.VisitProposal:
    return proposal_messages(work, [deciding.move(work, request)])[0]


def decline_visit_proposal(
    work: UnitOfWork, request: visit_cycle_service_pb2.DeclineVisitProposalRequest
) -> visit_cycle_pb2.VisitProposal:
    return proposal_messages(work, [deciding.decline(work, request)])[0]
