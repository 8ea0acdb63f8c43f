"""Exact parts of whole numbers, the same in every engine: no value on the way is a floating-point one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from services.chassis.engines.rounding import EXACT, exact, exact_quotient, half_even, quotient, sign, summed

if TYPE_CHECKING:
    from ibis import ir

__all__ = ["EXACT", "Weights", "exact", "half_even", "shared_by_quota", "shared_by_weight", "summed"]


@dataclass(frozen=True, slots=True)
class Weights:
    """How lines weigh in a row's amount: each has the part of it that its weight is of the whole."""

    # What all weights of a row sum up to; `own` is the column of the row's own line, `pool` that of whoever has what lines leave.
    whole: Callable[[ir.Table], ir.IntegerValue | ir.DecimalValue]
    own: str
    pool: str
    # The weight of another line of the row's `before` and `after`.
    of: Callable[[ir.Table, ir.StructValue], ir.IntegerValue | ir.DecimalValue]


def shared_by_weight(rows: ir.Table, parts: Mapping[str, tuple[str, Weights]]) -> ir.Table:
    """With each row's part of an amount that its line shares with others: whole numbers that sum up to it.

    `parts` has by the part's name the column of the amount, and the weights. Largest remainder: each has the whole part of
    amount x weight / sum, and who misses most of a unit has one more; of equal ones whoever comes first. A row has the lines that
    come `before` its own and `after` it, as arrays, and its own is the `pool`'s, which comes last, or not. A negative amount is
    shared as its opposite, so that a reversal mirrors the original.

    Rows are not held against each other: to sort and to add up what belongs together would take ten times as long.
    """
    whole = {name: weights.whole(rows) for name, (_, weights) in parts.items()}
    size = {name: _as(whole[name], rows[amount].abs()) for name, (amount, _) in parts.items()}
    # Of each whole in the amount a line has its weight; what is left over is divided.
    rows = rows.mutate(**{f"{name}_times": quotient(size[name], whole[name]) for name in parts})
    rows = rows.mutate(**{f"{name}_left": size[name] - rows[f"{name}_times"] * whole[name] for name in parts})
    rows = rows.mutate(
        **{f"{name}_cut": quotient(_product(rows, name, rows[weights.own]), whole[name]) for name, (_, weights) in parts.items()}
    )
    rows = rows.mutate(
        **{
            f"{name}_rest": _product(rows, name, rows[weights.own]) - rows[f"{name}_cut"] * whole[name]
            for name, (_, weights) in parts.items()
        },
        **{
            f"{name}_pool_rest": (rows.pool == 0).ifelse(_product(rows, name, rows[weights.pool]) % whole[name], 0)
            for name, (_, weights) in parts.items()
        },
        **{
            f"{name}_rests_{side}": rows[side].map(
                lambda line, name=name, weights=weights: _product(rows, name, weights.of(rows, line)) % whole[name]
            )
            for name, (_, weights) in parts.items()
            for side in ("before", "after")
        },
    )
    more = {name: _has_one_more(rows, name, whole[name]) for name in parts}
    found = {
        name: rows[f"{name}_times"] * rows[weights.own] + rows[f"{name}_cut"] + more[name].ifelse(1, 0)
        for name, (_, weights) in parts.items()
    }
    return rows.mutate(**{name: (found[name] * sign(rows[amount])).cast("int64") for name, (amount, _) in parts.items()})


def _product(rows: ir.Table, name: str, weight: ir.Value) -> ir.Value:
    found = rows[f"{name}_left"] * weight
    return exact(found) if found.type().is_decimal() else found


def _has_one_more(rows: ir.Table, name: str, whole: ir.Value) -> ir.BooleanValue:
    """Whether fewer lines come first by what they miss than there are units that nobody has yet."""
    own, pool, before, after = (rows[f"{name}_{which}"] for which in ("rest", "pool_rest", "rests_before", "rests_after"))
    rank = before.filter(lambda rest: rest >= own).length() + after.filter(lambda rest: rest > own).length()
    rank += (pool > own).ifelse(1, 0)
    missing = own + pool + ibis.coalesce(before.sums(), 0) + ibis.coalesce(after.sums(), 0)
    return _as(whole, rank) * whole < missing


def _as(like: ir.Value, number: ir.Value) -> ir.Value:
    return exact(number) if like.type().is_decimal() else number


def shared_by_quota(
    rows: ir.Table, parts: Mapping[str, tuple[str, str]], within: Sequence[str], order: Sequence[str]
) -> ir.Table:
    """With each row's whole part of what all rows `within` the same keys have together, rounded once: half to even.

    `parts` has by the part's name the columns of numerator and divisor, which is the same in all these rows. Largest remainder
    over the exact quotas numerator / divisor, which may be of either sign; mirrored where they sum up below 0. Of equal
    remainders the first in that order has one more: its columns tell the rows apart.
    """
    rows = rows.mutate(place=ibis.literal(_SEPARATOR).join([rows[name].cast("string") for name in order]))
    own = {name: rows[numerator] for name, (numerator, _) in parts.items()}
    owners = rows.group_by(within).aggregate(owners=ibis.struct({"place": rows.place, **own}).collect())
    rows = rows.inner_join(owners.rename({f"of_{name}": name for name in within}), [(name, f"of_{name}") for name in within])
    rows = rows.mutate(
        **{f"{name}_sum": exact(rows.owners.map(lambda owner, name=name: owner[name]).sums()) for name in parts},
    )
    rows = rows.mutate(**{f"{name}_sign": sign(rows[f"{name}_sum"]) for name in parts})
    rows = rows.mutate(
        **{f"{name}_rest": _rest(rows, name, rows[numerator], divisor) for name, (numerator, divisor) in parts.items()},
        **{
            f"{name}_rests": rows.owners.map(
                lambda owner, name=name, divisor=divisor: ibis.struct(
                    {"place": owner.place, "rest": _rest(rows, name, owner[name], divisor)}
                )
            )
            for name, (_, divisor) in parts.items()
        },
    )
    return rows.mutate(**{name: _rounded(rows, name, *columns) for name, columns in parts.items()})


# Below all that texts of an order are made of: so texts that are joined come in the order of their parts.
_SEPARATOR = "\x01"


def _rest(rows: ir.Table, name: str, numerator: ir.DecimalValue, divisor: str) -> ir.DecimalValue:
    """What a numerator, mirrored where the sum is below 0, has beyond the whole part that is not greater."""
    left = exact(exact(numerator * rows[f"{name}_sign"]) % rows[divisor])
    return exact(left + (left < 0).ifelse(rows[divisor], exact(0)))


def _rounded(rows: ir.Table, name: str, numerator: str, divisor: str) -> ir.IntegerValue:
    own, sum_, rests = (rows[f"{name}_{which}"] for which in ("rest", "sum", "rests"))
    total = exact(sum_.abs())
    floor = exact_quotient(exact(rows[numerator] * rows[f"{name}_sign"]) - own, rows[divisor])
    first = rests.filter(lambda each: (each.rest > own) | ((each.rest == own) & (each.place < rows.place))).length()
    floors = exact_quotient(exact(total - exact(rests.map(lambda each: each.rest).sums())), rows[divisor])
    missing = half_even(total, rows[divisor]) - floors
    return exact((floor + (first < missing).ifelse(1, 0)) * rows[f"{name}_sign"]).cast("int64")
