"""Keeps the lake as the feeds' retention says, and free of what writers that died have left.

First the manifest says that a revision is gone, so that no run pins it any more; a day later, when no reader is at it any longer,
its files go. A crash between the two leaves files that the next round takes, never a manifest that promises what is not there.
Files that no manifest names go once nobody can still be about to publish them. One feed is a step, and holds its name, as whoever
publishes does: no revision is taken away while it is being published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import Pin
from services.chassis.lake.leftovers import FoundRevision, clear, feeds_found, revisions_found, take_away
from services.chassis.longwork.asking import ask_of_itself
from services.chassis.longwork.table import ENDED, Operation, OperationState
from services.chassis.longwork.task import Preparation, Task, Work
from services.integration.model.dataset import Dataset
from services.integration.model.feed_definition import Retention
from services.integration.rules.retention import Kept, outlived
from services.integration.usecases import datasets, definitions, lake_metrics, packing
from services.integration.usecases.packing import Packed

KIND = "integration.lake.upkeep"
EVERY_SECONDS = 3_600.0
# No reader is at a revision so long after it stopped being pinned, and no writer is so long about to publish one.
REMOVAL_GRACE = timedelta(hours=24)
LEFTOVER_AGE = timedelta(hours=24)
# Of a round, which other long work of the service waits for: packs are in no hurry, and where somebody waits one is enough.
PACKS_MAX = 24
EVERYTHING = Retention(days=0, former_revisions=1_000_000)


def ask(work: UnitOfWork) -> None:
    """The timer's part: asks for a round, unless one is under way."""
    if not work.session.scalar(
        select(Operation.operation_id).where(Operation.kind == KIND, Operation.state.not_in(ENDED)).limit(1)
    ):
        ask_of_itself(work, KIND, {})


@dataclass(frozen=True, slots=True)
class Looked:
    """What a step goes by: the revisions of a feed that are there, or a pack that has been written."""

    found: tuple[FoundRevision, ...] = ()
    packed: Packed | None = None


def _look(preparation: Preparation, task: Task) -> Looked:
    """What is there of the next feed, or its next pack; deletes what nobody can see any more."""
    with preparation.transaction() as work:
        lake, now = work.database.lake, work.now
        known = work.session.scalars(select(Dataset.feed).distinct()).all() if not task.checkpoint else ()
    if not task.checkpoint:
        task.checkpoint = {"feeds": sorted({*known, *feeds_found(lake)}), "packing": False, "passed_over": [], "packs": 0}
        task.total = len(task.checkpoint["feeds"])
    feeds = task.checkpoint["feeds"]
    if feeds and task.checkpoint["packing"]:
        with preparation.transaction() as work:
            stays = task.checkpoint["packs"] >= PACKS_MAX or (task.checkpoint["packs"] and _others_wait(work))
            month = [] if stays else packing.next_month(work, feeds[0], task.checkpoint["passed_over"])
        return Looked(packed=packing.write(lake, month, preparation.beat) if month else None)
    clear(lake, now - LEFTOVER_AGE, preparation.beat)
    return Looked(found=tuple(revisions_found(lake, feeds[0]))) if feeds else Looked()


def _keep(work: UnitOfWork, task: Task, looked: Looked) -> None:
    """First a feed is swept, then its past months are packed, a month a step; then comes the next feed."""
    at = task.checkpoint
    if not at["feeds"]:
        # One step more than there are feeds: it deleted what the last of them took away.
        task.finish(f"{task.done} feeds looked after.")
        return
    feed = at["feeds"][0]
    datasets.hold(work, feed)
    if not at["packing"]:
        sweep(work, feed, looked.found)
        packing.sweep(work, feed, looked.found, REMOVAL_GRACE)
        end_outlived(work, feed, retention_of(work, feed))
        lake_metrics.tell(work, feed)
        task.checkpoint = at | {"packing": True}
    elif looked.packed is None:
        task.done += 1
        task.checkpoint = at | {"feeds": at["feeds"][1:], "packing": False, "passed_over": []}
    elif looked.packed.place:
        packing.keep(work, feed, looked.packed)
        task.checkpoint = at | {"packs": at["packs"] + 1}
    else:
        task.checkpoint = at | {"passed_over": [*at["passed_over"], looked.packed.month]}


def _others_wait(work: UnitOfWork) -> bool:
    waiting = (
        select(Operation.operation_id).where(Operation.state == OperationState.QUEUED.value, Operation.kind != KIND).limit(1)
    )
    return work.session.scalar(waiting) is not None


UPKEEP = Work(KIND, "", _keep, prepare=_look)


def retention_of(work: UnitOfWork, feed: str) -> Retention:
    """What the feed's definition says; everything is kept of a feed that is defined no more."""
    definition = definitions.definitions(work.settings).feeds.get(feed)
    return definition.retention if definition else EVERYTHING


def end_outlived(work: UnitOfWork, feed: str, retention: Retention) -> int:
    """Says in the manifest which revisions are kept no longer; answers how many."""
    columns = (Dataset.dataset_id, Dataset.business_date, Dataset.revision, Dataset.current)
    kept = work.session.execute(select(*columns).where(Dataset.feed == feed, Dataset.remove_time.is_(None)))
    gone = outlived(
        (Kept(*row) for row in kept),
        days=retention.days,
        former_revisions=retention.former_revisions,
        today=work.business_date,
    )
    for dataset in work.session.scalars(select(Dataset).where(among(Dataset.dataset_id, gone))) if gone else ():
        dataset.remove_time = work.now
    return len(gone)


def sweep(work: UnitOfWork, feed: str, found: Sequence[FoundRevision]) -> int:
    """Takes away the files of revisions that ended a while ago, and of those that nobody published; answers how many."""
    columns = (Dataset.business_date, Dataset.revision, Dataset.remove_time)
    known = {(day, number): ended for day, number, ended in work.session.execute(select(*columns).where(Dataset.feed == feed))}
    taken = 0
    for revision in found:
        place = (revision.business_date, revision.revision)
        ended = known.get(place)
        outlived_for_long = ended is not None and ended <= work.now - REMOVAL_GRACE
        never_published = place not in known and revision.modify_time <= work.now - LEFTOVER_AGE
        if outlived_for_long or never_published:
            take_away(work.database.lake, Pin(feed, "", "", *place))
            taken += 1
    return taken
