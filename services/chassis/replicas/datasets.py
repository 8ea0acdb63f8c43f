"""Keeps which revisions of published datasets are current, by integration's events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select
from workbench.integration.v1 import events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.replicas.tables import DatasetPinReplica

Pinned = TypeVar("Pinned", bound=DatasetPinReplica)
# Revisions by their feed (its name, its dataset, its source system) and the day of each.
Revisions = dict[tuple[str, str, str], dict[date, int]]


def pin(work: UnitOfWork, model: type[DatasetPinReplica], event: events_pb2.DatasetPublished) -> bool:
    """A revision is there to be read: the highest of a date counts, in whichever order they are told.

    Answers whether it is the current one by this.
    """
    business_date = date.fromisoformat(event.business_date)
    known = work.session.get(model, (event.feed, business_date), with_for_update=True)
    if known is None:
        work.session.add(
            model(
                feed=event.feed,
                business_date=business_date,
                dataset=event.dataset,
                source_system=event.source_system,
                revision=event.revision,
            )
        )
        work.session.flush()
        return True
    newer = event.revision > known.revision
    if newer:
        known.revision = event.revision
    return newer


def latest(work: UnitOfWork, model: type[Pinned]) -> Sequence[Pinned]:
    """Of each feed the current revision of its latest date that has come, by the feed's name."""
    until = max(work.business_date, work.clock_date)
    dates = (
        select(model.feed, func.max(model.business_date).label("business_date"))
        .where(model.business_date <= until)
        .group_by(model.feed)
        .subquery()
    )
    of_dates = (model.feed == dates.c.feed) & (model.business_date == dates.c.business_date)
    return work.session.scalars(select(model).join(dates, of_dates).order_by(model.feed)).all()


def revisions(
    work: UnitOfWork, model: type[DatasetPinReplica], datasets: Sequence[str], start_date: date, end_date: date
) -> Revisions:
    """The current revisions of all feeds of those datasets from one day to another."""
    wanted = select(*_columns(model)).where(model.dataset.in_(datasets), model.business_date.between(start_date, end_date))
    return _by_feed(work.session.execute(wanted))


def last_until(work: UnitOfWork, model: type[DatasetPinReplica], datasets: Sequence[str], day: date) -> Revisions:
    """Of each feed its last day up to that one."""
    return _outermost(work, model, func.max, model.dataset.in_(datasets) & (model.business_date <= day))


def first_after(work: UnitOfWork, model: type[DatasetPinReplica], datasets: Sequence[str], day: date) -> Revisions:
    """Of each feed its first day after that one."""
    return _outermost(work, model, func.min, model.dataset.in_(datasets) & (model.business_date > day))


def _outermost(work: UnitOfWork, model: type[DatasetPinReplica], outermost: Any, when: Any) -> Revisions:
    place = select(model.feed, outermost(model.business_date).label("business_date")).where(when).group_by(model.feed).subquery()
    wanted = select(*_columns(model)).join(place, (model.feed == place.c.feed) & (model.business_date == place.c.business_date))
    return _by_feed(work.session.execute(wanted))


def _columns(model: type[DatasetPinReplica]) -> tuple[Any, ...]:
    return model.feed, model.dataset, model.source_system, model.business_date, model.revision


def _by_feed(rows: Iterable[Any]) -> Revisions:
    found: Revisions = defaultdict(dict)
    for row in rows:
        found[row.feed, row.dataset, row.source_system][row.business_date] = row.revision
    return found
