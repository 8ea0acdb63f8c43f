"""Surveys of satisfaction 满意度: their kinds, what a template and its answers must be, and who is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken

COOLING_OFF_DAYS = 90
ANSWER_DAYS = 14
SURVEYS_MAX = 1_000
# Of a recommendation those below are detractors; a satisfaction of 1 or 2 is none.
RECOMMENDATION_LOW_MAX = 6
SATISFACTION_LOW_MAX = 2
_CHOICES_MIN = 2


class SurveyQuestionKind(IntEnum):
    """The numbers of `workbench.activity.v1.SurveyQuestionKind`."""

    UNSPECIFIED = 0
    RECOMMENDATION = 1
    SATISFACTION = 2
    RATING = 3
    CHOICE = 4
    TEXT = 5


class SurveySampling(IntEnum):
    """The numbers of `workbench.activity.v1.SurveySampling`."""

    UNSPECIFIED = 0
    AFTER_EVENT = 1
    PERIODIC = 2
    RANDOM = 3


class SurveyOccasion(IntEnum):
    """The numbers of `workbench.activity.v1.SurveyOccasion`."""

    UNSPECIFIED = 0
    CONTACT_DONE = 1
    FEEDBACK_CLOSED = 2
    OPPORTUNITY_WON = 3


class SurveyInvitationState(IntEnum):
    """The numbers of `workbench.activity.v1.SurveyInvitationState`."""

    UNSPECIFIED = 0
    OPEN = 1
    ANSWERED = 2
    DECLINED = 3
    EXPIRED = 4
    REVOKED = 5


class SurveyChannel(IntEnum):
    """The numbers of `workbench.activity.v1.SurveyChannel`."""

    UNSPECIFIED = 0
    RELATIONSHIP_MANAGER = 1
    LINK = 2
    IMPORT = 3


# The lowest and the highest score of a kind; a choice has as many as there are choices.
SCALES: Mapping[int, tuple[int, int]] = {
    SurveyQuestionKind.RECOMMENDATION: (0, 10),
    SurveyQuestionKind.SATISFACTION: (1, 5),
    SurveyQuestionKind.RATING: (1, 5),
}


@dataclass(frozen=True, slots=True)
class Scored:
    """What was answered to one question by a number."""

    question_id: str
    kind: int
    dimension: str
    score: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers that fit a template's questions."""

    # As they are kept: objects with `question_id`, and `score` or `text`.
    answers: tuple[dict[str, Any], ...]
    scores: tuple[Scored, ...]

    def score(self, kind: SurveyQuestionKind) -> int | None:
        """The score of the template's one question of a kind; None where it was not answered."""
        return next((each.score for each in self.scores if each.kind == kind), None)

    @property
    def low(self) -> bool:
        """Whether somebody is to see to it."""
        recommendation, satisfaction = self.score(SurveyQuestionKind.RECOMMENDATION), self.score(SurveyQuestionKind.SATISFACTION)
        return (recommendation is not None and recommendation <= RECOMMENDATION_LOW_MAX) or (
            satisfaction is not None and satisfaction <= SATISFACTION_LOW_MAX
        )


def need_open(state: int) -> None:
    """Raises RuleBroken SURVEY_ANSWERED, and SURVEY_INVITATION_OVER where no answer is taken for another reason."""
    if state == SurveyInvitationState.ANSWERED:
        raise RuleBroken("SURVEY_ANSWERED", "It was answered; an answer is given once.")
    if state != SurveyInvitationState.OPEN:
        raise RuleBroken("SURVEY_INVITATION_OVER", "It was declined or taken back, or its time is over.")


