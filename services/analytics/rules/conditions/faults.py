"""What is wrong with a condition, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class FaultReason(StrEnum):
    """Stable names of what can be wrong."""

    EMPTY = "EMPTY"
    TOO_LONG = "TOO_LONG"
    SYNTAX = "SYNTAX"
    CONSTRUCT_REFUSED = "CONSTRUCT_REFUSED"
    FEATURE_UNKNOWN = "FEATURE_UNKNOWN"
    SORTS_DIFFER = "SORTS_DIFFER"
    NOT_A_CONDITION = "NOT_A_CONDITION"
    NUMBER_UNFIT = "NUMBER_UNFIT"


@dataclass(frozen=True, slots=True)
class Place:
    """A character of a text, counted from 1."""

    line: int
    column: int

    @classmethod
    def at(cls, text: str, offset: int) -> Self:
        """The place of the character with that offset."""
        before = text[:offset]
        return cls(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


class ConditionFault(Exception):
    """A condition that is refused: the first thing that is wrong with it."""

    def __init__(self, place: Place, reason: FaultReason, problem: str, advice: str) -> None:
        super().__init__(f"Line {place.line}, character {place.column}: {problem} {advice}")
        self.place = place
        self.reason = reason
        self.problem = problem
        self.advice = advice
