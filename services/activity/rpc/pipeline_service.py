"""Serves `workbench.activity.v1.PipelineService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import pipeline_pb2, pipeline_service_pb2

from services.activity.usecases import pipelines as usecase
from services.chassis.db.session import UnitOfWork


def create_pipeline(work: UnitOfWork, request: pipeline_service_pb2.CreatePipelineRequest) -> pipeline_pb2.Pipeline:
    return usecase.as_message(usecase.create(work, request.pipeline))


def get_pipeline(work: UnitOfWork, request: pipeline_service_pb2.GetPipelineRequest) -> pipeline_pb2.Pipeline:
    return usecase.as_message(usecase.found(work, request.pipeline_id, request.version_number))


def list_pipelines(
    work: UnitOfWork, request: pipeline_service_pb2.ListPipelinesRequest
) -> pipeline_service_pb2.ListPipelinesResponse:
    page = usecase.page(work, request)
    shown = map(usecase.as_message, page.rows)
    return pipeline_service_pb2.ListPipelinesResponse(pipelines=shown, next_page_token=page.next_page_token)


def update_pipeline(work: UnitOfWork, request: pipeline_service_pb2.UpdatePipelineRequest) -> pipeline_pb2.Pipeline:
    return usecase.as_message(usecase.change(work, request.pipeline, request.update_mask.paths))
