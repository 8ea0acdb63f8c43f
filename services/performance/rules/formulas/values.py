"""Formulas over plain numbers: what a try of one shows, and what other engines are held to."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.performance.rules.formulas.expressions import Value

_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Whole:
    """A whole number of a row, or None: what is computed from an absent one is absent."""

    __slots__ = ("number",)

    def __init__(self, number: int | None) -> None:
        self.number = number

    def __add__(self, other: Whole) -> Whole:
        return self._with(other, operator.add)

    def __sub__(self, other: Whole) -> Whole:
        return self._with(other, operator.sub)

    def __mul__(self, other: Whole) -> Whole:
        return self._with(other, operator.mul)

    def _with(self, other: Whole, compute: Callable[[int, int], int]) -> Whole:
        return Whole(None if self.number is None or other.number is None else compute(self.number, other.number))


class PlainAlgebra:
    """The algebra of plain numbers, texts and flags: numbers are `Whole`, other values themselves, absent ones None."""

    def constant(self, whole: int) -> Value:
        """A whole number."""
        return Whole(whole)

    def wide(self, number: Value) -> Value:
        """The same: these have no width."""
        return number

    def text(self, text: str) -> Value:
        """A text."""
        return text

    def choose(self, cases: Sequence[tuple[Value, Value]], otherwise: Value) -> Value:
        """The value of the first case that holds."""
        return next((value for condition, value in cases if condition is True), otherwise)

    def coalesce(self, values: Sequence[Value]) -> Value:
        """The first that is there."""
        return next((value for value in values if _plain(value) is not None), values[-1])

    def extreme(self, values: Sequence[Value], *, greatest: bool) -> Value:
        """The greatest or the least; absent where one of them is."""
        numbers = [value.number for value in values]
        return Whole(None if None in numbers else max(numbers) if greatest else min(numbers))

    def absolute(self, value: Value) -> Value:
        """Without its sign."""
        return Whole(None if value.number is None else abs(value.number))

    def compare(self, sign: str, left: Value, right: Value) -> Value:
        """Whether the sign holds between the two."""
        left, right = _plain(left), _plain(right)
        return None if left is None or right is None else _SIGNS[sign](left, right)

    def both(self, left: Value, right: Value) -> Value:
        """Whether both hold: not where one does not, unknown where one is unknown."""
        if left is False or right is False:
            return False
        return None if left is None or right is None else True

    def either(self, left: Value, right: Value) -> Value:
        """Whether one of them holds."""
        if left is True or right is True:
            return True
        return None if left is None or right is None else False

    def negate(self, value: Value) -> Value:
        """Whether it does not hold."""
        return None if value is None else not value

    def missing(self, value: Value) -> Value:
        """Whether it is absent."""
        return _plain(value) is None


def _plain(value: Value) -> Any:
    return value.number if isinstance(value, Whole) else value


PLAIN = PlainAlgebra()
