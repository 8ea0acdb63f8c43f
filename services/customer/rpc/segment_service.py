"""Serves `workbench.customer.v1.SegmentService`: request to use case to answer."""

from __future__ import annotations

from google.protobuf import empty_pb2
from workbench.customer.v1 import segment_pb2, segment_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper
from services.customer.usecases import segments as usecase
from services.customer.usecases.segments import segments, views

_member = Mapper(segment_service_pb2.SegmentMember)


def create_saved_view(work: UnitOfWork, request: segment_service_pb2.CreateSavedViewRequest) -> segment_pb2.SavedView:
    return views.as_message(views.create(work, request.saved_view))


def get_saved_view(work: UnitOfWork, request: segment_service_pb2.GetSavedViewRequest) -> segment_pb2.SavedView:
    return views.as_message(views.found(work, request.saved_view_id))


def list_saved_views(
    work: UnitOfWork, request: segment_service_pb2.ListSavedViewsRequest
) -> segment_service_pb2.ListSavedViewsResponse:
    page = views.page(work, request)
    shown = map(views.as_message, page.rows)
    return segment_service_pb2.ListSavedViewsResponse(saved_views=shown, next_page_token=page.next_page_token)


def update_saved_view(work: UnitOfWork, request: segment_service_pb2.UpdateSavedViewRequest) -> segment_pb2.SavedView:
    return views.as_message(views.change(work, request.saved_view, request.update_mask.paths))


def delete_saved_view(work: UnitOfWork, request: segment_service_pb2.DeleteSavedViewRequest) -> empty_pb2.Empty:
    usecase.delete_view(work, request.saved_view_id, request.etag)
    return empty_pb2.Empty()


def share_saved_view(work: UnitOfWork, request: segment_service_pb2.ShareSavedViewRequest) -> segment_pb2.SavedView:
    return views.as_message(views.share(work, request.saved_view_id, request.organisation_path, request.etag))


def create_segment(work: UnitOfWork, request: segment_service_pb2.CreateSegmentRequest) -> segment_pb2.Segment:
    return segments.as_message(segments.create(work, request.segment, kind=request.segment.kind))


def get_segment(work: UnitOfWork, request: segment_service_pb2.GetSegmentRequest) -> segment_pb2.Segment:
    return segments.as_message(segments.found(work, request.segment_id))


def list_segments(work: UnitOfWork, request: segment_service_pb2.ListSegmentsRequest) -> segment_service_pb2.ListSegmentsResponse:
    page = segments.page(work, request)
    shown = map(segments.as_message, page.rows)
    return segment_service_pb2.ListSegmentsResponse(segments=shown, next_page_token=page.next_page_token)


def update_segment(work: UnitOfWork, request: segment_service_pb2.UpdateSegmentRequest) -> segment_pb2.Segment:
    return segments.as_message(segments.change(work, request.segment, request.update_mask.paths))


def delete_segment(work: UnitOfWork, request: segment_service_pb2.DeleteSegmentRequest) -> empty_pb2.Empty:
    usecase.delete_segment(work, request.segment_id, request.etag)
    return empty_pb2.Empty()


def share_segment(work: UnitOfWork, request: segment_service_pb2.ShareSegmentRequest) -> segment_pb2.Segment:
    return segments.as_message(segments.share(work, request.segment_id, request.organisation_path, request.etag))


def add_segment_members(
    work: UnitOfWork, request: segment_service_pb2.AddSegmentMembersRequest
) -> segment_service_pb2.AddSegmentMembersResponse:
    return segment_service_pb2.AddSegmentMembersResponse(added=usecase.add_members(work, request))


def remove_segment_members(
    work: UnitOfWork, request: segment_service_pb2.RemoveSegmentMembersRequest
) -> segment_service_pb2.RemoveSegmentMembersResponse:
    return segment_service_pb2.RemoveSegmentMembersResponse(removed=usecase.remove_members(work, request))


def list_segment_members(
    work: UnitOfWork, request: segment_service_pb2.ListSegmentMembersRequest
) -> segment_service_pb2.ListSegmentMembersResponse:
    page = usecase.list_members(work, request)
    members = map(_member, page.rows)
    return segment_service_pb2.ListSegmentMembersResponse(members=members, next_page_token=page.next_page_token)


def count_segment_members(
    work: UnitOfWork, request: segment_service_pb2.CountSegmentMembersRequest
) -> segment_service_pb2.CountSegmentMembersResponse:
    count, more = usecase.count_members(work, request.segment_id)
    return segment_service_pb2.CountSegmentMembersResponse(count=count, more=more)
