"""How likely an opportunity is won, by how such ended before.

What a pipeline says of a stage is a guess. With each opportunity that came to the stage and ended, history weighs more: the
guess counts like so many cases of its own (the mean of a beta distribution, Laplace's rule with another prior), so that few
cases move it little and none move it not at all. Who has stood at a stage for long is compared with those who stood there as
long: the share of these is drawn in the same way towards that of the whole stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from services.activity.rules.leads.stages import whole_days

# How many cases the guess counts for.
PRIOR_CASES = 10
# From how many days at a stage cases are counted apart.
DAYS_STEPS = (0, 30, 90, 180)
# A percentage of two decimals.
_SCALE = 100


@dataclass(frozen=True, slots=True)
class Cases:
    """Opportunities that ended."""

    won_count: int = 0
    lost_count: int = 0

    @property
    def count(self) -> int:
        """How many there are."""
        return self.won_count + self.lost_count

    def __add__(self, other: Cases) -> Cases:
        return Cases(self.won_count + other.won_count, self.lost_count + other.lost_count)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely it is won, and on how many cases that stands; none where it is the guess alone."""

    share: Fraction
    cases: Cases
    days_min: int

    @property
    def percent(self) -> str:
        """In percent with two decimals, half up."""
        return percent(self.share)


def percent(share: Fraction) -> str:
    """A share in percent with two decimals, half up: exact, since it is no binary fraction on its way."""
    hundredths = (share * 100 * _SCALE + Fraction(1, 2)).__floor__()
    return f"{hundredths // _SCALE}.{hundredths % _SCALE:02d}"


def calibrated(guess_percent: int, days: int, by_days: Mapping[int, Cases]) -> Likelihood:
    """How likely one is won that has stood at a stage for some days; `by_days` has the cases by each of `DAYS_STEPS`."""
    whole = by_days.get(0, Cases())
    share = _drawn(Fraction(guess_percent, 100), whole)
    days_min = step_of(days)
    if not days_min:
        return Likelihood(share, whole, 0)
    as_long = by_days.get(days_min, Cases())
    return Likelihood(_drawn(share, as_long), as_long if as_long.count else whole, days_min if as_long.count else 0)


def step_of(days: int) -> int:
    """The last of `DAYS_STEPS` that was reached."""
    return max(step for step in DAYS_STEPS if step <= max(days, 0))


def longest_stays(entries: Sequence[tuple[str, datetime]], end: datetime) -> dict[str, int]:
    """How many days an opportunity stood at each stage that it came to, the longest time of each; entries in their order."""
    ends = [*(time for _, time in entries[1:]), end]
    stays: dict[str, int] = {}
    for (stage_code, start), left in zip(entries, ends, strict=True):
        stays[stage_code] = max(stays.get(stage_code, 0), whole_days(start, left))
    return stays


def counted_under(days: int) -> Iterable[int]:
    """Under which of `DAYS_STEPS` a stay of so many days counts: all that it reached."""
    return (step for step in DAYS_STEPS if step <= days)


def _drawn(guess: Fraction, cases: Cases) -> Fraction:
    return (cases.won_count + PRIOR_CASES * guess) / (cases.count + PRIOR_CASES)
