"""How much a customer depends on one of the bank's people: what part of his business would go if that person went.

    dependence = share of contacts * tenure * others who know him

- **share**: what part of the customer's contacts of a year the person held; a contact of several people is divided equally.
- **tenure**: a tie grows with its years, and the customer's own years with the bank hold against it: years 1 to 4 of a relation
  are the risky ones.
- **others**: how many of the bank's other people the customer knows who stay. A relation of one person, "single-threaded", goes
  whole; each further one holds a part of it.

Sources: after Palmatier, Scheer & Steenkamp, "Customer Loyalty to Whom?", Journal of Marketing Research 44 (2007), and Bendapudi
& Leone, "Managing Business-to-Business Customer Relationships Following Key Contact Employee Turnover", Journal of Marketing 66
(2002): loyalty is owned by the salesperson as far as contacts are his alone, and further contacts of the firm take it back.
Drexler & Schoar, "Do Relationships Matter?", Management Science 60 (2014): with the loan officer away clients are 22 % more
likely to become delinquent. That about 75 % of an adviser's assets follow him is practice (domain.md, section 8), and the keep
rate with which departures are foreseen until the bank's own say better. The steps are judgement, not measured by those papers.

All numbers are whole 10,000ths, so that the engine's SQL (`engine/dependence.py`) computes the very same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

WHOLE_E4 = 10_000
# Of who leads a customer of whose contacts of the last year nothing is known: some tie there is, how strong nobody can say.
SHARE_UNKNOWN_E4 = 2_500
# From so many days on that the person has dealt with the customer; without a date as the first.
TENURE_STEPS: Sequence[tuple[int, int]] = ((0, 2_500), (90, 5_000), (365, 7_500), (2 * 365, 10_000))
# From so many days on that the customer has been one of the bank; without a date as the first.
BANK_YEARS_STEPS: Sequence[tuple[int, int]] = ((0, 10_000), (4 * 365, 8_500), (10 * 365, 7_000))
# By how many others the customer knows who stay.
OTHERS_STEPS: Sequence[tuple[int, int]] = ((0, 10_000), (1, 7_000), (2, 5_000), (3, 4_000))
# From here on a relation is one that a unit looks after: half of what the customer has would go.
HIGH_E4 = 5_000


@dataclass(frozen=True, slots=True)
class Tie:
    """What binds a customer to those of the bank's people whose departure is thought of: one, or several together."""

    # Their part of the customer's contacts with people who are with the bank, in 10,000ths; None where there were no contacts.
    share_e4: int | None
    # How long the one of them who has dealt with the customer longest has done so.
    tie_days: int | None
    # How long the customer has been one of the bank.
    bank_days: int | None
    # How many others the customer had contacts with who stay.
    others_count: int

    @property
    def single_threaded(self) -> bool:
        """Whether nobody else of the bank knows the customer."""
        return self.others_count == 0

    @property
    def dependence_e4(self) -> int:
        """From 0 to 10,000, rounded half up."""
        share = SHARE_UNKNOWN_E4 if self.share_e4 is None else min(max(self.share_e4, 0), WHOLE_E4)
        factors = (
            stepped(TENURE_STEPS, self.tie_days),
            stepped(BANK_YEARS_STEPS, self.bank_days),
            stepped(OTHERS_STEPS, self.others_count),
        )
        numerator = share * factors[0] * factors[1] * factors[2]
        return (numerator + WHOLE_E4**3 // 2) // WHOLE_E4**3


def stepped(steps: Sequence[tuple[int, int]], value: int | None) -> int:
    """The factor of the last step that the value has reached; of the first where it is not known, or below it."""
    assert all(before[0] < after[0] for before, after in pairwise(steps)), "steps rise"
    return next((factor for start, factor in reversed(steps) if value is not None and value >= start), steps[0][1])


def at_risk(balance_minor_units: int, dependence_e4: int) -> int:
    """What of a balance would go, in minor units, rounded half up; nothing of what is not there."""
    return (max(balance_minor_units, 0) * dependence_e4 + WHOLE_E4 // 2) // WHOLE_E4


@dataclass(frozen=True, slots=True)
class UnitDependence:
    """How a unit stands by its people."""

    # Which part of the unit's balances would go with the one person on whom most depends, in 10,000ths: the key-person index.
    key_person_index_e4: int
    # The same of all its people, each by himself, added up.
    dependence_e4: int
    # The fewest people with whom half of all that is at risk would go; 0 where nothing is.
    half_people_count: int


def unit_dependence(at_risk_by_person: Iterable[int], balance_minor_units: int) -> UnitDependence:
    """Of a unit with these balances in all, by what would go with each of its people."""
    amounts = sorted((amount for amount in at_risk_by_person if amount > 0), reverse=True)
    total, counted, people = sum(amounts), 0, 0
    while 2 * counted < total:
        counted += amounts[people]
        people += 1
    return UnitDependence(
        key_person_index_e4=_part_e4(amounts[0] if amounts else 0, balance_minor_units),
        dependence_e4=_part_e4(total, balance_minor_units),
        half_people_count=people,
    )


def _part_e4(amount: int, whole: int) -> int:
    return min((amount * WHOLE_E4 + whole // 2) // whole, WHOLE_E4) if whole > 0 else 0
