"""Conditions over plain values: what engines are held to."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from services.analytics.rules.conditions import trees as tree

_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


def decide(node: tree.Node, features: Mapping[str, Any], thresholds: Mapping[str, float]) -> Any:
    """The value: True, False, or None where it is not known.

    Features are as `engine/conditions.py` takes them: amounts in minor units, rates as fractions; thresholds alike.
    """
    return _DECIDERS[type(node)](node, features, thresholds)


def _named(node: Any, features: Any, _thresholds: Any) -> Any:
    value = features.get(node.name)
    return None if isinstance(value, float) and not isfinite(value) else value


def _arithmetic(node: Any, features: Any, thresholds: Any) -> Any:
    left, right = (decide(each, features, thresholds) for each in (node.left, node.right))
    if left is None or right is None or (node.sign == "/" and right == 0):
        return None
    return _SIGNS[node.sign](float(left), float(right))


def _comparison(node: Any, features: Any, thresholds: Any) -> Any:
    left, right = (decide(each, features, thresholds) for each in (node.left, node.right))
    return None if left is None or right is None else _SIGNS[node.sign](float(left), float(right))


def _absolute(node: Any, features: Any, thresholds: Any) -> Any:
    value = decide(node.operand, features, thresholds)
    return None if value is None else abs(value)


def _known(node: Any, features: Any, thresholds: Any) -> Any:
    values = (decide(each, features, thresholds) for each in node.operands)
    return next((value for value in values if value is not None), None)


def _membership(node: Any, features: Any, thresholds: Any) -> Any:
    value = decide(node.operand, features, thresholds)
    options = [decide(each, features, thresholds) for each in node.options]
    if value is None:
        return None
    if any(option is not None and float(option) == float(value) for option in options):
        return True
    return None if None in options else False


def _logic(node: Any, features: Any, thresholds: Any) -> Any:
    values = [decide(each, features, thresholds) for each in (node.left, node.right)]
    # What alone decides: one that does not hold of AND, one that holds of OR.
    decisive = not node.both
    if decisive in values:
        return decisive
    return None if None in values else node.both


def _negation(node: Any, features: Any, thresholds: Any) -> Any:
    value = decide(node.operand, features, thresholds)
    return None if value is None else not value


_DECIDERS: Mapping[type[Any], Callable[[Any, Any, Any], Any]] = {
    tree.Absolute: _absolute,
    tree.Arithmetic: _arithmetic,
    tree.Comparison: _comparison,
    tree.Known: _known,
    tree.Logic: _logic,
    tree.Membership: _membership,
    tree.Missing: lambda node, features, thresholds: decide(node.operand, features, thresholds) is None,
    tree.Named: _named,
    tree.Negation: _negation,
    tree.Number: lambda node, _features, _thresholds: float(node.value),
    tree.Threshold: lambda node, _features, thresholds: thresholds.get(node.name),
}
