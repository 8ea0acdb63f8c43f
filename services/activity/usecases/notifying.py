"""Tells people of the bank what they should know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.activity.model.notification import Notification
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

    `kind` is a name in small letters, such as `task_assigned`; `resource` is what there is to look at, such as `tasks/0198…`;
    `parameters` are what a sentence about it names: ids, numbers, dates, nothing that identifies a customer.
    """
    told = dict(parameters or {})
    for person_id in dict.fromkeys(person_ids):
        if person_id and person_id != work.caller.person_id:
            work.session.add(
                Notification(
                    notification_id=work.new_id(),
                    person_id=person_id,
                    kind=kind,
                    resource=resource,
                    parameters=told,
                    urgent=urgent,
                    create_time=work.now,
                )
            )
