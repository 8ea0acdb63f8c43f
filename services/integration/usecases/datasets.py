"""Datasets: announced in the transaction that notes them, and found again by whoever needs the current ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import func, select
from workbench.integration.v1 import events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import Part, Pin
from services.integration.model.dataset import Dataset


def next_revision(work: UnitOfWork, feed: str, business_date: date) -> int:
    """The number that the next revision of the date gets; whoever publishes holds the feed's name meanwhile."""
    latest = select(func.max(Dataset.revision)).where(Dataset.feed == feed, Dataset.business_date == business_date)
    return (work.session.scalar(latest) or 0) + 1


def publish(work: UnitOfWork, pin: Pin, parts: Sequence[Part], *, run_id: str, totals: Mapping[str, Any]) -> Dataset:
    """Notes the revision as the current one of its date, and tells who needs it."""
    work.hold(f"datasets|{pin.feed}")
    former = select(Dataset).where(Dataset.feed == pin.feed, Dataset.business_date == pin.business_date, Dataset.current)
    for dataset in work.session.scalars(former):
        dataset.current = False
    # The index lets one revision be current.
    work.session.flush()
    dataset = Dataset(
        dataset_id=work.new_id(),
        feed=pin.feed,
        dataset=pin.dataset,
        source_system=pin.source_system,
        business_date=pin.business_date,
        revision=pin.revision,
        run_id=run_id,
        rows=sum(part.rows for part in parts),
        parts=[asdict(part) for part in parts],
        totals=dict(totals),
        current=True,
        publish_time=work.now,
    )
    work.session.add(dataset)
    work.record(
        events_pb2.DatasetPublished(
            feed=pin.feed,
            dataset=pin.dataset,
            source_system=pin.source_system,
            business_date=pin.business_date.isoformat(),
            revision=pin.revision,
            rows=dataset.rows,
            parts=[events_pb2.DatasetPart(name=part.name, rows=part.rows, sha256=part.sha256) for part in parts],
        )
    )
    return dataset


def current(work: UnitOfWork, dataset: str, as_of: date, *, source_system: str = "") -> list[Dataset]:
    """Of each feed of the canonical dataset the current revision of the latest date up to `as_of`."""
    latest = (
        select(Dataset.feed, func.max(Dataset.business_date).label("business_date"))
        .where(Dataset.dataset == dataset, Dataset.current, Dataset.business_date <= as_of, Dataset.remove_time.is_(None))
        .group_by(Dataset.feed)
        .subquery()
    )
    statement = (
        select(Dataset)
        .join(latest, (Dataset.feed == latest.c.feed) & (Dataset.business_date == latest.c.business_date))
        .where(Dataset.current)
        .order_by(Dataset.feed)
    )
    if source_system:
        statement = statement.where(Dataset.source_system == source_system)
    return list(work.session.scalars(statement))
