"""Serves `workbench.analytics.v1.DepartureService`: request to use case to answer."""

from __future__ import annotations

from workbench.analytics.v1 import departure_pb2, departure_service_pb2

from services.analytics.usecases.departures import calibrating, depending, plans, proposing, showing
from services.chassis.db.session import UnitOfWork


def list_dependences(
    work: UnitOfWork, request: departure_service_pb2.ListDependencesRequest
) -> departure_service_pb2.ListDependencesResponse:
    return depending.list_dependences(work, request)


def get_unit_dependence(
    work: UnitOfWork, request: departure_service_pb2.GetUnitDependenceRequest
) -> departure_pb2.UnitDependence:
    return depending.unit_message(work, request.organisation_path)


def list_person_dependences(
    work: UnitOfWork, request: departure_service_pb2.ListPersonDependencesRequest
) -> departure_service_pb2.ListPersonDependencesResponse:
    return depending.list_person_dependences(work, request)


def simulate_departure(
    work: UnitOfWork, request: departure_service_pb2.SimulateDepartureRequest
) -> departure_service_pb2.SimulateDepartureResponse:
    return depending.simulation_message(work, depending.simulate(work, request))


def list_departures(
    work: UnitOfWork, request: departure_service_pb2.ListDeparturesRequest
) -> departure_service_pb2.ListDeparturesResponse:
    page = calibrating.list_departures(work, request)
    shown = showing.departures(work, page.rows)
    return departure_service_pb2.ListDeparturesResponse(departures=shown, next_page_token=page.next_page_token)


def get_departure_calibration(
    work: UnitOfWork, _request: departure_service_pb2.GetDepartureCalibrationRequest
) -> departure_pb2.DepartureCalibration:
    return calibrating.calibration(work)


def propose_departure_plan(
    work: UnitOfWork, request: departure_service_pb2.ProposeDeparturePlanRequest
) -> departure_pb2.DeparturePlan:
    return plans.messages(work, [proposing.propose(work, request)])[0]


def get_departure_plan(work: UnitOfWork, request: departure_service_pb2.GetDeparturePlanRequest) -> departure_pb2.DeparturePlan:
    return plans.messages(work, [plans.found(work, request.plan_id)])[0]


def list_departure_plans(
    work: UnitOfWork, request: departure_service_pb2.ListDeparturePlansRequest
) -> departure_service_pb2.ListDeparturePlansResponse:
    page = plans.list_plans(work, request)
    shown = plans.messages(work, page.rows)
    return departure_service_pb2.ListDeparturePlansResponse(departure_plans=shown, next_page_token=page.next_page_token)


def list_departure_plan_items(
    work: UnitOfWork, request: departure_service_pb2.ListDeparturePlanItemsRequest
) -> departure_service_pb2.ListDeparturePlanItemsResponse:
    page = plans.list_items(work, request)
    shown = showing.items(work, page.rows)
    return departure_service_pb2.ListDeparturePlanItemsResponse(items=shown, next_page_token=page.next_page_token)


def update_departure_plan_item(
    work: UnitOfWork, request: departure_service_pb2.UpdateDeparturePlanItemRequest
) -> departure_pb2.DeparturePlanItem:
    return showing.items(work, [plans.update_item(work, request)])[0]


def start_departure_plan(
    work: UnitOfWork, request: departure_service_pb2.StartDeparturePlanRequest
) -> departure_pb2.DeparturePlan:
    return plans.messages(work, [plans.start(work, request)])[0]


def end_departure_plan(work: UnitOfWork, request: departure_service_pb2.EndDeparturePlanRequest) -> departure_pb2.DeparturePlan:
    return plans.messages(work, [plans.end(work, request)])[0]
