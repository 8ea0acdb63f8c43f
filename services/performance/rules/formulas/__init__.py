"""Formulas of products: written by a product manager, checked against an allow-list, exact in every engine.

A formula is an SQL expression over the declared inputs of one source and the product's own parameters. It is proportional to the
amounts of its row, so that the parts of several owners add up to the whole, and its value is a whole number of
ten-to-the-`scale`-ths of a minor unit, so that days add up exactly and are divided once.
"""

from services.performance.rules.formulas.expressions import Algebra
from services.performance.rules.formulas.faults import FaultReason, FormulaFault, Place
from services.performance.rules.formulas.formula import NUMERATOR_MAX, SCALE_MAX, VALUE_MAX, Declared, Formula, Outcome, Parameter
from services.performance.rules.formulas.inputs import SOURCES, Input, InputKind, Source
from services.performance.rules.formulas.parsing import parse
from services.performance.rules.formulas.values import PLAIN

__all__ = [
    "NUMERATOR_MAX",
    "PLAIN",
    "SCALE_MAX",
    "SOURCES",
    "VALUE_MAX",
    "Algebra",
    "Declared",
    "FaultReason",
    "Formula",
    "FormulaFault",
    "Input",
    "InputKind",
    "Outcome",
    "Parameter",
    "Place",
    "Source",
    "parse",
]
