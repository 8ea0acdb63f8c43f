"""Reads a formula: SQL's own grammar by sqlglot, of which an allow-list is let through.

Each fault says where it is, what is wrong and what to do. Nothing is trusted that was not found on the list: a node of any other
kind is refused by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from services.performance.rules.formulas import expressions as tree
from services.performance.rules.formulas.checking import Checker, constant_kind
from services.performance.rules.formulas.faults import FaultReason, FormulaFault, Place
from services.performance.rules.formulas.formula import Declared, Formula, Outcome
from services.performance.rules.formulas.inputs import Input, InputKind

if TYPE_CHECKING:
    from sqlglot import expressions as exp
    from sqlglot.errors import ParseError

TEXT_MAX = 2_000
# Operations inside one another: each is a level of SQL for the engine too.
DEPTH_MAX = 60

_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,12})?")
_SIGNS = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_FUNCTIONS = "LEAST, GREATEST, ABS and COALESCE"


def parse(text: str, declared: Declared, outcome: Outcome = Outcome.EARNED) -> Formula:
    """The formula that a text states; raises FormulaFault."""
    reader = _Reader(text, declared)
    root = reader.read()
    accrues = reader.checker.check_outcome(root, outcome, declared.source, reader.at(0))
    return Formula(text, root, tuple(reader.named[name] for name in sorted(reader.named)), accrues)


def is_name(text: str) -> bool:
    """Whether a formula can name something so: a plain name that is no word of SQL's."""
    import sqlglot
    from sqlglot import errors, expressions

    try:
        parsed = sqlglot.parse_one(text)
    except errors.SqlglotError:
        return False
    return isinstance(parsed, expressions.Column) and parsed.name == text and not parsed.table


