"""Absence and deputies 代理: its days, and that nobody is the deputy of a deputy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from services.chassis.kernel.errors import FieldViolation, InvalidInput

ABSENCE_DAYS_MAX = 366
DEPUTISED_CUSTOMERS_MAX = 1_000


class AbsenceState(IntEnum):
    """Where an absence stands; the numbers are those of `workbench.customer.v1.AbsenceState`."""

    PLANNED = 1
    CANCELLED = 2


@dataclass(frozen=True, slots=True)
class DeputyFor:
    """Who stands in, and for which customers; none named means all."""

    person_id: str
    customer_ids: tuple[str, ...] = ()


def check_days(start_date: date, end_date: date, today: date) -> None:
    """Raises InvalidInput DATES_UNFIT where an absence began already, ends before it begins, or lasts longer than a year."""
    if start_date < today:
        raise dates_unfit("start_date", "Name today or a later day.")
    if end_date < start_date:
        raise dates_unfit("end_date", "Name the first day or a later one.")
    if (end_date - start_date).days >= ABSENCE_DAYS_MAX:
        raise dates_unfit("end_date", f"Name a day within {ABSENCE_DAYS_MAX} days of the first.")


def check_deputies(person_id: str, deputies: Sequence[DeputyFor]) -> None:
    """Raises InvalidInput DEPUTIES_UNFIT where somebody stands in for himself, two for all, or two for one customer."""
    named: set[str] = set()
    everything = 0
    for place, deputy in enumerate(deputies):
        field = f"deputies[{place}]"
        if deputy.person_id == person_id:
            raise _unfit(f"{field}.person_id", "Nobody stands in for himself.")
        everything += not deputy.customer_ids
        if everything > 1:
            raise _unfit(field, "One deputy at most stands in for all customers.")
        if named & set(deputy.customer_ids):
            raise _unfit(f"{field}.customer_ids", "A customer has one deputy of its own at most.")
        named |= set(deputy.customer_ids)
    if len(named) > DEPUTISED_CUSTOMERS_MAX:
        raise _unfit("deputies", f"At most {DEPUTISED_CUSTOMERS_MAX} customers have deputies of their own.")


def dates_unfit(field: str, description: str) -> InvalidInput:
    """A day that does not go with the others, or with today."""
    return InvalidInput("DATES_UNFIT", "These days do not go together.", violations=(FieldViolation(field, description),))


def _unfit(field: str, description: str) -> InvalidInput:
    return InvalidInput("DEPUTIES_UNFIT", "The deputies do not go together.", violations=(FieldViolation(field, description),))
