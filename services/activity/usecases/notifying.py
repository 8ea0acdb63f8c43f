"""Tells people of the bank what they should know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, select

from services.activity.model.notification import Notification, NotificationPreferences
from services.activity.rules.notification_kinds import Channel
from services.activity.usecases.notifications import preferences
from services.chassis.db.session import UnitOfWork


def notify(
    work: UnitOfWork,
    person_ids: Iterable[str],
    kind: str,
    *,
    resource: str,
    parameters: Mapping[str, str] | None = None,
    urgent: bool = False,
) -> None:
    """Keeps a notification for each of the people, once each and none for whoever acts, in the transaction of the act.

    `kind` is a name in small letters, such as `task_assigned`, that stands in `rules.notification_kinds`; `resource` is what
    there is to look at, such as `tasks/0198…`; `parameters` are what a sentence about it names: ids, numbers, dates, nothing that
    identifies a customer. Who wants no such kind gets none, unless it is urgent.
    """
    told = [person_id for person_id in dict.fromkeys(person_ids) if person_id and person_id != work.caller.person_id]
    if not told:
        return
    known = {
        each.person_id: each
        for each in work.session.scalars(select(NotificationPreferences).where(NotificationPreferences.person_id.in_(told)))
    }
    same = {"kind": kind, "resource": resource, "parameters": dict(parameters or {}), "urgent": urgent, "create_time": work.now}
    rows = [same | row for person_id in told if (row := _row(work, person_id, known.get(person_id), kind, urgent=urgent))]
    if rows:
        # Past the audit trail: what tells of an act is no act.
        work.session.execute(insert(Notification), rows)


def _row(
    work: UnitOfWork, person_id: str, kept: NotificationPreferences | None, kind: str, *, urgent: bool
) -> dict[str, Any] | None:
    channel = Channel(kept.channels.get(kind, Channel.UNSPECIFIED)) if kept else Channel.UNSPECIFIED
    to_mail = bool(kept and kept.mails and channel.mails and work.settings.smtp_host)
    # Where a mail cannot go, what was to come by mail alone is shown rather than lost.
    shown = channel.shows or urgent or (channel is Channel.EMAIL and not to_mail)
    if not shown and not to_mail:
        return None
    return {
        "notification_id": work.new_id(),
        "person_id": person_id,
        "shown": shown,
        "to_mail": to_mail,
        "digest_id": "",
        "due_time": work.now if urgent or not kept else preferences.clock(work, kept).due(work.now),
    }
