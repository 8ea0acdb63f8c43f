"""Exact parts of whole numbers, the same in every engine: no value on the way is a floating-point one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    over the exact quotas numerator / divisor, which may be of either sign; mirrored where they sum up below 0.
    """
    rows = rows.mutate(**{f"{name}_sum": exact(rows[own].sum().over(group_by=within)) for name, (own, _) in parts.items()})
    signs = {name: sign(rows[f"{name}_sum"]) for name in parts}
    mirrored = {name: exact(rows[own] * signs[name]) for name, (own, _) in parts.items()}
    floors = {name: _floor(mirrored[name], rows[divisor]) for name, (_, divisor) in parts.items()}
    rows = rows.mutate(
        **{f"{name}_total": half_even(exact(rows[f"{name}_sum"].abs()), rows[divisor]) for name, (_, divisor) in parts.items()},
        **{f"{name}_floor": floor for name, floor in floors.items()},
        **{f"{name}_remainder": exact(mirrored[name] - floors[name] * rows[divisor]) for name, (_, divisor) in parts.items()},
        **{f"{name}_sign": found for name, found in signs.items()},
    )
    return _completed(rows, parts, within, order)


def _completed(rows: ir.Table, parts: Iterable[str], within: Sequence[str], order: Sequence[str]) -> ir.Table:
    """Whole parts whose remainders are largest have one more each, until nothing is missing from the total."""
    missing = {f"{name}_missing": rows[f"{name}_total"] - rows[f"{name}_floor"].sum().over(group_by=within) for name in parts}
    ranks = {
        f"{name}_rank": ibis.row_number().over(
            group_by=within, order_by=[rows[f"{name}_remainder"].desc(), *(rows[by] for by in order)]
        )
        for name in parts
    }
    rows = rows.mutate(**missing, **ranks)
    more = {name: (rows[f"{name}_rank"] < rows[f"{name}_missing"]).ifelse(1, 0) for name in parts}
    return rows.mutate(**{name: ((rows[f"{name}_floor"] + more[name]) * rows[f"{name}_sign"]).cast("int64") for name in parts})


def _floor(numerator: ir.DecimalValue, divisor: ir.DecimalValue) -> ir.DecimalValue:
    cut = exact_quotient(numerator, divisor)
    return exact(cut - (numerator < cut * divisor).ifelse(1, 0))
