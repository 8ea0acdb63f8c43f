"""Makes packs of past months, and takes away what they replace.

The pack is whole on the disk before anything points to it; then, in one transaction, the manifest names it and the pointers are
written; a day later, when whoever began before has ended, the revisions' own folders go. A crash leaves a pack that nothing
needs, or pointers to one that has the same rows: later rounds clear them away and begin anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound
from services.chassis.lake import packs
from services.chassis.lake.lake import Lake, Part, Pin
from services.chassis.lake.leftovers import FoundRevision, take_away
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.lake.watching import watched
from services.integration.model.dataset import Dataset, DatasetPack
from services.integration.rules.packing import Unpacked, month_to_pack

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack that is whole on the disk; without a place where the month could not be packed."""

    month: str
    dataset_ids: tuple[str, ...] = ()
    place: str = ""
    parts: tuple[Part, ...] = ()


def next_month(work: UnitOfWork, feed: str, passed_over: Sequence[str]) -> list[Dataset]:
    """The datasets of the feed's next month that should become a pack; none where there is no such month."""
    columns = (Dataset.dataset_id, Dataset.business_date, Dataset.parts)
    unpacked = select(*columns).where(
        Dataset.feed == feed, Dataset.current, Dataset.remove_time.is_(None), Dataset.pack_place == ""
    )
    sizes = (Unpacked(id_, day, sum(part["size_bytes"] for part in parts)) for id_, day, parts in work.session.execute(unpacked))
    ids = month_to_pack(sizes, work.business_date, passed_over)
    if not ids:
        return []
    chosen = select(Dataset).where(among(Dataset.dataset_id, ids)).order_by(Dataset.business_date)
    return list(work.session.scalars(chosen))


def write(lake: Lake, datasets: Sequence[Dataset], beat: Callable[[], None]) -> Packed:
    """Writes the pack. Where a file is broken all stays as it is, and `workbench lake verify` tells which."""
    import duckdb

    pins, month = [dataset.pin for dataset in datasets], f"{datasets[0].business_date:%Y-%m}"
    schema, rows = SCHEMAS[datasets[0].dataset], [dataset.rows for dataset in datasets]
    try:
        place, parts = watched(lake, beat, lambda connection: packs.write_pack(lake, connection, schema, pins, rows))
    except (packs.PackDiffers, NotFound, OSError, duckdb.Error) as error:
        _log.error("month_not_packed", feed=pins[0].feed, month=month, error=type(error).__name__)
        return Packed(month)
    return Packed(month, tuple(dataset.dataset_id for dataset in datasets), place, tuple(parts))


def keep(work: UnitOfWork, feed: str, packed: Packed) -> None:
    """Notes the pack and has readers find it; the feed is held. A revision that ended meanwhile stays out of it."""
    named = among(Dataset.dataset_id, packed.dataset_ids)
    kept = work.session.scalars(select(Dataset).where(named, Dataset.remove_time.is_(None))).all()
    parts = [
        {"name": part.name, "rows": part.rows, "size_bytes": part.size_bytes, "sha256": part.sha256} for part in packed.parts
    ]
    work.session.add(DatasetPack(feed=feed, place=packed.place, parts=parts, create_time=work.now))
    for dataset in kept:
        dataset.pack_place = packed.place
    work.session.flush()
    packs.point(work.database.lake, (dataset.pin for dataset in kept), packed.place)


def sweep(work: UnitOfWork, feed: str, found: Sequence[FoundRevision], grace: timedelta) -> None:
    """Takes away folders whose rows are in a pack, pointers of what ended, and packs that nobody needs; the feed is held.

    `grace` is how long a reader may still be at what he found.
    """
    lake, until = work.database.lake, work.now - grace
    known = {pack.place: pack for pack in work.session.scalars(select(DatasetPack).where(DatasetPack.feed == feed))}
    columns = (Dataset.business_date, Dataset.revision, Dataset.pack_place, Dataset.remove_time)
    rows = work.session.execute(select(*columns).where(Dataset.feed == feed, Dataset.pack_place != "")).all()
    pointed, there = packs.pointed(lake, feed), packs.packs_found(lake, feed)
    in_pack = {(row[0], row[1]): row for row in rows}
    for place_of_pointer, place in list(pointed.items()):
        row = in_pack.get(place_of_pointer)
        if row is None or row[2] != place or _ended(row[3], until):
            packs.unpoint(lake, Pin(feed, "", "", *place_of_pointer))
    for revision in found:
        place = pointed.get((revision.business_date, revision.revision), "")
        if place in known and place in there and known[place].create_time <= until:
            take_away(lake, Pin(feed, "", "", revision.business_date, revision.revision))
    needed = {row[2] for row in rows if not _ended(row[3], until)} | set(pointed.values())
    for place, since in there.items():
        if place not in needed and since <= until:
            packs.take_away_pack(lake, feed, place)
            if place in known:
                work.session.delete(known[place])


def _ended(remove_time: datetime | None, until: datetime) -> bool:
    return remove_time is not None and remove_time <= until
