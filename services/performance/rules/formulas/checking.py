"""What may be computed with what: a formula's nodes are made here, or refused.

A formula has to be proportional to the amounts of its row: then the parts of several owners, computed each for itself, add up to
the whole. Its numbers have to keep within the digits of every engine whatever the row. Rates for a year run on days once, never
twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import NoReturn

from services.performance.rules.formulas import expressions as tree
from services.performance.rules.formulas.expressions import Dimension, Form, Kind, Node
from services.performance.rules.formulas.faults import FaultReason, FormulaFault, Place
from services.performance.rules.formulas.formula import NUMERATOR_MAX, SCALE_MAX, VALUE_MAX, Outcome
from services.performance.rules.formulas.inputs import ONCE_INPUTS, Input, InputKind, Source

_DIMENSIONS: Mapping[InputKind | None, Dimension] = {
    InputKind.AMOUNT: Dimension(amounts=1, parts=1),
    InputKind.COUNT: Dimension(parts=1),
    InputKind.YEARLY_RATE: Dimension(years=1),
    InputKind.RATE: Dimension(),
    InputKind.INTEGER: Dimension(),
    InputKind.YEARLY_AMOUNT: Dimension(amounts=1, years=1),
}
# The product's own amounts are nobody's part of anything.
_CONSTANT_DIMENSIONS: Mapping[InputKind | None, Dimension] = {
    **_DIMENSIONS,
    InputKind.AMOUNT: Dimension(amounts=1),
    None: Dimension(free=True),
}

_AMOUNT = Dimension(amounts=1, parts=1)
_YEARLY_AMOUNT = Dimension(amounts=1, parts=1, years=1)
_COUNT = Dimension(parts=1)


def constant_kind(value: Decimal, kind: InputKind | None) -> Kind:
    """What a constant is: `kind` is that of a parameter, None of a number that the formula itself states."""
    scale = max(-int(value.normalize().as_tuple().exponent), 0)
    whole = int(value.scaleb(scale))
    return Kind(Form.NUMBER, _CONSTANT_DIMENSIONS[kind], scale, whole, whole, zero=whole == 0)


class Checker:
    """Makes the nodes of one formula; raises FormulaFault with the place that is read just then."""

    def __init__(self) -> None:
        self._place = Place(1, 1)

    @contextmanager
    def placed(self, place: Place) -> Iterator[None]:
        """What is refused within is at that place."""
        former, self._place = self._place, place
        yield
        self._place = former

    def input_kind(self, named: Input) -> Kind:
        """What an input is."""
        if named.kind is InputKind.TEXT:
            return tree.TEXT
        if named.kind is InputKind.FLAG:
            return tree.FLAG
        return Kind(Form.NUMBER, _DIMENSIONS[named.kind], named.scale, named.low, named.high)

    def sum(self, left: Node, right: Node, *, minus: bool) -> Node:
        """Both added, or the second taken from the first."""
        joined = self._joined((left, right), "added up" if not minus else "subtracted")
        first, second = (each.kind.at(joined.scale) for each in (left, right))
        low, high = (
            (first.low - second.high, first.high - second.low) if minus else (first.low + second.low, first.high + second.high)
        )
        return tree.Sum(left, right, minus, self._kept(joined.dimension, joined.scale, low, high))

    def product(self, left: Node, right: Node) -> Node:
        """Both multiplied; the place is the second's."""
        self._numbers((left, right), "multiplied")
        dimension = left.kind.dimension * right.kind.dimension
        if dimension.parts > 1 or dimension.amounts > 1:
            self._refuse(
                FaultReason.NOT_PROPORTIONAL,
                "Two amounts of the row are multiplied.",
                "A result has to be proportional to one amount: multiply it by rates and plain numbers only.",
            )
        if dimension.years > 1:
            self._refuse(
                FaultReason.YEARLY_TWICE,
                "Two rates for a year are multiplied, so that the days of the year would count twice.",
                "Make one of them a plain rate, such as a parameter of the kind RATE.",
            )
        bounds = [a * b for a, b in product((left.kind.low, left.kind.high), (right.kind.low, right.kind.high))]
        scale = left.kind.scale + right.kind.scale
        return tree.Product(left, right, self._kept(dimension, scale, min(bounds), max(bounds)))

    def quotient(self, left: Node, right: Node) -> Node:
        """The first divided by a constant, which is multiplied by its reciprocal; the place is the second's."""
        self._numbers((left, right), "divided")
        kind = right.kind
        if not tree.is_constant(right) or kind.dimension.amounts or kind.dimension.years:
            advice = "Divide by a plain number or a parameter; what is divided by days of the year is so by itself."
            self._refuse(FaultReason.DIVISOR_REFUSED, "Only a constant divides.", advice)
        if kind.low == 0:
            self._refuse(FaultReason.DIVISOR_REFUSED, "The divisor is 0.", "Divide by another number.")
        reciprocal = _exact(Fraction(10**kind.scale, kind.low))
        if reciprocal is None:
            advice = "Multiply by its reciprocal, written to as many decimals as are to count, such as 0.94339623 for 1 / 1.06."
            self._refuse(FaultReason.DIVISOR_REFUSED, "The quotient has no end of decimals.", advice)
        whole, scale = reciprocal
        inverse = tree.Constant("", Kind(Form.NUMBER, Dimension(), scale, whole, whole))
        return tree.Product(left, inverse, self.product(left, inverse).kind, right)

    def negative(self, operand: Node) -> Node:
        """With the other sign."""
        self._numbers((operand,), "negated")
        kind = operand.kind
        return tree.Negative(operand, Kind(Form.NUMBER, kind.dimension, kind.scale, -kind.high, -kind.low, kind.zero))

    def absolute(self, operand: Node) -> Node:
        """Without its sign."""
        self._numbers((operand,), "taken without sign")
        self._no_parts((operand,), "ABS")
        kind = operand.kind
        low = 0 if kind.low <= 0 <= kind.high else min(abs(kind.low), abs(kind.high))
        high = max(abs(kind.low), abs(kind.high))
        return tree.Absolute(operand, Kind(Form.NUMBER, kind.dimension, kind.scale, low, high, kind.zero))

    def extreme(self, operands: tuple[Node, ...], *, greatest: bool) -> Node:
        """The greatest or the least of them."""
        joined = self._joined(operands, "compared")
        self._no_parts(operands, "GREATEST" if greatest else "LEAST")
        kinds = [each.kind.at(joined.scale) for each in operands]
        of = max if greatest else min
        kind = self._kept(joined.dimension, joined.scale, of(k.low for k in kinds), of(k.high for k in kinds))
        return tree.Extreme(operands, greatest, kind)

    def coalesce(self, operands: tuple[Node, ...]) -> Node:
        """The first of them that is there."""
        return tree.Coalesce(operands, self._any_of(operands, "put in one place"))

    def choice(self, cases: tuple[tuple[Node, Node], ...], otherwise: Node) -> Node:
        """The first case whose condition holds."""
        for condition, _ in cases:
            self._flag(condition)
        chosen = (*(value for _, value in cases), otherwise)
        return tree.Choice(cases, otherwise, self._any_of(chosen, "chosen between"))

    def comparison(self, left: Node, right: Node, sign: str) -> tree.Comparison:
        """Whether they stand to each other so."""
        if left.kind.form is not right.kind.form or left.kind.form is Form.FLAG:
            self._refuse_forms((left, right), "compared")
        met = left.kind
        if left.kind.form is Form.NUMBER:
            self._no_parts((left, right), "A comparison")
            joined = self._joined((left, right), "compared")
            kinds = [each.kind.at(joined.scale) for each in (left, right)]
            met = self._kept(joined.dimension, joined.scale, min(k.low for k in kinds), max(k.high for k in kinds))
        elif sign not in ("=", "<>"):
            self._refuse(FaultReason.TYPES_DIFFER, "Texts have no order.", "Compare texts by = and <>, or by IN.")
        self._known_code(left, right)
        self._known_code(right, left)
        return tree.Comparison(left, right, sign, met)

    def membership(self, operand: Node, options: tuple[Node, ...]) -> Node:
        """Whether it is one of them."""
        return tree.Membership(tuple(self.comparison(operand, option, "=") for option in options))

    def logic(self, left: Node, right: Node, *, both: bool) -> Node:
        """Both conditions, or one of them."""
        self._flag(left)
        self._flag(right)
        return tree.Logic(left, right, both)

    def negation(self, operand: Node) -> Node:
        """Not the condition."""
        self._flag(operand)
        return tree.Negation(operand)

    def check_outcome(self, root: Node, outcome: Outcome, source: Source, place: Place) -> bool:
        """Whether the formula's value is for a year; raises FormulaFault where it is not what the measure asks for."""
        with self.placed(place):
            self._numbers((root,), "a result")
            kind = root.kind
            if kind.scale > SCALE_MAX or max(abs(kind.low), abs(kind.high)) > VALUE_MAX * 10**kind.scale:
                self._refuse_digits(kind.scale)
            if outcome is Outcome.EARNED and source.standing:
                return self._check_standing_income(root)
            wanted = _COUNT if outcome is Outcome.COUNT else _AMOUNT
            # What is free might be for a year; here nothing is.
            if not kind.zero and (not kind.dimension.fits(wanted) or kind.dimension.years):
                self._refuse_result(kind.dimension, wanted)
            if kind.scale and outcome is not Outcome.EARNED:
                problem = "Balances and flows are counted in whole minor units and whole numbers: nothing of them is rounded."
                self._refuse(FaultReason.RESULT_UNFIT, problem, "Leave out what has decimals; a coefficient belongs into income.")
            if source.standing and outcome in (Outcome.FLOW, Outcome.COUNT) and not happens_once(root):
                self._refuse_repeated()
            return False

    def _check_standing_income(self, root: Node) -> bool:
        dimension = root.kind.dimension
        if root.kind.zero:
            return True
        if happens_once(root):
            if dimension.years or not dimension.fits(_AMOUNT):
                self._refuse_result(dimension, _AMOUNT)
            return False
        if not dimension.fits(_YEARLY_AMOUNT):
            if dimension == _AMOUNT:
                self._refuse_repeated()
            self._refuse_result(dimension, _YEARLY_AMOUNT)
        return True

    def _any_of(self, operands: Sequence[Node], what: str) -> Kind:
        """What stands in the place of any of them."""
        forms = {each.kind.form for each in operands}
        if forms == {Form.TEXT}:
            return tree.TEXT
        joined = self._joined(operands, what)
        kinds = [each.kind.at(joined.scale) for each in operands]
        kind = self._kept(joined.dimension, joined.scale, min(k.low for k in kinds), max(k.high for k in kinds))
        return Kind(Form.NUMBER, kind.dimension, kind.scale, kind.low, kind.high, all(k.zero for k in kinds))

    def _joined(self, operands: Sequence[Node], what: str) -> Kind:
        """The dimension and scale that all of them have together."""
        self._numbers(operands, what)
        measured = [each.kind.dimension for each in operands if not each.kind.zero]
        dimension = measured[0] if measured else operands[0].kind.dimension
        for other in measured[1:]:
            if not dimension.fits(other):
                reason = FaultReason.TYPES_DIFFER if dimension.parts == other.parts else FaultReason.NOT_PROPORTIONAL
                problem = f"{_described(dimension)} and {_described(other)} are {what}."
                self._refuse(reason, problem, "Both have to be of one kind; only 0 goes with anything.")
            dimension = dimension.joined(other)
        return Kind(Form.NUMBER, dimension, max(each.kind.scale for each in operands))

    def _numbers(self, operands: Sequence[Node], what: str) -> None:
        if any(each.kind.form is not Form.NUMBER for each in operands):
            self._refuse_forms(operands, what)

    def _flag(self, condition: Node) -> None:
        if condition.kind.form is not Form.FLAG:
            advice = "Compare it with something, such as overdue_days > 90."
            self._refuse(FaultReason.TYPES_DIFFER, f"{_form(condition)} is no condition.", advice)

    def _no_parts(self, operands: Sequence[Node], what: str) -> None:
        if any(each.kind.dimension.parts for each in operands):
            self._refuse(
                FaultReason.NOT_PROPORTIONAL,
                f"{what} looks at how large an amount is.",
                "The parts of several owners would not add up to the whole: decide by rates, days, codes or flags.",
            )

    def _known_code(self, named: Node, stated: Node) -> None:
        if not isinstance(named, tree.Named) or not isinstance(stated, tree.Text) or not named.input.codes:
            return
        if stated.text not in named.input.codes:
            problem = f"{named.input.name} is never “{stated.text}”."
            self._refuse(FaultReason.CODE_UNKNOWN, problem, f"It is one of {', '.join(named.input.codes)}.")

    def _kept(self, dimension: Dimension, scale: int, low: int, high: int) -> Kind:
        if max(abs(low), abs(high)) > NUMERATOR_MAX:
            self._refuse_digits(scale)
        return Kind(Form.NUMBER, dimension, scale, low, high, zero=low == high == 0)

    def _refuse_digits(self, scale: int) -> NoReturn:
        problem = f"The number could need more digits than an engine has: {scale} decimals are multiplied up."
        advice = (
            f"Multiply fewer rates, or give parameters fewer decimals: {SCALE_MAX} decimals in all, and a result up to 10^16."
        )
        self._refuse(FaultReason.TOO_MANY_DIGITS, problem, advice)

    def _refuse_repeated(self) -> NoReturn:
        problem = "An amount that is not for a year would be counted again on each day."
        advice = (
            f"Multiply by a rate for a year (a parameter of the kind YEARLY_RATE), or count it once: "
            f"CASE WHEN {' = 0 THEN … ELSE 0 END or '.join(ONCE_INPUTS)} = 0 THEN … ELSE 0 END."
        )
        self._refuse(FaultReason.RESULT_UNFIT, problem, advice)

    def _refuse_result(self, dimension: Dimension, wanted: Dimension) -> NoReturn:
        problem = f"The result is {_described(dimension)}; the measure is {_described(wanted)}."
        self._refuse(FaultReason.RESULT_UNFIT, problem, "Multiply an amount of the row by what makes it the measure.")

    def _refuse_forms(self, operands: Sequence[Node], what: str) -> NoReturn:
        met = " and ".join(dict.fromkeys(_form(each) for each in operands))
        self._refuse(FaultReason.TYPES_DIFFER, f"{met} cannot be {what}.", "Texts and flags belong into conditions only.")

    def _refuse(self, reason: FaultReason, problem: str, advice: str) -> NoReturn:
        raise FormulaFault(self._place, reason, problem[0].upper() + problem[1:], advice)


