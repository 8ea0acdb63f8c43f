"""Reads a condition: SQL's own grammar by sqlglot, of which an allow-list is let through.

Nothing is trusted that was not found on the list: a node of any other kind is refused by its name, with its place and with what
to do instead. What goes into a statement later is made of the tree, never of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from services.analytics.rules.conditions import trees as tree
from services.analytics.rules.conditions.faults import ConditionFault, FaultReason, Place
from services.analytics.rules.conditions.sorts import FEATURE_SORTS, NUMERIC, Sort

if TYPE_CHECKING:
    from sqlglot import expressions as exp

TEXT_MAX = 1_000
# Operations inside one another: each is a level of SQL for the engine too.
DEPTH_MAX = 40

THRESHOLD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,8})?")
_SIGNS = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_ALLOWED = "+ - * /, comparisons, AND, OR, NOT, IN, BETWEEN, IS NULL, ABS and COALESCE"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was found right."""

    text: str
    root: tree.Node
    # The features that it names, by name.
    features: tuple[str, ...]
    # The thresholds that it names, and of what sort each is.
    thresholds: Mapping[str, Sort]


# Those of a bank's rules are few, and are read for every list of signals.
@lru_cache(maxsize=512)
def read(text: str) -> Condition:
    """The condition that a text states; raises ConditionFault."""
    reader = _Reader(text, FEATURE_SORTS)
    root = reader.read()
    return Condition(text, root, tuple(sorted(reader.features)), dict(sorted(reader.thresholds.items())))


