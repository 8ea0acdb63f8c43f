"""What a month of customers' days is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.lake.lake import Pin


@dataclass(frozen=True, slots=True)
class PinnedDay:
    """What is read of a day: its own revision, or the one that stands for it."""

    day: date
    pin: Pin


@dataclass(frozen=True, slots=True)
class DayInputs:
    """A month up to a day."""

    month_date: date
    end_date: date
    home_currency_code: str
    days: Sequence[PinnedDay]
