"""Formulas in plain words, Chinese and English."""

# ruff: noqa: RUF001 - the signs for times and minus

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from services.performance.rules.formulas import expressions as tree


class Language(Enum):
    """In which language."""

    CHINESE = "zh"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class _Phrases:
    chinese: bool
    opened: str
    closed: str
    joined: str
    parameter: str
    # How conditions and choices are said.
    both: str
    either: str
    negation: str
    missing: str
    member: str
    when: str
    otherwise: str
    where_missing: str
    greatest: str
    least: str
    absolute: str
    signs: Mapping[str, str]


_CHINESE = _Phrases(
    chinese=True,
    opened="（",
    closed="）",
    joined="、",
    parameter="{}（{}）",
    both="{} 且 {}",
    either="{} 或 {}",
    negation="并非 {}",
    missing="{} 缺失",
    member="{} 为 {} 之一",
    when="若 {} 则为 {}；",
    otherwise="否则为 {}",
    where_missing="{}（缺失时取 {}）",
    greatest="{} 中的最大值",
    least="{} 中的最小值",
    absolute="{} 的绝对值",
    signs={"=": "等于", "<>": "不等于", "<": "小于", "<=": "不超过", ">": "大于", ">=": "不低于"},
)
_ENGLISH = _Phrases(
    chinese=False,
    opened="(",
    closed=")",
    joined=", ",
    parameter="{} ({})",
    both="{} and {}",
    either="{} or {}",
    negation="not {}",
    missing="{} is missing",
    member="{} is one of {}",
    when="if {} then {}; ",
    otherwise="otherwise {}",
    where_missing="{} (where missing, {})",
    greatest="the greatest of {}",
    least="the least of {}",
    absolute="{} without its sign",
    signs={"=": "is", "<>": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"},
)

# How tightly things bind: what binds less stands in brackets inside what binds more.
_CHOICE, _EITHER, _BOTH, _NOT, _TEST, _SUM, _PRODUCT, _SIGN, _ATOM = range(9)

_Said = tuple[str, int]


def in_words(root: tree.Node, language: Language) -> str:
    """The formula in plain words: inputs by their names, parameters with their values."""
    return _say(root, _CHINESE if language is Language.CHINESE else _ENGLISH)[0]


def _say(node: tree.Node, phrases: _Phrases) -> _Said:
    return _SAYERS[type(node)](node, phrases)


def _within(node: tree.Node, binding: int, phrases: _Phrases) -> str:
    said, own = _say(node, phrases)
    return said if own >= binding else f"{phrases.opened}{said}{phrases.closed}"


def _list(nodes: tuple[tree.Node, ...], phrases: _Phrases) -> str:
    return phrases.opened + phrases.joined.join(_within(each, _EITHER, phrases) for each in nodes) + phrases.closed


def _say_named(node: tree.Named, phrases: _Phrases) -> _Said:
    return (node.input.chinese if phrases.chinese else node.input.english), _ATOM


def _say_constant(node: tree.Constant, phrases: _Phrases) -> _Said:
    # A name is English words already.
    named = (phrases.chinese and node.chinese) or node.name.replace("_", " ")
    return (phrases.parameter.format(named, node.decimal) if named else node.decimal), _ATOM


def _say_text(node: tree.Text, _phrases: _Phrases) -> _Said:
    return node.text, _ATOM


def _say_sum(node: tree.Sum, phrases: _Phrases) -> _Said:
    # Of `a - (b - c)` the brackets stay.
    right = _within(node.right, _PRODUCT if node.minus else _SUM, phrases)
    return f"{_within(node.left, _SUM, phrases)} {'−' if node.minus else '+'} {right}", _SUM


def _say_product(node: tree.Product, phrases: _Phrases) -> _Said:
    left = _within(node.left, _PRODUCT, phrases)
    if node.divisor is not None:
        return f"{left} ÷ {_within(node.divisor, _SIGN, phrases)}", _PRODUCT
    # Of `a x (b / c)` the brackets stay as well: nobody has to know what comes first.
    return f"{left} × {_within(node.right, _SIGN, phrases)}", _PRODUCT


def _say_negative(node: tree.Negative, phrases: _Phrases) -> _Said:
    return f"−{_within(node.operand, _ATOM, phrases)}", _SIGN


def _say_absolute(node: tree.Absolute, phrases: _Phrases) -> _Said:
    return phrases.absolute.format(_within(node.operand, _ATOM, phrases)), _SUM


def _say_extreme(node: tree.Extreme, phrases: _Phrases) -> _Said:
    return (phrases.greatest if node.greatest else phrases.least).format(_list(node.operands, phrases)), _SUM


def _say_coalesce(node: tree.Coalesce, phrases: _Phrases) -> _Said:
    first, *others = node.operands
    said = _within(first, _ATOM, phrases)
    for other in others:
        said = phrases.where_missing.format(said, _within(other, _EITHER, phrases))
    return said, _ATOM if others else _say(first, phrases)[1]


def _say_choice(node: tree.Choice, phrases: _Phrases) -> _Said:
    cases = "".join(
        phrases.when.format(_within(condition, _EITHER, phrases), _within(chosen, _EITHER, phrases))
        for condition, chosen in node.cases
    )
    return cases + phrases.otherwise.format(_within(node.otherwise, _EITHER, phrases)), _CHOICE


def _say_comparison(node: tree.Comparison, phrases: _Phrases) -> _Said:
    left, right = (_within(each, _SUM, phrases) for each in (node.left, node.right))
    return f"{left} {phrases.signs[node.sign]} {right}", _TEST


def _say_membership(node: tree.Membership, phrases: _Phrases) -> _Said:
    options = tuple(test.right for test in node.tests)
    return phrases.member.format(_within(node.tests[0].left, _SUM, phrases), _list(options, phrases)), _TEST


def _say_logic(node: tree.Logic, phrases: _Phrases) -> _Said:
    binding = _BOTH if node.both else _EITHER
    said = (phrases.both if node.both else phrases.either).format(
        _within(node.left, binding, phrases), _within(node.right, binding, phrases)
    )
    return said, binding


def _say_negation(node: tree.Negation, phrases: _Phrases) -> _Said:
    return phrases.negation.format(_within(node.operand, _ATOM, phrases)), _NOT


def _say_missing(node: tree.Missing, phrases: _Phrases) -> _Said:
    return phrases.missing.format(_within(node.operand, _SUM, phrases)), _TEST


_SAYERS: Mapping[type[Any], Callable[[Any, _Phrases], _Said]] = {
    tree.Absolute: _say_absolute,
    tree.Choice: _say_choice,
    tree.Coalesce: _say_coalesce,
    tree.Comparison: _say_comparison,
    tree.Constant: _say_constant,
    tree.Extreme: _say_extreme,
    tree.Logic: _say_logic,
    tree.Membership: _say_membership,
    tree.Missing: _say_missing,
    tree.Named: _say_named,
    tree.Negation: _say_negation,
    tree.Negative: _say_negative,
    tree.Product: _say_product,
    tree.Sum: _say_sum,
    tree.Text: _say_text,
}
