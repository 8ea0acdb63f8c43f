"""Serves `workbench.analytics.v1.WarningService`: request to use case to answer."""

from __future__ import annotations

from workbench.analytics.v1 import warning_pb2, warning_service_pb2

from services.analytics.model.warning import CustomerWarning
from services.analytics.usecases.warnings import counting, finding, working
from services.analytics.usecases.warnings.showing import warning_messages
from services.chassis.db.session import UnitOfWork


def list_warnings(work: UnitOfWork, request: warning_service_pb2.ListWarningsRequest) -> warning_service_pb2.ListWarningsResponse:
    page = finding.read_page(work, request)
    shown = warning_messages(work, page.rows)
    return warning_service_pb2.ListWarningsResponse(warnings=shown, next_page_token=page.next_page_token)


def get_warning(work: UnitOfWork, request: warning_service_pb2.GetWarningRequest) -> warning_pb2.Warning:
    return _shown(work, finding.found(work, request.warning_id))


def accept_warning(work: UnitOfWork, request: warning_service_pb2.AcceptWarningRequest) -> warning_pb2.Warning:
    return _shown(work, working.accept(work, request))


def assign_warning(work: UnitOfWork, request: warning_service_pb2.AssignWarningRequest) -> warning_pb2.Warning:
    return _shown(work, working.assign(work, request))


def postpone_warning(work: UnitOfWork, request: warning_service_pb2.PostponeWarningRequest) -> warning_pb2.Warning:
    return _shown(work, working.postpone(work, request))


def record_warning_outcome(work: UnitOfWork, request: warning_service_pb2.RecordWarningOutcomeRequest) -> warning_pb2.Warning:
    return _shown(work, working.record_outcome(work, request))


def get_warnings_overview(
    work: UnitOfWork, request: warning_service_pb2.GetWarningsOverviewRequest
) -> warning_pb2.WarningsOverview:
    return counting.overview(work, request)


def list_warning_outcomes(
    work: UnitOfWork, request: warning_service_pb2.ListWarningOutcomesRequest
) -> warning_service_pb2.ListWarningOutcomesResponse:
    page = finding.read_outcomes(work, request)
    shown = warning_messages(work, page.rows)
    return warning_service_pb2.ListWarningOutcomesResponse(warnings=shown, next_page_token=page.next_page_token)


def _shown(work: UnitOfWork, warning: CustomerWarning) -> warning_pb2.Warning:
    (message,) = warning_messages(work, [warning])
    return message