class _Reader:
    """Makes a tree of one condition's text."""

    def __init__(self, text: str, sorts: Mapping[str, Sort]) -> None:
        self.text = text
        self.features: set[str] = set()
        self.thresholds: dict[str, Sort] = {}
        self._sorts = sorts
        self._place = Place(1, 1)
        self._readers: dict[str, Callable[[Any, int], tree.Node]] = {
            "abs": self._absolute,
            "and": self._logic,
            "between": self._between,
            "coalesce": self._coalesce,
            "column": self._column,
            "in": self._membership,
            "is": self._missing,
            "literal": self._literal,
            "neg": self._negative,
            "not": self._negation,
            "or": self._logic,
            "paren": self._paren,
            "placeholder": self._threshold,
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
            **dict.fromkeys(_SIGNS, self._comparison),
        }

    def read(self) -> tree.Node:
        """The tree."""
        if not self.text.strip():
            self._refuse(FaultReason.EMPTY, "The condition is empty.", "State when the sign is there.")
        if len(self.text) > TEXT_MAX:
            self._refuse(FaultReason.TOO_LONG, f"The condition is longer than {TEXT_MAX} characters.", "Shorten it.")
        root = self._node(self._parsed(), 0)
        if root.sort is not Sort.FLAG:
            self._refuse(FaultReason.NOT_A_CONDITION, "This is a value, not a condition.", "Compare it with a threshold.")
        return root

    def _parsed(self) -> exp.Expr:
        import sqlglot
        from sqlglot import errors

        try:
            statements = sqlglot.parse(self.text)
        except errors.ParseError as error:
            told = error.errors[0] if error.errors else {}
            before, found = (str(told.get(name) or "") for name in ("start_context", "highlight"))
            self._place = Place.at(self.text, max(self.text.find(before + found), 0) + len(before))
            problem = f"The condition cannot be read at “{found}”." if found else "The condition cannot be read."
            advice = "Look for an operator without its operand, a bracket that is not closed, or a word out of place."
            self._refuse(FaultReason.SYNTAX, problem, advice)
        except errors.TokenError:
            self._refuse(FaultReason.SYNTAX, "A quotation is not closed.", "Conditions have no texts: remove it.")
        except RecursionError:
            self._refuse(FaultReason.TOO_LONG, "Too much stands inside one another.", "Write it with fewer brackets.")
        stated = [each for each in statements if each is not None]
        if len(statements) != 1 or not stated:
            self._refuse(FaultReason.SYNTAX, "A condition is one expression.", "Remove the semicolon.")
        return stated[0]

    def _node(self, parsed: exp.Expr, depth: int) -> tree.Node:
        former, self._place = self._place, Place.at(self.text, min(_starts(parsed), default=0))
        if depth > DEPTH_MAX:
            self._refuse(FaultReason.TOO_LONG, "Too much stands inside one another.", "Write it with fewer brackets.")
        reader = self._readers.get(parsed.key)
        if reader is None:
            self._refuse(FaultReason.CONSTRUCT_REFUSED, f"{parsed.key.upper()} is not part of conditions.", f"Use {_ALLOWED}.")
        node = reader(parsed, depth + 1)
        self._place = former
        return node

    def _nodes(self, parsed: Sequence[exp.Expr], depth: int) -> tuple[tree.Node, ...]:
        return tuple(self._node(each, depth) for each in parsed)

    def _paren(self, parsed: Any, depth: int) -> tree.Node:
        return self._node(parsed.this, depth)

    def _column(self, parsed: Any, _depth: int) -> tree.Node:
        name = parsed.name.lower()
        if parsed.table or name not in self._sorts:
            # What is close to it, so that a slip of the pen is seen.
            near = sorted(known for known in self._sorts if known[:4] == name[:4]) or ["assets_now", "fall_30"]
            advice = f"Near it are {', '.join(near[:5])}; a threshold begins with a colon."
            self._refuse(FaultReason.FEATURE_UNKNOWN, f"“{parsed.sql()[:60]}” is no feature.", advice)
        self.features.add(name)
        return tree.Named(self._sorts[name], name)

    def _threshold(self, parsed: Any, _depth: int) -> tree.Node:
        name = str(parsed.this or "")
        if not THRESHOLD_NAME.fullmatch(name):
            advice = "A colon, then small letters, digits and underscores, such as `:fall_min`."
            self._refuse(FaultReason.SYNTAX, "A threshold has no fit name.", advice)
        return tree.Threshold(self.thresholds.get(name, Sort.OPEN), name)

    def _literal(self, parsed: Any, _depth: int) -> tree.Node:
        if parsed.is_string or not _NUMBER.fullmatch(str(parsed.this)):
            advice = "Write up to 12 digits and 8 decimals; texts are not part of conditions."
            self._refuse(FaultReason.NUMBER_UNFIT, f"“{str(parsed.this)[:60]}” is no plain number.", advice)
        return tree.Number(Sort.NUMBER, Decimal(str(parsed.this)))

    def _negative(self, parsed: Any, depth: int) -> tree.Node:
        operand = self._number(self._node(parsed.this, depth))
        if isinstance(operand, tree.Number):
            return tree.Number(operand.sort, -operand.value)
        return tree.Arithmetic(operand.sort, "-", tree.Number(operand.sort, Decimal(0)), operand)

    def _arithmetic(self, parsed: Any, depth: int) -> tree.Node:
        left, right = (self._number(each) for each in self._nodes((parsed.this, parsed.expression), depth))
        sign = _ARITHMETIC[parsed.key]
        if sign in "+-":
            left, right = self._alike(left, right)
            return tree.Arithmetic(left.sort, sign, left, right)
        # Beside a factor or a divisor a threshold is a plain one.
        left, right = (self._of_sort(each, Sort.RATIO) if each.sort is Sort.OPEN else each for each in (left, right))
        plain = {Sort.RATIO, Sort.NUMBER}
        if right.sort in plain:
            return tree.Arithmetic(Sort.RATIO if left.sort is Sort.NUMBER else left.sort, sign, left, right)
        if sign == "*" and left.sort in plain:
            return tree.Arithmetic(right.sort, sign, left, right)
        if sign == "/" and left.sort is right.sort:
            return tree.Arithmetic(Sort.RATIO, sign, left, right)
        problem = f"{left.sort.value} {sign} {right.sort.value} is nothing that could be compared."
        advice = "Multiply and divide by ratios and plain numbers, or by the same sort."
        raise self._fault(FaultReason.SORTS_DIFFER, problem, advice)

    def _absolute(self, parsed: Any, depth: int) -> tree.Node:
        operand = self._number(self._node(parsed.this, depth))
        return tree.Absolute(operand.sort, operand)

    def _coalesce(self, parsed: Any, depth: int) -> tree.Node:
        first, *others = (self._number(each) for each in self._nodes((parsed.this, *parsed.expressions), depth))
        if not others:
            self._refuse(FaultReason.SYNTAX, "COALESCE has one value.", "Say what counts where it is not known.")
        operands = [first]
        for other in others:
            operands[0], fitting = self._alike(operands[0], other)
            operands.append(fitting)
        return tree.Known(operands[0].sort, tuple(operands))

    def _comparison(self, parsed: Any, depth: int) -> tree.Node:
        left, right = self._nodes((parsed.this, parsed.expression), depth)
        return self._compared(_SIGNS[parsed.key], left, right)

    def _between(self, parsed: Any, depth: int) -> tree.Node:
        operand, low, high = self._nodes((parsed.this, parsed.args["low"], parsed.args["high"]), depth)
        return tree.Logic(Sort.FLAG, self._compared(">=", operand, low), self._compared("<=", operand, high), both=True)

    def _membership(self, parsed: Any, depth: int) -> tree.Node:
        if not parsed.expressions:
            self._refuse(FaultReason.CONSTRUCT_REFUSED, "IN has no list of values.", "List them, such as IN (1, 2).")
        operand, *options = self._nodes((parsed.this, *parsed.expressions), depth)
        compared = [self._compared("=", operand, option) for option in options]
        return tree.Membership(Sort.FLAG, compared[0].left, tuple(each.right for each in compared))

    def _logic(self, parsed: Any, depth: int) -> tree.Node:
        left, right = (self._flag(each) for each in self._nodes((parsed.this, parsed.expression), depth))
        return tree.Logic(Sort.FLAG, left, right, both=parsed.key == "and")

    def _negation(self, parsed: Any, depth: int) -> tree.Node:
        return tree.Negation(Sort.FLAG, self._flag(self._node(parsed.this, depth)))

    def _missing(self, parsed: Any, depth: int) -> tree.Node:
        if parsed.expression.key != "null":
            advice = "IS asks for NULL alone; of a flag write its name, or NOT before it."
            self._refuse(FaultReason.CONSTRUCT_REFUSED, "IS is not part of conditions so.", advice)
        operand = self._node(parsed.this, depth)
        if not isinstance(operand, tree.Named):
            self._refuse(FaultReason.CONSTRUCT_REFUSED, "Only a feature is known or not.", "Write a feature before IS NULL.")
        return tree.Missing(Sort.FLAG, operand)

    def _compared(self, sign: str, left: tree.Node, right: tree.Node) -> tree.Comparison:
        sorts = {left.sort, right.sort}
        if Sort.DATE in sorts:
            advice = "Dates are only shown and asked IS NULL; compare the days, such as complaint_days."
            self._refuse(FaultReason.SORTS_DIFFER, "Dates are not compared.", advice)
        if Sort.CATEGORY in sorts and (not sorts <= {Sort.CATEGORY, Sort.NUMBER} or sign not in ("=", "<>")):
            problem = "This stands for a kind of something, and has no order."
            self._refuse(FaultReason.SORTS_DIFFER, problem, "Ask by =, <> or IN with plain numbers.")
        if Sort.FLAG in sorts:
            self._refuse(FaultReason.SORTS_DIFFER, "Flags are not compared.", "Write the flag alone, or NOT before it.")
        left, right = self._alike(left, right)
        return tree.Comparison(Sort.FLAG, sign, left, right)

    def _alike(self, left: tree.Node, right: tree.Node) -> tuple[tree.Node, tree.Node]:
        """Both of one sort; a threshold and a plain number take that of the other."""
        if left.sort is right.sort and left.sort not in (Sort.OPEN, Sort.NUMBER):
            return left, right
        for free, other in ((left, right), (right, left)):
            if free.sort is Sort.OPEN and other.sort in (Sort.OPEN, Sort.NUMBER):
                advice = "A threshold stands beside a feature: by it one sees what it is."
                self._refuse(FaultReason.SORTS_DIFFER, "It is not said what the threshold is.", advice)
            if free.sort in (Sort.OPEN, Sort.NUMBER) and other.sort not in (Sort.OPEN, Sort.NUMBER):
                taken = self._of_sort(free, other.sort)
                return (taken, right) if free is left else (left, taken)
        if left.sort is right.sort:
            return left, right
        problem = f"{left.sort.value} and {right.sort.value} meet."
        raise self._fault(FaultReason.SORTS_DIFFER, problem, "Only what is of one sort is compared or added up.")

    def _of_sort(self, node: tree.Node, sort: Sort) -> tree.Node:
        if isinstance(node, tree.Threshold):
            if self.thresholds.setdefault(node.name, sort) is not sort:
                problem = f"“:{node.name}” is {self.thresholds[node.name].value} elsewhere, and {sort.value} here."
                self._refuse(FaultReason.SORTS_DIFFER, problem, "Give each its own name.")
        elif sort is Sort.AMOUNT and not (isinstance(node, tree.Number) and node.value == 0):
            advice = "Make it a threshold, which is stated in the bank's own currency."
            self._refuse(FaultReason.SORTS_DIFFER, "A plain number is no amount.", advice)
        return replace(node, sort=sort)

    def _number(self, node: tree.Node) -> tree.Node:
        if node.sort not in NUMERIC:
            self._refuse(FaultReason.SORTS_DIFFER, f"A {node.sort.value} is no number to compute with.", f"Use {_ALLOWED}.")
        return node

    def _flag(self, node: tree.Node) -> tree.Node:
        if node.sort is not Sort.FLAG:
            problem = "What AND, OR and NOT join is a condition; this is a value."
            self._refuse(FaultReason.NOT_A_CONDITION, problem, "Compare it with a threshold.")
        return node

    def _refuse(self, reason: FaultReason, problem: str, advice: str) -> NoReturn:
        raise self._fault(reason, problem, advice)

    def _fault(self, reason: FaultReason, problem: str, advice: str) -> ConditionFault:
        return ConditionFault(self._place, reason, problem, advice)


def _starts(parsed: exp.Expr) -> Iterator[int]:
    return (each.meta["start"] for each in parsed.walk() if "start" in each.meta)
