"""A person's own notifications: listed, counted, and marked as read."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, func, select, update
from workbench.activity.v1 import notification_pb2, notification_service_pb2

from services.activity.model.notification import Notification
from services.activity.rules.notification_kinds import KINDS
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

# So far unread ones are counted.
COUNTED_MAX = 1_000

as_message = Mapper(notification_pb2.Notification)


def page(work: UnitOfWork, request: notification_service_pb2.ListNotificationsRequest) -> Page:
    """A page of the caller's, the latest first."""
    statement = select(Notification).where(Notification.person_id == work.caller.person_id, Notification.shown)
    if request.unread_only:
        statement = statement.where(Notification.read_time.is_(None))
    if request.kinds:
        statement = statement.where(Notification.kind.in_(request.kinds))
    return listing.read_page(work, statement, request, [(Notification.notification_id, listing.text)], downwards=True)


def count_unread(work: UnitOfWork) -> tuple[int, bool]:
    """How many of the caller's are not read, and whether there are more than are counted."""
    unread = select(Notification.notification_id).where(*_unread(work)).limit(COUNTED_MAX + 1)
    count = work.session.scalar(select(func.count()).select_from(unread.subquery())) or 0
    return min(count, COUNTED_MAX), count > COUNTED_MAX


def mark_read(work: UnitOfWork, request: notification_service_pb2.MarkNotificationsReadRequest) -> int:
    """Marks the caller's as read; answers how many were not yet."""
    work.resource = f"people/{work.caller.person_id}"
    statement = update(Notification).where(*_unread(work))
    if request.notification_ids:
        statement = statement.where(Notification.notification_id.in_({each.lower() for each in request.notification_ids}))
    elif request.newest_notification_id:
        statement = statement.where(Notification.notification_id <= request.newest_notification_id.lower())
    # Past the audit trail, which has that he marked: which ones says the table.
    result = work.session.execute(statement.values(read_time=work.now).execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount


def kinds() -> list[notification_pb2.NotificationKind]:
    """All that can happen, by name."""
    return [notification_pb2.NotificationKind(kind=kind, text_zh=zh, text_en=en) for kind, (zh, en) in sorted(KINDS.items())]


def _unread(work: UnitOfWork) -> tuple[Any, ...]:
    return Notification.person_id == work.caller.person_id, Notification.read_time.is_(None), Notification.shown
