"""Finds, carries out and ends plans, and changes who is assigned in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select
from workbench.analytics.v1 import departure_events_pb2, departure_pb2, departure_service_pb2

from services.analytics.model.customer import Customer
from services.analytics.model.departure import DeparturePlan, DeparturePlanItem
from services.analytics.model.person import Person
from services.analytics.rules.succession import ItemState, PlanState
from services.analytics.usecases import reaching
from services.analytics.usecases.departures import showing
from services.chassis.db import listing
from services.chassis.db.scope import below, in_scope, reached
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken, StaleVersion
from services.chassis.kernel.paging import Page
from services.chassis.rpc import partial

CHANGEABLE_FIELDS = ("person_id", "state")


def found(work: UnitOfWork, plan_id: str) -> DeparturePlan:
    """A plan of a unit in scope, and not about the caller; raises NotFound PLAN_NOT_FOUND."""
    return _one(work, _in_reach(work).where(DeparturePlan.plan_id == plan_id.lower()))


def found_to_change(work: UnitOfWork, plan_id: str, etag: str) -> DeparturePlan:
    """The same, held against other writers; raises StaleVersion PLAN_CHANGED where an ETag is given that is no longer its own."""
    statement = _in_reach(work).where(DeparturePlan.plan_id == plan_id.lower()).with_for_update(of=DeparturePlan)
    plan = _one(work, statement.execution_options(populate_existing=True))
    if etag and etag != plan.etag:
        raise StaleVersion("PLAN_CHANGED", "It changed since you read it; read it again and repeat.")
    work.resource = f"departurePlans/{plan.plan_id}"
    return plan


def list_plans(work: UnitOfWork, request: departure_service_pb2.ListDeparturePlansRequest) -> Page:
    """A page of a unit's plans, the latest first."""
    path = reaching.unit_path(work, request.organisation_path or work.caller.organisation_path)
    statement = _in_reach(work).where(below(DeparturePlan.organisation_path, path))
    if request.state:
        statement = statement.where(DeparturePlan.state == request.state)
    return listing.read_page(work, statement, request, ((DeparturePlan.plan_id, listing.text),), downwards=True)


def list_items(work: UnitOfWork, request: departure_service_pb2.ListDeparturePlanItemsRequest) -> Page:
    """A page of a plan's customers whom the caller reaches, those with most at risk first."""
    plan = found(work, request.plan_id)
    statement = _items_in_reach(work).where(DeparturePlanItem.plan_id == plan.plan_id)
    if request.state:
        statement = statement.where(DeparturePlanItem.state == request.state)
    return listing.read_page(work, statement, request, ((DeparturePlanItem.place, listing.number),))


def messages(work: UnitOfWork, plans: Sequence[DeparturePlan]) -> list[departure_pb2.DeparturePlan]:
    """Plans as they are shown, with how far each is."""
    item = DeparturePlanItem
    statement = select(
        item.plan_id,
        func.count(),
        func.sum(case((item.state == ItemState.DONE, 1), else_=0)),
        func.sum(case((item.person_id == "", 1), else_=0)),
    ).where(item.plan_id.in_([each.plan_id for each in plans]), item.state != ItemState.DROPPED)
    # Numbers of a plan that the caller sees: also of customers who went to another branch meanwhile.
    with work.whole_bank():
        rows = work.session.execute(statement.group_by(item.plan_id)).all()
    return showing.plans(work, plans, {plan_id: (int(count), int(done), int(nobody)) for plan_id, count, done, nobody in rows})


def start(work: UnitOfWork, request: departure_service_pb2.StartDeparturePlanRequest) -> DeparturePlan:
    """Carries a plan out; whoever is assigned is told by an event for each customer."""
    plan = found_to_change(work, request.plan_id, request.etag)
    plan.start(work.business_date, work.now)
    with work.whole_bank():
        items = [each for each in _items(work, plan) if each.state == ItemState.OPEN and each.person_id]
        people = {each.person_id: each for each in work.session.scalars(_people(items))}
    if not items:
        raise RuleBroken("NOBODY_ASSIGNED", "No customer has anybody assigned.")
    work.record(
        departure_events_pb2.DeparturePlanStarted(
            plan_id=plan.plan_id,
            kind=plan.kind,
            person_id=plan.person_id,
            organisation_path=plan.organisation_path,
            item_count=len(items),
        ),
        *(_assignment(plan, each, people[each.person_id]) for each in items if each.person_id in people),
    )
    work.session.flush()
    return plan


def end(work: UnitOfWork, request: departure_service_pb2.EndDeparturePlanRequest) -> DeparturePlan:
    """Ends what runs, and throws a draft away."""
    plan = found_to_change(work, request.plan_id, request.etag)
    ran = plan.state == PlanState.RUNNING
    plan.end(work.now)
    work.session.flush()
    if ran:
        with work.whole_bank():
            tell_ended(work, plan, _items(work, plan))
    return plan


