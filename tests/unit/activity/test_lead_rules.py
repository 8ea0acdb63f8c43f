"""The rules of leads and opportunities: whose turn it is, how likely one is won, what a number is looked for by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.activity.v1 import lead_pb2, opportunity_pb2, pipeline_pb2

from services.activity.rules.leads import kinds
from services.activity.rules.leads.calibration import (
    DAYS_STEPS,
    Cases,
    calibrated,
    counted_under,
    longest_stays,
    percent,
    step_of,
)
from services.activity.rules.leads.dealing import in_order, next_turn
from services.activity.rules.leads.prospects import amount_of, identifier_key, joined_notes, phone_key
from services.activity.rules.leads.stages import Stage, whole_days
from services.activity.rules.leads.touching import Touch, role_of, trace
from services.chassis.kernel.errors import InvalidInput

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
CASES = st.builds(Cases, st.integers(0, 500), st.integers(0, 500))
GUESSES = st.integers(0, 100)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (kinds.LeadSource, lead_pb2.LeadSource),
        (kinds.LeadState, lead_pb2.LeadState),
        (kinds.LeadGrade, lead_pb2.LeadGrade),
        (kinds.DisqualifyReason, lead_pb2.DisqualifyReason),
        (kinds.OpportunityState, opportunity_pb2.OpportunityState),
        (kinds.MemberRole, opportunity_pb2.MemberRole),
        (kinds.TouchKind, opportunity_pb2.TouchKind),
        (kinds.OpportunityField, pipeline_pb2.OpportunityField),
    ],
)
def test_numbers_are_the_contracts(ours, theirs):
    prefix = theirs.DESCRIPTOR.values_by_number[0].name.removesuffix("UNSPECIFIED")
    assert {f"{prefix}{each.name}": each.value for each in ours} == {k: v for k, v in theirs.items() if v}


@pytest.mark.parametrize(
    ("guess", "won", "lost", "answer"),
    [
        # (won + 10 x guess) / (cases + 10)
        (30, 0, 0, "30.00"),
        (30, 8, 12, "36.67"),
        (0, 1, 0, "9.09"),
        (100, 0, 1, "90.91"),
        (50, 1000, 0, "99.50"),
        (10, 0, 1000, "0.10"),
    ],
)
def test_probability_in_golden_numbers(guess, won, lost, answer):
    likelihood = calibrated(guess, 0, {0: Cases(won, lost)})
    assert (likelihood.percent, likelihood.cases.count, likelihood.days_min) == (answer, won + lost, 0)


def test_who_stood_long_is_compared_with_those_who_stood_as_long():
    by_days = {0: Cases(40, 40), 30: Cases(10, 30), 90: Cases(0, 10)}
    answers = [calibrated(50, days, by_days) for days in (0, 29, 30, 89, 90, 180)]
    assert [each.percent for each in answers] == ["50.00", "50.00", "30.00", "30.00", "25.00", "50.00"]
    assert [each.cases.count for each in answers] == [80, 80, 40, 40, 10, 80]
    assert [each.days_min for each in answers] == [0, 0, 30, 30, 90, 0]


@given(GUESSES, st.integers(0, 4000), CASES, CASES)
def test_a_probability_is_one_and_lies_between_the_guess_and_history(guess, days, whole, as_long):
    by_days = {0: whole + as_long, step_of(days): as_long} if step_of(days) else {0: whole}
    likelihood = calibrated(guess, days, by_days)
    shares = [Fraction(guess, 100)]
    shares += [Fraction(each.won_count, each.count) for each in by_days.values() if each.count]
    assert min(shares) <= likelihood.share <= max(shares)
    assert 0 <= Fraction(likelihood.percent) <= 100


@given(GUESSES, st.integers(0, 400), CASES)
def test_one_more_win_never_makes_it_less_likely_and_one_more_loss_never_more(guess, days, cases):
    def share(won, lost):
        both = Cases(cases.won_count + won, cases.lost_count + lost)
        return calibrated(guess, days, dict.fromkeys(DAYS_STEPS, both)).share

    assert share(0, 1) <= share(0, 0) <= share(1, 0)


@given(GUESSES, st.integers(-5, 10_000))
def test_without_history_it_is_the_pipelines_own(guess, days):
    likelihood = calibrated(guess, days, {})
    assert (likelihood.share, likelihood.cases.count) == (Fraction(guess, 100), 0)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_percentage_is_rounded_half_up_at_two_decimals(won, more):
    share = Fraction(won, won + more)
    assert abs(Fraction(percent(share)) - share * 100) <= Fraction(1, 200)


def test_stays_are_the_longest_at_each_stage():
    def day(number):
        return NOON + timedelta(days=number)

    entries = [("a", day(0)), ("b", day(10)), ("a", day(15)), ("b", day(50))]
    assert longest_stays(entries, day(140)) == {"a": 35, "b": 90}
    assert list(counted_under(35)) == [0, 30]
    assert longest_stays([("a", day(3))], day(2)) == {"a": 0}


@given(st.integers(1, 12), st.integers(0, 60))
def test_turns_are_even_whatever_their_number(people, leads):
    receivers, turns, dealt = [f"p{place}" for place in range(people)], {}, Counter()
    for _ in range(leads):
        person, turns[person] = next_turn(receivers, turns)
        dealt[person] += 1
    assert max(dealt[each] for each in receivers) - min(dealt[each] for each in receivers) <= 1


def test_who_comes_new_is_next_once_and_makes_up_for_nothing():
    turns = {"a": 7, "b": 8}
    dealt = []
    for _ in range(4):
        person, turns[person] = next_turn(["a", "b", "new"], turns)
        dealt.append(person)
    assert dealt == ["new", "a", "b", "new"]


@dataclass
class Rule:
    organisation_path: str
    position: int
    assignment_rule_id: str
    product_codes: tuple = ()

    def fits(self, product_codes, _source):
        return not self.product_codes or not set(self.product_codes).isdisjoint(product_codes)


def test_rules_come_from_the_nearest_unit_and_then_by_position():
    rules = [Rule("/HO/", 0, "1"), Rule("/HO/E/", 5, "2"), Rule("/HO/E/", 1, "3", ("LOAN",)), Rule("/HO/W/", 0, "4")]
    ordered = in_order(rules, "/HO/E/E01/", ["LOAN"], 1)
    assert [each.assignment_rule_id for each in ordered] == ["3", "2", "1"]
    assert [each.assignment_rule_id for each in in_order(rules, "/HO/E/", ["CARD"], 1)] == ["2", "1"]


@pytest.mark.parametrize("typed", ["13800138000", "138 0013 8000", "+86 138-0013-8000", "0086 13800138000", "(86)13800138000"])
def test_a_number_is_looked_for_in_one_form(typed):
    assert phone_key(typed) == "13800138000"


def test_numbers_from_elsewhere_stay_apart():
    assert phone_key("+1 212 555 0100") == "12125550100"
    assert phone_key("8613800138") == "8613800138"
    assert identifier_key("91310000-ma1fl0000x") == "91310000MA1FL0000X"
    assert (phone_key("  "), identifier_key("")) == ("", "")


def test_notes_are_joined_and_never_grow_beyond_the_limit():
    assert joined_notes(None, " 好 ", 10) == "好"
    assert joined_notes("旧", "新", 10) == "旧\n新"
    assert joined_notes("旧", "  ", 10) == "旧"
    assert len(joined_notes("x" * 10, "y" * 10, 10)) == 10


@pytest.mark.parametrize(("amount", "code", "units"), [("0", "CNY", 0), ("10000000000000", "CNY", 10**15), ("5", "JPY", 5)])
def test_amounts_are_exact(amount, code, units):
    assert amount_of(amount, code, "amount").minor_units == units


@pytest.mark.parametrize(("amount", "code"), [("-0.01", "CNY"), ("10000000000000.01", "CNY"), ("1.5", "JPY"), ("x", "CNY")])
def test_amounts_that_do_not_hold_are_refused(amount, code):
    with pytest.raises(InvalidInput):
        amount_of(amount, code, "amount")


def test_a_stage_asks_for_what_it_lists_and_knows_its_last_day():
    stage = Stage.of({"stage_code": "s", "required_fields": [2, 3], "days_max": 30})
    assert stage.missing([2]) == [3]
    assert stage.due_date(date(2026, 1, 1)) == date(2026, 1, 31)
    assert stage.due_date(date.max) == date.max
    assert Stage.of({"stage_code": "s"}).due_date(date(2026, 1, 1)) is None
    assert whole_days(NOON, NOON - timedelta(days=1)) == 0


def step(day, kind, person_id, role=1, stage_code="a"):
    return Touch(NOON + timedelta(days=day), date(2026, 11, 25) + timedelta(days=day), kind, person_id, role, stage_code)


def test_a_contact_has_the_stage_and_the_role_of_its_time():
    opened, changed, added, reassigned = 2, 3, 4, 6
    steps = [
        step(0, opened, "owner"),
        step(0, added, "helper", role=3),
        step(5, changed, "owner", stage_code="b"),
        step(8, reassigned, "helper", stage_code="b"),
    ]
    contacts = [
        step(day, 1, person, role=0, stage_code="") for day, person in ((-1, "owner"), (5, "helper"), (9, "owner"), (9, "helper"))
    ]
    traced = [(each.kind, each.person_id, each.role, each.stage_code) for each in trace(steps, contacts)]
    assert traced == [
        (1, "owner", 1, "a"),
        (opened, "owner", 1, "a"),
        (added, "helper", 3, "a"),
        # A contact of the very instant comes before the step to which it led.
        (1, "helper", 3, "a"),
        (changed, "owner", 1, "b"),
        (reassigned, "helper", 1, "b"),
        (1, "helper", 1, "b"),
        (1, "owner", 0, "b"),
    ]
    assert role_of("nobody", steps) == 0
    assert [each.kind for each in trace([], contacts[:1])] == [1]
