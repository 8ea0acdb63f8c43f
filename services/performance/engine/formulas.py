"""Formulas as Ibis expressions: the same whole numbers on DuckDB and on Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from services.performance.rules.formulas import Formula
from services.performance.rules.formulas.inputs import Input, InputKind

if TYPE_CHECKING:
    import ibis

# Whole numbers of 38 digits: every engine has them.
NUMERATOR_TYPE = "decimal(38, 0)"

_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def numerator(formula: Formula, columns: Mapping[str, ibis.Value], *, scale: int | None = None) -> ibis.Value:
    """The formula's value of each row, as a whole number at its own scale, or at a finer one that is asked for.

    `columns` has the formula's inputs by name, whole numbers as `rules.formulas.inputs` declares them: int64, or decimal(38, 0).
    Where a row lacks what it needs the value is null. What is divided by is 10 to the scale, and the days of the basis where the
    formula accrues. Rows that `within_bounds` does not let through may overflow, which fails the query.
    """
    value = _wide(_value(formula, columns))
    added = 0 if scale is None else scale - formula.scale
    if added < 0:
        raise ValueError(f"The formula has {formula.scale} decimals; {scale} lose some.")
    return value * _wide(_literal(10**added)) if added else value


def whole_number_of(formula: Formula, columns: Mapping[str, ibis.Value]) -> ibis.Value:
    """The value of a formula without decimals as int64, in which it is computed where its bounds allow: several times faster."""
    if formula.scale:
        raise ValueError(f"The formula has {formula.scale} decimals.")
    value = _value(formula, columns)
    return value.cast("int64") if value.type().is_decimal() else value


def _value(formula: Formula, columns: Mapping[str, ibis.Value]) -> ibis.Value:
    return formula.value(_IbisAlgebra(), columns)


def within_bounds(inputs: Iterable[Input], columns: Mapping[str, ibis.Value]) -> ibis.Value:
    """Whether all numbers of a row are as large as is computed with: a row beyond is an issue, and not counted."""
    numbers = [each for each in inputs if each.kind not in (InputKind.TEXT, InputKind.FLAG)]
    fits = [(columns[each.name].isnull() | columns[each.name].between(each.low, each.high)) for each in numbers]
    return reduce(lambda left, right: left & right, fits, _truth())


def _truth() -> ibis.Value:
    import ibis

    return ibis.literal(True)  # noqa: FBT003 - the value itself


def _literal(whole: int) -> ibis.Value:
    import ibis

    # An engine takes a bare number for as narrow as it is, and multiplies it so; beyond 64 bits some take it for a float.
    if -(2**31) <= whole < 2**31:
        return ibis.literal(whole, type="int32").cast("int64")
    return ibis.literal(whole, type="int64") if -(2**63) < whole < 2**63 else ibis.literal(str(whole)).cast(NUMERATOR_TYPE)


def _wide(value: Any) -> Any:
    return value if value.type().is_decimal() else value.cast(NUMERATOR_TYPE)


class _IbisAlgebra:
    """The algebra of columns."""

    def constant(self, whole: int) -> Any:
        """A whole number."""
        return _literal(whole)

    def wide(self, number: Any) -> Any:
        """The same number with room for 38 digits."""
        return _wide(number)

    def text(self, text: str) -> Any:
        """A text."""
        import ibis

        return ibis.literal(text)

    def choose(self, cases: Sequence[tuple[Any, Any]], otherwise: Any) -> Any:
        """The value of the first case that holds."""
        import ibis

        return ibis.cases(*cases, else_=otherwise)

    def coalesce(self, values: Sequence[Any]) -> Any:
        """The first that is there."""
        import ibis

        return ibis.coalesce(*values)

    def extreme(self, values: Sequence[Any], *, greatest: bool) -> Any:
        """The greatest or the least; absent where one of them is, which the engines' own functions pass over."""
        import ibis

        absent = reduce(lambda left, right: left | right, [value.isnull() for value in values])
        return absent.ifelse(ibis.null(), ibis.greatest(*values) if greatest else ibis.least(*values))

    def absolute(self, value: Any) -> Any:
        """Without its sign."""
        return value.abs()

    def compare(self, sign: str, left: Any, right: Any) -> Any:
        """Whether the sign holds between the two."""
        return _SIGNS[sign](left, right)

    def both(self, left: Any, right: Any) -> Any:
        """Whether both hold."""
        return left & right

    def either(self, left: Any, right: Any) -> Any:
        """Whether one of them holds."""
        return left | right

    def negate(self, value: Any) -> Any:
        """Whether it does not hold."""
        return ~value

    def missing(self, value: Any) -> Any:
        """Whether it is absent."""
        return value.isnull()
