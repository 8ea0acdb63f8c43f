"""Keeps which revisions of published datasets are current, by integration's events."""

from __future__ import annotations

from datetime import date

from workbench.integration.v1 import events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.replicas.tables import DatasetPinReplica


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
