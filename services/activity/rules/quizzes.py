"""Quizzes: what makes one, and how answers are marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.kernel.errors import FieldViolation, InvalidInput

_WHOLE_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Marked:
    """How an attempt went: for each question whether it was right, and in percent, rounded down."""

    right: tuple[bool, ...]
    score_percent: int
    passed: bool


def check_quiz(questions: Sequence[Mapping[str, Any]]) -> None:
    """Raises InvalidInput QUIZ_INVALID where a question has no right answer, one that is no choice, or a choice twice."""
    for place, question in enumerate(questions):
        right, choices = question.get("right_choices", ()), question["choices"]
        field = f"quiz.questions[{place}]"
        if not right or any(choice >= len(choices) for choice in right):
            raise _refused(f"{field}.right_choices", "At least one, each the place of a choice.", "QUIZ_INVALID")
        if len({" ".join(choice.split()) for choice in choices}) < len(choices):
            raise _refused(f"{field}.choices", "Each another.", "QUIZ_INVALID")


def mark(questions: Sequence[Mapping[str, Any]], answers: Sequence[Sequence[int]], pass_percent: int) -> Marked:
    """Marks answers: one is right that takes all right choices and no other. Raises InvalidInput ANSWERS_INVALID."""
    if len(answers) != len(questions):
        raise _refused("answers", f"One for each of the {len(questions)} questions.", "ANSWERS_INVALID")
    for place, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        if any(not 0 <= choice < len(question["choices"]) for choice in answer):
            raise _refused(f"answers[{place}].choices", "The place of a choice.", "ANSWERS_INVALID")
    right = tuple(set(answer) == set(question["right_choices"]) for question, answer in zip(questions, answers, strict=True))
    score = sum(right) * _WHOLE_PERCENT // len(right)
    # Not the rounded score: 2 of 3 pass at 66 percent, and do not at 67.
    return Marked(right, score, sum(right) * _WHOLE_PERCENT >= pass_percent * len(right))


def _refused(field: str, description: str, reason: str) -> InvalidInput:
    message = "The quiz cannot be kept." if reason == "QUIZ_INVALID" else "The answers do not fit the quiz."
    return InvalidInput(reason, message, violations=(FieldViolation(field, description),))
