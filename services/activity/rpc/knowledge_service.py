"""Serves `workbench.activity.v1.KnowledgeService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import document_pb2, knowledge_service_pb2

from services.activity.usecases.knowledge import learning, listing, messages, reading, searching, writing
from services.chassis.db.session import UnitOfWork


def create_document(work: UnitOfWork, request: knowledge_service_pb2.CreateDocumentRequest) -> document_pb2.Document:
    return messages.shown(work, *writing.create(work, request.document))


def get_document(work: UnitOfWork, request: knowledge_service_pb2.GetDocumentRequest) -> document_pb2.Document:
    if reading.publishes(work):
        version = reading.of_publisher(work, request.document_id, request.version)
    else:
        version = reading.found(work, request.document_id, request.version)
    return messages.shown(work, reading.document(work, version.document_id, to_change=False), version)


def list_documents(
    work: UnitOfWork, request: knowledge_service_pb2.ListDocumentsRequest
) -> knowledge_service_pb2.ListDocumentsResponse:
    page = listing.list_documents(work, request)
    shown = messages.summaries(work, page.rows)
    return knowledge_service_pb2.ListDocumentsResponse(documents=shown, next_page_token=page.next_page_token)


def search_documents(
    work: UnitOfWork, request: knowledge_service_pb2.SearchDocumentsRequest
) -> knowledge_service_pb2.SearchDocumentsResponse:
    found = searching.search_documents(work, request)
    rows = messages.summaries(work, [hit.version for hit in found.hits])
    hits = [
        knowledge_service_pb2.DocumentHit(document=row, points=hit.points, snippet=hit.snippet)
        for row, hit in zip(rows, found.hits, strict=True)
    ]
    return knowledge_service_pb2.SearchDocumentsResponse(hits=hits, more=found.more)


def list_related_documents(
    work: UnitOfWork, request: knowledge_service_pb2.ListRelatedDocumentsRequest
) -> knowledge_service_pb2.ListRelatedDocumentsResponse:
    shown = messages.summaries(work, searching.related_documents(work, request))
    return knowledge_service_pb2.ListRelatedDocumentsResponse(documents=shown)


def update_document(work: UnitOfWork, request: knowledge_service_pb2.UpdateDocumentRequest) -> document_pb2.Document:
    return messages.shown(work, *writing.change(work, request.document, request.update_mask.paths))


def publish_document(work: UnitOfWork, request: knowledge_service_pb2.PublishDocumentRequest) -> document_pb2.Document:
    return messages.shown(work, *writing.publish(work, request.document_id, request.etag))


def discard_draft(work: UnitOfWork, request: knowledge_service_pb2.DiscardDraftRequest) -> document_pb2.Document:
    return messages.shown(work, *writing.discard_draft(work, request.document_id, request.etag))


def withdraw_document(work: UnitOfWork, request: knowledge_service_pb2.WithdrawDocumentRequest) -> document_pb2.Document:
    return messages.shown(work, *writing.withdraw(work, request.document_id, request.etag))


def list_document_versions(
    work: UnitOfWork, request: knowledge_service_pb2.ListDocumentVersionsRequest
) -> knowledge_service_pb2.ListDocumentVersionsResponse:
    page = listing.list_versions(work, request)
    shown = messages.summaries(work, page.rows)
    return knowledge_service_pb2.ListDocumentVersionsResponse(versions=shown, next_page_token=page.next_page_token)


def acknowledge_document(
    work: UnitOfWork, request: knowledge_service_pb2.AcknowledgeDocumentRequest
) -> document_pb2.DocumentReceipt:
    receipt = learning.acknowledge(work, request.document_id, request.version)
    return document_pb2.DocumentReceipt(
        document_id=receipt.document_id, version=receipt.version, person_id=receipt.person_id, read_time=receipt.read_time
    )


def list_document_readers(
    work: UnitOfWork, request: knowledge_service_pb2.ListDocumentReadersRequest
) -> knowledge_service_pb2.ListDocumentReadersResponse:
    readers, next_page_token = listing.list_readers(work, request)
    shown = [
        knowledge_service_pb2.DocumentReader(
            person_id=each.person.person_id,
            display_name=each.person.display_name,
            staff_number=each.person.staff_number,
            read_time=each.read_time,
            overdue=each.overdue,
            attempts=each.attempts,
            best_score_percent=each.best_score_percent,
            passed=each.passed,
        )
        for each in readers
    ]
    return knowledge_service_pb2.ListDocumentReadersResponse(readers=shown, next_page_token=next_page_token)


def attempt_quiz(work: UnitOfWork, request: knowledge_service_pb2.AttemptQuizRequest) -> document_pb2.QuizAttempt:
    return learning.attempt_quiz(work, request)


def list_quiz_attempts(
    work: UnitOfWork, request: knowledge_service_pb2.ListQuizAttemptsRequest
) -> knowledge_service_pb2.ListQuizAttemptsResponse:
    attempts, next_page_token = learning.list_attempts(work, request)
    return knowledge_service_pb2.ListQuizAttemptsResponse(attempts=attempts, next_page_token=next_page_token)
