"""Conditions as SQL: made of the checked tree, never of a text that somebody wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.analytics.rules.conditions import trees as tree
from services.analytics.rules.features import FEATURES, FeatureKind

# Before the columns of thresholds.
THRESHOLD_PREFIX = "t_"
_RATE_DIVISOR = 100_000_000


def feature_column(name: str) -> str:
    """A feature as conditions take it: rates as fractions; a number that is none, as engines know it, is not known."""
    kind = FEATURES[name].kind
    if kind is FeatureKind.RATE:
        return f"CAST({name} AS DOUBLE) / {_RATE_DIVISOR} AS {name}"
    if kind is FeatureKind.RATIO:
        return f"CASE WHEN isfinite({name}) THEN {name} END AS {name}"
    return name


def statement(node: tree.Node) -> str:
    """The SQL expression of a condition over columns that are called as features, and thresholds with `t_` before them.

    All numbers are computed with as DOUBLE, so that no sum of amounts overflows; a whole one of 15 digits stays exact.
    """
    return _WRITERS[type(node)](node)


def _number(node: tree.Node) -> str:
    written = statement(node)
    return f"CAST({written} AS DOUBLE)" if isinstance(node, tree.Named) else written


def _arithmetic(node: Any) -> str:
    right = _number(node.right)
    return f"({_number(node.left)} {node.sign} {f'nullif({right}, 0)' if node.sign == '/' else right})"


def _logic(node: Any) -> str:
    return f"({statement(node.left)} {'AND' if node.both else 'OR'} {statement(node.right)})"


def _list(nodes: tuple[tree.Node, ...]) -> str:
    return ", ".join(_number(each) for each in nodes)


_WRITERS: Mapping[type[Any], Callable[[Any], str]] = {
    tree.Absolute: lambda node: f"abs({_number(node.operand)})",
    tree.Arithmetic: _arithmetic,
    tree.Comparison: lambda node: f"({_number(node.left)} {node.sign} {_number(node.right)})",
    tree.Known: lambda node: f"coalesce({_list(node.operands)})",
    tree.Logic: _logic,
    tree.Membership: lambda node: f"({_number(node.operand)} IN ({_list(node.options)}))",
    tree.Missing: lambda node: f"({statement(node.operand)} IS NULL)",
    tree.Named: lambda node: node.name,
    tree.Negation: lambda node: f"(NOT {statement(node.operand)})",
    # As a text, so that the engine reads it as a double and not as a decimal of its own.
    tree.Number: lambda node: f"CAST('{node.value:f}' AS DOUBLE)",
    tree.Threshold: lambda node: f"{THRESHOLD_PREFIX}{node.name}",
}
