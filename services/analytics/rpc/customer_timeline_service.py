"""Serves `workbench.analytics.v1.CustomerTimelineService`: request to use case to answer."""

from __future__ import annotations

from workbench.analytics.v1 import customer_timeline_service_pb2, timeline_pb2

from services.analytics.usecases.timeline import charting, listing
from services.chassis.db.session import UnitOfWork


def get_customer_timeline(
    work: UnitOfWork, request: customer_timeline_service_pb2.GetCustomerTimelineRequest
) -> timeline_pb2.CustomerTimeline:
    return charting.customer_timeline(work, request)


def list_happenings(
    work: UnitOfWork, request: customer_timeline_service_pb2.ListHappeningsRequest
) -> customer_timeline_service_pb2.ListHappeningsResponse:
    page = listing.happenings(work, request)
    return customer_timeline_service_pb2.ListHappeningsResponse(happenings=page.rows, next_page_token=page.next_page_token)
