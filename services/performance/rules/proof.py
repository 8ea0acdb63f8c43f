"""How the amounts of an account come from its days: what was accrued to date, rounded once and divided among its owners.

The engine computes the same for all accounts at once; this is the rule as it is written down, for whoever wants to see the
figures of one account made, and for the check that both agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.chassis.kernel.dates import moved
from services.performance.rules.catalogue import ProductRule, Slot
from services.performance.rules.figures import STANDING, Amounts

# The measures that formulas accrue, in the order of the numerators.
ACCRUALS = ("ftp_profit", "fee_income", "expected_loss", "capital_cost", "unit_price")


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a part of an account: a person in a unit, or, with an empty id, the pool."""

    person_id: str
    organisation_unit_id: str
    customer_number: str
    customer_id: str
    staff_number: str

    @property
    def order(self) -> tuple[bool, str, str, str, str]:
        """Who gets a cent before whom, where remainders are equal: by staff number, the pool last."""
        return (not self.person_id, self.staff_number, self.person_id, self.organisation_unit_id, self.customer_number)


@dataclass(slots=True)
class Sums:
    """What days sum up to, of one owner: exact whole numbers."""

    balance: int = 0
    base_balance: int = 0
    flow_amount: int = 0
    flow_count: int = 0
    numerators: list[int] = field(default_factory=lambda: [0] * len(ACCRUALS))

    def add(self, other: Sums) -> None:
        """Adds other days."""
        self.balance += other.balance
        self.base_balance += other.base_balance
        self.flow_amount += other.flow_amount
        self.flow_count += other.flow_count
        self.numerators = [mine + its for mine, its in zip(self.numerators, other.numerators, strict=True)]


def divisors(rule: ProductRule, currency_code: str, year: int) -> tuple[int, ...]:
    """By what the sums of an account's numerators are divided in that currency, accrual by accrual; 1 where is no formula."""
    days = rule.basis_days(currency_code, year)
    formulas = [rule.measures.get(Slot(name)) for name in ACCRUALS]
    return tuple(10**formula.scale * (days if formula.accrues else 1) if formula else 1 for formula in formulas)


Days = Mapping[date, Mapping[Owner, Sums]]


def half_even(numerator: int, divisor: int) -> int:
    """The quotient by a positive divisor, to the nearest whole number; a half goes to the even one."""
    floor, remainder = divmod(numerator, divisor)
    return floor + (2 * remainder > divisor or (2 * remainder == divisor and floor % 2 == 1))


def shared(numerators: Sequence[int], divisor: int) -> list[int]:
    """The parts, in the order in which ties are decided, of the whole that `half_even` makes of the sum of exact quotas.

    Largest remainder: each has the whole part of his quota, and who misses most of a unit has one more. Mirrored where the sum is
    negative, so that a reversal takes back exactly what was given.
    """
    total = sum(numerators)
    sign = -1 if total < 0 else 1
    quotas = [divmod(sign * numerator, divisor) for numerator in numerators]
    missing = half_even(sign * total, divisor) - sum(floor for floor, _ in quotas)
    # sorted() is stable: among equal remainders the earlier one comes first.
    by_remainder = sorted(range(len(quotas)), key=lambda place: -quotas[place][1])
    more = set(by_remainder[:missing])
    return [sign * (floor + (place in more)) for place, (floor, _) in enumerate(quotas)]


def to_date(
    sums: Mapping[Owner, Sums], closing: Mapping[Owner, Sums], divisors: Sequence[int], count: int
) -> dict[Owner, Amounts]:
    """What each owner of an account has of a month up to a day, from the sums of its days so far, so many, and the last of them.

    `divisors` are those of the accruals.
    """
    owners = sorted(sums, key=lambda owner: owner.order)
    averages = shared([sums[owner].balance for owner in owners], count)
    bases = shared([sums[owner].base_balance for owner in owners], count)
    accruals = [shared([sums[owner].numerators[place] for owner in owners], divisor) for place, divisor in enumerate(divisors)]
    return {
        owner: _amounts(closing.get(owner, Sums()), sums[owner], averages[place], bases[place], [a[place] for a in accruals])
        for place, owner in enumerate(owners)
    }


def of_days(days: Days, divisors: Sequence[int], start: date, wanted: Collection[date]) -> dict[date, dict[Owner, Amounts]]:
    """What each owner earned on each of those days: what he has of the month up to it, less what he had up to the day before."""
    sums: dict[Owner, Sums] = {}
    before: dict[Owner, Amounts] = {}
    earned: dict[date, dict[Owner, Amounts]] = {}
    last, day = max(wanted), start
    while day <= last:
        for owner, each in days.get(day, {}).items():
            sums.setdefault(owner, Sums()).add(each)
        following = moved(day, 1)
        if day in wanted or following in wanted:
            now = to_date(sums, days.get(day, {}), divisors, (day - start).days + 1)
            if day in wanted:
                earned[day] = {owner: less_before(amounts, before.get(owner, Amounts())) for owner, amounts in now.items()}
            before = now
        day = following
    return earned


def less_before(now: Amounts, before: Amounts) -> Amounts:
    """What was earned between two days: balances and averages are as they stand on the later one."""
    standing = Amounts(tuple(value if stands else 0 for stands, value in zip(_STANDS, before.values, strict=True)))
    return now - before + standing


def summed(days: Days, until: date) -> dict[Owner, Sums]:
    """By owner, all days up to that one."""
    sums: dict[Owner, Sums] = {}
    for day, of_owners in days.items():
        if day <= until:
            for owner, each in of_owners.items():
                sums.setdefault(owner, Sums()).add(each)
    return sums


def _amounts(closing: Sums, sums: Sums, average: int, base: int, accruals: Iterable[int]) -> Amounts:
    ftp_profit, fee_income, expected_loss, capital_cost, unit_price = accruals
    contribution = ftp_profit + fee_income - expected_loss
    standing = (closing.balance, average, base, average - base)
    earned = (ftp_profit, fee_income, expected_loss, capital_cost, contribution, contribution - capital_cost, unit_price)
    return Amounts((*standing, *earned, sums.flow_amount, sums.flow_count))


_STANDS = tuple(place < len(STANDING) for place in range(len(Amounts().values)))
