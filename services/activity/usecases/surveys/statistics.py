"""How satisfied customers in the reader's scope are, and how far those who answered stand for those who were asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from workbench.activity.v1 import survey_service_pb2

from services.activity.model.survey import SurveyInvitation, SurveyScore
from services.activity.rules import survey_statistics as rules
from services.activity.rules.survey_statistics import Interval, percent
from services.activity.rules.surveys import SurveyInvitationState, SurveyQuestionKind
from services.activity.usecases import reaching
from services.activity.usecases.surveys import beginning
from services.chassis.db.scope import below, reached
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput

YEAR_DAYS = 365
GROUPS_MAX = 100
WILSON, ADJUSTED_WALD = "Wilson", "adjusted Wald"

Scores = Counter[int]


@dataclass(slots=True)
class _Asked:
    """Those who were asked and whose time is over, by group: how many, and how many of them answered."""

    asked: Counter[Any] = field(default_factory=Counter)
    answered: Counter[Any] = field(default_factory=Counter)

    def add(self, group: Any, count: int, *, answered: bool) -> None:
        """So many more of a group."""
        self.asked[group] += count
        self.answered[group] += count if answered else 0


def statistics(work: UnitOfWork, request: survey_service_pb2.GetSurveyStatisticsRequest) -> survey_service_pb2.SurveyStatistics:
    """The figures; where too few answered there are none."""
    start, end = _days(work, request.start_date, request.end_date)
    within, path = _within(work, request)
    within.append(SurveyInvitation.asked_date.between(start, end))
    answers_min = work.settings.survey_answers_min
    by = {"tier": _Asked(), "kind": _Asked(), "unit": _Asked()}
    for row in _asked(work, within):
        answered = row.state == SurveyInvitationState.ANSWERED
        groups = {"tier": row.customer_tier, "kind": row.customer_kind, "unit": _unit_below(path, row.organisation_path)}
        for name, group in groups.items():
            by[name].add(group, row.count, answered=answered)
    scores, by_tier = _scores(work, within), _recommendations_by_tier(work, within)
    asked, answered_count = sum(by["tier"].asked.values()), sum(by["tier"].answered.values())
    all_answers = sum(sum(each.values()) for each in by_tier.values())
    recommendation = scores.get((SurveyQuestionKind.RECOMMENDATION.value, ""), Counter())
    weighted = rules.weighted_net_promoter(by_tier, by["tier"].asked) if sum(recommendation.values()) >= answers_min else None
    rate = rules.wilson(answered_count, asked) if asked else None
    return survey_service_pb2.SurveyStatistics(
        start_date=start.isoformat(),
        end_date=end.isoformat(),
        asked_count=asked,
        answered_count=answered_count,
        response_rate=_estimate("response_rate", asked, answers_min, lambda: rate, WILSON),
        further_count=_further(work, within),
        answers_min=answers_min,
        recommendation=_of_scores("recommendation", recommendation, answers_min, rules.net_promoter, ADJUSTED_WALD),
        weighted_recommendation="" if weighted is None or not all_answers else percent(weighted),
        satisfaction=_top_box("satisfaction", scores.get((SurveyQuestionKind.SATISFACTION.value, ""), Counter()), answers_min),
        dimensions=[
            _top_box(dimension, counts, answers_min)
            for (kind, dimension), counts in sorted(scores.items())
            if kind == SurveyQuestionKind.RATING
        ],
        bias=[each for name, counted in by.items() for each in _bias(name, counted, answers_min)],
    )


def _days(work: UnitOfWork, start_text: str, end_text: str) -> tuple[date, date]:
    end = optional_date(end_text, "end_date") or work.business_date
    start = optional_date(start_text, "start_date") or max(end, date.min + timedelta(days=YEAR_DAYS)) - timedelta(days=YEAR_DAYS)
    if start > end:
        violation = FieldViolation("end_date", "Not before the start.")
        raise InvalidInput("DATES_REVERSED", "The end is before the start.", violations=(violation,))
    return start, end


def _within(work: UnitOfWork, request: survey_service_pb2.GetSurveyStatisticsRequest) -> tuple[list[ColumnElement[bool]], str]:
    """Which invitations count, and the unit of which they are."""
    if request.person_id and request.organisation_path:
        raise InvalidInput("LIST_AMBIGUOUS", "Name a person or a unit, and one of them alone.")
    path = ""
    if request.organisation_path:
        path = reaching.unit_path(work, request.organisation_path)
        within = [below(SurveyInvitation.organisation_path, path)]
    elif request.person_id:
        within = [SurveyInvitation.owner_person_id == reaching.person(work, request.person_id).person_id]
    else:
        within = [reached(SurveyInvitation, work.scope, work.caller)]
        path = work.scope.organisation_paths[0] if work.scope.organisation_paths else ""
    if request.survey_id:
        within.append(SurveyInvitation.survey_id == beginning.found(work, request.survey_id).survey_id)
    return within, path


def _asked(work: UnitOfWork, within: list[ColumnElement[bool]]) -> Iterable[Any]:
    """By tier, kind, unit and state: those who were asked by chance or after an event and whose time is over.

    Not those whose time still runs: who answers at once would count, and who has not answered yet would not.
    """
    group = (
        SurveyInvitation.customer_tier,
        SurveyInvitation.customer_kind,
        SurveyInvitation.organisation_path,
        SurveyInvitation.state,
    )
    statement = select(*group, func.count().label("count")).where(
        *within,
        SurveyInvitation.sampled,
        SurveyInvitation.state != SurveyInvitationState.REVOKED.value,
        SurveyInvitation.expire_date < work.business_date,
    )
    return work.session.execute(statement.group_by(*group))


def _scores(work: UnitOfWork, within: list[ColumnElement[bool]]) -> dict[tuple[int, str], Scores]:
    """How often each score was given, by kind of question and dimension."""
    group = (SurveyScore.kind, SurveyScore.dimension, SurveyScore.score)
    statement = (
        select(*group, func.count().label("count"))
        .join(SurveyInvitation, SurveyInvitation.survey_invitation_id == SurveyScore.survey_invitation_id)
        .where(*within)
        .group_by(*group)
    )
    scores: dict[tuple[int, str], Scores] = defaultdict(Counter)
    for row in work.session.execute(statement):
        scores[row.kind, row.dimension][row.score] += row.count
    return scores


def _recommendations_by_tier(work: UnitOfWork, within: list[ColumnElement[bool]]) -> dict[int, Scores]:
    group = (SurveyInvitation.customer_tier, SurveyInvitation.recommendation_score)
    statement = select(*group, func.count().label("count")).where(*within, SurveyInvitation.recommendation_score.is_not(None))
    by_tier: dict[int, Scores] = defaultdict(Counter)
    for row in work.session.execute(statement.group_by(*group)):
        by_tier[row.customer_tier][row.recommendation_score] += row.count
    return by_tier


def _further(work: UnitOfWork, within: list[ColumnElement[bool]]) -> int:
    statement = select(func.count()).where(
        *within, ~SurveyInvitation.sampled, SurveyInvitation.state == SurveyInvitationState.ANSWERED.value
    )
    return work.session.scalar(statement) or 0


def _top_box(name: str, scores: Scores, answers_min: int) -> survey_service_pb2.SurveyEstimate:
    return _of_scores(name, scores, answers_min, rules.top_box, WILSON)


def _of_scores(
    name: str, scores: Scores, answers_min: int, interval: Callable[[Mapping[int, int]], Interval], method: str
) -> survey_service_pb2.SurveyEstimate:
    count = sum(scores.values())
    estimate = _estimate(name, count, answers_min, lambda: interval(scores) if count else None, method)
    if estimate.enough:
        estimate.mean = f"{rules.mean(scores):.2f}"
    return estimate


def _estimate(
    name: str, count: int, answers_min: int, interval: Callable[[], Interval | None], method: str
) -> survey_service_pb2.SurveyEstimate:
    estimate = survey_service_pb2.SurveyEstimate(name=name, answer_count=count, method=method)
    if count >= answers_min and (found := interval()) is not None:
        estimate.enough = True
        estimate.estimate, estimate.low, estimate.high = percent(found.estimate), percent(found.low), percent(found.high)
    return estimate


def _bias(name: str, counted: _Asked, answers_min: int) -> list[survey_service_pb2.SurveyBias]:
    """The groups that are large enough, the largest first."""
    asked, answered = sum(counted.asked.values()), sum(counted.answered.values())
    if not asked:
        return []
    largest_first = sorted(counted.asked.items(), key=lambda each: (-each[1], str(each[0])))
    found = []
    for group, count in largest_first[:GROUPS_MAX]:
        if count < answers_min:
            continue
        of_group = counted.answered[group]
        bias = survey_service_pb2.SurveyBias(
            by=name,
            group=str(group),
            asked_count=count,
            answered_count=of_group,
            asked_share=percent(count / asked),
            answered_share=percent(of_group / answered) if answered else "",
        )
        if asked - count >= answers_min:
            apart = rules.newcombe(of_group, count, answered - of_group, asked - count)
            bias.difference, bias.differs = percent(apart.estimate), apart.low > 0 or apart.high < 0
            bias.difference_low, bias.difference_high = percent(apart.low), percent(apart.high)
        found.append(bias)
    return found


def _unit_below(path: str, organisation_path: str) -> str:
    """The unit just below the one that is looked at, to which a unit belongs."""
    if not path or not organisation_path.startswith(path):
        return organisation_path
    first, _, _ = organisation_path[len(path) :].partition(PATH_SEPARATOR)
    return f"{path}{first}{PATH_SEPARATOR}" if first else path