def happens_once(node: Node) -> bool:
    """Whether a standing row's value differs from 0 on one of its days alone."""
    if node.kind.form is Form.NUMBER and node.kind.zero:
        return True
    if isinstance(node, tree.Choice):
        return happens_once(node.otherwise) and all(_on_one_day(when) or happens_once(then) for when, then in node.cases)
    if isinstance(node, tree.Product):
        return happens_once(node.left) or happens_once(node.right)
    if isinstance(node, tree.Sum):
        return happens_once(node.left) and happens_once(node.right)
    return isinstance(node, tree.Negative) and happens_once(node.operand)


def _on_one_day(condition: Node) -> bool:
    if isinstance(condition, tree.Logic) and condition.both:
        return _on_one_day(condition.left) or _on_one_day(condition.right)
    if not isinstance(condition, tree.Comparison) or condition.sign != "=":
        return False
    sides = (condition.left, condition.right)
    named = any(isinstance(each, tree.Named) and each.input.name in ONCE_INPUTS for each in sides)
    return named and any(isinstance(each, tree.Constant) for each in sides)


def _exact(value: Fraction) -> tuple[int, int] | None:
    """A whole number and its scale that are the value; None where its decimals have no end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    scale = max(twos, fives)
    return None if rest != 1 else (value.numerator * 10**scale // value.denominator, scale)


def _form(node: Node) -> str:
    return {Form.TEXT: "a text", Form.FLAG: "a condition", Form.NUMBER: _described(node.kind.dimension)}[node.kind.form]


def _described(dimension: Dimension) -> str:
    kind = {(1, 1): "an amount", (1, 0): "a fixed amount", (0, 1): "a count"}.get((dimension.amounts, dimension.parts), "a rate")
    if dimension.free and kind == "a rate" and not dimension.years:
        return "a plain number"
    return f"{kind} for a year" if dimension.years else kind
