"""Serves `workbench.activity.v1.AssignmentRuleService`: request to use case to answer."""

from __future__ import annotations

from google.protobuf import empty_pb2
from workbench.activity.v1 import assignment_rule_service_pb2, lead_pb2

from services.activity.usecases.leads import assignment_rules as usecase
from services.chassis.db.session import UnitOfWork


def create_assignment_rule(
    work: UnitOfWork, request: assignment_rule_service_pb2.CreateAssignmentRuleRequest
) -> lead_pb2.AssignmentRule:
    return usecase.as_message(usecase.create(work, request.assignment_rule))


def get_assignment_rule(
    work: UnitOfWork, request: assignment_rule_service_pb2.GetAssignmentRuleRequest
) -> lead_pb2.AssignmentRule:
    return usecase.as_message(usecase.found(work, request.assignment_rule_id))


def list_assignment_rules(
    work: UnitOfWork, request: assignment_rule_service_pb2.ListAssignmentRulesRequest
) -> assignment_rule_service_pb2.ListAssignmentRulesResponse:
    page = usecase.page(work, request)
    rules = map(usecase.as_message, page.rows)
    return assignment_rule_service_pb2.ListAssignmentRulesResponse(assignment_rules=rules, next_page_token=page.next_page_token)


def update_assignment_rule(
    work: UnitOfWork, request: assignment_rule_service_pb2.UpdateAssignmentRuleRequest
) -> lead_pb2.AssignmentRule:
    return usecase.as_message(usecase.change(work, request.assignment_rule, request.update_mask.paths))


def delete_assignment_rule(work: UnitOfWork, request: assignment_rule_service_pb2.DeleteAssignmentRuleRequest) -> empty_pb2.Empty:
    usecase.remove(work, request.assignment_rule_id, request.etag)
    return empty_pb2.Empty()
