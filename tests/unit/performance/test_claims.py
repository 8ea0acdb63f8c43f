"""Claims: how what is asked for becomes parts of an object."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.performance.v1 import claim_pb2

from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.money import Money
from services.performance.rules.claims import Asked, ClaimKind, ClaimState, ObjectionState, divide, may_claim
from services.performance.rules.shares import ObjectKind, find_excess

START = date(2026, 11, 25)


def yuan(amount):
    return Money(amount, "CNY")


@pytest.mark.parametrize(
    ("ours", "contract", "prefix"),
    [
        (ClaimKind, claim_pb2.ClaimKind, "CLAIM_KIND"),
        (ClaimState, claim_pb2.ClaimState, "CLAIM_STATE"),
        (ObjectionState, claim_pb2.ObjectionState, "OBJECTION_STATE"),
    ],
)
def test_numbers_are_the_contracts(ours, contract, prefix):
    assert {f"{prefix}_{each.name}": each.value for each in ours} == dict(contract.items())


def test_fixed_amounts_stand_one_on_the_other_and_the_rest_is_divided_above():
    asked = [Asked("a", 3_000, fixed_amount=yuan(100)), Asked("b", 7_000), Asked("c", 0, fixed_amount=yuan(50))]
    division = divide(ObjectKind.ACCOUNT, ClaimKind.FIXED_AND_RATIO, asked, START)
    bands = [(part.person_id, part.from_minor_units, part.to_minor_units, part.basis_points) for part in division.parts]
    assert bands == [("a", 0, 100, 10_000), ("c", 100, 150, 10_000), ("a", 150, None, 3_000), ("b", 150, None, 7_000)]
    assert division.currency_code == "CNY"


@given(st.lists(st.tuples(st.integers(1, 10**15), st.integers(0, 10_000)), min_size=1, max_size=6))
def test_fixed_amounts_exceed_nothing_where_the_ratios_do_not(asked):
    division = divide(
        ObjectKind.ACCOUNT,
        ClaimKind.FIXED_AND_RATIO,
        [Asked(str(place), points, fixed_amount=yuan(fixed)) for place, (fixed, points) in enumerate(asked)],
        START,
    )
    assert (find_excess([], division.parts) is None) == (sum(points for _, points in asked) <= 10_000)


def test_bands_of_one_person_may_follow_each_other():
    asked = [Asked("a", 10_000, to_amount=yuan(100)), Asked("a", 5_000, from_amount=yuan(100))]
    assert len(divide(ObjectKind.ACCOUNT, ClaimKind.AMOUNT_BAND, asked, START).parts) == 2


@pytest.mark.parametrize(
    ("object_kind", "kind", "asked", "reason"),
    [
        (ObjectKind.CUSTOMER, ClaimKind.AMOUNT_BAND, [Asked("a", 1, from_amount=yuan(1))], "BANDS_UNFIT"),
        (ObjectKind.FEE_FLOW, ClaimKind.FIXED_AND_RATIO, [Asked("a", 1, fixed_amount=yuan(1))], "BANDS_UNFIT"),
        (ObjectKind.ACCOUNT, ClaimKind.RATIO, [Asked("a", 1, fixed_amount=yuan(1))], "PARTS_UNFIT"),
        (ObjectKind.ACCOUNT, ClaimKind.RATIO, [Asked("a", 1), Asked("a", 2)], "PERSON_TWICE"),
        (ObjectKind.ACCOUNT, ClaimKind.FIXED_AND_RATIO, [Asked("a", 0)], "PARTS_UNFIT"),
        (
            ObjectKind.ACCOUNT,
            ClaimKind.AMOUNT_BAND,
            [Asked("a", 1, from_amount=yuan(1)), Asked("b", 1, to_amount=Money(2, "USD"))],
            "CURRENCIES_DIFFER",
        ),
    ],
)
def test_what_does_not_fit_is_refused(object_kind, kind, asked, reason):
    with pytest.raises(InvalidInput) as refused:
        divide(object_kind, kind, asked, START)
    assert refused.value.reason == reason


def test_posts_limit_what_may_be_claimed():
    limits = {"relationship_manager": ["customer"], "team_leader": ["account"]}
    assert may_claim(limits, ["relationship_manager"], ObjectKind.CUSTOMER)
    assert not may_claim(limits, ["relationship_manager"], ObjectKind.ACCOUNT)
    assert may_claim(limits, ["relationship_manager", "team_leader"], ObjectKind.ACCOUNT)
    assert not may_claim(limits, ["auditor"], ObjectKind.CUSTOMER)
