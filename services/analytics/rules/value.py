"""What a warning is worth: how much of what may be lost an hour of somebody's time could save.

Of several calls that one could make, first the one that brings most for the time it takes: the ranking by expected value per unit
of the scarce resource, which is the greedy rule of the fractional knapsack (Dantzig 1957).
"""

from __future__ import annotations

from collections.abc import Mapping

# Fits a 64-bit column, and every digit of it a page token.
VALUE_MAX = 10**18 - 1
_MINUTES_OF_AN_HOUR = 60


def per_hour(expected_loss: int | None, minutes: int) -> int:
    """The expected loss per hour of work, in the same minor units, rounded half to even; from 0 to VALUE_MAX.

    None is a loss that nobody can say anything of: it ranks as 0, below all that is known.
    """
    if minutes <= 0:
        raise ValueError("Work that takes no time has no rank.")
    if expected_loss is None or expected_loss <= 0:
        return 0
    whole, rest = divmod(expected_loss * _MINUTES_OF_AN_HOUR, minutes)
    if 2 * rest > minutes or (2 * rest == minutes and whole % 2):
        whole += 1
    return min(whole, VALUE_MAX)


def minutes_of(minutes_by_kind: Mapping[int, int], kind: int, minutes_default: int) -> int:
    """How long somebody works on a warning of a customer of that kind, journeys and preparation included."""
    return minutes_by_kind.get(kind, minutes_default)
