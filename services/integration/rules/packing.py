"""Which datasets are worth keeping together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# A month is packed so long after its end: corrections have come by then.
SETTLED_AFTER = timedelta(days=7)
# Fewer files than that cost a reader little; and what is large is quick enough to read where it is, and dear to write twice.
DATASETS_MIN = 7
DATASET_BYTES_MAX = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The current revision of a date, in a folder of its own."""

    dataset_id: str
    business_date: date
    size_bytes: int


def month_to_pack(unpacked: Iterable[Unpacked], today: date, passed_over: Iterable[str] = ()) -> list[str]:
    """The datasets of the earliest month that should become a pack, by date; none where there is no such month.

    `passed_over` are months, `YYYY-MM`, that could not be packed.
    """
    months: dict[date, list[Unpacked]] = {}
    settled = (today - SETTLED_AFTER).replace(day=1)
    for dataset in unpacked:
        if dataset.business_date < settled and dataset.size_bytes <= DATASET_BYTES_MAX:
            months.setdefault(dataset.business_date.replace(day=1), []).append(dataset)
    for month in sorted(months):
        if len(months[month]) >= DATASETS_MIN and f"{month:%Y-%m}" not in passed_over:
            return [dataset.dataset_id for dataset in sorted(months[month], key=lambda each: each.business_date)]
    return []
