"""Formulas as trees whose every number is whole at a scale that is known before any row is seen.

A number of scale s is its whole number over 10 to the s. What is added, compared or chosen between is brought to one scale, and
nothing is divided: so each engine computes the same whole numbers, and whoever divides does so once, at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce
from typing import Any, Protocol

from services.performance.rules.formulas.inputs import Input

Value = Any


class Algebra(Protocol):
    """How the values of one engine are computed with; `+`, `-`, `*` and comparisons are the values' own.

    An absent value makes absent whatever is computed from it, and a condition on it does not hold, as in SQL.
    """

    def constant(self, whole: int) -> Value:
        """A whole number."""

    def wide(self, number: Value) -> Value:
        """The same number with room for 38 digits, where the engine's whole numbers have 64 bits."""

    def text(self, text: str) -> Value:
        """A text."""

    def choose(self, cases: Sequence[tuple[Value, Value]], otherwise: Value) -> Value:
        """The value of the first case that holds."""

    def coalesce(self, values: Sequence[Value]) -> Value:
        """The first that is there."""

    def extreme(self, values: Sequence[Value], *, greatest: bool) -> Value:
        """The greatest or the least; absent where one of them is."""

    def absolute(self, value: Value) -> Value:
        """Without its sign."""

    def compare(self, sign: str, left: Value, right: Value) -> Value:
        """Whether `=`, `<>`, `<`, `<=`, `>` or `>=` holds between the two."""

    def both(self, left: Value, right: Value) -> Value:
        """Whether both hold."""

    def either(self, left: Value, right: Value) -> Value:
        """Whether one of them holds."""

    def negate(self, value: Value) -> Value:
        """Whether it does not hold."""

    def missing(self, value: Value) -> Value:
        """Whether it is absent."""


class Form(Enum):
    """What a value is."""

    NUMBER = "number"
    TEXT = "text"
    # Holds or not.
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a number is a measure of: how many amounts, parts and rates for a year are multiplied in it."""

    amounts: int = 0
    parts: int = 0
    years: int = 0
    # Written as a plain number, which is taken for a rate for a year where one is asked for.
    free: bool = False

    def __mul__(self, other: Dimension) -> Dimension:
        return Dimension(
            self.amounts + other.amounts, self.parts + other.parts, self.years + other.years, self.free or other.free
        )

    def fits(self, other: Dimension) -> bool:
        """Whether it is a measure of the same, or may be taken for it."""
        alike = (self.amounts, self.parts) == (other.amounts, other.parts)
        missing = other.years - self.years
        return alike and (missing == 0 or (missing == 1 and self.free) or (missing == -1 and other.free))

    def joined(self, other: Dimension) -> Dimension:
        """Of two that fit: what both are."""
        return Dimension(self.amounts, self.parts, max(self.years, other.years), self.free and other.free)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a node's value before any row is seen."""

    form: Form
    dimension: Dimension = Dimension()
    scale: int = 0
    # The bounds of its whole number at that scale.
    low: int = 0
    high: int = 0
    # Zero is a measure of anything.
    zero: bool = False

    @property
    def wide(self) -> bool:
        """Whether it may need more than 64 bits."""
        return max(-self.low, self.high) >= _WIDE

    def of_scale(self, scale: int) -> Kind:
        """As wide, and of another scale."""
        return replace(self, scale=scale)

    def at(self, scale: int) -> Kind:
        """The same at a finer scale."""
        factor = 10 ** (scale - self.scale)
        return Kind(self.form, self.dimension, scale, self.low * factor, self.high * factor, self.zero)


# From here on a number needs more than 64 bits, the sign among them.
_WIDE = 2**63

FLAG = Kind(Form.FLAG)
TEXT = Kind(Form.TEXT)


class Node(Protocol):
    """A part of a formula."""

    @property
    def kind(self) -> Kind:
        """What its value is."""

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        """Its value of one row, or of all rows at once: a whole number at the scale of its kind, as wide as that."""


