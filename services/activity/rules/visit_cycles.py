"""How often which customers are visited 拜访周期, and when one is due next."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Final

from services.chassis.kernel.dates import moved

CYCLE_DAYS_MAX: Final = 730
VISITS_PER_DAY_MAX: Final = 50
# The numbers of `workbench.activity.v1.ContactKind`: what counts as having seen or spoken to a customer.
VISIT, CALL, MEETING = 1, 2, 3


class CycleState(IntEnum):
    """Whether a customer is visited in a cycle."""

    ACTIVE = 1
    # Until it is taken up again: nobody is to go there.
    PAUSED = 2


class ProposalState(IntEnum):
    """What became of a visit that was proposed."""

    PROPOSED = 1
    ACCEPTED = 2
    DECLINED = 3
    # A contact took place before it did.
    DONE = 4
    # Its week is over.
    LAPSED = 5


OPEN_PROPOSALS = (ProposalState.PROPOSED, ProposalState.ACCEPTED)


class DeclineReason(IntEnum):
    """Why a visit that was proposed will not be."""

    OTHER = 1
    CUSTOMER_AWAY = 2
    JUST_SPOKEN = 3
    NO_TIME = 4
    NOT_WANTED = 5


@dataclass(frozen=True, slots=True)
class VisitRule:
    """What holds in a unit. A cycle of 0 days says that nobody is visited in a cycle."""

    # The share of a branch's customers, by value, that is key.
    key_share_basis_points: int = 2_000
    # Three a month.
    key_cycle_days: int = 10
    # By the number of `workbench.customer.v1.CustomerTier`; 0 is a customer without one.
    tier_cycle_days: Mapping[int, int] = field(default_factory=lambda: {0: 0, 1: 180, 2: 90, 3: 60, 4: 30})
    contact_kinds: Sequence[int] = (VISIT, CALL, MEETING)
    visits_per_day_max: int = 6
    # Customers of one place are visited on one day.
    by_place: bool = True

    def cycle_days(self, tier: int, *, key: bool) -> int:
        """Every how many days a customer is to be seen; 0 for never. Who is key is never seen less often for it."""
        of_tier = self.tier_cycle_days.get(tier, 0)
        if not key or not self.key_cycle_days:
            return of_tier
        return min(self.key_cycle_days, of_tier or self.key_cycle_days)


def next_due(last_contact: date | None, cycle_days: int, customer_number: str, begin: date) -> date:
    """When a customer is to be seen next: a cycle after he was seen last.

    Who never was is due within a cycle from the beginning, each on a day of his own, so that not all are due at once.
    """
    if last_contact is not None:
        return moved(last_contact, cycle_days)
    return moved(begin, zlib.crc32(customer_number.encode()) % max(cycle_days, 1))


def week_start(day: date) -> date:
    """The Monday of the day's week."""
    return moved(day, -day.weekday())
