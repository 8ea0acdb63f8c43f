"""Conditions in plain words, Chinese and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.analytics.rules.conditions import trees as tree
from services.analytics.rules.conditions.sorts import Sort
from services.analytics.rules.features import FEATURES


@dataclass(frozen=True, slots=True)
class _Phrases:
    chinese: bool
    joined: str
    both: str
    either: str
    negation: str
    missing: str
    member: str
    where_missing: str
    absolute: str
    threshold: str
    signs: Mapping[str, str]


_CHINESE = _Phrases(
    chinese=True,
    joined="、",
    both="{} 且 {}",
    either="{} 或 {}",
    negation="并非 {}",
    missing="{}未知",
    member="{} 为 {} 之一",
    where_missing="{}（未知时取 {}）",
    absolute="{} 的绝对值",
    threshold="{}",
    signs={"=": "等于", "<>": "不等于", "<": "低于", "<=": "不超过", ">": "高于", ">=": "达到"},
)
_ENGLISH = _Phrases(
    chinese=False,
    joined=", ",
    both="{} and {}",
    either="{} or {}",
    negation="not {}",
    missing="{} is not known",
    member="{} is one of {}",
    where_missing="{} (where not known, {})",
    absolute="{} without its sign",
    threshold="{}",
    signs={"=": "is", "<>": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"},
)

# How tightly things bind: what binds less stands in brackets inside what binds more.
_EITHER, _BOTH, _NOT, _TEST, _SUM, _PRODUCT, _ATOM = range(7)
_ARITHMETIC = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}

_Said = tuple[str, int]
# A threshold's value as it is shown, by its name and sort; its name where it is not known.
Shown = Callable[[str, Sort], str]


def in_words(root: tree.Node, shown: Shown, *, chinese: bool) -> str:
    """The condition in plain words: features by their names, thresholds as they are shown."""
    return _Sayer(_CHINESE if chinese else _ENGLISH, shown).said(root)[0]


class _Sayer:
    def __init__(self, phrases: _Phrases, shown: Shown) -> None:
        self._phrases = phrases
        self._shown = shown
        self._sayers: Mapping[type[Any], Callable[[Any], _Said]] = {
            tree.Absolute: lambda node: (phrases.absolute.format(self._within(node.operand, _SUM)), _SUM),
            tree.Arithmetic: self._arithmetic,
            tree.Comparison: self._comparison,
            tree.Known: self._known,
            tree.Logic: self._logic,
            tree.Membership: self._membership,
            tree.Missing: lambda node: (phrases.missing.format(self.said(node.operand)[0]), _TEST),
            tree.Named: lambda node: (self._feature(node.name), _ATOM),
            tree.Negation: lambda node: (phrases.negation.format(self._within(node.operand, _NOT)), _NOT),
            tree.Number: lambda node: (f"{node.value:f}", _ATOM),
            tree.Threshold: lambda node: (shown(node.name, node.sort), _ATOM),
        }

    def said(self, node: tree.Node) -> _Said:
        return self._sayers[type(node)](node)

    def _within(self, node: tree.Node, binding: int) -> str:
        said, own = self.said(node)
        if own >= binding:
            return said
        return f"（{said}）" if self._phrases.chinese else f"({said})"

    def _feature(self, name: str) -> str:
        feature = FEATURES[name]
        return feature.chinese if self._phrases.chinese else feature.english

    def _arithmetic(self, node: tree.Arithmetic) -> _Said:
        binding = _ARITHMETIC[node.sign]
        sign = {"-": "−", "*": "×", "/": "÷"}.get(node.sign, node.sign)  # noqa: RUF001 - the signs for minus and times
        return f"{self._within(node.left, binding)} {sign} {self._within(node.right, binding + 1)}", binding

    def _comparison(self, node: tree.Comparison) -> _Said:
        left, right = (self._within(each, _SUM) for each in (node.left, node.right))
        return f"{left} {self._phrases.signs[node.sign]} {right}", _TEST

    def _known(self, node: tree.Known) -> _Said:
        first, *others = node.operands
        said = self._within(first, _ATOM)
        for other in others:
            said = self._phrases.where_missing.format(said, self._within(other, _EITHER))
        return said, _ATOM

    def _logic(self, node: tree.Logic) -> _Said:
        binding, joined = (_BOTH, self._phrases.both) if node.both else (_EITHER, self._phrases.either)
        return joined.format(self._within(node.left, binding), self._within(node.right, binding)), binding

    def _membership(self, node: tree.Membership) -> _Said:
        options = self._phrases.joined.join(self._within(each, _SUM) for each in node.options)
        return self._phrases.member.format(self._within(node.operand, _SUM), options), _TEST