class _Reader:
    """Makes a tree of one formula's text."""

    def __init__(self, text: str, declared: Declared) -> None:
        self.text = text
        self.declared = declared
        self.checker = Checker()
        self.named: dict[str, Input] = {}
        self._readers: dict[str, Callable[[Any, int], tree.Node]] = {
            "abs": self._absolute,
            "add": self._sum,
            "and": self._logic,
            "between": self._between,
            "case": self._case,
            "coalesce": self._coalesce,
            "column": self._column,
            "div": self._quotient,
            "greatest": self._extreme,
            "in": self._membership,
            "is": self._missing,
            "least": self._extreme,
            "literal": self._literal,
            "mul": self._product,
            "neg": self._negative,
            "not": self._negation,
            "or": self._logic,
            "paren": self._paren,
            "sub": self._sum,
            **dict.fromkeys(_SIGNS, self._comparison),
        }

    def read(self) -> tree.Node:
        """The tree."""
        if not self.text.strip():
            self._refuse(0, FaultReason.EMPTY, "The formula is empty.", "State what is computed, or leave the measure out.")
        if len(self.text) > TEXT_MAX:
            self._refuse(TEXT_MAX, FaultReason.TOO_LONG, f"The formula is longer than {TEXT_MAX} characters.", "Shorten it.")
        return self._node(self._parsed(), 0)

    def at(self, offset: int) -> Place:
        """The place of a character."""
        return Place.at(self.text, offset)

    def _parsed(self) -> exp.Expr:
        import sqlglot
        from sqlglot import errors

        try:
            statements = sqlglot.parse(self.text)
        except errors.ParseError as error:
            self._refuse_syntax(error)
        except errors.TokenError:
            self._refuse(
                len(self.text.rstrip()) - 1, FaultReason.SYNTAX, "A quotation is not closed.", "Close it with the same mark."
            )
        except RecursionError:
            self._refuse_depth(0)
        found = [each for each in statements if each is not None]
        if len(statements) != 1 or not found:
            self._refuse(max(self.text.find(";"), 0), FaultReason.SYNTAX, "A formula is one expression.", "Remove the semicolon.")
        return found[0]

    def _refuse_syntax(self, error: ParseError) -> NoReturn:
        """Where the grammar broke off: sqlglot tells what stands before that place, and at it."""
        told = error.errors[0] if error.errors else {}
        before, found = (str(told.get(name) or "") for name in ("start_context", "highlight"))
        offset = max(self.text.find(before + found), 0) + len(before)
        problem = f"The formula cannot be read at “{found}”." if found else "The formula cannot be read."
        advice = "Look for an operator without its operand, a bracket that is not closed, or a word out of place."
        self._refuse(min(offset, len(self.text)), FaultReason.SYNTAX, problem, advice)

    def _node(self, parsed: exp.Expr, depth: int) -> tree.Node:
        if depth > DEPTH_MAX:
            self._refuse_depth(self._offset(parsed))
        reader = self._readers.get(parsed.key)
        if reader is None:
            self._refuse_construct(parsed)
        with self.checker.placed(self.at(self._offset(parsed))):
            return reader(parsed, depth + 1)

    def _nodes(self, parsed: Sequence[exp.Expr], depth: int) -> tuple[tree.Node, ...]:
        return tuple(self._node(each, depth) for each in parsed)

    def _paren(self, parsed: Any, depth: int) -> tree.Node:
        return self._node(parsed.this, depth)

    def _column(self, parsed: Any, _depth: int) -> tree.Node:
        name = parsed.name.lower()
        offset = self._offset(parsed)
        if parsed.table:
            self._refuse(offset, FaultReason.CONSTRUCT_REFUSED, "A name has no dot.", "Write the input's name alone.")
        if known := self.declared.source.inputs.get(name):
            self.named[name] = known
            return tree.Named(known, self.checker.input_kind(known))
        parameter = self.declared.parameters.get(name)
        if parameter is None:
            known_names = ", ".join(sorted((*self.declared.source.inputs, *self.declared.parameters)))
            problem = f"“{parsed.name}” is neither an input of {self.declared.source.dataset} nor a parameter."
            self._refuse(offset, FaultReason.INPUT_UNKNOWN, problem, f"Known are {known_names}.")
        amount = parameter.kind in (InputKind.AMOUNT, InputKind.YEARLY_AMOUNT)
        digits = self.declared.home_fraction_digits if amount else 0
        kind = constant_kind(parameter.value.scaleb(digits), parameter.kind)
        return tree.Constant(shown(parameter.value, parameter.kind), kind, parameter.name, parameter.display_name)

    def _literal(self, parsed: Any, _depth: int) -> tree.Node:
        if parsed.is_string:
            return tree.Text(parsed.this)
        if not _NUMBER.fullmatch(parsed.this):
            advice = "Write up to 15 digits, a point and up to 12 more, such as 0.0325."
            self._refuse(self._offset(parsed), FaultReason.SYNTAX, f"“{parsed.this}” is not a plain decimal.", advice)
        return tree.Constant(parsed.this, constant_kind(Decimal(parsed.this), None))

    def _sum(self, parsed: Any, depth: int) -> tree.Node:
        left, right = self._nodes((parsed.this, parsed.expression), depth)
        with self.checker.placed(self.at(self._offset(parsed.expression))):
            return self.checker.sum(left, right, minus=parsed.key == "sub")

    def _product(self, parsed: Any, depth: int) -> tree.Node:
        left, right = self._nodes((parsed.this, parsed.expression), depth)
        with self.checker.placed(self.at(self._offset(parsed.expression))):
            return self.checker.product(left, right)

    def _quotient(self, parsed: Any, depth: int) -> tree.Node:
        left, right = self._nodes((parsed.this, parsed.expression), depth)
        with self.checker.placed(self.at(self._offset(parsed.expression))):
            return self.checker.quotient(left, right)

    def _negative(self, parsed: Any, depth: int) -> tree.Node:
        return self.checker.negative(self._node(parsed.this, depth))

    def _absolute(self, parsed: Any, depth: int) -> tree.Node:
        return self.checker.absolute(self._node(parsed.this, depth))

    def _extreme(self, parsed: Any, depth: int) -> tree.Node:
        operands = self._nodes((parsed.this, *parsed.expressions), depth)
        return self.checker.extreme(operands, greatest=parsed.key == "greatest")

    def _coalesce(self, parsed: Any, depth: int) -> tree.Node:
        return self.checker.coalesce(self._nodes((parsed.this, *parsed.expressions), depth))

    def _case(self, parsed: Any, depth: int) -> tree.Node:
        subject = self._node(parsed.this, depth) if parsed.this is not None else None
        cases = []
        for each in parsed.args["ifs"]:
            condition = self._node(each.this, depth)
            if subject is not None:
                condition = self.checker.comparison(subject, condition, "=")
            cases.append((condition, self._node(each.args["true"], depth)))
        if (otherwise := parsed.args.get("default")) is None:
            problem = "A CASE has no ELSE."
            self._refuse(self._offset(parsed), FaultReason.SYNTAX, problem, "Say what holds otherwise, such as ELSE 0.")
        return self.checker.choice(tuple(cases), self._node(otherwise, depth))

    def _comparison(self, parsed: Any, depth: int) -> tree.Node:
        left, right = self._nodes((parsed.this, parsed.expression), depth)
        return self.checker.comparison(left, right, _SIGNS[parsed.key])

    def _between(self, parsed: Any, depth: int) -> tree.Node:
        operand, low, high = self._nodes((parsed.this, parsed.args["low"], parsed.args["high"]), depth)
        return tree.Logic(self.checker.comparison(operand, low, ">="), self.checker.comparison(operand, high, "<="), both=True)

    def _membership(self, parsed: Any, depth: int) -> tree.Node:
        if not parsed.expressions:
            advice = "List the values, such as IN ('LOSS', 'DOUBTFUL')."
            self._refuse(self._offset(parsed), FaultReason.CONSTRUCT_REFUSED, "IN has no list of values.", advice)
        operand, *options = self._nodes((parsed.this, *parsed.expressions), depth)
        return self.checker.membership(operand, tuple(options))

    def _logic(self, parsed: Any, depth: int) -> tree.Node:
        left, right = self._nodes((parsed.this, parsed.expression), depth)
        return self.checker.logic(left, right, both=parsed.key == "and")

    def _negation(self, parsed: Any, depth: int) -> tree.Node:
        return self.checker.negation(self._node(parsed.this, depth))

    def _missing(self, parsed: Any, depth: int) -> tree.Node:
        if parsed.expression.key != "null":
            advice = "IS asks for NULL alone; of a flag write its name, or NOT before it."
            self._refuse(self._offset(parsed), FaultReason.CONSTRUCT_REFUSED, "IS is not part of formulas so.", advice)
        return tree.Missing(self._node(parsed.this, depth))

    def _offset(self, parsed: exp.Expr) -> int:
        """Where it begins: the first of its parts that the grammar gave a place."""
        return min(_starts(parsed), default=0)

    def _refuse_construct(self, parsed: exp.Expr) -> NoReturn:
        offset = self._offset(parsed)
        if parsed.key == "alias":
            problem = f"“{parsed.alias}” stands beside a value with nothing between them."
            beside = min(_starts(parsed.args["alias"]), default=offset)
            self._refuse(beside, FaultReason.SYNTAX, problem, "Put an operator there, or leave it out.")
        if parsed.key == "anonymous":
            problem, advice = f"There is no function {str(parsed.this).upper()}.", f"Functions are {_FUNCTIONS}."
            self._refuse(offset, FaultReason.FUNCTION_UNKNOWN, problem, advice)
        advice = f"Use + - * /, comparisons, AND, OR, NOT, IN, BETWEEN, CASE, IS NULL, {_FUNCTIONS}."
        self._refuse(offset, FaultReason.CONSTRUCT_REFUSED, f"{parsed.key.upper()} is not part of formulas.", advice)

    def _refuse_depth(self, offset: int) -> NoReturn:
        problem = f"More than {DEPTH_MAX} operations stand inside one another."
        self._refuse(offset, FaultReason.TOO_LONG, problem, "Write it with fewer brackets, cases and terms.")

    def _refuse(self, offset: int, reason: FaultReason, problem: str, advice: str) -> NoReturn:
        raise FormulaFault(self.at(offset), reason, problem, advice)


def _starts(parsed: exp.Expr) -> Iterator[int]:
    return (each.meta["start"] for each in parsed.walk() if "start" in each.meta)


def shown(value: Decimal, kind: InputKind) -> str:
    """A parameter's value as it is shown: a rate in per cent."""
    if kind in (InputKind.RATE, InputKind.YEARLY_RATE):
        return f"{plain(value * 100)}%"
    return plain(value)


def plain(value: Decimal) -> str:
    """A decimal without an exponent and without zeros at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
