"""Shares of an object: what is a part, and that nothing is given away twice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.performance.v1 import share_pb2

from services.chassis.kernel.errors import InvalidInput
from services.performance.rules.shares import WHOLE_BASIS_POINTS, ObjectKind, Part, ShareState, find_excess

FIRST = date(2026, 1, 1)
DAYS, AMOUNTS = 8, 6


@pytest.mark.parametrize(
    ("ours", "contract", "prefix"),
    [(ObjectKind, share_pb2.ObjectKind, "OBJECT_KIND"), (ShareState, share_pb2.ShareState, "SHARE_STATE")],
)
def test_numbers_are_the_contracts(ours, contract, prefix):
    assert {f"{prefix}_{each.name}": each.value for each in ours} == dict(contract.items())


@st.composite
def parts(draw):
    start, lower = draw(st.integers(0, DAYS - 1)), draw(st.integers(0, AMOUNTS - 1))
    end = draw(st.none() | st.integers(start, DAYS - 1))
    upper = draw(st.none() | st.integers(lower + 1, AMOUNTS))
    return Part(
        person_id=draw(st.sampled_from("abc")),
        basis_points=draw(st.integers(1, WHOLE_BASIS_POINTS)),
        start_date=FIRST + timedelta(days=start),
        end_date=None if end is None else FIRST + timedelta(days=end),
        from_minor_units=lower,
        to_minor_units=upper,
    )


@given(st.lists(parts(), max_size=5), st.lists(parts(), min_size=1, max_size=3))
def test_an_excess_is_found_exactly_where_there_is_one(standing, added):
    """Every day and every amount, looked at one by one."""
    of_added = [part for part in standing if any(part.meets(each) for each in added)]
    exceeded = {
        (FIRST + timedelta(days=day), amount)
        for day in range(DAYS + 1)
        for amount in range(AMOUNTS + 1)
        if sum(p.basis_points for p in [*of_added, *added] if p.has(FIRST + timedelta(days=day), amount)) > WHOLE_BASIS_POINTS
    }
    found = find_excess(standing, added)
    assert (found is not None) == bool(exceeded)
    if found:
        assert (found.day, found.minor_units) == min(exceeded)


@given(parts(), parts())
def test_parts_meet_where_some_day_and_amount_are_of_both(one, other):
    points = [(FIRST + timedelta(days=day), amount) for day in range(DAYS + 1) for amount in range(AMOUNTS + 1)]
    assert one.meets(other) == any(one.has(*point) and other.has(*point) for point in points)


@pytest.mark.parametrize(
    "wrong",
    [
        {"basis_points": 0},
        {"basis_points": -1},
        {"basis_points": 10_001},
        {"end_date": FIRST - timedelta(days=1)},
        {"from_minor_units": -1},
        {"from_minor_units": 5, "to_minor_units": 5},
        {"from_minor_units": 6, "to_minor_units": 5},
        {"to_minor_units": 2**63},
        {"from_minor_units": 2**63},
    ],
)
def test_what_is_no_part_is_refused(wrong):
    with pytest.raises(InvalidInput) as refused:
        Part(**{"person_id": "a", "basis_points": 1, "start_date": FIRST} | wrong)
    assert refused.value.reason == "PART_INVALID"
