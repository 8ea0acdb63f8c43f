"""Serves `workbench.integration.v1.ReconciliationService`: request to use case to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.integration.v1 import reconciliation_service_pb2 as pb
from workbench.operations.v1.operation_service_pb2 import Operation

from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.serving import as_message
from services.chassis.mapping import Mapper
from services.integration.model.reconciliation import Reconciliation
from services.integration.usecases import difference_export, reconciliations

_message = Mapper(
    pb.Reconciliation,
    computed={
        "source_count": lambda row: len(row.left_sources) + len(row.right_sources),
        "source_sha256": reconciliations.sources_sha256,
        "left_rows": lambda row: row.row_counts.get("left", 0),
        "right_rows": lambda row: row.row_counts.get("right", 0),
        "matched_rows": lambda row: row.row_counts.get("matched", 0),
        "equal_rows": lambda row: row.row_counts.get("equal", 0),
        "difference_counts": lambda row: [
            pb.DifferenceCount(column_name=column, kind=kind, count=count) for column, kind, count in row.difference_counts
        ],
    },
)


def rebuild_balances(work: UnitOfWork, request: pb.RebuildBalancesRequest) -> pb.RebuildBalancesResponse:
    return pb.RebuildBalancesResponse(**_begun(reconciliations.rebuild_balances(work, request)))


def reconcile_datasets(work: UnitOfWork, request: pb.ReconcileDatasetsRequest) -> pb.ReconcileDatasetsResponse:
    return pb.ReconcileDatasetsResponse(**_begun(reconciliations.reconcile_datasets(work, request)))


def list_reconciliations(work: UnitOfWork, request: pb.ListReconciliationsRequest) -> pb.ListReconciliationsResponse:
    page = reconciliations.list_reconciliations(work, request.page_size, request.page_token)
    return pb.ListReconciliationsResponse(reconciliations=map(_message, page.rows), next_page_token=page.next_page_token)


def get_reconciliation(work: UnitOfWork, request: pb.GetReconciliationRequest) -> pb.Reconciliation:
    return _message(reconciliations.get(work, request.reconciliation_id))


def list_differences(work: UnitOfWork, request: pb.ListDifferencesRequest) -> pb.ListDifferencesResponse:
    page = reconciliations.list_differences(work, request)
    differences = [_difference(row) for row in page.rows]
    return pb.ListDifferencesResponse(differences=differences, next_page_token=page.next_page_token)


def export_differences(work: UnitOfWork, request: pb.ExportDifferencesRequest) -> Operation:
    return as_message(work, difference_export.start(work, request.reconciliation_id))


def _begun(reconciliation: Reconciliation) -> dict[str, str]:
    return {"reconciliation_id": reconciliation.reconciliation_id, "operation_id": reconciliation.operation_id}


def _difference(row: Sequence[Any]) -> pb.Difference:
    """Of `engine.differences.COLUMNS`, which are the message's fields in their order."""
    number, *texts = row
    names = [field.name for field in pb.Difference.DESCRIPTOR.fields][1:]
    told: dict[str, Any] = {name: str(text) for name, text in zip(names, texts, strict=True) if text is not None}
    return pb.Difference(number=number, **told)
