"""Serves `workbench.performance.v1.ObjectionService`: request to use case to answer."""

from __future__ import annotations

from workbench.performance.v1 import claim_pb2, objection_service_pb2

from services.chassis.db.session import UnitOfWork
from services.performance.model.claim import Objection
from services.performance.usecases.claims import finding
from services.performance.usecases.objections import adjudicating, raising
from services.performance.usecases.objections.reading import objection_messages


def create_objection(work: UnitOfWork, request: objection_service_pb2.CreateObjectionRequest) -> claim_pb2.Objection:
    return _shown(work, raising.create(work, request.objection))


def get_objection(work: UnitOfWork, request: objection_service_pb2.GetObjectionRequest) -> claim_pb2.Objection:
    return _shown(work, finding.found(work, Objection, request.objection_id))


def list_objections(
    work: UnitOfWork, request: objection_service_pb2.ListObjectionsRequest
) -> objection_service_pb2.ListObjectionsResponse:
    page = finding.read_page(work, Objection, request)
    shown = objection_messages(work, page.rows)
    return objection_service_pb2.ListObjectionsResponse(objections=shown, next_page_token=page.next_page_token)


def withdraw_objection(work: UnitOfWork, request: objection_service_pb2.WithdrawObjectionRequest) -> claim_pb2.Objection:
    return _shown(work, raising.withdraw(work, request.objection_id, request.etag))


def adjudicate_objection(work: UnitOfWork, request: objection_service_pb2.AdjudicateObjectionRequest) -> claim_pb2.Objection:
    return _shown(work, adjudicating.adjudicate(work, request))


def _shown(work: UnitOfWork, objection: Objection) -> claim_pb2.Objection:
    (message,) = objection_messages(work, [objection])
    return message
