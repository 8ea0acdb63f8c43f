"""Reads hand-overs: who sees which, their preview, and their report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from workbench.customer.v1 import coverage_pb2, coverage_service_pb2
from workbench.operations.v1 import hand_over_events_pb2

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.customer import Customer
from services.customer.model.hand_over import HandOver, HandOverCompletion, HandOverCustomer, HandOverReceiver


def get_hand_over(work: UnitOfWork, hand_over_id: str) -> HandOver:
    """One that the caller sees; raises NotFound HAND_OVER_NOT_FOUND."""
    return _found(work, _seen(work), hand_over_id)


def hand_over_to_change(work: UnitOfWork, hand_over_id: str) -> HandOver:
    """One that the caller sees, held against others until the transaction ends; raises NotFound HAND_OVER_NOT_FOUND."""
    hand_over = _found(work, _seen(work).with_for_update(), hand_over_id)
    work.resource = f"hand_overs/{hand_over.hand_over_id}"
    return hand_over


def list_hand_overs(work: UnitOfWork, request: coverage_service_pb2.ListHandOversRequest) -> Page:
    """A page of those that the caller sees, the latest first."""
    query, size = f"hand_overs|{sorted(request.states)}|{request.from_person_id}", page_size(request.page_size)
    statement = _seen(work).order_by(HandOver.hand_over_id.desc()).limit(size + 1)
    if request.states:
        statement = statement.where(HandOver.state.in_(request.states))
    if request.from_person_id:
        statement = statement.where(HandOver.from_person_id == request.from_person_id.lower())
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(HandOver.hand_over_id < token.keys[0])
    return Page.of(work.session.scalars(statement).all(), size, query, lambda row: (row.hand_over_id,))


def list_customers(work: UnitOfWork, request: coverage_service_pb2.ListHandOverCustomersRequest) -> tuple[Page, dict[str, Any]]:
    """A page of a hand-over's customers, and of those in the caller's scope number and name by id."""
    hand_over = get_hand_over(work, request.hand_over_id)
    hand_over_id = hand_over.hand_over_id
    query, size = f"{hand_over_id}|{sorted(request.states)}", page_size(request.page_size)
    statement = select(HandOverCustomer).filter_by(hand_over_id=hand_over_id).order_by(HandOverCustomer.customer_id)
    if not in_charge_of(work, hand_over) and hand_over.proposer_person_id != work.caller.person_id:
        statement = statement.where(or_(*_his_part(work.caller.person_id)))
    if request.states:
        statement = statement.where(HandOverCustomer.state.in_(request.states))
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(HandOverCustomer.customer_id > token.keys[0])
    page = Page.of(work.session.scalars(statement.limit(size + 1)).all(), size, query, lambda row: (row.customer_id,))
    columns = Customer.__table__.c
    named = select(columns.customer_id, columns.customer_number, columns.display_name).where(
        among(columns.customer_id, [row.customer_id for row in page.rows])
    )
    shown = work.session.execute(in_scope(named, columns, work.scope, work.caller))
    return page, {row.customer_id: row for row in shown}


def in_charge_of(work: UnitOfWork, hand_over: HandOver) -> bool:
    """Whether all units concerned are in the caller's charge."""
    return any(hand_over.organisation_path.startswith(path) for path in work.scope.organisation_paths)


def receivers(work: UnitOfWork, hand_over: HandOver) -> Sequence[HandOverReceiver]:
    """Who gets customers, in turn."""
    named = select(HandOverReceiver).filter_by(hand_over_id=hand_over.hand_over_id).order_by(HandOverReceiver.place)
    return work.session.scalars(named).all()


def counts(work: UnitOfWork, hand_over: HandOver) -> Sequence[Row[Any]]:
    """Its customers by kind, tier, state and obstacle."""
    alike = (HandOverCustomer.kind, HandOverCustomer.tier, HandOverCustomer.state, HandOverCustomer.obstacle)
    statement = select(*alike, func.count().label("customer_count")).filter_by(hand_over_id=hand_over.hand_over_id)
    return work.session.execute(statement.group_by(*alike).order_by(*alike)).all()


def completions(work: UnitOfWork, hand_over: HandOver) -> list[coverage_pb2.HandOverCompletion]:
    """What other services reported, by service."""
    reported = select(HandOverCompletion).filter_by(hand_over_id=hand_over.hand_over_id).order_by(HandOverCompletion.service)
    return [
        coverage_pb2.HandOverCompletion(
            service=row.service, lines=json.loads(row.lines), complete=row.complete, update_time=row.update_time
        )
        for row in work.session.scalars(reported)
    ]


def follow(work: UnitOfWork, event: hand_over_events_pb2.HandOverFollowed) -> None:
    """Another service reports what it moved for a hand-over; its last report counts."""
    lines = [{"kind": line.kind, "moved_count": line.moved_count, "kept_count": line.kept_count} for line in event.lines]
    kept = work.session.get(HandOverCompletion, (event.hand_over_id, event.service))
    if kept is None:
        kept = HandOverCompletion(
            hand_over_id=event.hand_over_id, service=event.service, lines="[]", complete=False, update_time=work.now
        )
        work.session.add(kept)
    kept.lines, kept.complete, kept.update_time = json.dumps(lines), event.complete, work.now


def _seen(work: UnitOfWork) -> Select[HandOver]:
    """Selects those of units in the caller's charge, those that he planned, and those by which he gives or receives."""
    me = work.caller.person_id
    reach = [HandOver.organisation_path.startswith(path, autoescape=True) for path in work.scope.organisation_paths]
    gets = select(HandOverReceiver.hand_over_id).where(HandOverReceiver.person_id == me)
    gives = select(HandOverCustomer.hand_over_id).where(HandOverCustomer.former_lead_person_id == me)
    mine = (HandOver.proposer_person_id == me, HandOver.hand_over_id.in_(gets), HandOver.hand_over_id.in_(gives))
    return select(HandOver).where(or_(*reach, *mine))


def _his_part(person_id: str) -> tuple[Any, Any]:
    return HandOverCustomer.former_lead_person_id == person_id, HandOverCustomer.lead_person_id == person_id


def _found(work: UnitOfWork, statement: Select[HandOver], hand_over_id: str) -> HandOver:
    this = statement.where(HandOver.hand_over_id == hand_over_id.lower())
    hand_over: HandOver | None = work.session.scalars(this).one_or_none()
    if hand_over is None:
        raise NotFound("HAND_OVER_NOT_FOUND", "There is no such hand-over in your scope.")
    return hand_over
