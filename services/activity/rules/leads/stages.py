"""What a stage of a pipeline asks, and when one that stands there is overdue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pipeline."""

    stage_code: str
    probability_percent: int
    # The numbers of `OpportunityField`.
    required_fields: tuple[int, ...]
    # 0 for no limit.
    days_max: int

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Stage:
        """The stage as a pipeline keeps it: what is zero or empty is left out there."""
        return cls(
            kept["stage_code"],
            kept.get("probability_percent", 0),
            tuple(kept.get("required_fields", ())),
            kept.get("days_max", 0),
        )

    def missing(self, known: Collection[int]) -> list[int]:
        """What it asks to be known and is not."""
        return [each for each in self.required_fields if each not in known]

    def due_date(self, enter_date: date) -> date | None:
        """The last day on which one that comes on a day may stand here; None where there is no limit."""
        if not self.days_max:
            return None
        last = enter_date.toordinal() + self.days_max
        return date.fromordinal(min(last, date.max.toordinal()))


def whole_days(start: datetime, end: datetime) -> int:
    """How many whole days lie between two instants; none where the end comes first."""
    return max((end - start) // _DAY, 0)
