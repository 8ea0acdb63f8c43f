"""Exact division and rounding of whole numbers, the same in every engine: no value on the way is a floating-point one."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis import ir

EXACT = "decimal(38,0)"


@ibis.udf.scalar.builtin(name="exact_quotient", signature=((EXACT, EXACT), EXACT))
def exact_quotient(numerator, divisor):
    """The whole quotient, cut off towards zero; each engine is given a function of that name."""


def exact(value: ir.Value | int) -> ir.Value:
    """A whole number with room for 38 digits."""
    return (ibis.literal(value) if isinstance(value, int) else value).cast(EXACT)


def half_even(numerator: ir.Value, divisor: ir.Value) -> ir.Value:
    """Over a positive divisor, to the nearest whole number; a half goes to the even one, so that no side gains by it."""
    doubled = exact(numerator.abs() * 2 + divisor)
    nearest = exact_quotient(doubled, divisor * 2)
    tie = (doubled == nearest * divisor * 2) & (exact_quotient(nearest, exact(2)) * 2 != nearest)
    return exact((nearest - tie.ifelse(1, 0)) * (numerator < 0).ifelse(-1, 1))


def shared_by_weight(
    amount: ir.Value, weight: ir.Value, whole: ir.Value, within: Sequence[str], order: Sequence[ir.Value]
) -> ir.Value:
    """The row's part of an amount that all rows `within` the same keys share: whole numbers that sum up to it.

    Largest remainder: each has the whole part of amount x weight / whole, and who misses most of a unit has one more; ties in that
    order. A negative amount is shared as its opposite, so that a reversal mirrors the original. The weights sum up to `whole`.
    """
    magnitude = exact(amount.abs())
    product = exact(magnitude * weight)
    floor = exact_quotient(product, whole)
    return _completed(magnitude, floor, product - floor * whole, within, order) * (amount < 0).ifelse(-1, 1)


def shared_by_quota(numerator: ir.Value, divisor: ir.Value, within: Sequence[str], order: Sequence[ir.Value]) -> ir.Value:
    """The row's whole part of what all rows `within` the same keys have together, rounded once: half to even.

    Largest remainder over the exact quotas numerator / divisor, which may be of either sign; mirrored where they sum up below 0.
    """
    total = exact(numerator.sum().over(group_by=within))
    sign = (total < 0).ifelse(-1, 1)
    mirrored = exact(numerator * sign)
    cut = exact_quotient(mirrored, divisor)
    floor = exact(cut - (mirrored < cut * divisor).ifelse(1, 0))
    return _completed(half_even(total * sign, divisor), floor, mirrored - floor * divisor, within, order) * sign


def _completed(
    total: ir.Value, floor: ir.Value, remainder: ir.Value, within: Sequence[str], order: Sequence[ir.Value]
) -> ir.Value:
    missing = total - floor.sum().over(group_by=within)
    rank = ibis.row_number().over(group_by=within, order_by=[remainder.desc(), *order])
    return exact(floor + (rank < missing).ifelse(1, 0))