def tell_ended(work: UnitOfWork, plan: DeparturePlan, items: Sequence[DeparturePlanItem]) -> None:
    """Tells that a plan is over."""
    done = sum(each.state == ItemState.DONE for each in items)
    left = [each.item_id for each in items if each.state == ItemState.OPEN]
    event = departure_events_pb2.DeparturePlanEnded(
        plan_id=plan.plan_id, done_count=done, open_count=len(left), open_item_ids=left
    )
    work.record(event)


def update_item(work: UnitOfWork, request: departure_service_pb2.UpdateDeparturePlanItemRequest) -> DeparturePlanItem:
    """Assigns somebody else, drops a customer, or takes him in again."""
    sent, fields = request.item, list(request.update_mask.paths) or list(CHANGEABLE_FIELDS)
    partial.check_mask(fields, departure_pb2.DeparturePlanItem.DESCRIPTOR, "An item")
    item = _found_item(work, sent.item_id)
    plan = found_to_change(work, item.plan_id, "")
    work.session.refresh(item, with_for_update=True)
    if sent.etag and sent.etag != item.etag:
        raise StaleVersion("ITEM_CHANGED", "It changed since you read it; read it again and repeat.")
    plan.require_under_way()
    if item.state == ItemState.DONE:
        raise RuleBroken("ITEM_DONE", "The customer knows whoever was assigned.")
    before = (item.person_id, item.state)
    if "state" in fields and sent.state:
        item.state = _state(sent.state)
    if "person_id" in fields and sent.person_id.lower() != item.person_id:
        _assign(work, plan, item, sent.person_id.lower())
    work.session.flush()
    if plan.state == PlanState.RUNNING and before != (item.person_id, item.state):
        _tell_changed(work, plan, item)
    return item


def _tell_changed(work: UnitOfWork, plan: DeparturePlan, item: DeparturePlanItem) -> None:
    if item.person_id and item.state == ItemState.OPEN:
        work.record(_assignment(plan, item, work.session.get_one(Person, item.person_id)))
    else:
        work.record(departure_events_pb2.DeparturePlanItemWithdrawn(plan_id=plan.plan_id, item_id=item.item_id))


def _assign(work: UnitOfWork, plan: DeparturePlan, item: DeparturePlanItem, person_id: str) -> None:
    if person_id:
        person = reaching.colleague(work, person_id)
        if not person.posts or person.person_id == plan.person_id:
            violation = FieldViolation("item.person_id", "Somebody else of the bank who holds a post.")
            raise InvalidInput("PERSON_UNFIT", "This person cannot be assigned.", violations=(violation,))
    item.person_id = person_id
    # What another did, and what spoke for him, is not this one's.
    item.contact_count, item.last_contact_date, item.contact_share_e4 = 0, None, 0


def _state(state: int) -> int:
    if state == ItemState.DONE:
        violation = FieldViolation("item.state", "OPEN or DROPPED.")
        raise InvalidInput("STATE_UNFIT", "That it is done, contacts say.", violations=(violation,))
    return state


def _assignment(plan: DeparturePlan, item: DeparturePlanItem, person: Person) -> departure_events_pb2.DeparturePlanItemAssigned:
    return departure_events_pb2.DeparturePlanItemAssigned(
        plan_id=plan.plan_id,
        item_id=item.item_id,
        kind=plan.kind,
        customer_id=item.customer_id,
        person_id=item.person_id,
        organisation_path=person.organisation_path,
        due_date=plan.due_date.isoformat(),
    )


def _people(items: Sequence[DeparturePlanItem]) -> Any:
    return select(Person).where(Person.person_id.in_({each.person_id for each in items}))


def _items(work: UnitOfWork, plan: DeparturePlan) -> Sequence[DeparturePlanItem]:
    statement = select(DeparturePlanItem).where(DeparturePlanItem.plan_id == plan.plan_id)
    return work.session.scalars(statement.order_by(DeparturePlanItem.place)).all()


def _found_item(work: UnitOfWork, item_id: str) -> DeparturePlanItem:
    item: DeparturePlanItem | None = work.session.scalars(
        _items_in_reach(work).where(DeparturePlanItem.item_id == item_id.lower())
    ).one_or_none()
    if item is None:
        raise NotFound("ITEM_NOT_FOUND", "There is no such item within your reach.")
    return item


def _items_in_reach(work: UnitOfWork) -> Any:
    """Items of plans in reach whose customers the caller reaches."""
    return (
        select(DeparturePlanItem)
        .join(Customer, Customer.customer_id == DeparturePlanItem.customer_id)
        .where(
            reached(Customer, work.scope, work.caller),
            DeparturePlanItem.plan_id.in_(_in_reach(work).with_only_columns(DeparturePlan.plan_id)),
        )
    )


def _in_reach(work: UnitOfWork) -> Any:
    statement = select(DeparturePlan).where(DeparturePlan.person_id != work.caller.person_id)
    return in_scope(statement, DeparturePlan, work.scope, work.caller)


def _one(work: UnitOfWork, statement: Any) -> DeparturePlan:
    plan: DeparturePlan | None = work.session.scalars(statement).one_or_none()
    if plan is None:
        raise NotFound("PLAN_NOT_FOUND", "There is no such plan within your reach.")
    return plan
