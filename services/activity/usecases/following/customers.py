"""Lets what is kept of a customer go where the customer goes: to another lead, into another record, out of memory."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update
from workbench.customer.v1 import duplicate_events_pb2, events_pb2, exchange_events_pb2

from services.activity.model.base import Working, working_models
from services.activity.model.customer import Customer, MergeMove
from services.activity.usecases.following import hand_overs
from services.activity.usecases.leads import going_along
from services.chassis.db.session import UnitOfWork

_KEY_SEPARATOR = "/"
# Rows of one statement; a merged customer rarely has more.
_ROWS_AT_ONCE = 500


def reassign(work: UnitOfWork, event: events_pb2.CustomerReassigned) -> None:
    """A customer got another lead: what is open goes along, what was done stays with who did it."""
    if work.session.get(Customer, event.customer_id):
        hand_overs.follow_customer(work, event)
        going_along.go_along(work, event)


def merge(work: UnitOfWork, event: duplicate_events_pb2.CustomersMerged) -> None:
    """One record was taken into another, with all that was kept of it; which rows those were is kept for an undo."""
    for model in working_models():
        of_merged = select(*model.__mapper__.primary_key).where(model.customer_id == event.merged_customer_id)
        moved = [
            {"merge_id": event.merge_id, "table_name": model.__tablename__, "row_key": _KEY_SEPARATOR.join(map(str, row))}
            for row in work.session.execute(of_merged)
        ]
        if moved:
            work.session.execute(insert(MergeMove), moved)
            _give(work, model, model.customer_id == event.merged_customer_id, event.survivor_customer_id)


def unmerge(work: UnitOfWork, event: duplicate_events_pb2.CustomersUnmerged) -> None:
    """Two records were parted again: what the merge moved goes back; what came to the survivor since stays with it."""
    for model in working_models():
        of_merge = select(MergeMove.row_key).filter_by(merge_id=event.merge_id, table_name=model.__tablename__)
        keys = [tuple(key.split(_KEY_SEPARATOR)) for key in work.session.scalars(of_merge)]
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            which = tuple_(*model.__mapper__.primary_key).in_(keys[start : start + _ROWS_AT_ONCE])
            _give(work, model, which & (model.customer_id == event.survivor_customer_id), event.merged_customer_id)
    work.session.execute(delete(MergeMove).where(MergeMove.merge_id == event.merge_id))


def erase(work: UnitOfWork, event: exchange_events_pb2.CustomerErased) -> None:
    """A customer's personal data was erased by law: so are the texts about it here; that something was done, and when, stays."""
    if work.session.get(Customer, event.customer_id) is None:
        return
    for model in working_models():
        if model.__erased__:
            statement = update(model).where(model.customer_id == event.customer_id).values(dict(model.__erased__))
            work.session.execute(statement.execution_options(synchronize_session=False))


def _give(work: UnitOfWork, model: type[Working], which: Any, customer_id: str) -> None:
    statement = update(model).where(which).values(customer_id=customer_id)
    work.session.execute(statement.execution_options(synchronize_session=False))
