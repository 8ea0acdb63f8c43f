"""Departures of relationship managers: what would go with them, how sure that is, and what past departures say of it.

Of what depends on a person wholly, the bank keeps a part, the *keep rate*; a customer who depends on him by a half is expected to
take half of the rest along. Each customer goes or stays by himself, and all of them hang on the one keep rate, of which nobody is
sure: the interval has both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from services.analytics.rules.dependence import WHOLE_E4

# Of the practice that about 75 % of an adviser's assets follow him (domain.md, section 8): a quarter stays.
KEEP_RATE_E4 = 2_500
# What the practice's figure weighs, in departures of the bank's own: with as many of them it counts half.
KEEP_RATE_WEIGHT = 3
# How far the keep rate of one departure may lie from that of another, until the bank's own say.
KEEP_RATE_DEVIATION_E4 = 1_500
# Four of five departures lie within: the 90th percentile of the normal distribution, on both sides.
INTERVAL_DEVIATIONS = 1.2816
INTERVAL_SHARE_E4 = 8_000
# So long after somebody left it is measured what went with him: a first time, when most who follow have only begun to, and for
# good. Only the second teaches: on the demonstration bank the first took hardly anybody for gone.
MEASURED_AFTER_DAYS = 90
SETTLED_AFTER_DAYS = 180
# Balances before and after are the average of so many days.
AVERAGED_DAYS = 30
# A customer counts as gone where so much of the former average, or less, is left (domain.md, section 8).
GONE_KEPT_E4 = 7_300


class DepartureState(IntEnum):
    """How far a departure is followed; `workbench.analytics.v1.DepartureState` mirrors it."""

    # What would go is being looked up.
    WAITING = 1
    # It was foreseen; what went is measured once 90 days have passed.
    FORESEEN = 2
    # A first time; it is measured again after 180 days.
    MEASURED = 3
    # There was no analysis from before, or nobody depended on him.
    UNKNOWN = 4
    # It was measured for good.
    SETTLED = 5


@dataclass(frozen=True, slots=True)
class KeepRate:
    """Which part the bank keeps of what depends on whoever leaves."""

    rate_e4: int
    deviation_e4: int
    # How many departures of the bank's own say so; the practice alone where 0.
    departure_count: int


def keep_rate(measured_e4: Sequence[int]) -> KeepRate:
    """By the measured departures of the bank's own, drawn to the practice's figure where there are few."""
    count = len(measured_e4)
    weighed = KEEP_RATE_WEIGHT * KEEP_RATE_E4 + sum(measured_e4)
    total = KEEP_RATE_WEIGHT + count
    rate = (2 * weighed + total) // (2 * total)
    # Variance with the practice's as so many departures beforehand.
    squares = KEEP_RATE_WEIGHT * KEEP_RATE_DEVIATION_E4**2 + sum((each - rate) ** 2 for each in measured_e4)
    return KeepRate(rate, math.isqrt(squares // total), count)


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Customers who would be without whoever leaves, added up."""

    customer_count: int
    # All that they have, and what of it depends on whoever leaves, in minor units.
    balance_minor_units: int
    at_risk_minor_units: int
    # The sums over customers of balance² by dependence, and of balance² by dependence², each dependence as a part of 1.
    squares: float
    squares_twice: float


@dataclass(frozen=True, slots=True)
class Loss:
    """What is expected to go, in minor units; four of five times it lies from `low` to `high`."""

    expected_minor_units: int
    low_minor_units: int
    high_minor_units: int


def expected_loss(at_risk: AtRisk, keep: KeepRate) -> Loss:
    """What goes if they leave.

    Mean Σ b·d·g and variance Σ b²·d·g·(1 - d·g) + (Σ b·d)²·s², with balance b, dependence d, g = 1 - keep rate and s the keep
    rate's deviation: sums of independent Bernoulli trials (Poisson binomial) and of what they have in common; the interval is the
    normal distribution's, within nothing and everything.
    """
    going_e4 = WHOLE_E4 - keep.rate_e4
    expected = (2 * at_risk.at_risk_minor_units * going_e4 + WHOLE_E4) // (2 * WHOLE_E4)
    going, deviation = going_e4 / WHOLE_E4, keep.deviation_e4 / WHOLE_E4
    alone = max(at_risk.squares * going - at_risk.squares_twice * going**2, 0.0)
    together = (at_risk.at_risk_minor_units * deviation) ** 2
    spread = round(INTERVAL_DEVIATIONS * math.sqrt(alone + together))
    return Loss(expected, max(expected - spread, 0), min(expected + spread, at_risk.balance_minor_units))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a departure's customers."""

    # What they had in all before, what of it depended on who left, and what of it went.
    balance_minor_units: int
    at_risk_minor_units: int
    lost_minor_units: int
    # Of 10,000 of what all other customers had, so much went in the same days: what goes anyway.
    background_e4: int

    @property
    def keep_rate_e4(self) -> int | None:
        """Which part of what depended on him stayed; None where nothing did, and there is nothing to learn from it."""
        if self.at_risk_minor_units <= 0:
            return None
        anyway = self.balance_minor_units * self.background_e4 // WHOLE_E4
        went = min(max(self.lost_minor_units - anyway, 0), self.at_risk_minor_units)
        return WHOLE_E4 - (2 * went * WHOLE_E4 + self.at_risk_minor_units) // (2 * self.at_risk_minor_units)


def gone(before_minor_units: int, after_minor_units: int) -> bool:
    """Whether a customer counts as gone."""
    return before_minor_units > 0 and after_minor_units * WHOLE_E4 <= before_minor_units * GONE_KEPT_E4
