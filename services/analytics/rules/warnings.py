"""Warnings 预警: when one is raised, how far it may go, and what is counted of what became of them."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from services.chassis.kernel.dates import moved


class WarningState(IntEnum):
    """Where it stands. The number is stored and never changes its meaning; `workbench.analytics.v1.WarningState` mirrors it."""

    # It waits for somebody.
    RAISED = 1
    # Somebody is at it.
    ACCEPTED = 2
    # It rests until a day.
    POSTPONED = 3
    # Somebody, or the service, said what became of it.
    CLOSED = 4


class WarningOutcome(IntEnum):
    """What became of it, by whoever closed it; `workbench.analytics.v1.WarningOutcome` mirrors it."""

    UNSPECIFIED = 0
    # The customer was leaving, and stays.
    RETAINED = 1
    # He left.
    LOST = 2
    # He never was leaving: a false alarm.
    NOT_LEAVING = 3
    # Nobody got hold of him.
    UNREACHABLE = 4
    # The service: its signs were gone before anybody took it up.
    FADED = 5
    # The service: its time is over, and nobody said anything.
    EXPIRED = 6
    # The service: the customer's record was merged into another that has one, or was taken back.
    SUPERSEDED = 7


class MeasuredOutcome(IntEnum):
    """What the customer's money did, whatever anybody said; `workbench.analytics.v1.MeasuredOutcome` mirrors it."""

    # Its time is not over.
    UNSPECIFIED = 0
    LEFT = 1
    STAYED = 2
    # There are too few days to say.
    UNKNOWN = 3
    # He had left before: the warning came too late.
    LEFT_BEFORE = 4


OPEN_STATES = (WarningState.RAISED, WarningState.ACCEPTED, WarningState.POSTPONED)
# What a person can say of it; the others are the service's.
TOLD_OUTCOMES = (WarningOutcome.RETAINED, WarningOutcome.LOST, WarningOutcome.NOT_LEAVING, WarningOutcome.UNREACHABLE)
# After these a customer may be warned of again at once: nobody has been asked to do anything.
_UNWORKED = (WarningOutcome.FADED, WarningOutcome.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a customer is warned of."""

    # The calibrated probability that he leaves, and what at least would go with him, in minor units.
    probability_min: float
    value_min: int
    # Or a sign of at least that severity (1 to 3), whatever the probability.
    severity_min: int


@dataclass(frozen=True, slots=True)
class Look:
    """How an analysis sees a customer."""

    # None where there is too little to say anything.
    probability: float | None
    value_at_risk: int
    # The most severe of his signs; 0 where there is none.
    severity: int


def raises(look: Look, thresholds: Thresholds) -> bool:
    """Whether there is reason to warn of him."""
    if look.severity >= thresholds.severity_min > 0:
        return True
    return (
        look.probability is not None
        and look.probability >= thresholds.probability_min
        and look.value_at_risk >= thresholds.value_min
    )


@dataclass(frozen=True, slots=True)
class Closed:
    """The last warning of a customer that was closed."""

    close_date: date
    outcome: int
    severity: int


def rests(last: Closed | None, severity: int, as_of_date: date, cooling_days: int) -> bool:
    """Whether the customer is left in peace: he was worked on shortly before, and it has not become more severe since."""
    if last is None or last.outcome in _UNWORKED or severity > last.severity:
        return False
    return as_of_date < moved(last.close_date, cooling_days)


def held_out(customer_id: str, raise_date: date, percent: int) -> bool:
    """Whether the customer's warning is kept back, so that what working on warnings does can be measured.

    The draw is by a hash of the customer and the year: the same however often it is made, and nobody is left out for good.
    """
    digest = hashlib.sha256(f"{raise_date.year}/{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100 < percent


def measured(*, left: bool | None, gone: bool) -> MeasuredOutcome:
    """What a customer's label says (`rules.leaving`): whether he left, None where nobody can say, and whether he had before."""
    if gone:
        return MeasuredOutcome.LEFT_BEFORE
    if left is None:
        return MeasuredOutcome.UNKNOWN
    return MeasuredOutcome.LEFT if left else MeasuredOutcome.STAYED


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, with the limits of Wilson's score interval (Wilson 1927); 0 and 1 of none."""

    count: int
    total: int
    low: float
    high: float

    @property
    def ratio(self) -> float:
        """The share itself; 0 of none."""
        return self.count / self.total if self.total else 0.0


# The normal deviate of 95 %.
_DEVIATE = 1.959963984540054


def share(count: int, total: int) -> Share:
    """The share with its 95 % interval."""
    if not total:
        return Share(count, total, 0.0, 1.0)
    ratio, square = count / total, _DEVIATE**2
    middle = (ratio + square / (2 * total)) / (1 + square / total)
    half = _DEVIATE / (1 + square / total) * math.sqrt(ratio * (1 - ratio) / total + square / (4 * total**2))
    return Share(count, total, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Uplift:
    """By how much fewer left of those who were worked on than of those who were kept back, with its 95 % interval."""

    value: float
    low: float
    high: float


def uplift(shown: Share, kept_back: Share) -> Uplift | None:
    """The difference of the two shares of leavers, by Newcombe's hybrid score interval (Newcombe 1998, method 10).

    None while there is nobody in one of the two: nothing can be said then. All who were shown count, worked on or not, because
    only between all of them and those kept back a draw decided.
    """
    if not shown.total or not kept_back.total:
        return None
    value = kept_back.ratio - shown.ratio
    low = value - math.hypot(kept_back.ratio - kept_back.low, shown.high - shown.ratio)
    high = value + math.hypot(kept_back.high - kept_back.ratio, shown.ratio - shown.low)
    return Uplift(value, max(-1.0, low), min(1.0, high))
