"""Serves `workbench.activity.v1.WorkReportService`: request to use case to answer."""

from __future__ import annotations

from google.protobuf import empty_pb2
from workbench.activity.v1 import work_report_pb2, work_report_service_pb2

from services.activity.model.work_report import WorkReport
from services.activity.usecases import reaching
from services.activity.usecases.work_reports import plans, reports, showing, tracing
from services.chassis.db.session import UnitOfWork


def draft_work_report(work: UnitOfWork, request: work_report_service_pb2.DraftWorkReportRequest) -> work_report_pb2.WorkReport:
    return showing.as_message(work, reports.draft(work, request.period, request.day_date))


def get_work_report(work: UnitOfWork, request: work_report_service_pb2.GetWorkReportRequest) -> work_report_pb2.WorkReport:
    return showing.as_message(work, reaching.found(work, WorkReport, request.work_report_id))


def list_work_reports(
    work: UnitOfWork, request: work_report_service_pb2.ListWorkReportsRequest
) -> work_report_service_pb2.ListWorkReportsResponse:
    page = showing.page(work, request)
    return work_report_service_pb2.ListWorkReportsResponse(work_reports=page.rows, next_page_token=page.next_page_token)


def update_work_report(work: UnitOfWork, request: work_report_service_pb2.UpdateWorkReportRequest) -> work_report_pb2.WorkReport:
    return showing.as_message(work, reports.change(work, request.work_report, request.update_mask.paths))


def submit_work_report(work: UnitOfWork, request: work_report_service_pb2.SubmitWorkReportRequest) -> work_report_pb2.WorkReport:
    return showing.as_message(work, reports.submit(work, request.work_report_id, request.etag))


def confirm_work_report(
    work: UnitOfWork, request: work_report_service_pb2.ConfirmWorkReportRequest
) -> work_report_pb2.WorkReport:
    return showing.as_message(work, reports.confirm(work, request.work_report_id, request.note, request.etag))


def return_work_report(work: UnitOfWork, request: work_report_service_pb2.ReturnWorkReportRequest) -> work_report_pb2.WorkReport:
    return showing.as_message(work, reports.give_back(work, request.work_report_id, request.note, request.etag))


def add_work_report_note(
    work: UnitOfWork, request: work_report_service_pb2.AddWorkReportNoteRequest
) -> work_report_pb2.WorkReport:
    return showing.as_message(work, reports.add_note(work, request.work_report_id, request.text))


def list_work_report_lines(
    work: UnitOfWork, request: work_report_service_pb2.ListWorkReportLinesRequest
) -> work_report_service_pb2.ListWorkReportLinesResponse:
    page = tracing.of_report(work, request)
    return work_report_service_pb2.ListWorkReportLinesResponse(lines=page.rows, next_page_token=page.next_page_token)


def list_team_work_reports(
    work: UnitOfWork, request: work_report_service_pb2.ListTeamWorkReportsRequest
) -> work_report_service_pb2.ListTeamWorkReportsResponse:
    page = showing.team(work, request)
    answer = work_report_service_pb2.ListTeamWorkReportsResponse
    return answer(team_work_reports=page.rows, next_page_token=page.next_page_token)


def get_work_completion(
    work: UnitOfWork, request: work_report_service_pb2.GetWorkCompletionRequest
) -> work_report_pb2.WorkCompletion:
    return showing.completion(work, request)


def list_work_trace(
    work: UnitOfWork, request: work_report_service_pb2.ListWorkTraceRequest
) -> work_report_service_pb2.ListWorkTraceResponse:
    page = tracing.of_person(work, request)
    return work_report_service_pb2.ListWorkTraceResponse(lines=page.rows, next_page_token=page.next_page_token)


def create_work_plan(work: UnitOfWork, request: work_report_service_pb2.CreateWorkPlanRequest) -> work_report_pb2.WorkPlan:
    return plans.as_message(plans.create(work, request.work_plan))


def get_work_plan(work: UnitOfWork, request: work_report_service_pb2.GetWorkPlanRequest) -> work_report_pb2.WorkPlan:
    return plans.as_message(plans.found(work, request.work_plan_id))


def list_work_plans(
    work: UnitOfWork, request: work_report_service_pb2.ListWorkPlansRequest
) -> work_report_service_pb2.ListWorkPlansResponse:
    page = plans.page(work, request)
    shown = map(plans.as_message, page.rows)
    return work_report_service_pb2.ListWorkPlansResponse(work_plans=shown, next_page_token=page.next_page_token)


def update_work_plan(work: UnitOfWork, request: work_report_service_pb2.UpdateWorkPlanRequest) -> work_report_pb2.WorkPlan:
    return plans.as_message(plans.change(work, request.work_plan, request.update_mask.paths))


def delete_work_plan(work: UnitOfWork, request: work_report_service_pb2.DeleteWorkPlanRequest) -> empty_pb2.Empty:
    plans.delete(work, request.work_plan_id, request.etag)
    return empty_pb2.Empty()
