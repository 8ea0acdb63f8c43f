"""How often what a rule saw came true, with what is known of it from so many cases."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

# Of the normal distribution: 95 % lie within.
_QUANTILE = 1.959963984540054
# Of fewer nothing is said.
RAISED_MIN = 30
# Below so many times the share of all customers that leave, a sign is noise.
NOISE_LIFT = 2


@dataclass(frozen=True, slots=True)
class Precision:
    """Of so many signals so many customers left within the horizon, and of all customers."""

    raised_count: int
    left_count: int
    customer_count: int
    customer_left_count: int

    @property
    def value(self) -> float | None:
        """The share of signals after which the customer left."""
        return self.left_count / self.raised_count if self.raised_count else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where that share is, with 95 % confidence."""
        return wilson_interval(self.left_count, self.raised_count)

    @property
    def base_rate(self) -> float | None:
        """The share of all customers that left."""
        return self.customer_left_count / self.customer_count if self.customer_count else None

    @property
    def few(self) -> bool:
        """Whether there are too few to say anything."""
        return self.raised_count < RAISED_MIN

    @property
    def noisy(self) -> bool:
        """Whether even the upper end is less than twice the share of all: whoever calls might as well draw lots."""
        base = self.base_rate
        return not self.few and base is not None and self.interval[1] < NOISE_LIFT * base


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); (0, 1) without any trial."""
    if not trials:
        return 0.0, 1.0
    square = _QUANTILE**2
    share, weight = successes / trials, 1 + square / trials
    middle = (share + square / (2 * trials)) / weight
    half = _QUANTILE / weight * sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    # At the ends the exact value: what is left of a subtraction of equals is no number to show.
    return (0.0 if successes == 0 else middle - half), (1.0 if successes == trials else middle + half)
