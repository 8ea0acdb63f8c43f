"""The product catalogue 产品目录: what is measured of a product, from which day, and by which formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from itertools import groupby

from services.chassis.kernel.dates import moved
from services.performance.rules.formulas import SOURCES, Formula, Outcome


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

    @property
    def outcome(self) -> Outcome:
        """What a formula of it has to come to."""
        return _OUTCOMES.get(self, Outcome.EARNED)


_OUTCOMES = {Slot.BALANCE: Outcome.STANDING, Slot.FLOW_AMOUNT: Outcome.FLOW, Slot.FLOW_COUNT: Outcome.COUNT}


class Measure(IntEnum):
    """What a formula is of; the numbers are the contract's."""

    UNSPECIFIED = 0
    BALANCE = 1
    FTP_PROFIT = 2
    FEE_INCOME = 3
    EXPECTED_LOSS = 4
    CAPITAL_COST = 5
    UNIT_PRICE = 6
    FLOW_AMOUNT = 7
    FLOW_COUNT = 8

    @property
    def slot(self) -> Slot:
        """The engine's name of it."""
        return Slot[self.name]


class ProductCategory(IntEnum):
    """What kind of business a product is; the numbers are the contract's."""

    UNSPECIFIED = 0
    DEPOSIT = 1
    LOAN = 2
    BILL = 3
    FACTORING = 4
    INTERNATIONAL = 5
    CARD = 6
    WEALTH = 7
    INTERMEDIARY = 8
    ONLINE = 9
    COMMITMENT = 10
    OTHER = 11


class VersionState(IntEnum):
    """How a version of a product stands; the numbers are the contract's."""

    UNSPECIFIED = 0
    # Its author may still change it.
    DRAFT = 1
    # Waits for a second person.
    SUBMITTED = 2
    # In force from its first day on; never changed.
    PUBLISHED = 3
    # Taken back before it was in force.
    WITHDRAWN = 4


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
    dataset: str
    selection: Selection
    # Slots that the version has no formula for are 0.
    measures: Mapping[Slot, Formula]
    ftp_method: FtpMethod
    # Of POOL: where on the curve.
    ftp_tenor_days: int
    # Of FIXED.
    fixed_ftp_rate_e8: int
    day_basis: DayBasis
    # In place of `day_basis` for these currencies.
    currency_day_bases: Mapping[str, DayBasis]
    start_date: date
    # None has no end yet.
    end_date: date | None

    def basis_days(self, currency_code: str, year: int) -> int:
        """By how many days a rate for a year is divided, of an account in that currency."""
        return self.currency_day_bases.get(currency_code, self.day_basis).days(year)


@dataclass(frozen=True, slots=True)
class Span:
    """A published version, from its first day to the day before the next one's."""

    product_code: str
    version_id: str
    start_date: date
    end_date: date | None

    def holds(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.start_date <= day and (self.end_date is None or day <= self.end_date)


def spans(versions: Iterable[tuple[str, int, str, date]]) -> list[Span]:
    """When published versions are in force: each as its product's code, number, id and first day.

    A version holds until the next one begins, so that there is neither a gap nor an overlap. Of two that begin on one day the
    later one stands in place of the other, which is never in force.
    """
    ordered = sorted(versions, key=lambda version: (version[0], version[3], version[1]))
    found = []
    for _, of_product in groupby(ordered, key=lambda version: version[0]):
        some = list(of_product)
        for (code, _, version_id, start), following in zip(some, [*some[1:], None], strict=True):
            end = moved(following[3], -1) if following else None
            if end is None or end >= start:
                found.append(Span(code, version_id, start, end))
    return found


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that two products would take, or that none would, on one day."""

    # `CODE_TAKEN`, `KIND_TAKEN`, `REMAINDER_TAKEN` or `ACCOUNT_KIND_UNCOVERED`.
    reason: str
    dataset: str
    # The code or kind; empty of the remainder.
    subject: str
    # Whose it is already; empty of what nobody takes.
    product_code: str
    day: date


def clashes(rules: Iterable[tuple[str, str, Selection]], day: date) -> Iterator[Clash]:
    """What does not go together of the products in force on a day: each as its code, a dataset and what it takes of that."""
    holders: dict[tuple[str, str, str], str] = {}
    for code, dataset, selection in rules:
        claims = [
            *(("CODE_TAKEN", each) for each in selection.product_codes),
            *(("KIND_TAKEN", each) for each in selection.kinds),
            *([("REMAINDER_TAKEN", "")] if selection.remaining else []),
        ]
        for reason, subject in claims:
            holder = holders.setdefault((reason, dataset, subject), code)
            if holder != code:
                yield Clash(reason, dataset, subject, holder, day)
    if ("REMAINDER_TAKEN", "balances", "") in holders:
        return
    for kind in SOURCES["balances"].kinds:
        if ("KIND_TAKEN", "balances", kind) not in holders:
            yield Clash("ACCOUNT_KIND_UNCOVERED", "balances", kind, "", day)
