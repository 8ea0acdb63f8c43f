"""The product catalogue 产品目录: what is measured of a product, from which day, and by which formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from services.performance.rules.formulas import Formula


class Slot(StrEnum):
    """What a formula computes; the names are those of the engine's columns."""

    # Of a standing row, such as an account or a bill: its closing balance, of which averages and increments are made.
    BALANCE = "balance"
    FTP_PROFIT = "ftp_profit"
    FEE_INCOME = "fee_income"
    EXPECTED_LOSS = "expected_loss"
    CAPITAL_COST = "capital_cost"
    # Unit price 计价.
    UNIT_PRICE = "unit_price"
    FLOW_AMOUNT = "flow_amount"
    FLOW_COUNT = "flow_count"


class FtpMethod(IntEnum):
    """How the price of funds of an account is found 资金转移定价; the numbers are the contract's."""

    UNSPECIFIED = 0
    # One pool: the curve's rate of each day at the product's own tenor.
    POOL = 1
    # The curve's rate at the account's own tenor, on the day on which it was opened.
    MATCHED = 2
    # The product's own rate.
    FIXED = 3
    # The product has no price of funds.
    NONE = 4


class DayBasis(IntEnum):
    """By how many days a rate for a year is divided; the numbers are the contract's."""

    UNSPECIFIED = 0
    DAYS_360 = 1
    DAYS_365 = 2
    # As many as the calendar year has.
    ACTUAL = 3

    def days(self, year: int) -> int:
        """Of that year."""
        if self is DayBasis.DAYS_360:
            return 360
        return 366 if self is DayBasis.ACTUAL and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of a source are a product's: by code before all others, then by kind, then whatever is left."""

    product_codes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    remaining: bool = False


@dataclass(frozen=True, slots=True)
class ProductRule:
    """How one source of a product is measured in one version of it: what the engine computes by.

    A version with several sources is as many rules of the same code and version; a version is in force on both days and between.
    """

    code: str
    version_id: str
    name: str
    dataset: str
    selection: Selection
    # Slots that the version has no formula for are 0.
    measures: Mapping[Slot, Formula]
    # The version's own constants by name, exact (decimals, in major units where they are amounts); formulas have them inside.
    parameters: Mapping[str, str]
    ftp_method: FtpMethod
    # Of POOL: where on the curve.
    ftp_tenor_days: int
    # Of FIXED.
    fixed_ftp_rate_e8: int
    day_basis: DayBasis
    # In place of `day_basis` for these currencies.
    currency_day_bases: Mapping[str, DayBasis]
    # By which the product's balance counts in its unit price and score 折算系数, in hundred-millionths.
    coefficient_e8: int
    start_date: date
    # None has no end yet.
    end_date: date | None

    def basis_days(self, currency_code: str, year: int) -> int:
        """By how many days a rate for a year is divided, of an account in that currency."""
        return self.currency_day_bases.get(currency_code, self.day_basis).days(year)
