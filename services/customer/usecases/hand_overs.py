"""Carries hand-overs out, puts them before a second person, and gives customers back; a plan becomes an act here, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from workbench.customer.v1 import coverage_events_pb2, coverage_service_pb2

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, NotFound, RuleBroken, StaleVersion
from services.customer.model.customer import Customer
from services.customer.model.hand_over import OPEN, HandOver, HandOverCustomer, HandOverReceiver
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.hand_overs import HandOverState, MoveState, Obstacle
from services.customer.rules.lifecycle import ENDED
from services.customer.usecases import finding
from services.customer.usecases.hand_over_reading import hand_over_to_change, in_charge_of
from services.customer.usecases.moving import Move, held_customers, move

# What a turn of the timer does at most; the rest waits for the next.
DUE_AT_ONCE = 20


def execute_hand_over(work: UnitOfWork, request: coverage_service_pb2.ExecuteHandOverRequest) -> HandOver:
    """Carries it out, or puts it before a second person where it needs one."""
    hand_over = hand_over_to_change(work, request.hand_over_id)
    hand_over.require_seen(request.etag)
    hand_over.require_open(work.business_date)
    if not hand_over.second_person_needed:
        _carry_out(work, hand_over, skip_changed=request.skip_changed)
        return hand_over
    hand_over.propose(now=work.now)
    work.record(
        coverage_events_pb2.HandOverProposed(
            hand_over_id=hand_over.hand_over_id,
            organisation_path=hand_over.organisation_path,
            proposer_person_id=hand_over.proposer_person_id,
            customer_count=hand_over.customer_count,
            expire_date=hand_over.expire_date.isoformat(),
        )
    )
    return hand_over


def approve_hand_over(work: UnitOfWork, request: coverage_service_pb2.ApproveHandOverRequest) -> HandOver:
    """The second person carries it out."""
    hand_over = hand_over_to_change(work, request.hand_over_id)
    hand_over.require_seen(request.etag)
    hand_over.decide(work.caller.person_id, _involved(work, hand_over))
    hand_over.require_open(work.business_date)
    _carry_out(work, hand_over, skip_changed=request.skip_changed)
    return hand_over


def reject_hand_over(work: UnitOfWork, hand_over_id: str, reason: str) -> HandOver:
    """The second person takes it off the table."""
    hand_over = hand_over_to_change(work, hand_over_id)
    hand_over.decide(work.caller.person_id, _involved(work, hand_over))
    hand_over.reject(reason, now=work.now)
    work.record(
        coverage_events_pb2.HandOverRejected(
            hand_over_id=hand_over.hand_over_id,
            proposer_person_id=hand_over.proposer_person_id,
            decider_person_id=hand_over.decider_person_id,
            reason=reason,
        )
    )
    return hand_over


def withdraw_hand_over(work: UnitOfWork, hand_over_id: str) -> HandOver:
    """Its own side takes it back."""
    hand_over = hand_over_to_change(work, hand_over_id)
    hand_over.withdraw(now=work.now)
    work.record(
        coverage_events_pb2.HandOverWithdrawn(
            hand_over_id=hand_over.hand_over_id, proposer_person_id=hand_over.proposer_person_id
        )
    )
    return hand_over


def return_hand_over(work: UnitOfWork, hand_over_id: str, customer_ids: Sequence[str], reason: str) -> HandOver:
    """Gives back what is still with its receiver, of the customers named or of all that the caller may give back."""
    hand_over = hand_over_to_change(work, hand_over_id)
    hand_over.require_returnable(work.business_date)
    if not _give_back(work, hand_over, [customer_id.lower() for customer_id in customer_ids], reason):
        raise RuleBroken("NOTHING_TO_RETURN", "None of these customers is still with its receiver and yours to return.")
    return hand_over


def keep_days(work: UnitOfWork) -> None:
    """Gives back what was handed over for a time that has passed, and voids plans that nobody carried out."""
    today = work.business_date
    due = select(HandOver).where(HandOver.state == HandOverState.EXECUTED, HandOver.return_date <= today)
    void = select(HandOver).where(HandOver.state.in_(OPEN), or_(HandOver.expire_date < today, HandOver.return_date <= today))
    for hand_over in work.session.scalars(due.order_by(HandOver.return_date).limit(DUE_AT_ONCE).with_for_update()).all():
        _give_back(work, hand_over, (), hand_over.reason)
        hand_over.give_back(0, through=True, now=work.now)
    for hand_over in work.session.scalars(void.limit(DUE_AT_ONCE).with_for_update()).all():
        hand_over.expire(now=work.now)


def _carry_out(work: UnitOfWork, hand_over: HandOver, *, skip_changed: bool) -> None:
    planned = _customers_of(work, hand_over, MoveState.PLANNED)
    receivers = _receivers(work, hand_over, {row.lead_person_id for row in planned})
    mine = _in_charge(work)
    current = held_customers(work, [row.customer_id for row in planned], mine)
    same = [row for row in planned if _as_planned(current.get(row.customer_id), row.former_lead_person_id)]
    changed = len(planned) - len(same) + _came_since(work, hand_over, mine)
    if changed and not skip_changed:
        raise _changed(changed)
    if not same:
        raise RuleBroken("NOTHING_TO_HAND_OVER", "No customer is as it was planned.")
    moves = [_move(current[row.customer_id], receivers[row.lead_person_id]) for row in same]
    move(work, moves, hand_over.reason, hand_over.hand_over_id)
    moved = {each.customer_id for each in moves}
    _mark(work, hand_over, moved, MoveState.MOVED)
    _mark(work, hand_over, {row.customer_id for row in planned} - moved, MoveState.SKIPPED, Obstacle.CHANGED)
    hand_over.execute(
        len(moves),
        start_date=work.business_date,
        returnable_until_date=work.business_date + timedelta(days=work.settings.hand_over_return_days),
        now=work.now,
    )
    work.record(_handed_over(hand_over, Counter(each.lead.person_id for each in moves)))


def _give_back(work: UnitOfWork, hand_over: HandOver, customer_ids: Sequence[str], reason: str) -> int:
    """Moves back what can, and says of the rest why it stays; answers how many went back."""
    moved = {row.customer_id: row for row in _customers_of(work, hand_over, MoveState.MOVED)}
    asked = _asked_back(work, hand_over, moved, customer_ids)
    current = held_customers(work, asked, _in_charge(work))
    former = _in_office(work, {row.former_lead_person_id for row in asked.values()})
    still = {i for i, row in asked.items() if _as_planned(current.get(i), row.lead_person_id)}
    back = {i for i in still if asked[i].former_lead_person_id in former}
    if back:
        moves = [_move(current[i], former[asked[i].former_lead_person_id]) for i in sorted(back)]
        move(work, moves, reason, hand_over.hand_over_id)
    # Of the whole nothing will follow; of some named, what stayed may be named again.
    whole = not customer_ids and in_charge_of(work, hand_over)
    stays = MoveState.KEPT if whole else MoveState.MOVED
    _mark(work, hand_over, back, MoveState.RETURNED)
    _mark(work, hand_over, asked.keys() - still, stays, Obstacle.HANDED_ON)
    _mark(work, hand_over, still - back, stays, Obstacle.FORMER_LEAD_LEFT)
    hand_over.give_back(len(back), through=whole or len(back) == len(moved), now=work.now)
    work.record(
        coverage_events_pb2.HandOverReturned(
            hand_over_id=hand_over.hand_over_id, customer_count=len(back), kept_count=len(asked) - len(back), reason=reason
        )
    )
    return len(back)


def _asked_back(work: UnitOfWork, hand_over: HandOver, moved: Mapping[str, Any], customer_ids: Sequence[str]) -> dict[str, Any]:
    """The customers named; without names all, or what the caller received where the whole is not in his charge."""
    for place, customer_id in enumerate(customer_ids):
        if customer_id not in moved:
            violation = FieldViolation(f"customer_ids[{place}]", "Name a customer that moved by it.")
            raise NotFound("CUSTOMER_NOT_FOUND", "It moved no such customer.", violations=(violation,))
    if customer_ids:
        return {customer_id: moved[customer_id] for customer_id in customer_ids}
    whole = in_charge_of(work, hand_over)
    return {i: row for i, row in moved.items() if whole or row.lead_person_id == work.caller.person_id}


def _customers_of(work: UnitOfWork, hand_over: HandOver, state: MoveState) -> Sequence[Any]:
    columns = (HandOverCustomer.customer_id, HandOverCustomer.former_lead_person_id, HandOverCustomer.lead_person_id)
    return work.session.execute(select(*columns).filter_by(hand_over_id=hand_over.hand_over_id, state=state.value)).all()


def _in_charge(work: UnitOfWork) -> Any:
    """The condition of a customer's row that it is the caller's to move, not only to reach."""
    return in_scope(select(Customer.customer_id), Customer, work.scope.by_post, work.caller).whereclause


def _as_planned(current: Any, lead_person_id: str) -> bool:
    return current is not None and current.lead_person_id == lead_person_id and current.state not in ENDED


def _came_since(work: UnitOfWork, hand_over: HandOver, mine: Any) -> int:
    """How many customers came to a whole portfolio since it was planned."""
    if not hand_over.from_person_id:
        return 0
    known = select(HandOverCustomer.customer_id).filter_by(hand_over_id=hand_over.hand_over_id)
    came = select(Customer.customer_id).where(
        Customer.lead_person_id == hand_over.from_person_id, Customer.state.not_in(ENDED), Customer.customer_id.not_in(known)
    )
    return len(work.session.execute(came if mine is None else came.where(mine)).all())


def _receivers(work: UnitOfWork, hand_over: HandOver, person_ids: set[str]) -> Mapping[str, RelationshipManager]:
    receivers = _in_office(work, person_ids)
    if missing := len(person_ids - receivers.keys()):
        raise RuleBroken(
            "RECEIVER_LEFT",
            "A receiver no longer leads customers; plan another hand-over.",
            metadata={"hand_over_id": hand_over.hand_over_id, "receivers": str(missing)},
        )
    return receivers


def _in_office(work: UnitOfWork, person_ids: Collection[str]) -> dict[str, RelationshipManager]:
    named = select(RelationshipManager).where(RelationshipManager.person_id.in_(sorted(person_ids)))
    found = work.session.scalars(finding.held(named.order_by(RelationshipManager.person_id)))
    return {manager.person_id: manager for manager in found if manager.leads}


def _involved(work: UnitOfWork, hand_over: HandOver) -> set[str]:
    gives = select(HandOverCustomer.former_lead_person_id).filter_by(hand_over_id=hand_over.hand_over_id)
    gets = select(HandOverReceiver.person_id).filter_by(hand_over_id=hand_over.hand_over_id)
    return set(work.session.scalars(gives.union(gets)))


def _mark(
    work: UnitOfWork, hand_over: HandOver, customer_ids: Collection[str], state: MoveState, obstacle: Obstacle = Obstacle.NONE
) -> None:
    if customer_ids:
        work.session.execute(
            update(HandOverCustomer)
            .where(HandOverCustomer.hand_over_id == hand_over.hand_over_id, among(HandOverCustomer.customer_id, customer_ids))
            .values(state=state.value, obstacle=obstacle.value)
            .execution_options(synchronize_session=False)
        )


def _move(current: Any, lead: RelationshipManager) -> Move:
    return Move(current.customer_id, current.lead_person_id, current.organisation_path, lead)


def _changed(customers: int) -> StaleVersion:
    return StaleVersion(
        "HAND_OVER_CHANGED",
        "Customers are no longer as they were planned; refresh the hand-over, or leave them out.",
        metadata={"customers": str(customers)},
    )


def _handed_over(hand_over: HandOver, shares: Mapping[str, int]) -> coverage_events_pb2.CoverageHandedOver:
    return coverage_events_pb2.CoverageHandedOver(
        hand_over_id=hand_over.hand_over_id,
        from_person_id=hand_over.from_person_id,
        customer_count=hand_over.customer_count,
        shares=[
            coverage_events_pb2.HandOverShare(person_id=person_id, customer_count=count)
            for person_id, count in sorted(shares.items())
        ],
        start_date=hand_over.start_date.isoformat() if hand_over.start_date else "",
        return_date=hand_over.return_date.isoformat() if hand_over.return_date else "",
        reason=hand_over.reason,
    )
