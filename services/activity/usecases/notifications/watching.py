"""Tells somebody of his notifications as they fall due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from workbench.activity.v1 import notification_service_pb2

from services.activity.model.notification import Notification
from services.activity.usecases.notifications import reading
from services.chassis.db.session import UnitOfWork
from services.chassis.service import Stream

POLL_SECONDS = 1.0
# Told in one go at most; the rest follows without a wait.
TOLD_PER_POLL_MAX = 100
# A notification carries the instant at which its transaction began, and is seen once that has committed: so each look reaches
# back so far, and passes over what was told. No writer takes longer.
OVERLAP = timedelta(seconds=10)


def watch(stream: Stream) -> Iterator[notification_service_pb2.WatchNotificationsResponse]:
    """The caller's notifications, each once, from the call on; ends when the reader leaves or the server stops.

    The number of unread ones comes first, with each notification, and where it changes.
    """
    with stream.transaction() as work:
        since = work.now - OVERLAP
        told = {each.notification_id: each.due_time for each in _due(work, since)}
        count, _ = reading.count_unread(work)
    yield notification_service_pb2.WatchNotificationsResponse(unread_count=count)
    more = False
    while stream.wait(0 if more else POLL_SECONDS):
        with stream.transaction() as work:
            fresh = [each for each in _due(work, since) if each.notification_id not in told]
            former, (count, _) = count, reading.count_unread(work)
            now = work.now
        more = len(fresh) > TOLD_PER_POLL_MAX
        fresh = fresh[:TOLD_PER_POLL_MAX]
        for each in fresh:
            notification = reading.as_message(each)
            yield notification_service_pb2.WatchNotificationsResponse(notification=notification, unread_count=count)
        if count != former and not fresh:
            yield notification_service_pb2.WatchNotificationsResponse(unread_count=count)
        told.update((each.notification_id, each.due_time) for each in fresh)
        since = since if more else now - OVERLAP
        told = {key: due for key, due in told.items() if due >= since}


def _due(work: UnitOfWork, since: datetime) -> list[Notification]:
    statement = (
        select(Notification)
        .where(
            Notification.person_id == work.caller.person_id,
            Notification.due_time >= since,
            Notification.due_time <= work.now,
            Notification.shown,
        )
        .order_by(Notification.due_time, Notification.notification_id)
    )
    return list(work.session.scalars(statement))
