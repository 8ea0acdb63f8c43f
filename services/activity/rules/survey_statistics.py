"""What answers to surveys say, with intervals of confidence of 95 %, and how far who answered stands for who was asked.

- A share: Wilson's score interval (Wilson 1927; method 3 of Newcombe 1998, Statistics in Medicine 17:857-872).
- A difference of two shares: Newcombe's hybrid score interval (method 10 of Newcombe 1998, Statistics in Medicine 17:873-890).
- The net promoter score: the adjusted Wald interval, for which three answers are thought to be added, three quarters of one to
  promoters and detractors each and the rest between (Rocks 2016, The American Statistician 70:365-372). It holds what it
  promises for few answers, where the plain interval is too short.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

# The normal quantile of 97.5 %.
Z = 1.959963984540054
PROMOTER_MIN, DETRACTOR_MAX = 9, 6
TOP_BOX_MIN = 4
_ADDED, _ADDED_EACH = 3.0, 0.75
_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure between the ends of its interval."""

    estimate: float
    low: float
    high: float


def wilson(successes: int, count: int) -> Interval:
    """A share of a count that is not 0, from 0 to 1."""
    share, square = successes / count, Z * Z
    centre = (successes + square / 2) / (count + square)
    half = Z / (count + square) * math.sqrt(share * (1 - share) * count + square / 4)
    # At 0 and 1 the ends meet the share but for rounding.
    return Interval(share, min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share))


def newcombe(successes: int, count: int, other_successes: int, other_count: int) -> Interval:
    """One share less another, neither of a count of 0, from -1 to 1."""
    one, other = wilson(successes, count), wilson(other_successes, other_count)
    difference = one.estimate - other.estimate
    below = math.hypot(one.estimate - one.low, other.high - other.estimate)
    above = math.hypot(one.high - one.estimate, other.estimate - other.low)
    return Interval(difference, max(difference - below, -1.0), min(difference + above, 1.0))


def net_promoter(scores: Mapping[int, int]) -> Interval:
    """The net promoter score of a count of answers by score, not empty, from -1 to 1."""
    count = sum(scores.values())
    promoters = sum(n for score, n in scores.items() if score >= PROMOTER_MIN)
    detractors = sum(n for score, n in scores.items() if score <= DETRACTOR_MAX)
    adjusted = count + _ADDED
    up, down = (promoters + _ADDED_EACH) / adjusted, (detractors + _ADDED_EACH) / adjusted
    half = Z * math.sqrt((up + down - (up - down) ** 2) / adjusted)
    return Interval((promoters - detractors) / count, max(up - down - half, -1.0), min(up - down + half, 1.0))


def top_box(scores: Mapping[int, int]) -> Interval:
    """The share of 4 and 5 among a count of answers by score, not empty."""
    return wilson(sum(n for score, n in scores.items() if score >= TOP_BOX_MIN), sum(scores.values()))


def mean(scores: Mapping[int, int]) -> float:
    """The mean of a count of answers by score, not empty."""
    return sum(score * n for score, n in scores.items()) / sum(scores.values())


def weighted_net_promoter(scores: Mapping[int, Mapping[int, int]], asked: Mapping[int, int]) -> float | None:
    """The net promoter score with each group counted as it stands among those asked (post-stratification).

    Both are by group. None where a group that was asked has no answers, or nobody was asked: nothing stands for it then.
    """
    total = sum(asked.values())
    if not total or any(n and not sum(scores.get(group, {}).values()) for group, n in asked.items()):
        return None
    return sum(n / total * net_promoter(scores[group]).estimate for group, n in asked.items() if n)


def percent(value: float) -> str:
    """A share as it is told: in percent, with one place; never a 0 with a minus."""
    return f"{round(value * _PERCENT, 1) + 0.0:.1f}"
