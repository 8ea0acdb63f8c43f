"""Largest remainder: golden numbers, and what holds of every division."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.errors import InvalidInput
from services.performance.rules.allocation import allocate

WEIGHTS = st.one_of(st.integers(0, 10**20), st.fractions(0, 10**6, max_denominator=10**6))
OWNERS = st.lists(st.tuples(WEIGHTS, st.text("0123", min_size=1, max_size=3)), min_size=1, max_size=8, unique_by=lambda o: o[1])


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10000001, [1, 1, 1], [3333334, 3333334, 3333333]),
        (1, [50, 30, 20], [1, 0, 0]),
        (123456789, [50, 30, 20], [61728394, 37037037, 24691358]),
        (-10000001, [1, 1, 1], [-3333334, -3333334, -3333333]),
        (7, [Fraction(1, 3), Fraction(2, 3)], [2, 5]),
        (10000, [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)], [6667, 1667, 1666]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
    ],
)
def test_golden_numbers(total, weights, parts):
    assert allocate(total, weights, [f"{place:03}" for place in range(len(weights))]) == parts


def test_ties_go_by_staff_number_and_the_pool_comes_last():
    assert allocate(1, [1, 1, 1], ["", "0002", "0001"]) == [0, 0, 1]
    assert allocate(2, [1, 1, 1], ["", "0002", "0001"]) == [0, 1, 1]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [2, -1]])
def test_a_total_needs_somebody_to_go_to(weights):
    with pytest.raises(InvalidInput, match="WEIGHTS_INVALID"):
        allocate(5, weights, ["0"] * len(weights))


def test_a_negative_weight_is_refused_of_nothing_too():
    with pytest.raises(InvalidInput, match="WEIGHTS_INVALID"):
        allocate(0, [2, -1], ["1", "2"])


@given(st.integers(-(10**18), 10**18), OWNERS, st.randoms(use_true_random=False))
def test_parts_sum_up_and_mirror_whatever_the_order(total, owners, random):
    if not any(weight for weight, _ in owners):
        return
    weights, order = [weight for weight, _ in owners], [number for _, number in owners]
    parts = allocate(total, weights, order)
    assert sum(parts) == total
    # Each part is within one of the exact one.
    whole = sum(Fraction(weight) for weight in weights)
    assert all(abs(part - total * Fraction(weight) / whole) < 1 for part, weight in zip(parts, weights, strict=True))
    assert allocate(-total, weights, order) == [-part for part in parts]
    shuffled = random.sample(range(len(owners)), len(owners))
    again = allocate(total, [weights[place] for place in shuffled], [order[place] for place in shuffled])
    assert again == [parts[place] for place in shuffled]
