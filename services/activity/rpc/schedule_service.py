"""Serves `workbench.activity.v1.ScheduleService`: request to use case to answer."""

from __future__ import annotations

from google.api.httpbody_pb2 import HttpBody
from google.protobuf import empty_pb2
from google.protobuf.any_pb2 import Any as AnyMessage
from workbench.activity.v1 import schedule_pb2, schedule_service_pb2
from workbench.operations.v1 import file_service_pb2

from services.activity.usecases.schedule import bank_days, feeds, importing, keeping, viewing
from services.activity.usecases.schedule.answering import as_answers, found
from services.chassis.db.session import UnitOfWork


def create_appointment(work: UnitOfWork, request: schedule_service_pb2.CreateAppointmentRequest) -> schedule_pb2.Appointment:
    appointment = keeping.create(work, request.appointment, refuse_conflicts=request.refuse_conflicts)
    return as_answers(work, [appointment])[0]


def get_appointment(work: UnitOfWork, request: schedule_service_pb2.GetAppointmentRequest) -> schedule_pb2.Appointment:
    return as_answers(work, [found(work, request.appointment_id)])[0]


def list_appointments(
    work: UnitOfWork, request: schedule_service_pb2.ListAppointmentsRequest
) -> schedule_service_pb2.ListAppointmentsResponse:
    page = viewing.list_appointments(work, request)
    shown = as_answers(work, page.rows)
    return schedule_service_pb2.ListAppointmentsResponse(appointments=shown, next_page_token=page.next_page_token)


def update_appointment(work: UnitOfWork, request: schedule_service_pb2.UpdateAppointmentRequest) -> schedule_pb2.Appointment:
    return as_answers(work, [keeping.change(work, request)])[0]


def cancel_appointment(work: UnitOfWork, request: schedule_service_pb2.CancelAppointmentRequest) -> schedule_pb2.Appointment:
    return as_answers(work, [keeping.cancel(work, request)])[0]


def list_calendar(
    work: UnitOfWork, request: schedule_service_pb2.ListCalendarRequest
) -> schedule_service_pb2.ListCalendarResponse:
    entries, next_page_token = viewing.list_calendar(work, request)
    return schedule_service_pb2.ListCalendarResponse(entries=entries, next_page_token=next_page_token)


def list_conflicts(
    work: UnitOfWork, request: schedule_service_pb2.ListConflictsRequest
) -> schedule_service_pb2.ListConflictsResponse:
    return viewing.list_conflicts(work, request)


def list_busy_times(
    work: UnitOfWork, request: schedule_service_pb2.ListBusyTimesRequest
) -> schedule_service_pb2.ListBusyTimesResponse:
    return viewing.list_busy_times(work, request)


def import_calendar(
    work: UnitOfWork, request: schedule_service_pb2.ImportCalendarRequest
) -> schedule_service_pb2.ImportCalendarResponse:
    return importing.take_over(work, request.content.data)


def create_calendar_feed(
    work: UnitOfWork, request: schedule_service_pb2.CreateCalendarFeedRequest
) -> schedule_service_pb2.CreateCalendarFeedResponse:
    feed, path = feeds.create(work, request.calendar_feed)
    return schedule_service_pb2.CreateCalendarFeedResponse(calendar_feed=feeds.as_message(feed), path=path)


def list_calendar_feeds(
    work: UnitOfWork, request: schedule_service_pb2.ListCalendarFeedsRequest
) -> schedule_service_pb2.ListCalendarFeedsResponse:
    page = feeds.page(work, request)
    shown = map(feeds.as_message, page.rows)
    return schedule_service_pb2.ListCalendarFeedsResponse(calendar_feeds=shown, next_page_token=page.next_page_token)


def revoke_calendar_feed(work: UnitOfWork, request: schedule_service_pb2.RevokeCalendarFeedRequest) -> empty_pb2.Empty:
    feeds.revoke(work, request.calendar_feed_id)
    return empty_pb2.Empty()


def download_calendar(work: UnitOfWork, request: schedule_service_pb2.DownloadCalendarRequest) -> HttpBody:
    content = feeds.download(work, request.link)
    info = AnyMessage()
    info.Pack(file_service_pb2.FileInfo(file_name="calendar.ics", size_bytes=len(content)))
    return HttpBody(content_type="text/calendar; charset=utf-8", data=content, extensions=[info])


def list_workdays(
    work: UnitOfWork, request: schedule_service_pb2.ListWorkdaysRequest
) -> schedule_service_pb2.ListWorkdaysResponse:
    return bank_days.list_workdays(work, request)


def set_bank_days(work: UnitOfWork, request: schedule_service_pb2.SetBankDaysRequest) -> schedule_service_pb2.SetBankDaysResponse:
    return schedule_service_pb2.SetBankDaysResponse(bank_days=map(bank_days.as_message, bank_days.set_days(work, request)))


def list_bank_days(
    work: UnitOfWork, request: schedule_service_pb2.ListBankDaysRequest
) -> schedule_service_pb2.ListBankDaysResponse:
    page = bank_days.list_days(work, request)
    shown = map(bank_days.as_message, page.rows)
    return schedule_service_pb2.ListBankDaysResponse(bank_days=shown, next_page_token=page.next_page_token)


def delete_bank_day(work: UnitOfWork, request: schedule_service_pb2.DeleteBankDayRequest) -> empty_pb2.Empty:
    bank_days.delete_day(work, request.bank_day_id)
    return empty_pb2.Empty()
