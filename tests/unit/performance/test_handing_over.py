"""Hand-overs of credit: by steps, exact to the basis point, and no day is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.performance.v1 import share_pb2

from services.performance.rules.handing_over import CreditHandOverState, hand_over, months_later
from services.performance.rules.shares import Part

START = date(2026, 11, 25)


def test_numbers_are_the_contracts():
    ours = {f"CREDIT_HAND_OVER_STATE_{each.name}": each.value for each in CreditHandOverState}
    assert ours == dict(share_pb2.CreditHandOverState.items())


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 25), 3, date(2027, 2, 25)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(9999, 11, 30), 3, date.max),
    ],
)
def test_months_later(day, months, later):
    assert months_later(day, months) == later


@st.composite
def parts(draw):
    start = START + timedelta(days=draw(st.integers(-400, 900)))
    end = draw(st.none() | st.integers(0, 900).map(lambda days: max(start, START) + timedelta(days=days)))
    return Part("former", draw(st.integers(1, 10_000)), max(start, START), end, draw(st.integers(0, 5)), None)


_STEPS = st.lists(st.integers(0, 10_000), min_size=1, max_size=6)


@given(parts(), _STEPS, st.integers(1, 6), st.integers(0, 1_500))
def test_on_every_day_both_together_have_what_the_former_had(part, steps, months, days):
    day = START + timedelta(days=days)
    handed = [each for each in hand_over([part], "successor", START, steps, months) if each.has(day, 10)]
    assert sum(each.basis_points for each in handed) == (part.basis_points if part.has(day, 10) else 0)
    assert len({each.person_id for each in handed}) == len(handed)


@given(parts(), _STEPS, st.integers(1, 6))
def test_what_is_kept_is_exact_to_the_basis_point(part, steps, months):
    for each in hand_over([part], "", START, steps, months):
        place = max(i for i in range(len(steps)) if months_later(START, i * months) <= each.start_date)
        assert abs(each.basis_points * 10_000 - part.basis_points * steps[place]) <= 10_000
        assert each.person_id == "former"


def test_of_an_equal_remainder_the_former_has_the_basis_point():
    handed = hand_over([Part("former", 5, START)], "successor", START, [5_000], 3)
    assert [(each.person_id, each.basis_points) for each in handed] == [("former", 3), ("successor", 2)]
