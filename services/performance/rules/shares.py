"""Shares of credit 业绩归属: what may be owned, how an owner's line stands, and that no object is ever given away twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# All of an object, in basis points.
WHOLE_BASIS_POINTS = 10_000
# What the databases' numbers hold.
MINOR_UNITS_MAX = 2**63 - 1


class ObjectKind(IntEnum):
    """What a share is of; the numbers are the contract's."""

    UNSPECIFIED = 0
    CUSTOMER = 1
    ACCOUNT = 2
    CONTRACT = 3
    FEE_FLOW = 4


class ShareState(IntEnum):
    """How a line stands; the numbers are the contract's. Pending and approved lines together never exceed the whole."""

    UNSPECIFIED = 0
    # Waits for approval: it keeps others out, and gives nobody anything yet.
    PENDING = 1
    APPROVED = 2
    # Withdrawn, rejected, or taken away by adjudication.
    VOID = 3


# What keeps others out.
STANDING = (ShareState.PENDING, ShareState.APPROVED)


@dataclass(frozen=True, slots=True)
class SharedObject:
    """What is owned: a customer by its id, anything else by `<source system>/<the bank's number>` and the customer it is of."""

    kind: ObjectKind
    key: str
    customer_id: str | None = None

    @classmethod
    def customer(cls, customer_id: str) -> SharedObject:
        """A customer, with whatever it has that nobody owns by itself."""
        return cls(ObjectKind.CUSTOMER, customer_id, customer_id)


@dataclass(frozen=True, slots=True)
class Part:
    """So many basis points of a band of an object's balance are somebody's, on days that are both included; no end is None.

    The band is [from, to) in minor units of the account's currency; without an upper end it is open. Raises InvalidInput
    PART_INVALID for what is no part of anything.
    """

    person_id: str
    basis_points: int
    start_date: date
    end_date: date | None = None
    from_minor_units: int = 0
    to_minor_units: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.basis_points <= WHOLE_BASIS_POINTS:
            raise _invalid("basis_points", "From 1 to 10,000.")
        if self.end_date is not None and self.end_date < self.start_date:
            raise _invalid("end_date", "Not before the first day.")
        end = MINOR_UNITS_MAX if self.to_minor_units is None else self.to_minor_units
        if not 0 <= self.from_minor_units < end <= MINOR_UNITS_MAX:
            raise _invalid("from_amount", "From 0, and below the upper end of its band.")

    @property
    def whole_balance(self) -> bool:
        """Whether it is a plain ratio."""
        return self.from_minor_units == 0 and self.to_minor_units is None

    @property
    def last_date(self) -> date:
        """The last day, the calendar's own where there is none."""
        return self.end_date or date.max

    def alike(self, other: Part) -> bool:
        """Whether they differ in nothing but their last days."""
        return replace(self, end_date=None) == replace(other, end_date=None)

    def meets(self, other: Part) -> bool:
        """Whether there is a day and an amount that both are of."""
        return (
            self.start_date <= other.last_date
            and other.start_date <= self.last_date
            and (other.to_minor_units is None or self.from_minor_units < other.to_minor_units)
            and (self.to_minor_units is None or other.from_minor_units < self.to_minor_units)
        )

    def has(self, day: date, minor_units: int) -> bool:
        """Whether that day and that amount are in it."""
        within = self.to_minor_units is None or minor_units < self.to_minor_units
        return self.start_date <= day <= self.last_date and self.from_minor_units <= minor_units and within


@dataclass(frozen=True, slots=True)
class Excess:
    """A day and an amount of which more would be given than there is."""

    day: date
    minor_units: int
    basis_points: int


def find_excess(standing: Iterable[Part], added: Sequence[Part]) -> Excess | None:
    """The first day and lowest amount of which the parts that stand and those added exceed the whole; None where none does.

    How much is given changes only where a part begins, so that those days and amounts are all that must be looked at.
    """
    parts = [*(part for part in standing if any(part.meets(each) for each in added)), *added]
    for day in sorted({part.start_date for part in parts}):
        of_day = [part for part in parts if part.start_date <= day <= part.last_date]
        for minor_units in sorted({part.from_minor_units for part in of_day}):
            given = sum(part.basis_points for part in of_day if part.has(day, minor_units))
            if given > WHOLE_BASIS_POINTS:
                return Excess(day, minor_units, given)
    return None


def _invalid(field: str, fits: str) -> InvalidInput:
    return InvalidInput("PART_INVALID", "This is no part of an object.", violations=(FieldViolation(field, fits),))
