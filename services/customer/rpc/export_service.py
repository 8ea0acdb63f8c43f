"""Serves `workbench.customer.v1.ExportService`: request to use case to answer."""

from __future__ import annotations

from workbench.customer.v1 import export_service_pb2
from workbench.operations.v1.operation_service_pb2 import Operation

from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.serving import as_message
from services.customer.usecases import exporting


def export_customers(work: UnitOfWork, request: export_service_pb2.ExportCustomersRequest) -> Operation:
    return as_message(work, exporting.export_customers(work, request))
