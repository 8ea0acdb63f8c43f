"""Serves `workbench.integration.v1.DatasetService`: request to use case to answer."""

from __future__ import annotations

from workbench.integration.v1 import dataset_pb2, dataset_service_pb2
from workbench.operations.v1.operation_service_pb2 import Operation

from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.serving import as_message
from services.chassis.mapping import Mapper
from services.integration.usecases import announcing, dataset_reading, verifying

_message = Mapper(
    dataset_pb2.Dataset,
    computed={
        "size_bytes": lambda row: sum(part["size_bytes"] for part in row.parts),
        "part_count": lambda row: len(row.parts),
    },
)


def list_datasets(work: UnitOfWork, request: dataset_service_pb2.ListDatasetsRequest) -> dataset_service_pb2.ListDatasetsResponse:
    page = dataset_reading.list_datasets(work, request)
    return dataset_service_pb2.ListDatasetsResponse(
        datasets=[_message(row) for row in page.rows], next_page_token=page.next_page_token
    )


def get_dataset(work: UnitOfWork, request: dataset_service_pb2.GetDatasetRequest) -> dataset_pb2.Dataset:
    return _message(dataset_reading.get_dataset(work, request.dataset_id))


def list_current_datasets(
    work: UnitOfWork, request: dataset_service_pb2.ListCurrentDatasetsRequest
) -> dataset_service_pb2.ListCurrentDatasetsResponse:
    pinned = dataset_reading.pin_set(work, request)
    return dataset_service_pb2.ListCurrentDatasetsResponse(datasets=[_message(row) for row in pinned])


def get_dataset_totals(
    work: UnitOfWork, request: dataset_service_pb2.GetDatasetTotalsRequest
) -> dataset_service_pb2.GetDatasetTotalsResponse:
    return dataset_service_pb2.GetDatasetTotalsResponse(totals=dataset_reading.totals(work, request.dataset_id))


def verify_datasets(work: UnitOfWork, request: dataset_service_pb2.VerifyDatasetsRequest) -> Operation:
    return as_message(work, verifying.start(work, request.filter))


def announce_datasets(work: UnitOfWork, request: dataset_service_pb2.AnnounceDatasetsRequest) -> Operation:
    return as_message(work, announcing.start(work, request.filter))
