"""What is wrong with a formula, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultReason(StrEnum):
    """Stable names of faults."""

    EMPTY = "FORMULA_EMPTY"
    TOO_LONG = "FORMULA_TOO_LONG"
    SYNTAX = "FORMULA_SYNTAX"
    CONSTRUCT_REFUSED = "CONSTRUCT_REFUSED"
    FUNCTION_UNKNOWN = "FUNCTION_UNKNOWN"
    INPUT_UNKNOWN = "INPUT_UNKNOWN"
    CODE_UNKNOWN = "CODE_UNKNOWN"
    TYPES_DIFFER = "TYPES_DIFFER"
    NOT_PROPORTIONAL = "NOT_PROPORTIONAL"
    YEARLY_TWICE = "YEARLY_TWICE"
    DIVISOR_REFUSED = "DIVISOR_REFUSED"
    TOO_MANY_DIGITS = "TOO_MANY_DIGITS"
    RESULT_UNFIT = "RESULT_UNFIT"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a formula, counted from 1."""

    line: int
    column: int

    @classmethod
    def at(cls, text: str, offset: int) -> Place:
        """Of the character that so many stand before."""
        before = text[:offset]
        return cls(before.count("\n") + 1, offset - before.rfind("\n"))


class FormulaFault(Exception):
    """A formula that is refused; raised for the first fault that is met."""

    def __init__(self, place: Place, reason: FaultReason, problem: str, advice: str) -> None:
        super().__init__(f"line {place.line}, column {place.column}: {problem} {advice}")
        self.place = place
        self.reason = reason
        self.problem = problem
        self.advice = advice
