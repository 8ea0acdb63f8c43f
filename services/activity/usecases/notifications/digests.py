"""Makes digests of what people have not read, and has them mailed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from services.activity.model.notification import Digest, DigestState, Notification, NotificationPreferences
from services.activity.model.person import Person
from services.activity.usecases.notifications import preferences
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork import asking
from services.chassis.longwork.table import ENDED, Operation

# The kind of long work that sends what waits.
MAIL = "activity.notification.mail"
MAKE_EVERY_SECONDS = 15.0
FORGET_EVERY_SECONDS = 600.0
# So many people's digests are made in one turn.
_PEOPLE_AT_ONCE = 200
# So many rows are forgotten in one turn.
_FORGOTTEN_AT_ONCE = 5_000
_MAIL_LOCK = "activity.notification.mail"


def make(work: UnitOfWork) -> None:
    """Makes the digests that are due, and asks for a run of the mail where any waits and none is under way."""
    if not work.settings.smtp_host:
        return
    for kept in _due_people(work):
        _make_for(work, kept)
        # Past the version: that a digest was made is no change of what he wants.
        own = update(NotificationPreferences).where(NotificationPreferences.person_id == kept.person_id)
        work.session.execute(own.values(next_digest_time=preferences.next_digest_time(work, kept)))
    work.session.flush()
    waiting = select(Digest.digest_id).where(Digest.state == DigestState.WAITING, Digest.due_time <= work.now)
    if work.session.scalar(waiting.limit(1)) is None:
        return
    # One run at a time: two would send the same digest.
    work.hold(_MAIL_LOCK)
    running = select(Operation.operation_id).where(Operation.kind == MAIL, Operation.state.not_in(ENDED)).limit(1)
    if work.session.scalar(running) is None:
        asking.ask_of_itself(work, MAIL, {})


def forget(work: UnitOfWork) -> None:
    """Drops what was told long ago, with the digests that told it."""
    before = work.now - timedelta(days=work.settings.notification_days)
    for model, key in ((Notification, Notification.notification_id), (Digest, Digest.digest_id)):
        old = select(key).where(model.create_time < before).order_by(model.create_time).limit(_FORGOTTEN_AT_ONCE)
        work.session.execute(delete(model).where(key.in_(old)).execution_options(synchronize_session=False))


def _due_people(work: UnitOfWork) -> list[NotificationPreferences]:
    """Whose time it is, and who is to be told of something urgent."""
    due = select(NotificationPreferences.person_id).where(NotificationPreferences.next_digest_time <= work.now)
    urgent = select(Notification.person_id).where(
        Notification.urgent, Notification.to_mail, Notification.read_time.is_(None), Notification.due_time <= work.now
    )
    people = {
        *work.session.scalars(due.order_by(NotificationPreferences.next_digest_time).limit(_PEOPLE_AT_ONCE)),
        *work.session.scalars(urgent.distinct().limit(_PEOPLE_AT_ONCE)),
    }
    statement = select(NotificationPreferences).where(NotificationPreferences.person_id.in_(people))
    # Held: his own change of them waits, and is not lost.
    return list(work.session.scalars(statement.order_by(NotificationPreferences.person_id).with_for_update()))


def _make_for(work: UnitOfWork, kept: NotificationPreferences) -> None:
    """One digest of what is to be mailed to the person and was not read; none where there is nothing."""
    person = work.session.get(Person, kept.person_id)
    digest = Digest(
        digest_id=work.new_id(), person_id=kept.person_id, language=kept.language, due_time=work.now, create_time=work.now
    )
    statement = update(Notification).where(
        Notification.person_id == kept.person_id,
        Notification.to_mail,
        Notification.read_time.is_(None),
        Notification.due_time <= work.now,
    )
    # Whoever was shut out, or takes no mail any more, is told by none of what waited for it.
    told_by = digest.digest_id if kept.mails and person and not person.disabled else ""
    values = {"to_mail": False, "digest_id": told_by}
    result = work.session.execute(statement.values(values).execution_options(synchronize_session=False))
    if told_by and cast("CursorResult[Any]", result).rowcount:
        work.session.add(digest)
