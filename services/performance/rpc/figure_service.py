"""Serves `workbench.performance.v1.FigureService`: request to use case to answer."""

from __future__ import annotations

from workbench.performance.v1 import figure_pb2, figure_service_pb2

from services.chassis.db.session import UnitOfWork
from services.performance.usecases.figures import lookup, ranking, units


def get_figures(work: UnitOfWork, request: figure_service_pb2.GetFiguresRequest) -> figure_pb2.Figures:
    return lookup.figures(work, request)


def list_figure_points(
    work: UnitOfWork, request: figure_service_pb2.ListFigurePointsRequest
) -> figure_service_pb2.ListFigurePointsResponse:
    page = lookup.points(work, request)
    return figure_service_pb2.ListFigurePointsResponse(figure_points=page.rows, next_page_token=page.next_page_token)


def list_unit_figures(
    work: UnitOfWork, request: figure_service_pb2.ListUnitFiguresRequest
) -> figure_service_pb2.ListUnitFiguresResponse:
    return units.unit_figures(work, request)


def list_ranking(work: UnitOfWork, request: figure_service_pb2.ListRankingRequest) -> figure_service_pb2.ListRankingResponse:
    return ranking.ranking(work, request)


def get_own_ranking(work: UnitOfWork, request: figure_service_pb2.GetOwnRankingRequest) -> figure_pb2.OwnRanking:
    return ranking.own_ranking(work, request)
