"""Serves `workbench.activity.v1.NotificationService`: request to use case to answer."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.activity.v1 import notification_pb2, notification_service_pb2

from services.activity.usecases.notifications import preferences, reading, watching
from services.chassis.db.session import UnitOfWork
from services.chassis.service import Stream


def list_notifications(
    work: UnitOfWork, request: notification_service_pb2.ListNotificationsRequest
) -> notification_service_pb2.ListNotificationsResponse:
    page = reading.page(work, request)
    shown = map(reading.as_message, page.rows)
    return notification_service_pb2.ListNotificationsResponse(notifications=shown, next_page_token=page.next_page_token)


def count_unread_notifications(
    work: UnitOfWork, _request: notification_service_pb2.CountUnreadNotificationsRequest
) -> notification_service_pb2.CountUnreadNotificationsResponse:
    count, more = reading.count_unread(work)
    return notification_service_pb2.CountUnreadNotificationsResponse(count=count, more=more)


def mark_notifications_read(
    work: UnitOfWork, request: notification_service_pb2.MarkNotificationsReadRequest
) -> notification_service_pb2.MarkNotificationsReadResponse:
    return notification_service_pb2.MarkNotificationsReadResponse(marked_count=reading.mark_read(work, request))


def watch_notifications(
    stream: Stream, _request: notification_service_pb2.WatchNotificationsRequest
) -> Iterator[notification_service_pb2.WatchNotificationsResponse]:
    return watching.watch(stream)


def list_notification_kinds(
    _work: UnitOfWork, _request: notification_service_pb2.ListNotificationKindsRequest
) -> notification_service_pb2.ListNotificationKindsResponse:
    return notification_service_pb2.ListNotificationKindsResponse(notification_kinds=reading.kinds())


def get_notification_preferences(
    work: UnitOfWork, _request: notification_service_pb2.GetNotificationPreferencesRequest
) -> notification_pb2.NotificationPreferences:
    return preferences.as_message(preferences.of_caller(work))


def update_notification_preferences(
    work: UnitOfWork, request: notification_service_pb2.UpdateNotificationPreferencesRequest
) -> notification_pb2.NotificationPreferences:
    return preferences.as_message(preferences.change(work, request.notification_preferences, request.update_mask.paths))
