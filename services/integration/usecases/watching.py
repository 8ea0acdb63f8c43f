"""Watches the feeds: which dates are due, which of them came, which are late; and asks for a look at each source in its turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any, cast
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Counter
from sqlalchemy import Table, delete, func, insert, select, update
from workbench.integration.v1 import events_pb2

from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.asking import ask_of_itself
from services.chassis.longwork.table import ENDED, Operation, OperationState
from services.integration.model.dataset import Dataset
from services.integration.model.feed_definition import FeedDefinition
from services.integration.model.feed_run import ENDED_RUNS, FeedRun
from services.integration.model.watch import FeedDate, FeedWatch
from services.integration.rules.calendar import due_time, is_due
from services.integration.usecases.calendar import business_days
from services.integration.usecases.definitions import definitions

LOOK = "feeds.look"
# Late dates told in one turn, and days that are made up for in one turn after a rest.
MISSED_AT_ONCE_MAX = 100
DAYS_AT_ONCE_MAX = 62
# A look that went well leaves nothing worth keeping longer.
LOOKS_KEPT = timedelta(hours=1)
LATE_DATES_TOLD_MAX = 31
# A file that grows for longer is no excuse.
SETTLING_MAX = timedelta(hours=1)
_DAY = timedelta(days=1)

MISSED = Counter("workbench_feed_dates_missed_total", "Dates for which a feed did not come in time.", ("feed",))
_WATCHES = cast("Table", FeedWatch.__table__)
_log = structlog.get_logger(__name__)


class FeedTimeliness(IntEnum):
    """How a feed stands to its calendar; the numbers are those of `workbench.integration.v1.FeedTimeliness`."""

    # Nothing is ever due.
    NOTHING_DUE = 1
    # Something is due, and has time yet.
    WAITING = 2
    # All that was due has come.
    ARRIVED = 3
    # Something did not come in time, and is still awaited.
    LATE = 4


@dataclass(frozen=True, slots=True)
class FeedStanding:
    """What is known of a feed's source and of its dates."""

    timeliness: FeedTimeliness
    last_look_time: datetime | None = None
    # Empty where the latest look went well.
    last_fault: str = ""
    next_due_date: date | None = None
    next_due_time: datetime | None = None
    # The earliest of them.
    late_dates: tuple[date, ...] = ()


def watch(work: UnitOfWork) -> None:
    """One turn: asks for looks, and does nothing slow itself."""
    feeds = definitions(work.settings).feeds
    watches = {row.feed: row for row in work.session.execute(select(_WATCHES)).all()}
    for name in feeds.keys() - watches.keys():
        yesterday = work.business_date - _DAY
        values = {"feed": name, "expected_until": yesterday, "operation_id": "", "failures": 0, "last_fault": ""}
        insert_if_absent(work.session, _WATCHES, **values, next_look_time=work.now)
    _note_arrivals(work)
    _expect(work, feeds)
    _tell_missed(work, feeds)
    _ask(work, feeds)


def standings(work: UnitOfWork, feeds: Iterable[FeedDefinition]) -> dict[str, FeedStanding]:
    """How each of the feeds stands."""
    watches = {row.feed: row for row in work.session.scalars(select(FeedWatch))}
    awaited: dict[str, list[FeedDate]] = {}
    for row in work.session.scalars(select(FeedDate).where(FeedDate.arrive_time.is_(None)).order_by(FeedDate.business_date)):
        awaited.setdefault(row.feed, []).append(row)
    return {feed.name: _standing(work, feed, watches.get(feed.name), awaited.get(feed.name, [])) for feed in feeds}


def _standing(work: UnitOfWork, feed: FeedDefinition, seen: FeedWatch | None, awaited: list[FeedDate]) -> FeedStanding:
    looked = (seen.last_look_time, seen.last_fault) if seen else (None, "")
    if feed.calendar.days == "none":
        return FeedStanding(FeedTimeliness.NOTHING_DUE, *looked)
    late = tuple(row.business_date for row in awaited if row.miss_time is not None)
    waiting = next(((row.business_date, row.due_time) for row in awaited if row.miss_time is None), None)
    following = waiting or _following(work, feed, seen.expected_until if seen else work.business_date)
    in_time = FeedTimeliness.WAITING if waiting or seen is None else FeedTimeliness.ARRIVED
    timeliness = FeedTimeliness.LATE if late else in_time
    return FeedStanding(timeliness, *looked, *following, late[:LATE_DATES_TOLD_MAX])


def _following(work: UnitOfWork, feed: FeedDefinition, after: date) -> tuple[date, datetime] | tuple[None, None]:
    days = [after + _DAY * number for number in range(1, DAYS_AT_ONCE_MAX)]
    worked = business_days(work, days[0], days[-1])
    found = next((day for day in days if is_due(feed.calendar.days, day, worked)), None)
    return (found, _due(work, feed, found)) if found else (None, None)


