"""Exact division and rounding of whole numbers, the same in every engine: no value on the way is a floating-point one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    from ibis import ir

EXACT = "decimal(38,0)"


@ibis.udf.scalar.builtin(name="exact_quotient", signature=((EXACT, EXACT), EXACT))
def exact_quotient(numerator, divisor):  # noqa: ANN001, ANN201 - Ibis takes the types from the signature
    """The whole quotient, cut off towards zero; each engine is given a function of that name."""


@ibis.udf.scalar.builtin(name="whole_quotient", signature=(("int64", "int64"), "int64"))
def whole_quotient(numerator, divisor):  # noqa: ANN001, ANN201 - Ibis takes the types from the signature
    """The same of numbers of 64 bits, which is several times faster; each engine is given a function of that name."""


@ibis.udf.scalar.builtin(name="whole_number", signature=(("int64",), "int64"))
def whole_number(number):  # noqa: ANN001, ANN201 - Ibis takes the types from the signature
    """What an engine holds in more than 64 bits, in 64: each engine is given a function of that name."""


def exact(value: ir.Value | int) -> ir.Value:
    """A whole number with room for 38 digits."""
    return (ibis.literal(value) if isinstance(value, int) else value).cast(EXACT)


def summed(column: ir.Column, where: ir.BooleanValue | None = None) -> ir.IntegerValue:
    """The sum of int64 as int64: an engine's own may be wider, and a file would keep it as a floating-point number."""
    return whole_number(column.sum(where=where))


def quotient(numerator: ir.Value, divisor: ir.Value) -> ir.Value:
    """The whole quotient, cut off towards zero: of numbers of 64 bits in 64, else with room for 38 digits."""
    if numerator.type().is_decimal() or divisor.type().is_decimal():
        return exact_quotient(exact(numerator), exact(divisor))
    return whole_quotient(numerator.cast("int64"), divisor.cast("int64"))


def half_even(numerator: ir.Value, divisor: ir.Value) -> ir.Value:
    """Over a positive divisor, to the nearest whole number; a half goes to the even one, so that no side gains by it."""
    doubled = exact(numerator.abs() * 2 + divisor)
    nearest = exact_quotient(doubled, divisor * 2)
    tie = (doubled == nearest * divisor * 2) & (exact_quotient(nearest, exact(2)) * 2 != nearest)
    return exact((nearest - tie.ifelse(1, 0)) * sign(numerator))


def sign(number: ir.Value) -> ir.IntegerValue:
    """-1 of what is negative, else 1."""
    return (number < 0).ifelse(-1, 1)
