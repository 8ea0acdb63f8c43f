"""Hand-overs of credit 业绩过渡: what the former lead had goes to the next one by steps, exactly, to the basis point."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from enum import IntEnum

from services.chassis.kernel.dates import moved
from services.performance.rules.allocation import allocate
from services.performance.rules.shares import WHOLE_BASIS_POINTS, Part

_MONTHS_PER_YEAR = 12


class CreditHandOverState(IntEnum):
    """Where a hand-over of credit stands; the numbers are the contract's."""

    UNSPECIFIED = 0
    WAITING = 1
    STARTED = 2
    UNDONE = 3
    VOID = 4


class Cause(IntEnum):
    """Why credit goes from one to another."""

    # The customer has another lead.
    LEAD_CHANGED = 1
    # Who had a part of a customer whom another leads has left.
    LEFT = 2
    # Who had left is here again.
    CAME_BACK = 3


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last where it has no such day; the calendar's own last beyond it."""
    counted = day.year * _MONTHS_PER_YEAR + day.month - 1 + months
    year, month = divmod(counted, _MONTHS_PER_YEAR)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def hand_over(
    parts: Sequence[Part], successor_person_id: str, start_date: date, step_basis_points: Sequence[int], step_months: int
) -> list[Part]:
    """What becomes of a former owner's parts, which end with the day before.

    In each step he keeps so many basis points of what he had, and the successor has the rest of it; the last step does not end
    before the part does. A part that begins later begins within the step of its first day. Without a successor the rest is the
    pool's. Of a remainder the larger fraction gets the basis point, and of two equal ones the former owner.
    """
    handed: list[Part] = []
    for part in parts:
        for place, kept_basis_points in enumerate(step_basis_points):
            first = max(part.start_date, months_later(start_date, place * step_months))
            last_step = place == len(step_basis_points) - 1
            last = None if last_step else moved(months_later(start_date, (place + 1) * step_months), -1)
            end = min(part.last_date, last or date.max)
            if first > end:
                continue
            # Ordered as people are by their staff numbers: of two equal remainders the former owner's comes first.
            kept, given = allocate(part.basis_points, [kept_basis_points, WHOLE_BASIS_POINTS - kept_basis_points], ["1", "2"])
            for person_id, basis_points in ((part.person_id, kept), (successor_person_id, given)):
                if person_id and basis_points:
                    handed.append(
                        Part(
                            person_id=person_id,
                            basis_points=basis_points,
                            start_date=first,
                            end_date=None if end == date.max else end,
                            from_minor_units=part.from_minor_units,
                            to_minor_units=part.to_minor_units,
                        )
                    )
    return handed
