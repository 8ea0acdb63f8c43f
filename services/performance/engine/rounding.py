"""Exact parts of whole numbers, the same in every engine: no value on the way is a floating-point one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import ibis

from services.chassis.engines.rounding import EXACT, exact, exact_quotient, half_even, sign, summed

if TYPE_CHECKING:
    from ibis import ir

__all__ = ["EXACT", "exact", "half_even", "shared_by_quota", "shared_by_weight", "summed"]


def shared_by_weight(
    rows: ir.Table, parts: Mapping[str, tuple[str, str, str]], within: Sequence[str], order: Sequence[str]
) -> ir.Table:
    """With each row's part of an amount that all rows `within` the same keys share: whole numbers that sum up to it.

    `parts` has by the part's name the columns of the amount, the row's weight and the sum of all weights. Largest remainder: each
    has the whole part of amount x weight / sum, and who misses most of a unit has one more; ties in that order. A negative amount
    is shared as its opposite, so that a reversal mirrors the original.
    """
    magnitudes = {name: exact(rows[amount].abs()) for name, (amount, _, _) in parts.items()}
    products = {name: exact(magnitudes[name] * rows[weight]) for name, (_, weight, _) in parts.items()}
    floors = {name: exact_quotient(products[name], rows[whole]) for name, (_, _, whole) in parts.items()}
    rows = rows.mutate(
        **{f"{name}_total": magnitude for name, magnitude in magnitudes.items()},
        **{f"{name}_floor": floor for name, floor in floors.items()},
        **{f"{name}_remainder": exact(products[name] - floors[name] * rows[whole]) for name, (_, _, whole) in parts.items()},
        **{f"{name}_sign": sign(rows[amount]) for name, (amount, _, _) in parts.items()},
    )
    return _completed(rows, parts, within, order)


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
