"""Datasets: announced in the transaction that notes them, and found again by whoever needs the current ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import func, select
from workbench.integration.v1 import events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import StaleVersion
from services.chassis.lake.lake import Part, Pin
from services.integration.model.dataset import Dataset
from services.integration.usecases import lake_metrics


def next_revision(work: UnitOfWork, feed: str, business_date: date) -> int:
    """The number under which the date's next revision is written; asked anew by each try.

    Beyond what is published, and beyond what another writer or an earlier try has left on the disk: that is not ours to replace.
    """
    latest = select(func.max(Dataset.revision)).where(Dataset.feed == feed, Dataset.business_date == business_date)
    return max([work.session.scalar(latest) or 0, *work.database.lake.revisions(feed, business_date)]) + 1


def hold(work: UnitOfWork, feed: str) -> None:
    """Nobody else publishes or clears away datasets of the feed until the transaction ends."""
    work.hold(f"datasets|{feed}")


def publish(work: UnitOfWork, pin: Pin, parts: Sequence[Part], *, run_id: str, totals: Mapping[str, Any]) -> Dataset:
    """Notes the revision as the current one of its date, and tells who needs it.

    Raises StaleVersion REVISION_OUTRUN where a later one was published meanwhile, and REVISION_GONE where its files were cleared
    away because nobody published them for so long; whoever wrote it writes it anew under the next number.
    """
    hold(work, pin.feed)
    _check_place(work, pin)
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
    announce(work, dataset)
    work.after_commit.append(lambda: lake_metrics.published(dataset))
    return dataset


def announce(work: UnitOfWork, dataset: Dataset) -> None:
    """Tells who needs it that the revision is there to be read; to hear it twice harms nobody."""
    work.record(published_message(dataset))


def published_message(dataset: Dataset) -> events_pb2.DatasetPublished:
    """What is told of it."""
    parts = [events_pb2.DatasetPart(name=part["name"], rows=part["rows"], sha256=part["sha256"]) for part in dataset.parts]
    return events_pb2.DatasetPublished(
        feed=dataset.feed,
        dataset=dataset.dataset,
        source_system=dataset.source_system,
        business_date=dataset.business_date.isoformat(),
        revision=dataset.revision,
        rows=dataset.rows,
        parts=parts,
    )


def current(work: UnitOfWork, dataset: str, as_of: date, *, source_system: str = "") -> list[Dataset]:
    """Of each feed of the canonical dataset the current revision of the latest date up to `as_of`."""
    return current_of_all(work, as_of, dataset=dataset, source_system=source_system)


def current_of_all(work: UnitOfWork, as_of: date, *, dataset: str = "", source_system: str = "") -> list[Dataset]:
    """The same of every canonical dataset, or of the one that is named; by dataset and feed."""
    kept = [Dataset.current, Dataset.business_date <= as_of, Dataset.remove_time.is_(None)]
    kept += [Dataset.dataset == dataset] if dataset else []
    kept += [Dataset.source_system == source_system] if source_system else []
    latest = (
        select(Dataset.feed, func.max(Dataset.business_date).label("business_date"))
        .where(*kept)
        .group_by(Dataset.feed)
        .subquery()
    )
    statement = (
        select(Dataset)
        .join(latest, (Dataset.feed == latest.c.feed) & (Dataset.business_date == latest.c.business_date))
        .where(*kept)
        .order_by(Dataset.dataset, Dataset.feed)
    )
    return list(work.session.scalars(statement))


def current_in(
    work: UnitOfWork, dataset: str, feeds: Sequence[str], start: date = date.min, end: date = date.max
) -> list[Dataset]:
    """Of those feeds the current revisions of all dates from one to another, by feed and date."""
    statement = select(Dataset).where(
        Dataset.dataset == dataset,
        Dataset.feed.in_(feeds),
        Dataset.current,
        Dataset.remove_time.is_(None),
        Dataset.business_date.between(start, end),
    )
    return list(work.session.scalars(statement.order_by(Dataset.feed, Dataset.business_date)))


def _check_place(work: UnitOfWork, pin: Pin) -> None:
    latest = select(func.max(Dataset.revision)).where(Dataset.feed == pin.feed, Dataset.business_date == pin.business_date)
    if (work.session.scalar(latest) or 0) >= pin.revision:
        raise StaleVersion("REVISION_OUTRUN", "A later revision of this date was published meanwhile.")
    if not work.database.lake.folder(pin).is_dir():
        raise StaleVersion("REVISION_GONE", "The files of this revision are not there any more.")
