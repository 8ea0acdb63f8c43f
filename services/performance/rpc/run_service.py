"""Serves `workbench.performance.v1.RunService`: request to use case to answer."""

from __future__ import annotations

from workbench.performance.v1 import run_pb2, run_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import parse_date
from services.performance.usecases.runs import closing, reading, starting


def start_run(work: UnitOfWork, request: run_service_pb2.StartRunRequest) -> run_pb2.Run:
    reading.check_whole_bank(work)
    run = starting.start(work, parse_date(request.month_date, "monthDate"), comparison=request.comparison)
    return reading.run_messages(work, [run])[0]


def cancel_run(work: UnitOfWork, request: run_service_pb2.CancelRunRequest) -> run_pb2.Run:
    return reading.run_messages(work, [reading.cancel(work, request.run_id)])[0]


def get_run(work: UnitOfWork, request: run_service_pb2.GetRunRequest) -> run_pb2.Run:
    return reading.run_messages(work, [reading.found(work, request.run_id)])[0]


def list_runs(work: UnitOfWork, request: run_service_pb2.ListRunsRequest) -> run_service_pb2.ListRunsResponse:
    page = reading.list_runs(work, request)
    shown = reading.run_messages(work, page.rows)
    return run_service_pb2.ListRunsResponse(runs=shown, next_page_token=page.next_page_token)


def list_run_issues(work: UnitOfWork, request: run_service_pb2.ListRunIssuesRequest) -> run_service_pb2.ListRunIssuesResponse:
    page = reading.list_issues(work, request)
    shown = [reading.issue_message(row) for row in page.rows]
    return run_service_pb2.ListRunIssuesResponse(issues=shown, next_page_token=page.next_page_token)


def list_run_differences(
    work: UnitOfWork, request: run_service_pb2.ListRunDifferencesRequest
) -> run_service_pb2.ListRunDifferencesResponse:
    page = reading.list_differences(work, request)
    shown = [reading.difference_message(work, row) for row in page.rows]
    return run_service_pb2.ListRunDifferencesResponse(differences=shown, next_page_token=page.next_page_token)


def list_late_changes(
    work: UnitOfWork, request: run_service_pb2.ListLateChangesRequest
) -> run_service_pb2.ListLateChangesResponse:
    page = reading.list_late_changes(work, request)
    shown = reading.run_messages(work, page.rows)
    return run_service_pb2.ListLateChangesResponse(runs=shown, next_page_token=page.next_page_token)


def list_result_months(
    work: UnitOfWork, request: run_service_pb2.ListResultMonthsRequest
) -> run_service_pb2.ListResultMonthsResponse:
    shown, token = reading.list_months(work, request)
    return run_service_pb2.ListResultMonthsResponse(result_months=shown, next_page_token=token)


def get_freshness(work: UnitOfWork, _request: run_service_pb2.GetFreshnessRequest) -> run_service_pb2.Freshness:
    return reading.freshness(work)


def request_month_closing(work: UnitOfWork, request: run_service_pb2.RequestMonthClosingRequest) -> run_pb2.MonthClosing:
    return reading.closing_message(closing.request(work, request))


def confirm_month_closing(work: UnitOfWork, request: run_service_pb2.ConfirmMonthClosingRequest) -> run_pb2.MonthClosing:
    return reading.closing_message(closing.confirm(work, request.month_closing_id))


def decline_month_closing(work: UnitOfWork, request: run_service_pb2.DeclineMonthClosingRequest) -> run_pb2.MonthClosing:
    return reading.closing_message(closing.decline(work, request.month_closing_id))


def list_month_closings(
    work: UnitOfWork, request: run_service_pb2.ListMonthClosingsRequest
) -> run_service_pb2.ListMonthClosingsResponse:
    page = closing.list_closings(work, request)
    shown = [reading.closing_message(row) for row in page.rows]
    return run_service_pb2.ListMonthClosingsResponse(month_closings=shown, next_page_token=page.next_page_token)
