"""Plans around a departure: who takes over which customer, or is made known to him as a second contact, and how far that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from services.analytics.rules.dependence import WHOLE_E4

# Whoever is assigned has met the customer so often once it is done: the first time together, the second alone.
CONTACTS_NEEDED = 2
# What speaks for a colleague, in points: all of the customer's contacts, the same unit; against him a load of twice the average.
CONTACT_POINTS = 100
PLACE_POINTS = 20
LOAD_POINTS = 40


class PlanKind(IntEnum):
    """What a plan is for; `workbench.analytics.v1.DeparturePlanKind` mirrors it."""

    # Somebody leaves: each of his customers gets a successor.
    HAND_OVER = 1
    # Somebody stays: those who depend on him most get to know a second contact.
    SECOND_CONTACT = 2


class PlanState(IntEnum):
    """How a plan stands; `workbench.analytics.v1.DeparturePlanState` mirrors it."""

    DRAFT = 1
    RUNNING = 2
    ENDED = 3
    CANCELLED = 4


class ItemState(IntEnum):
    """How one customer of a plan stands; `workbench.analytics.v1.DeparturePlanItemState` mirrors it."""

    OPEN = 1
    DONE = 2
    DROPPED = 3


# Somebody has at most one of these of a kind.
UNDER_WAY = (PlanState.DRAFT, PlanState.RUNNING)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A colleague who may be assigned."""

    person_id: str
    # Whether he works in the unit in which the customers are.
    same_place: bool
    # How many customers he leads.
    customer_count: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is proposed for a customer, and what speaks for him; the person is empty where there is nobody."""

    customer_id: str
    person_id: str
    contact_share_e4: int = 0
    same_place: bool = False
    customer_count: int = 0


def assigned(
    customer_ids: Sequence[str],
    candidates: Iterable[Candidate],
    shares_e4: Mapping[tuple[str, str], int],
    *,
    adds_load: bool,
) -> list[Assignment]:
    """Proposes a colleague for each customer, in their order: those with most to lose first.

    `shares_e4` has by customer and colleague which part of the customer's contacts he held. Whoever gets one carries more from
    then on: all of it where he is to lead him (`adds_load`), a third as a second contact. Of equals the one with the first id has
    it.
    """
    able = sorted(candidates, key=lambda each: each.person_id)
    # In thirds of a customer.
    load = {each.person_id: 3 * each.customer_count for each in able}
    average = max(sum(load.values()) // len(load), 3) if load else 3
    proposed = []
    for customer_id in customer_ids:
        best = max(
            able, key=lambda each: _points(each, shares_e4.get((customer_id, each.person_id), 0), load, average), default=None
        )
        if best is None:
            proposed.append(Assignment(customer_id, ""))
            continue
        share = shares_e4.get((customer_id, best.person_id), 0)
        proposed.append(Assignment(customer_id, best.person_id, share, best.same_place, load[best.person_id] // 3))
        load[best.person_id] += 3 if adds_load else 1
    return proposed


def _points(candidate: Candidate, share_e4: int, load: Mapping[str, int], average: int) -> float:
    over = load[candidate.person_id] / average - 1
    return CONTACT_POINTS * share_e4 / WHOLE_E4 + PLACE_POINTS * candidate.same_place - LOAD_POINTS * over


def done(contact_count: int) -> bool:
    """Whether a customer knows whoever was assigned."""
    return contact_count >= CONTACTS_NEEDED
