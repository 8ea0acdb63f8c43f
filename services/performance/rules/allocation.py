"""Dividing a whole number among owners so that no part is lost: the one rounding of results, at the leaf."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from services.chassis.kernel.money import apportioned


def allocate(total: int, weights: Sequence[int | Fraction], order: Sequence[str]) -> list[int]:
    """Divides a total in proportion to exact weights >= 0 by largest remainder; the parts sum to it.

    `order` has each owner's staff number, by which ties are decided whatever the order of the owners; the pool's is empty and
    comes last. A negative total is divided as its absolute value and negated, so that a reversal mirrors the original exactly.
    A total of 0 gives everybody 0, also where all weights are 0; raises InvalidInput WEIGHTS_INVALID where another total has
    nobody to go to, or a weight is negative.

    Source: the method of Hamilton (largest remainder); design/domain.md section 4, "Rounding".
    """
    if total == 0 and all(weight >= 0 for weight in weights):
        return [0] * len(weights)
    denominator = lcm(*(weight.denominator for weight in weights))
    places = sorted(range(len(weights)), key=lambda place: (order[place] == "", order[place]))
    parts = apportioned(total, [int(weights[place] * denominator) for place in places])
    allocated = [0] * len(weights)
    for place, part in zip(places, parts, strict=True):
        allocated[place] = part
    return allocated
