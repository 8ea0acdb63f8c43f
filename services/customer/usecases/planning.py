"""Plans hand-overs: finds the customers, a receiver for each, and what is in the way. Nothing moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select
from workbench.customer.v1 import coverage_service_pb2

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotFound, RuleBroken
from services.customer.model.customer import Customer
from services.customer.model.hand_over import Extent, HandOver, HandOverCustomer, HandOverReceiver, customer_rows
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.absences import dates_unfit
from services.customer.rules.hand_overs import (
    HandOverRule,
    HandOverState,
    MoveState,
    Planned,
    Portfolio,
    Receiver,
    check_rule,
    common_path,
    crosses_branches,
    needs_second_person,
    plan,
)
from services.customer.rules.lifecycle import ENDED
from services.customer.usecases import filtering, finding
from services.customer.usecases.hand_over_reading import hand_over_to_change

HAND_OVER_CUSTOMERS_MAX = 20_000

_PORTFOLIO = tuple(Customer.__table__.c[name] for name in Portfolio.__slots__)


def create_hand_over(work: UnitOfWork, request: coverage_service_pb2.CreateHandOverRequest) -> HandOver:
    """A plan, as its preview shows it; raises as the contract says."""
    rule, from_person_id = HandOverRule(request.rule), request.from_person_id.lower()
    receiver_ids = [person_id.lower() for person_id in request.receiver_person_ids]
    assignments = {each.customer_id.lower(): each.person_id.lower() for each in request.assignments}
    check_rule(rule, len(receiver_ids), assignments.values(), receiver_ids)
    receivers = finding.successors_named(work, receiver_ids, "receiver_person_ids[{place}]")
    customer_ids = [customer_id.lower() for customer_id in request.customer_ids]
    customers = _customers(work, from_person_id, customer_ids, filtering.condition(work, request.filter))
    planned = plan(rule, customers, _receivers(receivers.values()), assignments)
    extent = _extent(work, planned, receivers)
    hand_over = HandOver(
        hand_over_id=work.new_id(),
        # Of a part of a portfolio nobody asks what came to it since.
        from_person_id="" if request.customer_ids or request.filter else from_person_id,
        rule=rule,
        reason=request.reason,
        state=HandOverState.PLANNED,
        organisation_path=extent.organisation_path,
        second_person_needed=extent.second_person_needed,
        crosses_branches=extent.crosses_branches,
        proposer_person_id=work.caller.person_id,
        expire_date=work.business_date + timedelta(days=work.settings.hand_over_plan_days),
        return_date=_return_date(work, request.return_date),
        customer_count=extent.customer_count,
        create_time=work.now,
        update_time=work.now,
    )
    work.session.add(hand_over)
    work.session.flush()
    work.resource = f"hand_overs/{hand_over.hand_over_id}"
    _keep_plan(work, hand_over, planned, receiver_ids)
    return hand_over


def refresh_hand_over(work: UnitOfWork, hand_over_id: str) -> HandOver:
    """Plans anew from what the customers are now, with the receivers and the rule that there were."""
    hand_over = hand_over_to_change(work, hand_over_id)
    before = select(HandOverCustomer.customer_id, HandOverCustomer.lead_person_id).filter_by(hand_over_id=hand_over.hand_over_id)
    assignments = dict(work.session.execute(before).all())
    named = select(HandOverReceiver.person_id).filter_by(hand_over_id=hand_over.hand_over_id).order_by(HandOverReceiver.place)
    receiver_ids = list(work.session.scalars(named))
    receivers = finding.successors_named(work, receiver_ids, "receiver_person_ids[{place}]")
    customers = _customers(work, hand_over.from_person_id, [] if hand_over.from_person_id else list(assignments))
    planned = plan(HandOverRule(hand_over.rule), customers, _receivers(receivers.values()), assignments)
    hand_over.take_plan(_extent(work, planned, receivers), work.caller.person_id, now=work.now)
    for model in (HandOverCustomer, HandOverReceiver):
        work.session.execute(delete(model).where(model.hand_over_id == hand_over.hand_over_id))
    _keep_plan(work, hand_over, planned, receiver_ids)
    return hand_over


def _customers(
    work: UnitOfWork, from_person_id: str, customer_ids: Sequence[str], condition: ColumnElement[bool] | None = None
) -> list[Portfolio]:
    """The customers meant, as far as they are the caller's to hand over."""
    if not from_person_id and not customer_ids and condition is None:
        violation = FieldViolation("customer_ids", "Name customers, a filter, or whose portfolio it is.")
        raise InvalidInput("NOTHING_NAMED", "Nothing is named to hand over.", violations=(violation,))
    statement = in_scope(select(*_PORTFOLIO), Customer.__table__.c, work.scope.by_post, work.caller)
    if from_person_id:
        statement = statement.where(Customer.lead_person_id == from_person_id)
    if customer_ids:
        statement = statement.where(among(Customer.customer_id, customer_ids))
    else:
        # What was merged or erased is nobody's customer; where it is named, the preview says why it stays.
        statement = statement.where(Customer.state.not_in(ENDED))
    if condition is not None:
        statement = statement.where(condition)
    found = [Portfolio(*row) for row in work.session.execute(statement.limit(HAND_OVER_CUSTOMERS_MAX + 1))]
    known = {customer.customer_id for customer in found}
    for place, customer_id in enumerate(customer_ids):
        if customer_id not in known:
            violation = FieldViolation(f"customer_ids[{place}]", "Name a customer whom you may hand over.")
            raise NotFound("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.", violations=(violation,))
    if not found:
        raise RuleBroken("NOTHING_TO_HAND_OVER", "No customer in your scope is meant.")
    if len(found) > HAND_OVER_CUSTOMERS_MAX:
        raise LimitReached("HAND_OVER_TOO_LARGE", f"One hand-over moves at most {HAND_OVER_CUSTOMERS_MAX} customers.")
    return found


