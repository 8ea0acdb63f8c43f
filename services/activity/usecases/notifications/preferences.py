"""How people want to be told: what each says of it, and what follows for what waits to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from workbench.activity.v1 import notification_pb2

from services.activity.model.notification import Notification, NotificationPreferences
from services.activity.rules.quiet_hours import Clock, parse_time
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken, StaleVersion
from services.chassis.mapping import Mapper
from services.chassis.rpc import partial

_FIELDS = ("email_address", "language", "time_zone", "quiet_start", "quiet_end", "digest_times", "channels")
# Waiting for the end of the quiet hours; whoever has more is told the rest as it was to be.
_WAITING_MAX = 1_000

as_message = Mapper(notification_pb2.NotificationPreferences)


def of_caller(work: UnitOfWork) -> NotificationPreferences:
    """What the caller said, or what holds for who said nothing."""
    kept = work.session.get(NotificationPreferences, work.caller.person_id)
    return kept or NotificationPreferences(person_id=work.caller.person_id)


def clock(work: UnitOfWork, kept: NotificationPreferences) -> Clock:
    """How the person's day runs; by the bank's zone where his own is none any more: zones come and go with their database."""
    bank = work.database.bank_time_zone
    try:
        zone = zone_of(kept.time_zone or bank)
    except InvalidInput:
        zone = zone_of(bank)
    return Clock(zone, parse_time(kept.quiet_start), parse_time(kept.quiet_end))


def change(work: UnitOfWork, sent: notification_pb2.NotificationPreferences, fields: Sequence[str]) -> NotificationPreferences:
    """Takes the named fields over; nothing happens where nothing differs.

    Raises InvalidInput, RuleBroken EMAIL_DOMAIN_NOT_ALLOWED and StaleVersion NOTIFICATION_PREFERENCES_CHANGED.
    """
    partial.check_mask(fields, notification_pb2.NotificationPreferences.DESCRIPTOR, "What one wants to be told")
    work.resource = f"notificationPreferences/{work.caller.person_id}"
    if sent.etag and sent.etag != of_caller(work).etag:
        raise StaleVersion("NOTIFICATION_PREFERENCES_CHANGED", "They changed since you read them; read them again and repeat.")
    kept = _held(work)
    if sent.etag not in ("", "0", kept.etag):
        raise StaleVersion("NOTIFICATION_PREFERENCES_CHANGED", "They changed since you read them; read them again and repeat.")
    after = as_message(kept)
    changed = partial.take(after, sent, [name for name in _FIELDS if name in fields])
    if changed or "email_address" in fields:
        partial.check(after)
        _check(work, after)
        _fill(work, kept, after, given_anew="email_address" in fields)
        work.session.flush()
    return kept


def next_digest_time(work: UnitOfWork, kept: NotificationPreferences) -> datetime | None:
    """When the next digest is due; None where no mail goes to the person."""
    times = [each for each in map(parse_time, kept.digest_times) if each]
    return clock(work, kept).next_digest(work.now, times) if kept.mails else None


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; raises InvalidInput TIME_ZONE_UNKNOWN."""
    try:
        return ZoneInfo(name)
    # A name is a path among the zone files: of a folder, or out of them.
    except (ValueError, OSError, ZoneInfoNotFoundError):
        violation = FieldViolation("notification_preferences.time_zone", "A zone of the IANA database, such as Asia/Shanghai.")
        raise InvalidInput("TIME_ZONE_UNKNOWN", "There is no such time zone.", violations=(violation,)) from None


def _held(work: UnitOfWork) -> NotificationPreferences:
    """The caller's own, held against other writers; made where he had none."""
    key = work.caller.person_id
    blank = {"email_address": "", "language": 0, "time_zone": "", "quiet_start": "", "quiet_end": "", "email_refused": False}
    table = NotificationPreferences.__table__
    insert_if_absent(work.session, table, person_id=key, digest_times=[], channels={}, version=1, **blank)
    statement = select(NotificationPreferences).where(NotificationPreferences.person_id == key).with_for_update()
    return work.session.scalars(statement.execution_options(populate_existing=True)).one()


def _check(work: UnitOfWork, after: notification_pb2.NotificationPreferences) -> None:
    zone_of(after.time_zone or work.database.bank_time_zone)
    if bool(after.quiet_start) != bool(after.quiet_end) or (after.quiet_start and after.quiet_start == after.quiet_end):
        violation = FieldViolation("notification_preferences.quiet_end", "Another time than quiet_start; both or none.")
        raise InvalidInput("QUIET_HOURS_INVALID", "Quiet hours have a beginning and another end.", violations=(violation,))
    domain = after.email_address.rpartition("@")[2].lower()
    if domain and work.settings.mail_domains and domain not in map(str.lower, work.settings.mail_domains):
        violation = FieldViolation("notification_preferences.email_address", "An address of the bank.")
        raise RuleBroken("EMAIL_DOMAIN_NOT_ALLOWED", "The bank lets no mail go to that domain.", violations=(violation,))


def _fill(
    work: UnitOfWork, kept: NotificationPreferences, after: notification_pb2.NotificationPreferences, *, given_anew: bool
) -> None:
    before = clock(work, kept)
    if given_anew:
        kept.email_address, kept.email_refused = after.email_address, False
    kept.language, kept.time_zone = after.language, after.time_zone
    kept.quiet_start, kept.quiet_end = after.quiet_start, after.quiet_end
    kept.digest_times, kept.channels = sorted(after.digest_times), dict(after.channels)
    # One that is due just now is not put off by a change.
    if not (kept.mails and kept.next_digest_time and kept.next_digest_time <= work.now):
        kept.next_digest_time = next_digest_time(work, kept)
    if clock(work, kept) != before:
        _tell_by(work, kept)


def _tell_by(work: UnitOfWork, kept: NotificationPreferences) -> None:
    """What is not told yet is told by the new hours."""
    waiting = select(Notification).where(Notification.person_id == kept.person_id, Notification.due_time > work.now)
    for each in work.session.scalars(waiting.order_by(Notification.due_time).limit(_WAITING_MAX)).all():
        each.due_time = clock(work, kept).due(work.now)
