"""Serves `workbench.analytics.v1.AnalysisService`: request to use case to answer."""

from __future__ import annotations

from workbench.analytics.v1 import analysis_pb2, analysis_service_pb2

from services.analytics.usecases.analyses import reading, starting
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date


def start_analysis(work: UnitOfWork, request: analysis_service_pb2.StartAnalysisRequest) -> analysis_pb2.Analysis:
    return reading.messages(work, [starting.start(work, optional_date(request.as_of_date, "asOfDate"))])[0]


def cancel_analysis(work: UnitOfWork, request: analysis_service_pb2.CancelAnalysisRequest) -> analysis_pb2.Analysis:
    return reading.messages(work, [starting.cancel(work, request.analysis_id)])[0]


def get_analysis(work: UnitOfWork, request: analysis_service_pb2.GetAnalysisRequest) -> analysis_pb2.Analysis:
    return reading.messages(work, [starting.found(work, request.analysis_id)])[0]


def list_analyses(
    work: UnitOfWork, request: analysis_service_pb2.ListAnalysesRequest
) -> analysis_service_pb2.ListAnalysesResponse:
    page = reading.list_analyses(work, request)
    return analysis_service_pb2.ListAnalysesResponse(
        analyses=reading.messages(work, page.rows), next_page_token=page.next_page_token
    )


def get_analysis_freshness(
    work: UnitOfWork, _request: analysis_service_pb2.GetAnalysisFreshnessRequest
) -> analysis_service_pb2.AnalysisFreshness:
    return reading.freshness(work)
