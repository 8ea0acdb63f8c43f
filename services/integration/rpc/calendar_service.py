"""Serves `workbench.integration.v1.CalendarService`: request to use case to answer."""

from __future__ import annotations

from workbench.integration.v1 import calendar_pb2, calendar_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper
from services.integration.usecases import calendar as usecase

_day = Mapper(calendar_pb2.CalendarDay)


def get_business_date(
    work: UnitOfWork, _request: calendar_service_pb2.GetBusinessDateRequest
) -> calendar_pb2.CurrentBusinessDate:
    current, opening = work.business_date, usecase.current_opening(work)
    if opening is not None:
        current = opening.business_date
    previous = opening.previous_business_date if opening else None
    return calendar_pb2.CurrentBusinessDate(
        business_date=current.isoformat(),
        previous_business_date=previous.isoformat() if previous else "",
        open_time=opening.open_time if opening else None,
        business_day=current in usecase.business_days(work, current, current),
    )


def list_calendar_days(
    work: UnitOfWork, request: calendar_service_pb2.ListCalendarDaysRequest
) -> calendar_service_pb2.ListCalendarDaysResponse:
    days = usecase.listed(work, request.start_date, request.end_date)
    return calendar_service_pb2.ListCalendarDaysResponse(calendar_days=map(_day, days))


def set_calendar_days(
    work: UnitOfWork, request: calendar_service_pb2.SetCalendarDaysRequest
) -> calendar_service_pb2.SetCalendarDaysResponse:
    return calendar_service_pb2.SetCalendarDaysResponse(calendar_days=map(_day, usecase.set_days(work, request.days)))


def load_holidays(
    work: UnitOfWork, request: calendar_service_pb2.LoadHolidaysRequest
) -> calendar_service_pb2.LoadHolidaysResponse:
    off, worked = usecase.load_holidays(work, request.year, request.days)
    return calendar_service_pb2.LoadHolidaysResponse(days_off=off, days_worked=worked)


def open_business_date(
    work: UnitOfWork, request: calendar_service_pb2.OpenBusinessDateRequest
) -> calendar_pb2.CurrentBusinessDate:
    usecase.open_by_call(work, request.business_date)
    return get_business_date(work, calendar_service_pb2.GetBusinessDateRequest())
