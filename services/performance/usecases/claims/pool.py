"""The pool 公共池: customers of whom nobody owns anything, or not all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from workbench.performance.v1 import claim_service_pb2

from services.chassis.db import listing
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page
from services.performance.model.customer import Customer
from services.performance.model.share import ShareLine
from services.performance.rules.shares import WHOLE_BASIS_POINTS, ObjectKind, ShareState
from services.performance.usecases import reaching
from services.performance.usecases.claims.finding import check_subject


def list_pool(work: UnitOfWork, request: claim_service_pb2.ListPoolRequest) -> Page:
    """A page of customers, by number; the caller's own, and what is open to him, where nothing is named."""
    check_subject(request.person_id, request.organisation_path)
    # What of a customer is owned is a ratio of all of it, so that the lines of a day add up.
    free = _given(work, ShareState.APPROVED) < (1 if request.wholly else WHOLE_BASIS_POINTS)
    statement = select(Customer).where(_of_subject(work, request), ~Customer.gone, Customer.merged_into_customer_id == "", free)
    with work.whole_bank():
        return listing.read_page(
            work, statement, request, ((Customer.customer_number, listing.text), (Customer.customer_id, listing.text))
        )


def unclaimed(work: UnitOfWork, person_id: str, after_customer_id: str, size: int) -> list[Customer]:
    """The next customers, by id, whom somebody leads and of whom nobody has or asks for any part today."""
    statement = (
        select(Customer)
        .where(
            Customer.lead_person_id == person_id,
            Customer.customer_id > after_customer_id,
            ~Customer.gone,
            Customer.merged_into_customer_id == "",
            _given(work, ShareState.APPROVED) == 0,
            _given(work, ShareState.PENDING) == 0,
        )
        .order_by(Customer.customer_id)
        .limit(size)
    )
    with work.whole_bank():
        return list(work.session.scalars(statement))


def pool_messages(work: UnitOfWork, customers: list[Customer]) -> list[claim_service_pb2.PoolItem]:
    """As they are shown: a customer's name only to whom reaches him."""
    names = reaching.customer_names(work, (each.customer_id for each in customers))
    columns = (Customer.customer_id, _given(work, ShareState.APPROVED), _given(work, ShareState.PENDING))
    ids = [each.customer_id for each in customers]
    with work.whole_bank():
        rows = work.session.execute(select(*columns).where(Customer.customer_id.in_(ids))).all()
    given = {customer_id: (claimed, pending) for customer_id, claimed, pending in rows}
    return [
        claim_service_pb2.PoolItem(
            customer_id=each.customer_id,
            customer_number=each.customer_number,
            customer_name=names.get(each.customer_id, ""),
            lead_person_id=each.lead_person_id,
            organisation_path=each.organisation_path,
            claimed_basis_points=given[each.customer_id][0],
            pending_basis_points=given[each.customer_id][1],
        )
        for each in customers
    ]


def _of_subject(work: UnitOfWork, request: claim_service_pb2.ListPoolRequest) -> ColumnElement[bool]:
    if request.organisation_path:
        return below(Customer.organisation_path, reaching.unit_path(work, request.organisation_path))
    person_id = reaching.person(work, request.person_id).person_id
    led = Customer.lead_person_id == person_id
    if not work.scope.own or person_id != work.caller.person_id:
        return led
    return or_(led, and_(Customer.lead_person_id == "", Customer.organisation_path == work.caller.organisation_path))


def _given(work: UnitOfWork, state: ShareState) -> Any:
    """How much of a customer counts for somebody, or is asked for, on the business date."""
    today = work.business_date
    given: Select[Any] = select(func.coalesce(func.sum(ShareLine.basis_points), 0)).where(
        ShareLine.object_kind == int(ObjectKind.CUSTOMER),
        ShareLine.object_key == Customer.customer_id,
        ShareLine.state == state.value,
        ShareLine.start_date <= today,
        or_(ShareLine.end_date.is_(None), ShareLine.end_date >= today),
    )
    return given.correlate(Customer).scalar_subquery()
