"""How the amounts of an object's day go to its owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from services.performance.engine.rounding import Weights, exact, shared_by_weight
from services.performance.engine.tables import Division, table
from services.performance.rules.shares import WHOLE_BASIS_POINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis import ir

_OF_LINES = (
    "line",
    "holding",
    "pool",
    "from_minor_units",
    "to_minor_units",
    "basis_points",
    "pool_basis_points",
    "before",
    "after",
)


def whole(rows: ir.Table, amounts: Sequence[str]) -> ir.Table:
    """Each row as its only owner's: of every amount the same as `<amount>_part`, and no `line`."""
    return rows.mutate(line=ibis.null("int64"), **{f"{name}_part": rows[name] for name in amounts})


def divided(rows: ir.Table, amounts: Sequence[str], division: Division, *, standing: bool) -> ir.Table:
    """Each row as its owners', by their lines, and the pool's for the rest: parts are whole minor units that sum up to the row.

    A line weighs its basis points of what of `banded` is in its band, which is the pool's where no line has it; `base` is divided
    by `base_banded` in the same way, where rows are `standing` and have one. Of an amount of 0 lines weigh as of one minor unit,
    so that what goes with it (an amount after tax, a count) is divided too.
    """
    lines = table("lines").filter(lambda t: t.division == int(division)).select(*_OF_LINES).rename(line_holding="holding")
    rows = rows.inner_join(lines, [rows.holding == lines.line_holding])
    weighed = {"banded": [name for name in amounts if name != "base"]} | ({"base_banded": ["base"]} if standing else {})
    if not standing:
        rows = rows.mutate(base_part=rows.base)
    if division is Division.BY_POINTS:
        return shared_by_weight(_pointed(rows), {f"{name}_part": (name, _POINTS) for names in weighed.values() for name in names})
    for banded in weighed:
        rows = _banded(rows, banded)
    has_any = rows.banded_weight > 0
    if standing:
        has_any |= rows.base_banded_weight > 0
    rows = rows.filter((rows.pool == 0) | has_any)
    return shared_by_weight(rows, {f"{name}_part": (name, _bands(banded)) for banded, names in weighed.items() for name in names})


def _pointed(rows: ir.Table) -> ir.Table:
    return rows.mutate(points=(rows.pool == 1).ifelse(rows.pool_basis_points, rows.basis_points))


_POINTS = Weights(
    whole=lambda _: ibis.literal(WHOLE_BASIS_POINTS, "int64"),
    own="points",
    pool="pool_basis_points",
    of=lambda _, line: line.basis_points,
)


def _banded(rows: ir.Table, name: str) -> ir.Table:
    """With what lines weigh in their bands of the amount of that name, and what that leaves to the pool."""
    rows = rows.mutate(**{f"{name}_size": exact(ibis.greatest(rows[name].abs(), 1))})
    size = rows[f"{name}_size"]
    own = (rows.pool == 1).ifelse(exact(0), _weight(size, rows.from_minor_units, rows.to_minor_units, rows.basis_points))
    others = [
        ibis.coalesce(rows[side].map(lambda line: _line_weight(size, line)).sums(), exact(0)) for side in ("before", "after")
    ]
    rows = rows.mutate(**{f"{name}_own": own, f"{name}_others": exact(others[0] + others[1])})
    rows = rows.mutate(
        **{
            f"{name}_whole": exact(size * WHOLE_BASIS_POINTS),
            f"{name}_pool": exact(size * WHOLE_BASIS_POINTS - rows[f"{name}_own"] - rows[f"{name}_others"]),
        }
    )
    return rows.mutate(**{f"{name}_weight": (rows.pool == 1).ifelse(rows[f"{name}_pool"], rows[f"{name}_own"])})


def _bands(name: str) -> Weights:
    return Weights(
        whole=lambda rows: rows[f"{name}_whole"],
        own=f"{name}_weight",
        pool=f"{name}_pool",
        of=lambda rows, line: _line_weight(rows[f"{name}_size"], line),
    )


def _line_weight(size: ir.DecimalValue, line: ir.StructValue) -> ir.DecimalValue:
    return _weight(size, line.from_minor_units, line.to_minor_units, line.basis_points)


def _weight(
    size: ir.DecimalValue, first: ir.IntegerValue, end: ir.IntegerValue, basis_points: ir.IntegerValue
) -> ir.DecimalValue:
    upper = ibis.least(size, ibis.coalesce(exact(end), size))
    return exact(ibis.greatest(upper - exact(first), exact(0)) * basis_points)
