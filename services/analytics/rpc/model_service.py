"""Serves `workbench.analytics.v1.ModelService`: request to use case to answer."""

from __future__ import annotations

from workbench.analytics.v1 import model_pb2, model_service_pb2

from services.analytics.rules.models import ModelKind
from services.analytics.usecases.analyses.starting import check_whole_bank
from services.analytics.usecases.models import promoting, reading, starting
from services.chassis.db.session import UnitOfWork


def train_model(work: UnitOfWork, request: model_service_pb2.TrainModelRequest) -> model_pb2.Model:
    check_whole_bank(work)
    kind = ModelKind(request.kind) if request.kind else ModelKind.LIGHTGBM
    return reading.as_message(starting.start(work, kind, request.excluded_features))


def get_model(work: UnitOfWork, request: model_service_pb2.GetModelRequest) -> model_pb2.Model:
    return reading.with_card(work, reading.found(work, request.model_id))


def list_models(work: UnitOfWork, request: model_service_pb2.ListModelsRequest) -> model_service_pb2.ListModelsResponse:
    page = reading.list_models(work, request)
    shown = [reading.as_message(row) for row in page.rows]
    return model_service_pb2.ListModelsResponse(models=shown, next_page_token=page.next_page_token)


def get_model_drift(work: UnitOfWork, request: model_service_pb2.GetModelDriftRequest) -> model_pb2.ModelDrift:
    return reading.drift(work, request)


def propose_promotion(work: UnitOfWork, request: model_service_pb2.ProposePromotionRequest) -> model_pb2.Model:
    return reading.as_message(promoting.propose(work, request))


def confirm_promotion(work: UnitOfWork, request: model_service_pb2.ConfirmPromotionRequest) -> model_pb2.Model:
    return reading.as_message(promoting.confirm(work, request))


def decline_promotion(work: UnitOfWork, request: model_service_pb2.DeclinePromotionRequest) -> model_pb2.Model:
    return reading.as_message(promoting.decline(work, request))


def retire_model(work: UnitOfWork, request: model_service_pb2.RetireModelRequest) -> model_pb2.Model:
    return reading.as_message(promoting.retire(work, request))
