"""Surveys: what a template and its answers must be, who is drawn, and what the figures are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.activity.v1 import survey_pb2

from services.activity.rules import survey_statistics as figures
from services.activity.rules import surveys as rules
from services.activity.rules.surveys import SurveyQuestionKind, chance, check_answers, check_questions, check_sampling, is_drawn
from services.chassis.kernel.errors import InvalidInput, RuleBroken

QUESTIONS = [
    {"question_id": "recommend", "kind": SurveyQuestionKind.RECOMMENDATION, "required": True},
    {"question_id": "satisfied", "kind": SurveyQuestionKind.SATISFACTION},
    {"question_id": "service", "kind": SurveyQuestionKind.RATING, "dimension": "service"},
    {"question_id": "way", "kind": SurveyQuestionKind.CHOICE, "choices": [{}, {}]},
    {"question_id": "remark", "kind": SurveyQuestionKind.TEXT},
]
COUNTS = st.dictionaries(st.integers(0, 10), st.integers(0, 500), min_size=1).filter(lambda scores: sum(scores.values()) > 0)


@pytest.mark.parametrize(
    "name", ["SurveyQuestionKind", "SurveySampling", "SurveyOccasion", "SurveyInvitationState", "SurveyChannel"]
)
def test_the_numbers_are_those_of_the_contract(name):
    contract = getattr(survey_pb2, name).DESCRIPTOR
    prefix = contract.values_by_number[0].name.removesuffix("UNSPECIFIED")
    assert {value.name.removeprefix(prefix): value.number for value in contract.values} == {
        each.name: each.value for each in getattr(rules, name)
    }


def faults(refusal):
    return [violation.field for violation in refusal.value.violations]


def test_a_template_has_each_name_once_and_what_its_questions_need():
    check_questions(QUESTIONS)
    with pytest.raises(InvalidInput, match="SURVEY_QUESTIONS_INVALID") as refusal:
        check_questions(
            [
                *QUESTIONS[:2],
                QUESTIONS[0] | {"question_id": "again"},
                {"question_id": "satisfied", "kind": SurveyQuestionKind.TEXT, "dimension": "x"},
                {"question_id": "a", "kind": SurveyQuestionKind.RATING},
                {"question_id": "b", "kind": SurveyQuestionKind.CHOICE, "choices": [{}]},
                {"question_id": "c", "kind": SurveyQuestionKind.TEXT, "choices": [{}]},
            ]
        )
    assert faults(refusal) == [
        "questions[2].kind", "questions[3].question_id", "questions[3].dimension", "questions[4].dimension",
        "questions[5].choices", "questions[6].choices",
    ]  # fmt: skip


def test_answers_are_kept_as_the_questions_have_them():
    answered = check_answers(
        QUESTIONS,
        [
            {"question_id": "recommend", "score": 0},
            {"question_id": "service", "score": 5},
            {"question_id": "way", "score": 1},
            {"question_id": "remark", "text": "  好  "},
            {"question_id": "satisfied", "score": None},
        ],
    )
    assert answered.answers[-1] == {"question_id": "remark", "text": "好"}
    assert [(each.question_id, each.dimension, each.score) for each in answered.scores] == [
        ("recommend", "", 0), ("service", "service", 5), ("way", "", 1),
    ]  # fmt: skip
    assert answered.score(SurveyQuestionKind.RECOMMENDATION) == 0
    assert answered.score(SurveyQuestionKind.SATISFACTION) is None
    assert answered.low


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ([{"question_id": "recommend", "score": 11}], ["answers[0].score", "answers"]),
        ([{"question_id": "recommend", "score": 9}, {"question_id": "recommend", "score": 9}], ["answers[1].question_id"]),
        ([{"question_id": "recommend", "score": 9}, {"question_id": "none", "score": 9}], ["answers[1].question_id"]),
        ([{"question_id": "recommend", "score": 9}, {"question_id": "satisfied", "score": 0}], ["answers[1].score"]),
        ([{"question_id": "recommend", "score": 9}, {"question_id": "way", "score": 2}], ["answers[1].score"]),
        ([{"question_id": "recommend", "score": 9}, {"question_id": "remark", "score": 2}], ["answers[1].score"]),
        ([{"question_id": "recommend", "text": "nine"}], ["answers[0].text", "answers"]),
        ([{"question_id": "satisfied", "score": 3}], ["answers"]),
    ],
)
def test_answers_that_do_not_fit_are_named(answers, fields):
    with pytest.raises(InvalidInput, match="ANSWERS_INVALID") as refusal:
        check_answers(QUESTIONS, answers)
    assert faults(refusal) == fields


def test_something_must_be_answered_even_where_nothing_is_required():
    with pytest.raises(InvalidInput, match="ANSWERS_INVALID"):
        check_answers(QUESTIONS[1:], [{"question_id": "remark", "text": " "}])


@pytest.mark.parametrize(
    ("recommendation", "satisfaction", "low"), [(6, None, True), (7, 3, False), (10, 2, True), (9, 5, False)]
)
def test_a_detractor_or_somebody_dissatisfied_is_seen_to(recommendation, satisfaction, low):
    answers = [{"question_id": "recommend", "score": recommendation}, {"question_id": "satisfied", "score": satisfaction}]
    assert check_answers(QUESTIONS, answers).low is low


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"sampling": 1, "occasion": 2, "event_basis_points": 5_000}, None),
        ({"sampling": 2, "sample_size": 10, "period_days": 30}, None),
        ({"sampling": 3, "sample_size": 10}, None),
        ({"sampling": 1, "sample_size": 3}, ["occasion", "sample_size"]),
        ({"sampling": 2, "sample_size": 10}, ["period_days"]),
        ({"sampling": 3, "sample_size": 10, "event_basis_points": 1, "period_days": 4}, ["period_days", "event_basis_points"]),
    ],
)
def test_a_rule_is_whole(values, fields):
    nothing = dict.fromkeys(("sampling", "occasion", "event_basis_points", "sample_size", "period_days"), 0)
    if fields is None:
        check_sampling(nothing | values)
        return
    with pytest.raises(InvalidInput, match="SAMPLING_INVALID") as refusal:
        check_sampling(nothing | values)
    assert faults(refusal) == fields


def test_chance_is_the_same_again_and_another_with_another_seed():
    # Golden: a draw of years ago can be made again.
    assert chance(7, 1, "0198c000-0000-7000-8000-000000000001") == 12606562725941106725
    assert len({chance(seed, 1, "a") for seed in range(100)}) == 100


def test_events_are_drawn_in_the_share_that_is_asked():
    drawn = sum(is_drawn(3, f"contacts/{number}", 2_500) for number in range(8_000))
    assert 1_850 < drawn < 2_150
    assert is_drawn(3, "x", 0)


@pytest.mark.parametrize("state", [3, 4, 5])
def test_what_is_over_takes_no_answer(state):
    rules.need_open(1)
    with pytest.raises(RuleBroken, match="SURVEY_ANSWERED"):
        rules.need_open(2)
    with pytest.raises(RuleBroken, match="SURVEY_INVITATION_OVER"):
        rules.need_open(state)


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    # Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_that_of_the_paper(successes, count, low, high):
    interval = figures.wilson(successes, count)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    # Newcombe 1998 (Statistics in Medicine 17:873), table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_that_of_the_paper(one, other, low, high):
    interval = figures.newcombe(*one, *other)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_the_net_promoter_score_is_the_share_of_9_and_10_less_that_of_0_to_6():
    # 25 promoters, 3 between, 8 detractors.
    scores = {10: 20, 9: 5, 8: 2, 7: 1, 6: 5, 0: 3}
    interval = figures.net_promoter(scores)
    assert round(interval.estimate, 4) == round(17 / 36, 4)
    # By hand: (25.75 - 8.75) / 39 = 0.43590; its standard error is sqrt((34.5 / 39 - 0.43590^2) / 39) = 0.13345.
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.174, 0.697)
    assert figures.percent(interval.estimate) == "47.2"


@given(COUNTS)
def test_every_interval_lies_within_what_can_be(scores):
    interval = figures.net_promoter(scores)
    assert -1 <= interval.low <= interval.high <= 1
    assert -1 <= interval.estimate <= 1
    share = figures.top_box(scores)
    assert 0 <= share.low <= share.estimate <= share.high <= 1
    assert min(scores) <= figures.mean(scores) <= max(scores)


@given(COUNTS)
def test_turned_about_the_net_promoter_score_only_changes_its_sign(scores):
    turned = {10: 0, 0: 0}
    for score, count in scores.items():
        box = 0 if score >= figures.PROMOTER_MIN else 10 if score <= figures.DETRACTOR_MAX else 8
        turned[box] = turned.get(box, 0) + count
    one, other = figures.net_promoter(scores), figures.net_promoter(turned)
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.low == pytest.approx(-other.high)


def test_each_tier_counts_as_it_does_among_those_asked():
    # Of the mass tier a tenth answers, all promoters; of the private tier all, all detractors.
    scores = {1: {10: 10}, 4: {0: 10}}
    assert figures.weighted_net_promoter(scores, {1: 90, 4: 10}) == pytest.approx(0.8)
    assert figures.net_promoter({10: 10, 0: 10}).estimate == 0
    # A tier that was asked and did not answer has nobody to stand for it.
    assert figures.weighted_net_promoter(scores, {1: 90, 2: 5}) is None
    assert figures.weighted_net_promoter(scores, {}) is None


def test_no_share_is_less_than_nothing_by_rounding():
    assert figures.percent(-0.0001) == "0.0"