def _extent(work: UnitOfWork, planned: Iterable[Planned], receivers: Mapping[str, RelationshipManager]) -> Extent:
    moving = [each for each in planned if each.state is MoveState.PLANNED]
    ways = {(each.customer.organisation_path, receivers[each.person_id].organisation_path) for each in moving}
    crosses = any(crosses_branches(*way) for way in ways)
    return Extent(
        customer_count=len(moving),
        organisation_path=common_path(
            [path for way in ways for path in way] or [receiver.organisation_path for receiver in receivers.values()]
        ),
        crosses_branches=crosses,
        second_person_needed=needs_second_person(len(moving), work.settings.hand_over_second_person_from, crosses=crosses),
    )


def _keep_plan(work: UnitOfWork, hand_over: HandOver, planned: Sequence[Planned], receiver_ids: Sequence[str]) -> None:
    # Past the audit trail, which tells of the hand-over: what a plan found is no change of any customer.
    work.session.execute(insert(HandOverCustomer), customer_rows(hand_over.hand_over_id, planned))
    got = Counter(each.person_id for each in planned if each.state is MoveState.PLANNED)
    given = Counter(each.customer.lead_person_id for each in planned if each.state is MoveState.PLANNED)
    load = loads(work, receiver_ids)
    rows = [
        {
            "hand_over_id": hand_over.hand_over_id,
            "person_id": person_id,
            "place": place,
            "customer_count": got[person_id],
            "load_before": load[person_id],
            "load_after": load[person_id] + got[person_id] - given[person_id],
        }
        for place, person_id in enumerate(receiver_ids)
    ]
    work.session.execute(insert(HandOverReceiver), rows)


def loads(work: UnitOfWork, person_ids: Iterable[str]) -> Counter[str]:
    """How many customers each of these people leads, of those below the units that the caller reaches."""
    counts = select(Customer.lead_person_id, func.count()).where(
        Customer.lead_person_id.in_(sorted(set(person_ids))), Customer.state.not_in(ENDED)
    )
    rows = work.session.execute(in_scope(counts, Customer, work.scope, work.caller).group_by(Customer.lead_person_id))
    return Counter(dict(rows.all()))


def _receivers(managers: Iterable[RelationshipManager]) -> list[Receiver]:
    return [Receiver(manager.person_id, manager.organisation_path) for manager in managers]


def _return_date(work: UnitOfWork, text: str) -> date | None:
    day: Any = optional_date(text, "return_date")
    if day is not None and day <= work.business_date:
        raise dates_unfit("return_date", "Name a day after today.")
    return day  # type: ignore[no-any-return]
