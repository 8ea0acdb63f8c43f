"""Hand-over 移交: which customer goes to whom, what is in the way, and whether one person may decide it alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import count

from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotAllowed
from services.customer.rules.coverage import branch_path
from services.customer.rules.lifecycle import ENDED


class HandOverRule(IntEnum):
    """How receivers are found; the numbers are those of `workbench.customer.v1.HandOverRule`."""

    ALL_TO_ONE = 1
    EVENLY = 2
    BY_UNIT = 3
    EXPLICIT = 4


class HandOverState(IntEnum):
    """Where a hand-over stands; the numbers are those of `workbench.customer.v1.HandOverState`."""

    PLANNED = 1
    PROPOSED = 2
    EXECUTED = 3
    REJECTED = 4
    WITHDRAWN = 5
    EXPIRED = 6
    RETURNED = 7


class MoveState(IntEnum):
    """What became of one customer; the numbers are those of `workbench.customer.v1.HandOverCustomerState`."""

    PLANNED = 1
    HINDERED = 2
    MOVED = 3
    SKIPPED = 4
    RETURNED = 5
    KEPT = 6


class Obstacle(IntEnum):
    """Why a customer does not move; the numbers are those of `workbench.customer.v1.HandOverObstacle`."""

    NONE = 0
    ALREADY_LEADS = 1
    CUSTOMER_ENDED = 2
    NO_RECEIVER = 3
    CHANGED = 4
    HANDED_ON = 5
    FORMER_LEAD_LEFT = 6


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A customer as a hand-over sees it."""

    customer_id: str
    customer_number: str
    kind: int
    tier: int
    state: int
    lead_person_id: str
    organisation_path: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is to get customers, and his unit."""

    person_id: str
    organisation_path: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to become of one customer: a receiver, or what is in the way."""

    customer: Portfolio
    person_id: str
    obstacle: Obstacle

    @property
    def state(self) -> MoveState:
        """To move, or hindered."""
        return MoveState.HINDERED if self.obstacle else MoveState.PLANNED


def check_rule(rule: HandOverRule, receivers: int, assigned_to: Iterable[str], receiver_person_ids: Iterable[str]) -> None:
    """Raises InvalidInput RULE_UNFIT where a rule cannot go with so many receivers, or an assignment names none of them."""
    known = set(receiver_person_ids)
    strangers = [place for place, person_id in enumerate(assigned_to) if person_id not in known]
    if rule is HandOverRule.ALL_TO_ONE and receivers != 1:
        raise _unfit("receiver_person_ids", "Name one receiver, or another rule.")
    if strangers and rule is HandOverRule.EXPLICIT:
        raise _unfit(f"assignments[{strangers[0]}].person_id", "Name one of the receivers.")


def plan(
    rule: HandOverRule, customers: Sequence[Portfolio], receivers: Sequence[Receiver], assignments: Mapping[str, str]
) -> list[Planned]:
    """A receiver for each customer, by customer id: what was merged or erased stays, has no receiver, or is there already.

    Dealing out goes by kind, tier and number, so that receivers get alike in number and in value, and the same plan comes out
    whatever the order of the customers. Who leads a customer is passed over in his turn for it where there is somebody else.
    """
    if rule is HandOverRule.EXPLICIT:
        chosen = {customer.customer_id: assignments.get(customer.customer_id, "") for customer in customers}
    elif rule is HandOverRule.BY_UNIT:
        chosen = _by_unit(customers, receivers)
    else:
        chosen = _in_turn([customer for customer in _in_order(customers) if customer.state not in ENDED], receivers)
    return [
        Planned(customer, chosen.get(customer.customer_id, ""), _obstacle(customer, chosen.get(customer.customer_id, "")))
        for customer in sorted(customers, key=lambda customer: customer.customer_id)
    ]


def needs_second_person(customers: int, second_person_from: int, *, crosses: bool) -> bool:
    """Whether a hand-over is large enough, or goes far enough, that one person does not decide it."""
    return customers >= second_person_from or crosses


def crosses_branches(former_path: str, path: str) -> bool:
    """Whether a customer would leave its branch; whatever goes to the head office, or comes from there, does."""
    return branch_path(former_path) != branch_path(path)


def common_path(paths: Iterable[str]) -> str:
    """The path of the lowest unit that has all of these below it, `/` where there is none but the bank."""
    split = [path.strip("/").split("/") for path in sorted(set(paths))]
    if not split:
        return "/"
    shared = []
    for parts in zip(*split, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return f"/{'/'.join(shared)}/" if any(shared) else "/"


def check_second_person(decider: str, proposer: str, involved: Iterable[str]) -> None:
    """Raises NotAllowed SELF_DECISION: maker is never checker, and nobody approves what he gives or gets."""
    if decider == proposer or decider in set(involved):
        raise NotAllowed("SELF_DECISION", "Somebody else decides: you proposed this hand-over, or give or receive by it.")


def _in_order(customers: Iterable[Portfolio]) -> list[Portfolio]:
    return sorted(customers, key=lambda customer: (customer.kind, -customer.tier, customer.customer_number))


def _in_turn(customers: Sequence[Portfolio], receivers: Sequence[Receiver]) -> dict[str, str]:
    # Who has got least is next; who leads the customer himself comes last, so that it moves where it can.
    got = {receiver.person_id: 0 for receiver in receivers}
    places = dict(zip(got, count(), strict=False))
    chosen = {}
    for customer in customers:
        person_id = min(got, key=lambda each: (each == customer.lead_person_id, got[each], places[each]), default="")
        chosen[customer.customer_id] = person_id
        if person_id and person_id != customer.lead_person_id:
            got[person_id] += 1
    return chosen


def _by_unit(customers: Sequence[Portfolio], receivers: Sequence[Receiver]) -> dict[str, str]:
    in_unit: dict[str, list[Receiver]] = defaultdict(list)
    for receiver in receivers:
        in_unit[receiver.organisation_path].append(receiver)
    of_unit: dict[str, list[Portfolio]] = defaultdict(list)
    for customer in _in_order(customers):
        if customer.state not in ENDED:
            of_unit[customer.organisation_path].append(customer)
    chosen: dict[str, str] = {}
    for path, there in of_unit.items():
        chosen |= _in_turn(there, in_unit[path])
    return chosen


def _obstacle(customer: Portfolio, person_id: str) -> Obstacle:
    if customer.state in ENDED:
        return Obstacle.CUSTOMER_ENDED
    if not person_id:
        return Obstacle.NO_RECEIVER
    return Obstacle.ALREADY_LEADS if person_id == customer.lead_person_id else Obstacle.NONE


def _unfit(field: str, description: str) -> InvalidInput:
    return InvalidInput("RULE_UNFIT", "Receivers and rule do not go together.", violations=(FieldViolation(field, description),))
