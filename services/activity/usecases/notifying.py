"""Tells people of the bank what they should know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update

from services.activity.model.notification import Notification, NotificationPreferences
from services.activity.rules.notification_kinds import Channel
from services.activity.usecases.notifications import preferences
from services.chassis.db.session import UnitOfWork

# What somebody has not read for so long is news of its own when it happens again.
TOGETHER_WITHIN = timedelta(minutes=10)


def notify(
    work: UnitOfWork,
    person_ids: Iterable[str],
    kind: str,
    *,
    resource: str,
    parameters: Mapping[str, str] | None = None,
    urgent: bool = False,
    together: str = "",
) -> None:
    """Keeps a notification for each of the people, once each and none for whoever acts, in the transaction of the act.

    `kind` is a name in small letters, such as `task_assigned`, that stands in `rules.notification_kinds`; `resource` is what
    there is to look at, such as `tasks/0198…`; `parameters` are what a sentence about it names: ids, numbers, dates, nothing that
    identifies a customer. Who wants no such kind gets none, unless it is urgent. Of what may happen hundreds of times at once,
    `together` is what shows all of it, such as `claims`: whoever has not read what he was told of it just now is led there by it,
    and told no more.
    """
    told = [person_id for person_id in dict.fromkeys(person_ids) if person_id and person_id != work.caller.person_id]
    if together and told:
        joined = _joined(work, told, kind, together)
        told = [person_id for person_id in told if person_id not in joined]
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


def _joined(work: UnitOfWork, person_ids: list[str], kind: str, resource: str) -> set[str]:
    """Those who were told of the same just now; that stands for all of it from now on."""
    same = (
        Notification.person_id.in_(person_ids),
        Notification.kind == kind,
        Notification.read_time.is_(None),
        Notification.create_time > work.now - TOGETHER_WITHIN,
        or_(Notification.shown, Notification.to_mail),
    )
    changed = update(Notification).where(*same).values(resource=resource, parameters={}).returning(Notification.person_id)
    # Past the audit trail, as they came.
    return set(work.session.scalars(changed.execution_options(synchronize_session=False)))


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
