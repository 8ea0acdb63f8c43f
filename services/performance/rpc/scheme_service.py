"""Serves `workbench.performance.v1.SchemeService`: request to use case to answer."""

from __future__ import annotations

from workbench.performance.v1 import scheme_pb2, scheme_service_pb2

from services.chassis.db.session import UnitOfWork
from services.performance.usecases import schemes as usecase


def create_scheme(work: UnitOfWork, request: scheme_service_pb2.CreateSchemeRequest) -> scheme_pb2.Scheme:
    return usecase.as_message(usecase.create(work, request.scheme))


def update_scheme(work: UnitOfWork, request: scheme_service_pb2.UpdateSchemeRequest) -> scheme_pb2.Scheme:
    return usecase.as_message(usecase.change(work, request.scheme, request.update_mask.paths))


def decide_scheme(work: UnitOfWork, request: scheme_service_pb2.DecideSchemeRequest) -> scheme_pb2.Scheme:
    return usecase.as_message(usecase.decide(work, request))


def get_scheme(work: UnitOfWork, request: scheme_service_pb2.GetSchemeRequest) -> scheme_pb2.Scheme:
    return usecase.as_message(usecase.found(work, request.scheme_id, request.version_number))


def list_schemes(work: UnitOfWork, request: scheme_service_pb2.ListSchemesRequest) -> scheme_service_pb2.ListSchemesResponse:
    page = usecase.page(work, request)
    shown = map(usecase.as_message, page.rows)
    return scheme_service_pb2.ListSchemesResponse(schemes=shown, next_page_token=page.next_page_token)


def list_scheme_versions(
    work: UnitOfWork, request: scheme_service_pb2.ListSchemeVersionsRequest
) -> scheme_service_pb2.ListSchemeVersionsResponse:
    page = usecase.versions(work, request)
    shown = map(usecase.as_message, page.rows)
    return scheme_service_pb2.ListSchemeVersionsResponse(schemes=shown, next_page_token=page.next_page_token)
