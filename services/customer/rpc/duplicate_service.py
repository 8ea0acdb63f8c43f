"""Serves `workbench.customer.v1.DuplicateService`: request to use case to answer."""

from __future__ import annotations

from workbench.customer.v1 import duplicate_pb2, duplicate_service_pb2

from services.chassis.db.session import UnitOfWork
from services.customer.usecases import duplicates, merging, scanning
from services.customer.usecases.duplicates import candidate_message


def list_duplicate_candidates(
    work: UnitOfWork, request: duplicate_service_pb2.ListDuplicateCandidatesRequest
) -> duplicate_service_pb2.ListDuplicateCandidatesResponse:
    page, records = duplicates.list_candidates(work, request)
    return duplicate_service_pb2.ListDuplicateCandidatesResponse(
        duplicate_candidates=[candidate_message(row, records) for row in page.rows], next_page_token=page.next_page_token
    )


def get_duplicate_candidate(
    work: UnitOfWork, request: duplicate_service_pb2.GetDuplicateCandidateRequest
) -> duplicate_pb2.DuplicateCandidate:
    return candidate_message(*duplicates.find_candidate(work, request.candidate_id))


def dismiss_duplicate_candidate(
    work: UnitOfWork, request: duplicate_service_pb2.DismissDuplicateCandidateRequest
) -> duplicate_pb2.DuplicateCandidate:
    return candidate_message(*duplicates.dismiss(work, request.candidate_id, request.reason, request.etag))


def assign_duplicate_candidate(
    work: UnitOfWork, request: duplicate_service_pb2.AssignDuplicateCandidateRequest
) -> duplicate_pb2.DuplicateCandidate:
    return candidate_message(*duplicates.assign(work, request.candidate_id, request.person_id, request.etag))


def start_duplicate_scan(
    work: UnitOfWork, _request: duplicate_service_pb2.StartDuplicateScanRequest
) -> duplicate_service_pb2.StartDuplicateScanResponse:
    return duplicate_service_pb2.StartDuplicateScanResponse(operation_id=scanning.start(work).operation_id)


def preview_merge(work: UnitOfWork, request: duplicate_service_pb2.PreviewMergeRequest) -> duplicate_pb2.CustomerMerge:
    return merging.preview(work, request)


def merge_customers(work: UnitOfWork, request: duplicate_service_pb2.MergeCustomersRequest) -> duplicate_pb2.CustomerMerge:
    return merging.merge(work, request)


def undo_merge(work: UnitOfWork, request: duplicate_service_pb2.UndoMergeRequest) -> duplicate_pb2.CustomerMerge:
    return merging.undo(work, request.merge_id, request.reason)


def list_customer_merges(
    work: UnitOfWork, request: duplicate_service_pb2.ListCustomerMergesRequest
) -> duplicate_service_pb2.ListCustomerMergesResponse:
    return merging.list_merges(work, request)
