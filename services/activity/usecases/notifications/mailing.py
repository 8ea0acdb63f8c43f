"""Sends the digests that wait, one after the other over one connection.

A digest is one mail. Its `Message-ID` is its own and the same at each try, and so is every byte of it. The server's word that it
has the mail is written down in the next transaction, which does nothing else: only where the process dies, or loses its database
for good, in the milliseconds between that word and that commit, is the mail sent a second time, and mail systems that know a
`Message-ID` again show it once. Where the database is gone for a while, the process remembers what was accepted, and sends
nothing again. Never is a digest forgotten: until the server has it, it is tried again, each time later.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread

import structlog
from sqlalchemy import select

from services.activity.model.notification import Digest, DigestState, Notification, NotificationPreferences
from services.activity.model.person import Person
from services.activity.rules.notification_kinds import Mailed, digest_subject, digest_text
from services.activity.usecases.notifications.digests import MAIL
from services.activity.usecases.notifications.settings import NotificationSettings
from services.activity.usecases.notifications.smtp import Connection, Letter, Outcome
from services.activity.usecases.notifying import notify
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.backoff import doubling_seconds
from services.chassis.longwork.task import Abandoned, Preparation, Task, Work

RETRY_DELAY_SECONDS = 60.0
RETRY_DELAY_MAX_SECONDS = 3_600.0
# What cannot be sent for so long is not news any more.
TRIED_DAYS = 3
# What the process accepted and could not write down yet; more than the run has is a fault of ours.
_REMEMBERED_MAX = 1_000
# How long the server's word is waited for once the process is asked to stop, and how often the lease is renewed meanwhile.
STOP_SECONDS = 5.0
_LOOK_SECONDS = 1.0
_ENDS = {
    Outcome.ACCEPTED: DigestState.SENT,
    Outcome.ADDRESS_REFUSED: DigestState.REFUSED,
    Outcome.MAIL_REFUSED: DigestState.REFUSED,
}

_log = structlog.get_logger(__name__)
# Digests whose mail this process knows to be the server's, until that is written down.
_accepted: dict[str, None] = {}


@dataclass(frozen=True, slots=True)
class Tried:
    """One try: of which digest, and what came of it."""

    digest_id: str
    outcome: Outcome


def _send_next(preparation: Preparation, task: Task) -> Tried | None:
    """Sends the digest that has waited longest; None where none is due."""
    with preparation.transaction() as work:
        settings: NotificationSettings = work.settings
        letter = _next_letter(work)
    connection: Connection | None = task.memory.get("connection")
    if letter is None:
        if connection:
            connection.close()
        return None
    if letter.digest_id in _accepted:
        return Tried(letter.digest_id, Outcome.ACCEPTED)
    if not letter.address:
        return Tried(letter.digest_id, Outcome.MAIL_REFUSED)
    connection = task.memory.setdefault("connection", connection or Connection(settings))
    outcome = _beside(preparation.beat, lambda: connection.send(letter, preparation.beat), connection.abort)
    if outcome is Outcome.ACCEPTED and len(_accepted) < _REMEMBERED_MAX:
        _accepted[letter.digest_id] = None
    return Tried(letter.digest_id, outcome)


def _note(work: UnitOfWork, task: Task, tried: Tried | None) -> None:
    """Writes down what came of it, and nothing else."""
    if tried is None:
        task.finish(f"Sent {task.done}.")
        return
    digest = work.session.scalars(select(Digest).where(Digest.digest_id == tried.digest_id).with_for_update()).one_or_none()
    work.after_commit.append(lambda: _accepted.pop(tried.digest_id, None))
    if digest is None or not digest.waits:
        return
    digest.attempts += 1
    if end := _ENDS.get(tried.outcome):
        digest.end(end, work.now)
        task.done += end is DigestState.SENT
        if tried.outcome is Outcome.ADDRESS_REFUSED:
            _refuse_address(work, digest.person_id)
    elif work.now - digest.create_time > timedelta(days=TRIED_DAYS):
        digest.end(DigestState.GIVEN_UP, work.now)
    else:
        delay = doubling_seconds(digest.attempts, RETRY_DELAY_SECONDS, RETRY_DELAY_MAX_SECONDS)
        digest.due_time = work.now + timedelta(seconds=delay)
    if tried.outcome is not Outcome.ACCEPTED:
        _log.warning("mail_not_sent", digest_id=digest.digest_id, outcome=tried.outcome.name, attempts=digest.attempts)
    if tried.outcome is Outcome.SERVER_FAULT:
        task.finish(f"Sent {task.done}; the mail server is not there.")


SEND = Work(MAIL, "", _note, _send_next)


def _next_letter(work: UnitOfWork) -> Letter | None:
    waiting = select(Digest).where(Digest.state == DigestState.WAITING, Digest.due_time <= work.now)
    digest = work.session.scalars(waiting.order_by(Digest.due_time, Digest.digest_id).limit(1)).one_or_none()
    if digest is None:
        return None
    kept = work.session.get(NotificationPreferences, digest.person_id)
    person = work.session.get(Person, digest.person_id)
    # Whoever was shut out meanwhile, or wants none any more, gets none.
    wanted = kept and kept.mails and person and not person.disabled
    statement = select(Notification.kind, Notification.urgent, Notification.create_time)
    told = [Mailed(*row) for row in work.session.execute(statement.where(Notification.digest_id == digest.digest_id))]
    return Letter(
        digest_id=digest.digest_id,
        address=kept.email_address if kept and wanted else "",
        subject=digest_subject(len(told), digest.language, urgent=any(each.urgent for each in told)),
        text=digest_text(told, digest.language, work.settings.mail_page_url),
        create_time=digest.create_time,
    )


def _refuse_address(work: UnitOfWork, person_id: str) -> None:
    kept = work.session.get(NotificationPreferences, person_id, with_for_update=True)
    if kept is not None:
        kept.email_refused, kept.next_digest_time = True, None
        notify(work, [person_id], "email_refused", resource=f"notificationPreferences/{person_id}")


def _beside(beat: Callable[[], None], run: Callable[[], Outcome], interrupt: Callable[[], None]) -> Outcome:
    """What `run` answers, however long it takes, while the lease is renewed.

    Where the process is to stop, a mail that has gone is waited for a little longer, so that what the server says of it is kept.
    """
    future: Future[Outcome] = Future()

    def answer() -> None:
        try:
            future.set_result(run())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            future.set_exception(error)

    Thread(target=answer, name="mail", daemon=True).start()
    until = float("inf")
    while not future.done():
        if time.monotonic() > until:
            interrupt()
            raise Abandoned
        try:
            beat()
        except Abandoned:
            until = min(until, time.monotonic() + STOP_SECONDS)
        wait([future], timeout=_LOOK_SECONDS)
    return future.result()
