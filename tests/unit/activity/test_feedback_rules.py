"""Feedback: which deadline holds, what may follow what, and what a customer counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.activity.v1 import feedback_pb2

from services.activity.rules import feedback as rules
from services.activity.rules.feedback import CATEGORIES, COMPLAINT_DAYS_MAX, DEADLINES, Deadline, FeedbackKind, FeedbackState
from services.chassis.kernel.errors import InvalidInput, RuleBroken


@pytest.mark.parametrize(
    "name",
    [
        "FeedbackKind", "FeedbackSeverity", "FeedbackState", "FeedbackOutcome", "FeedbackChannel", "FeedbackRoute",
        "FeedbackTopicState", "FeedbackStepKind",
    ],
)  # fmt: skip
def test_the_numbers_are_those_of_the_contract(name):
    contract = getattr(feedback_pb2, name).DESCRIPTOR
    prefix = contract.values_by_number[0].name.removesuffix("UNSPECIFIED")
    assert {value.name.removeprefix(prefix): value.number for value in contract.values} == {
        each.name: each.value for each in getattr(rules, name)
    }


def test_every_kind_has_a_deadline_and_no_complaint_may_take_longer_than_the_regulator_lets_it():
    kinds = {kind for kind, _ in DEADLINES}
    assert kinds == {kind.value for kind in FeedbackKind if kind}
    of_complaints = [deadline for (kind, _), deadline in DEADLINES.items() if kind == FeedbackKind.COMPLAINT]
    # Five workdays are at most nine days, of an ordinary week.
    assert all(deadline.answer_workdays * 2 <= COMPLAINT_DAYS_MAX for deadline in of_complaints)
    graver_first = sorted(of_complaints, key=lambda each: each.answer_workdays)
    assert [each.answer_workdays for each in graver_first] == [1, 3, 5]


def test_a_categorys_own_deadline_takes_the_common_ones_place():
    own = {(FeedbackKind.NEED, 0): Deadline(2, 1)}
    assert rules.deadline_of(FeedbackKind.NEED, 0, own) == Deadline(2, 1)
    assert rules.deadline_of(FeedbackKind.OPINION, 0, own) == DEADLINES[FeedbackKind.OPINION, 0]


def test_a_complaint_without_severity_is_minor_and_nothing_else_has_one():
    assert rules.settle_severity(FeedbackKind.COMPLAINT, 0) == 1
    assert rules.settle_severity(FeedbackKind.COMPLAINT, 3) == 3
    assert rules.settle_severity(FeedbackKind.NEED, 0) == 0
    with pytest.raises(InvalidInput, match="SEVERITY_UNFIT"):
        rules.settle_severity(FeedbackKind.NEED, 2)


@given(st.sampled_from(FeedbackState))
def test_it_is_closed_only_after_it_was_told_and_told_only_after_it_was_answered(state):
    allowed = {
        rules.need_open: {FeedbackState.OPEN},
        rules.need_answered: {FeedbackState.ANSWERED, FeedbackState.TOLD},
        rules.need_told: {FeedbackState.TOLD},
    }
    for need, states in allowed.items():
        if state in states:
            need(state.value)
        else:
            with pytest.raises(RuleBroken):
                need(state.value)


@given(st.integers(-5, 200), st.lists(st.integers(1, 9), min_size=1, max_size=6).map(tuple))
def test_each_tier_has_a_weight(tier, weights):
    assert rules.tier_weight(tier, weights) in weights


def test_categories_have_names_that_the_contract_takes():
    pattern = feedback_pb2.FeedbackCategory
    assert pattern.DESCRIPTOR.fields_by_name["feedback_category_id"]
    assert all(name.isidentifier() and name.islower() for name in CATEGORIES)
    assert rules.OTHER in CATEGORIES
