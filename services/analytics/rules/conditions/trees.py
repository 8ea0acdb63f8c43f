"""What a condition is made of, once it was read and found right."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.analytics.rules.conditions.sorts import Sort


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a condition, with the sort of its value."""

    sort: Sort


@dataclass(frozen=True, slots=True)
class Named(Node):
    """A feature."""

    name: str


@dataclass(frozen=True, slots=True)
class Threshold(Node):
    """A threshold; its sort is that of what it is compared with."""

    name: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number that the condition itself states."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """Two values by + - * or /; what is divided by 0 is not known."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Absolute(Node):
    """Without its sign."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Known(Node):
    """The first of them that is known."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """Whether two values stand to each other so."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Membership(Node):
    """Whether a value is one of them."""

    operand: Node
    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """Whether both hold, or one of them."""

    left: Node
    right: Node
    both: bool


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """Whether it does not hold."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Missing(Node):
    """Whether a value is not known."""

    operand: Node
