"""Spreads the visits that are due over the workdays of a week, and customers of one place onto one day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A customer who is due; the place is empty where none is known, or where places do not count."""

    customer_id: str
    due_date: date
    key: bool = False
    place: str = ""

    @property
    def urgency(self) -> tuple[date, bool, str]:
        """Sorts: whoever is due longest first, then key customers, then by id."""
        return (self.due_date, not self.key, self.customer_id)


def planned(due: Iterable[DueVisit], days: Sequence[date], loads: Mapping[date, int], visits_per_day_max: int) -> dict[str, date]:
    """The day of each visit, by customer.

    `days` are the days on which somebody can go; `loads` says how much he has on them already. Each customer is planned once,
    whoever is due longest first, as long as a day has room; who is left over is not in the answer. Two or more of one place have
    one day, as far as one has the room. The others fill the days so that these differ by at most one visit where they can: those
    due longest come first in the week.
    """
    room = _Days(days, loads, visits_per_day_max)
    chosen = sorted({visit.customer_id: visit for visit in due}.values(), key=lambda visit: visit.urgency)[: room.left]
    together: dict[str, list[DueVisit]] = {}
    for visit in chosen:
        together.setdefault(visit.place, []).append(visit)
    plan: dict[str, date] = {}
    groups = [visits for place, visits in together.items() if place and len(visits) > 1]
    for visits in sorted(groups, key=lambda visits: visits[0].urgency):
        plan |= _grouped(visits, room)
    alone = [visit for visit in chosen if visit.customer_id not in plan]
    return plan | _spread(alone, room)


class _Days:
    """How many visits each day has, and how many more it can have."""

    def __init__(self, days: Sequence[date], loads: Mapping[date, int], visits_per_day_max: int) -> None:
        self.days = sorted(set(days))
        self._max = visits_per_day_max
        self._counts = {day: loads.get(day, 0) for day in self.days}

    @property
    def left(self) -> int:
        return sum(map(self.room, self.days))

    def room(self, day: date) -> int:
        return max(0, self._max - self._counts[day])

    def take(self, day: date, count: int) -> None:
        self._counts[day] += count

    def least(self, count: int = 1) -> date | None:
        """The emptiest day with room for so many, the earliest of several; None where there is none."""
        fitting = [day for day in self.days if self.room(day) >= count]
        return min(fitting, key=lambda day: (self._counts[day], day), default=None)

    def roomiest(self) -> date:
        return max(self.days, key=lambda day: (self.room(day), -day.toordinal()))


def _grouped(visits: Sequence[DueVisit], room: _Days) -> dict[str, date]:
    """Those of one place on one day; where no day has room for all, on as few as can be."""
    plan: dict[str, date] = {}
    left = list(visits)
    while left:
        day = room.least(len(left)) or room.roomiest()
        some = left[: room.room(day)]
        plan |= {visit.customer_id: day for visit in some}
        room.take(day, len(some))
        left = left[len(some) :]
    return plan


def _spread(visits: Sequence[DueVisit], room: _Days) -> dict[str, date]:
    """First how many each day gets, then who: in the order in which they are due, from the week's beginning on."""
    places: list[date] = []
    for _ in visits:
        day = room.least()
        if day is None:
            raise AssertionError("No more are chosen than there is room for.")
        room.take(day, 1)
        places.append(day)
    return {visit.customer_id: day for visit, day in zip(visits, sorted(places), strict=True)}
