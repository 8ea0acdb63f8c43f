"""Serves `workbench.performance.v1.ExplainService`: request to use case to answer."""

from __future__ import annotations

from workbench.operations.v1 import operation_service_pb2
from workbench.performance.v1 import explain_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.serving import as_message
from services.performance.usecases.explaining import answering, exporting


def explain_figure(
    work: UnitOfWork, request: explain_service_pb2.ExplainFigureRequest
) -> explain_service_pb2.ExplainFigureResponse:
    return answering.explain(work, request)


def export_figures(work: UnitOfWork, request: explain_service_pb2.ExportFiguresRequest) -> operation_service_pb2.Operation:
    return as_message(work, exporting.export_figures(work, request))
