"""Which revisions a feed's retention no longer keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Kept:
    """A revision whose files are kept."""

    dataset_id: str
    business_date: date
    revision: int
    current: bool


def outlived(kept: Iterable[Kept], *, days: int, former_revisions: int, today: date) -> list[str]:
    """The ids of the revisions of one feed that are kept no longer.

    Dates more than `days` before today go with all their revisions (0: none do), but never the feed's latest date: where a feed
    has stopped, how things stood last stays known. Of a date that stays, the current revision is kept and the latest
    `former_revisions` beside it.
    """
    by_date = {
        day: sorted(revisions, key=lambda each: -each.revision)
        for day, revisions in groupby(sorted(kept, key=lambda each: each.business_date), key=lambda each: each.business_date)
    }
    gone: list[str] = []
    for day, revisions in by_date.items():
        if days and day < today - timedelta(days=days) and day != max(by_date):
            gone += [each.dataset_id for each in revisions]
        else:
            gone += [each.dataset_id for each in [each for each in revisions if not each.current][former_revisions:]]
    return gone
