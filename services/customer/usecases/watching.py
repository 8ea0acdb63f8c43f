"""Tells a reader of changes in his scope as they happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from workbench.customer.v1 import customer_pb2

from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.service import Stream
from services.customer.model.customer import Customer
from services.customer.usecases.answering import as_listed
from services.customer.usecases.finding import LISTED

POLL_SECONDS = 1.0
# Changes told in one go at most; the rest follows without a wait.
CHANGES_PER_POLL_MAX = 500
# A change carries the instant at which its transaction began, and is seen once that has committed: so each look reaches back
# so far, and passes over what was told. No writer takes longer; the largest batch takes a second.
OVERLAP = timedelta(seconds=10)

# When it changed, which customer, and its version since: one change.
Change = tuple[datetime, str, int]


def watch_customers(stream: Stream) -> Iterator[customer_pb2.Customer]:
    """Customers as lists show them, each change once, from the call on; ends when the reader leaves or the server stops.

    Of several changes of one customer between two looks the last is told. A customer that leaves the scope is not told of:
    it is no longer the reader's to know.
    """
    with stream.transaction() as work:
        since = work.now - OVERLAP
        told = set(_changes(work, since))
    more = False
    while stream.wait(0 if more else POLL_SECONDS):
        with stream.transaction() as work:
            fresh = [change for change in _changes(work, since) if change not in told]
            rows = _rows(work, fresh[:CHANGES_PER_POLL_MAX])
            answers = list(as_listed(work, rows))
        yield from answers
        told.update((row.update_time, row.customer_id, row.version) for row in rows)
        waiting = fresh[CHANGES_PER_POLL_MAX:]
        more = bool(waiting)
        since = min([work.now - OVERLAP, *(when for when, _, _ in waiting[:1])])
        told = {change for change in told if change[0] >= since}


def _changes(work: UnitOfWork, since: datetime) -> list[Change]:
    statement = (
        select(Customer.update_time, Customer.customer_id, Customer.version)
        .where(Customer.update_time >= since)
        .order_by(Customer.update_time, Customer.customer_id)
    )
    return [(when, customer_id, version) for when, customer_id, version in work.session.execute(_within(statement, work))]


def _rows(work: UnitOfWork, changes: Sequence[Change]) -> Sequence[Row[Any]]:
    if not changes:
        return ()
    ids = [customer_id for _, customer_id, _ in changes]
    statement = select(*LISTED).where(Customer.customer_id.in_(ids)).order_by(Customer.update_time, Customer.customer_id)
    return work.session.execute(_within(statement, work)).all()


def _within(statement: Any, work: UnitOfWork) -> Any:
    return in_scope(statement, Customer, work.scope, work.caller)