def check_questions(questions: Sequence[Mapping[str, Any]]) -> None:
    """Looks at a template's questions; raises InvalidInput SURVEY_QUESTIONS_INVALID, naming what does not fit."""
    names: set[str] = set()
    singular: set[int] = set()
    faults: list[FieldViolation] = []
    for place, question in enumerate(questions):
        field, kind = f"questions[{place}]", question["kind"]
        if question["question_id"] in names:
            faults.append(FieldViolation(f"{field}.question_id", "There is another one of this name."))
        if kind in (SurveyQuestionKind.RECOMMENDATION, SurveyQuestionKind.SATISFACTION):
            if kind in singular:
                faults.append(FieldViolation(f"{field}.kind", "At most one of this kind."))
            singular.add(kind)
        if bool(question.get("dimension")) != (kind == SurveyQuestionKind.RATING):
            faults.append(FieldViolation(f"{field}.dimension", "A rating has one, and nothing else has."))
        choices = len(question.get("choices", ()))
        if choices < _CHOICES_MIN if kind == SurveyQuestionKind.CHOICE else choices:
            faults.append(FieldViolation(f"{field}.choices", "A choice has two or more, and nothing else has any."))
        names.add(question["question_id"])
    if faults:
        raise InvalidInput("SURVEY_QUESTIONS_INVALID", "The questions do not fit.", violations=tuple(faults))


def check_answers(questions: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]) -> Answered:
    """The answers as they are kept; raises InvalidInput ANSWERS_INVALID, naming each that does not fit.

    An answer has `question_id`, and `score` or `text` as its question has it. One with neither is none.
    """
    asked = {question["question_id"]: question for question in questions}
    kept: dict[str, dict[str, Any]] = {}
    scores: list[Scored] = []
    faults: list[FieldViolation] = []
    for place, answer in enumerate(answers):
        name, field = answer["question_id"], f"answers[{place}]"
        question = asked.get(name)
        if question is None or name in kept:
            faults.append(FieldViolation(f"{field}.question_id", "A question of the template, once."))
            continue
        fault = _fault(question, answer)
        if fault:
            faults.append(FieldViolation(f"{field}.{fault[0]}", fault[1]))
        elif question["kind"] == SurveyQuestionKind.TEXT:
            if text := str(answer.get("text", "")).strip():
                kept[name] = {"question_id": name, "text": text}
        elif answer.get("score") is not None:
            kept[name] = {"question_id": name, "score": answer["score"]}
            scores.append(Scored(name, question["kind"], question.get("dimension", ""), answer["score"]))
    faults += [
        FieldViolation("answers", f"{name} must be answered.")
        for name, question in asked.items()
        if question.get("required") and name not in kept
    ]
    if not faults and not kept:
        faults.append(FieldViolation("answers", "Answer at least one question."))
    if faults:
        raise InvalidInput("ANSWERS_INVALID", "The answers do not fit the questions.", violations=tuple(faults))
    return Answered(tuple(kept.values()), tuple(scores))


def _fault(question: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[str, str] | None:
    score, kind = answer.get("score"), question["kind"]
    if kind == SurveyQuestionKind.TEXT:
        return None if score is None else ("score", "This question is answered in words.")
    if answer.get("text"):
        return "text", "This question is answered by a number."
    lowest, highest = SCALES.get(kind) or (0, len(question.get("choices", ())) - 1)
    if score is not None and not lowest <= score <= highest:
        return "score", f"From {lowest} to {highest}."
    return None


def check_sampling(values: Mapping[str, int]) -> None:
    """Raises InvalidInput SAMPLING_INVALID where a survey lacks what its rule needs, or says what the rule does not have."""
    sampling = values["sampling"]
    needs = {
        "occasion": sampling == SurveySampling.AFTER_EVENT,
        "sample_size": sampling != SurveySampling.AFTER_EVENT,
        "period_days": sampling == SurveySampling.PERIODIC,
    }
    faults = [
        FieldViolation(name, "The rule needs it." if needed else "The rule does not have it.")
        for name, needed in needs.items()
        if bool(values[name]) != needed
    ]
    if values["event_basis_points"] and sampling != SurveySampling.AFTER_EVENT:
        faults.append(FieldViolation("event_basis_points", "The rule does not have it."))
    if faults:
        raise InvalidInput("SAMPLING_INVALID", "The rule by which customers are asked is not whole.", violations=tuple(faults))


def chance(seed: int, wave: int, key: str) -> int:
    """A number from 0 to 2^64 - 1 that the seed, the draw and the key decide alone: the same again, whoever asks where and when.

    The draw takes those with the lowest numbers. They are as good as chance to whoever does not choose the ids by them.
    """
    digest = hashlib.sha256(f"{seed}|{wave}|{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def is_drawn(seed: int, key: str, basis_points: int) -> bool:
    """Whether an event has somebody asked, where so many of 10,000 have."""
    return not basis_points or chance(seed, 0, key) % 10_000 < basis_points
