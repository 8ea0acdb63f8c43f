"""Subscriptions: secret links by which calendar programs outside read somebody's calendar."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import func, select
from workbench.activity.v1 import schedule_pb2, schedule_service_pb2

from services.activity.model.appointment import Appointment, CalendarFeed
from services.activity.model.person import Person
from services.activity.rules.appointments import EntryKind, FeedDetail
from services.activity.rules.icalendar.writing import Shown, calendar_file
from services.activity.usecases.schedule import calendars
from services.activity.usecases.schedule.answering import days_of
from services.activity.usecases.schedule.calendars import Entry, Whose
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import LimitReached, NotFound
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

FEEDS_MAX = 10
BACK, AHEAD = timedelta(days=60), timedelta(days=365)
# The soonest are kept where there are more.
EVENTS_MAX = 5_000
_SECRET_BYTES = 32
as_message = Mapper(schedule_pb2.CalendarFeed)


def create(work: UnitOfWork, draft: schedule_pb2.CalendarFeed) -> tuple[CalendarFeed, str]:
    """A new subscription of the caller's, and the path of its link; raises LimitReached CALENDAR_FEEDS_TOO_MANY."""
    work.hold(f"calendar feeds of {work.caller.person_id}")
    mine = select(func.count()).select_from(CalendarFeed).where(CalendarFeed.person_id == work.caller.person_id)
    if (work.session.scalar(mine) or 0) >= FEEDS_MAX:
        raise LimitReached("CALENDAR_FEEDS_TOO_MANY", f"One person has at most {FEEDS_MAX}; revoke one.")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    feed = CalendarFeed(
        calendar_feed_id=work.new_id(),
        person_id=work.caller.person_id,
        display_name=draft.display_name,
        detail=draft.detail or FeedDetail.BUSY.value,
        secret_sha256=_hash(secret),
        create_time=work.now,
    )
    work.session.add(feed)
    work.resource = f"calendarFeeds/{feed.calendar_feed_id}"
    return feed, f"/v1/calendarFeeds/{secret}/calendar.ics"


def page(work: UnitOfWork, request: schedule_service_pb2.ListCalendarFeedsRequest) -> Page:
    """A page of the caller's own."""
    statement = select(CalendarFeed).where(CalendarFeed.person_id == work.caller.person_id)
    return listing.read_page(work, statement, request, ((CalendarFeed.calendar_feed_id, listing.text),))


def revoke(work: UnitOfWork, calendar_feed_id: str) -> None:
    """Ends one of the caller's own; raises NotFound CALENDAR_FEED_NOT_FOUND."""
    feed = work.session.get(CalendarFeed, calendar_feed_id.lower())
    if feed is None or feed.person_id != work.caller.person_id:
        raise _not_found()
    work.session.delete(feed)
    work.resource = f"calendarFeeds/{feed.calendar_feed_id}"


def download(work: UnitOfWork, secret: str) -> bytes:
    """The calendar of whoever's link it is; raises NotFound CALENDAR_FEED_NOT_FOUND, whatever is wrong with it."""
    feed = work.session.scalars(select(CalendarFeed).where(CalendarFeed.secret_sha256 == _hash(secret))).one_or_none()
    person = work.session.get(Person, feed.person_id) if feed else None
    if feed is None or person is None or person.disabled:
        raise _not_found()
    # By days, so that the file stays the same while nothing happens.
    today = work.now.replace(hour=0, minute=0, second=0, microsecond=0)
    entries = calendars.entries(work, Whose(person_ids=(person.person_id,)), today - BACK, today + AHEAD)
    titles = feed.detail == FeedDetail.TITLES
    return calendar_file([_shown(each, titles=titles) for each in entries[:EVENTS_MAX]])


def _shown(entry: Entry, *, titles: bool) -> Shown:
    item, days = entry.item, None
    if isinstance(item, Appointment) and item.all_day:
        days = days_of(item, entry.start_time, entry.end_time)
    elif entry.all_day:
        days = item.start_date.isoformat(), item.end_date.isoformat()
    # What is private stays in the house; a customer's name and the texts of contacts do too.
    open_texts = titles and isinstance(item, Appointment) and not item.private and not item.customer_id
    original = entry.original_start_time or entry.start_time
    return Shown(
        uid=f"{entry.resource.replace('/', '-')}-{original:%Y%m%dT%H%M%SZ}",
        start_time=entry.start_time,
        end_time=entry.end_time,
        days=days,
        title=(item.title if open_texts else "") or _TITLES[entry.kind],
        place=item.place if open_texts else "",
        free=not entry.busy,
        changed_time=getattr(item, "update_time", entry.start_time),
        sequence=getattr(item, "version", 1),
    )


_TITLES = {
    EntryKind.APPOINTMENT: "日程 Busy",
    EntryKind.CONTACT: "客户联系 Customer contact",
    EntryKind.ABSENCE: "休假 Away",
    EntryKind.STANDING_IN: "代理 Standing in",
}


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _not_found() -> NotFound:
    return NotFound("CALENDAR_FEED_NOT_FOUND", "The link opens nothing.")