def _fitted(node: Node, kind: Kind, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
    """A node's value at the scale and the width of another kind; what is no number stays as it is."""
    if is_constant(node):
        # Known before any row, whatever it is made of: no engine has to come to the same by widths of its own.
        return _whole(node.kind.at(kind.scale).low, algebra, wide=kind.wide)
    value = node.value(algebra, columns)
    if kind.wide and not node.kind.wide:
        value = algebra.wide(value)
    added = kind.scale - node.kind.scale
    return value * _whole(10**added, algebra, wide=kind.wide) if added else value


def _whole(number: int, algebra: Algebra, *, wide: bool) -> Value:
    return algebra.wide(algebra.constant(number)) if wide else algebra.constant(number)


@dataclass(frozen=True, slots=True)
class Named:
    """An input."""

    input: Input
    kind: Kind

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:  # noqa: ARG002 - as all nodes
        return columns[self.input.name]


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that the formula or one of the product's parameters states."""

    # As it is shown.
    decimal: str
    kind: Kind
    # Of a parameter: its name, and what it is called in Chinese; empty for a number of the formula's own.
    name: str = ""
    chinese: str = ""

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:  # noqa: ARG002 - as all nodes
        return _whole(self.kind.low, algebra, wide=self.kind.wide)


@dataclass(frozen=True, slots=True)
class Sum:
    """Two numbers, added or the second taken from the first."""

    left: Node
    right: Node
    minus: bool
    kind: Kind

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        left, right = (_fitted(each, self.kind, algebra, columns) for each in (self.left, self.right))
        return left - right if self.minus else left + right


@dataclass(frozen=True, slots=True)
class Product:
    """Two numbers multiplied."""

    left: Node
    right: Node
    kind: Kind
    # The formula divides by this; the right one is its reciprocal.
    divisor: Node | None = None

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        # Each at its own scale, both as wide as what they make.
        left, right = (_fitted(each, self.kind.of_scale(each.kind.scale), algebra, columns) for each in (self.left, self.right))
        return left * right


@dataclass(frozen=True, slots=True)
class Negative:
    """A number with the other sign."""

    operand: Node
    kind: Kind

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        return self.operand.value(algebra, columns) * _whole(-1, algebra, wide=self.kind.wide)


@dataclass(frozen=True, slots=True)
class Absolute:
    """A number without its sign."""

    operand: Node
    kind: Kind

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        return algebra.absolute(self.operand.value(algebra, columns))


@dataclass(frozen=True, slots=True)
class Extreme:
    """The greatest or the least of some numbers."""

    operands: tuple[Node, ...]
    greatest: bool
    kind: Kind

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        values = [_fitted(each, self.kind, algebra, columns) for each in self.operands]
        return algebra.extreme(values, greatest=self.greatest)


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first of some values that the row has."""

    operands: tuple[Node, ...]
    kind: Kind

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        return algebra.coalesce([_fitted(each, self.kind, algebra, columns) for each in self.operands])


@dataclass(frozen=True, slots=True)
class Choice:
    """The value of the first case whose condition holds."""

    cases: tuple[tuple[Node, Node], ...]
    otherwise: Node
    kind: Kind

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        cases = [
            (condition.value(algebra, columns), _fitted(chosen, self.kind, algebra, columns)) for condition, chosen in self.cases
        ]
        return algebra.choose(cases, _fitted(self.otherwise, self.kind, algebra, columns))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two values stand to each other so."""

    left: Node
    right: Node
    # `=`, `<>`, `<`, `<=`, `>` or `>=`.
    sign: str
    # What both are brought to.
    met: Kind
    kind: Kind = FLAG

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        left, right = (_fitted(each, self.met, algebra, columns) for each in (self.left, self.right))
        return algebra.compare(self.sign, left, right)


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a value is one of some."""

    tests: tuple[Comparison, ...]
    kind: Kind = FLAG

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        return reduce(algebra.either, [test.value(algebra, columns) for test in self.tests])


@dataclass(frozen=True, slots=True)
class Text:
    """A text that the formula states."""

    text: str
    kind: Kind = TEXT

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:  # noqa: ARG002 - as all nodes
        return algebra.text(self.text)


@dataclass(frozen=True, slots=True)
class Logic:
    """Both conditions, or one of them."""

    left: Node
    right: Node
    both: bool
    kind: Kind = FLAG

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        join = algebra.both if self.both else algebra.either
        return join(self.left.value(algebra, columns), self.right.value(algebra, columns))


@dataclass(frozen=True, slots=True)
class Negation:
    """Not the condition."""

    operand: Node
    kind: Kind = FLAG

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        return algebra.negate(self.operand.value(algebra, columns))


@dataclass(frozen=True, slots=True)
class Missing:
    """Whether the row lacks a value."""

    operand: Node
    kind: Kind = FLAG

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        return algebra.missing(self.operand.value(algebra, columns))


def is_constant(node: Node) -> bool:
    """Whether a number is known before any row is seen: its bounds are one then."""
    if isinstance(node, (Sum, Product)):
        return is_constant(node.left) and is_constant(node.right)
    return isinstance(node, Constant) or (isinstance(node, Negative) and is_constant(node.operand))
