"""Money is exact: parts sum to the whole, and a reversal mirrors what it reverses."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.money import Money

AMOUNTS = st.integers(-(10**15), 10**15)
WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=20).filter(any)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("100000.01", [1, 1, 1], ["33333.34", "33333.34", "33333.33"]),
        ("0.01", [50, 30, 20], ["0.01", "0.00", "0.00"]),
        ("1234567.89", [50, 30, 20], ["617283.94", "370370.37", "246913.58"]),
        ("-100000.01", [1, 1, 1], ["-33333.34", "-33333.34", "-33333.33"]),
    ],
)
def test_allocate_gives_the_golden_parts(amount, weights, parts):
    assert [str(part) for part in Money.parse(amount, "CNY").allocate(weights)] == parts


@given(AMOUNTS, WEIGHTS)
def test_allocate_sums_to_the_whole(minor_units, weights):
    parts = Money(minor_units, "CNY").allocate(weights)
    assert sum(part.minor_units for part in parts) == minor_units


@given(AMOUNTS, WEIGHTS)
def test_allocate_of_a_reversal_mirrors_the_original(minor_units, weights):
    amount = Money(minor_units, "CNY")
    assert [-part for part in (-amount).allocate(weights)] == amount.allocate(weights)


@given(AMOUNTS, WEIGHTS)
def test_allocate_is_within_one_minor_unit_of_the_exact_share(minor_units, weights):
    for part, weight in zip(Money(minor_units, "CNY").allocate(weights), weights, strict=True):
        assert abs(Decimal(part.minor_units) - Decimal(minor_units) * weight / sum(weights)) < 1


@given(AMOUNTS, st.sampled_from(["CNY", "JPY", "KWD"]))
def test_text_reads_back(minor_units, currency_code):
    amount = Money(minor_units, currency_code)
    assert Money.parse(str(amount), currency_code) == amount


@pytest.mark.parametrize("text", ["", "1,000", "1.234", "NaN", "Infinity", "1e400", "一百", "١٢", "1_000", "0x10", "1" * 19])
def test_parse_refuses_what_is_not_exact(text):
    with pytest.raises(InvalidInput, match="AMOUNT_INVALID"):
        Money.parse(text, "CNY")


def test_unlike_currencies_do_not_add_up():
    with pytest.raises(InvalidInput, match="CURRENCIES_DIFFER"):
        Money(1, "CNY") + Money(1, "USD")


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_allocate_refuses_weights_that_divide_nothing(weights):
    with pytest.raises(InvalidInput, match="WEIGHTS_INVALID"):
        Money(1, "CNY").allocate(weights)
