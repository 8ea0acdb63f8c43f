"""Lists and finds holdings in the caller's scope, which is that of their customers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select, tuple_
from workbench.customer.v1 import holding_pb2, holding_service_pb2

from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.holding import HoldingHolder
from services.customer.rules.holdings import ENDED
from services.customer.usecases import finding
from services.customer.usecases.holdings.answering import ACCOUNTS, ALL, COLUMNS, as_message, days

MATURITY_DAYS_DEFAULT = 90
# Whoever reaches more is answered along the dates: among so many there is soon one that falls due.
FEW_CUSTOMERS_MAX = 5_000
_HOLDERS = HoldingHolder.__table__.c
_ENDED = [state.value for state in ENDED]


def list_holdings(work: UnitOfWork, request: holding_service_pb2.ListHoldingsRequest) -> Page:
    """A page of what a customer holds, as messages."""
    customer_id = finding.reached_customer(work, request.customer_id)
    query, size = listing.query(request), page_size(request.page_size)
    owned = COLUMNS.customer_id == customer_id
    statement = select(*ALL).where(or_(owned, _shared(work, customer_id)) if request.shared else owned)
    if request.kinds:
        statement = statement.where(COLUMNS.kind.in_(request.kinds))
    if request.states:
        statement = statement.where(COLUMNS.state.in_(request.states))
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(COLUMNS.holding_id < token.keys[0])
    rows = work.session.execute(statement.order_by(COLUMNS.holding_id.desc()).limit(size + 1)).all()
    return _as_messages(work, Page.of(rows, size, query, lambda row: (row.holding_id,)))


def list_maturities(work: UnitOfWork, request: holding_service_pb2.ListMaturitiesRequest) -> Page:
    """A page of what falls due of customers in scope, by date; what has ended, or has gone, falls due no more."""
    query, size = listing.query(request), page_size(request.page_size)
    start = parse_date(request.start_date, "start_date") if request.start_date else work.business_date
    end = parse_date(request.end_date, "end_date") if request.end_date else start + timedelta(days=MATURITY_DAYS_DEFAULT)
    key = (COLUMNS.maturity_date, COLUMNS.holding_id)
    statement = _reached_by_few(work).where(COLUMNS.maturity_date.between(start, end), falls_due())
    if request.kinds:
        statement = statement.where(COLUMNS.kind.in_(request.kinds))
    if token := PageToken.decode(request.page_token, query, keys=2):
        place = tuple_(listing.day(token.keys[0]), token.keys[1], types=[column.type for column in key])
        statement = statement.where(tuple_(*key) > place)
    rows = work.session.execute(statement.order_by(*key).limit(size + 1)).all()
    return _as_messages(work, Page.of(rows, size, query, lambda row: (row.maturity_date.isoformat(), row.holding_id)))


def falls_due() -> Any:
    """Whether a holding with a maturity still has it to come."""
    return and_(COLUMNS.state.not_in(_ENDED), COLUMNS.missing_since_date.is_(None), COLUMNS.maturity_date.is_not(None))


def found(work: UnitOfWork, holding_id: str) -> Any:
    """One holding as a row; raises NotFound HOLDING_NOT_FOUND."""
    row = work.session.execute(_reached(work).where(COLUMNS.holding_id == holding_id.lower())).one_or_none()
    if row is None:
        raise NotFound("HOLDING_NOT_FOUND", "There is no such holding of a customer in your scope.")
    return row


def _reached(work: UnitOfWork) -> Any:
    joined = select(*ALL).join(finding.TABLE, COLUMNS.customer_id == finding.COLUMNS.customer_id)
    return in_scope(joined, finding.COLUMNS, work.scope, work.caller)


def _reached_by_few(work: UnitOfWork) -> Any:
    """The same for a list over customers: whoever reaches few is answered from theirs, and not along all dates."""
    within = in_scope(select(finding.COLUMNS.customer_id), finding.COLUMNS, work.scope, work.caller)
    customer_ids = work.session.scalars(within.limit(FEW_CUSTOMERS_MAX + 1)).all()
    if len(customer_ids) > FEW_CUSTOMERS_MAX:
        return _reached(work)
    return select(*ALL).where(among(COLUMNS.customer_id, customer_ids))


def _shared(work: UnitOfWork, customer_id: str) -> Any:
    """Accounts of others in scope that the customer may dispose of."""
    named = select(_HOLDERS.source_system, _HOLDERS.number).where(_HOLDERS.customer_id == customer_id)
    owner = select(finding.COLUMNS.customer_id).where(finding.COLUMNS.customer_id == COLUMNS.customer_id)
    owner_in_scope = in_scope(owner, finding.COLUMNS, work.scope, work.caller).exists()
    return and_(COLUMNS.dataset == ACCOUNTS, tuple_(COLUMNS.source_system, COLUMNS.number).in_(named), owner_in_scope)


def _as_messages(work: UnitOfWork, page: Page) -> Page:
    when = days(work, page.rows)
    shown: list[holding_pb2.Holding] = [as_message(row, when) for row in page.rows]
    return Page(shown, page.next_page_token)