def _note_arrivals(work: UnitOfWork) -> None:
    came = (
        select(FeedDate.feed, FeedDate.business_date, FeedDate.miss_time, func.min(Dataset.publish_time).label("publish_time"))
        .join(Dataset, (Dataset.feed == FeedDate.feed) & (Dataset.business_date == FeedDate.business_date))
        .where(FeedDate.arrive_time.is_(None))
        .group_by(FeedDate.feed, FeedDate.business_date, FeedDate.miss_time)
    )
    for row in work.session.execute(came).all():
        this = (FeedDate.feed == row.feed, FeedDate.business_date == row.business_date)
        work.session.execute(update(FeedDate).where(*this).values(arrive_time=row.publish_time))
        if row.miss_time is not None:
            _log.info("feed_arrived_late", feed=row.feed, business_date=row.business_date.isoformat())


def _expect(work: UnitOfWork, feeds: Mapping[str, FeedDefinition]) -> None:
    """Notes what is due for each date that has begun since."""
    behind = select(FeedWatch.feed, FeedWatch.expected_until).where(FeedWatch.expected_until < work.business_date)
    rows = [row for row in work.session.execute(behind).all() if row.feed in feeds]
    if not rows:
        return
    worked = business_days(work, min(row.expected_until for row in rows), work.business_date)
    expected, ends = [], {}
    for row in rows:
        feed, until = feeds[row.feed], min(work.business_date, row.expected_until + _DAY * DAYS_AT_ONCE_MAX)
        days = (row.expected_until + _DAY * number for number in range(1, (until - row.expected_until).days + 1))
        due = [day for day in days if is_due(feed.calendar.days, day, worked)]
        expected += [{"feed": row.feed, "business_date": day, "due_time": _due(work, feed, day)} for day in due]
        ends[row.feed] = until
    if expected:
        work.session.execute(insert(FeedDate), expected)
    for name, until in ends.items():
        work.session.execute(update(FeedWatch).where(FeedWatch.feed == name).values(expected_until=until))


def _tell_missed(work: UnitOfWork, feeds: Mapping[str, FeedDefinition]) -> None:
    """Each late date once: the event, a warning, and a count."""
    running = select(FeedRun.feed).where(FeedRun.state.not_in([state.value for state in ENDED_RUNS]))
    due = (
        select(FeedDate.feed, FeedDate.business_date, FeedDate.due_time, FeedWatch.last_look_time, FeedWatch.settling_time)
        .join(FeedWatch, FeedWatch.feed == FeedDate.feed)
        .where(FeedDate.arrive_time.is_(None), FeedDate.miss_time.is_(None), FeedDate.due_time <= work.now)
        # What just came is not late because it is large.
        .where(FeedDate.feed.not_in(running))
        .order_by(FeedDate.due_time, FeedDate.feed)
    )
    late = [row for row in work.session.execute(due).all() if row.feed in feeds and _is_late(feeds[row.feed], row)]
    for row in late[:MISSED_AT_ONCE_MAX]:
        this = (FeedDate.feed == row.feed, FeedDate.business_date == row.business_date)
        work.session.execute(update(FeedDate).where(*this).values(miss_time=work.now))
        work.record(events_pb2.FeedMissed(feed=row.feed, business_date=row.business_date.isoformat()))
        MISSED.labels(row.feed).inc()
        _log.warning("feed_missed", feed=row.feed, business_date=row.business_date.isoformat(), due=row.due_time.isoformat())


def _is_late(feed: FeedDefinition, row: Any) -> bool:
    if feed.calendar.days == "none" or feed.source.kind == "push":
        return feed.calendar.days != "none"
    # After a rest of ours, what lies in the source is taken before anything is called late.
    if row.last_look_time is None or row.last_look_time < row.due_time:
        return False
    return row.settling_time is None or row.last_look_time - row.settling_time > SETTLING_MAX


def _ask(work: UnitOfWork, feeds: Mapping[str, FeedDefinition]) -> None:
    """One look at a time for each source."""
    over = (Operation.kind == LOOK, Operation.state == OperationState.SUCCEEDED.value, Operation.end_time < work.now - LOOKS_KEPT)
    work.session.execute(delete(Operation).where(*over).execution_options(synchronize_session=False))
    under_way = select(Operation.operation_id).where(Operation.kind == LOOK, Operation.state.not_in(ENDED))
    due = select(FeedWatch.feed).where(FeedWatch.next_look_time <= work.now, FeedWatch.operation_id.not_in(under_way))
    for name in work.session.scalars(due.order_by(FeedWatch.next_look_time)).all():
        if name not in feeds or feeds[name].source.kind == "push":
            continue
        operation = ask_of_itself(work, LOOK, {"feed": name}, subject=f"feeds/{name}")
        values = {
            "operation_id": operation.operation_id,
            "next_look_time": work.now + timedelta(seconds=work.settings.look_seconds),
        }
        work.session.execute(update(FeedWatch).where(FeedWatch.feed == name).values(values))


def _due(work: UnitOfWork, feed: FeedDefinition, day: date) -> datetime:
    zone = ZoneInfo(work.database.bank_time_zone)
    return due_time(day, feed.calendar.due, feed.calendar.due_days_after, zone)
