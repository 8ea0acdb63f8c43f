"""Keeps which revisions of published datasets are current, by integration's events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from workbench.integration.v1 import events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.replicas.tables import DatasetPinReplica

Pinned = TypeVar("Pinned", bound=DatasetPinReplica)


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
