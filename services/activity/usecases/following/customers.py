"""Keeps the replica of customers by the customer service's events, and lets what is kept of one go where the customer goes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update
from workbench.customer.v1 import announcement_events_pb2, customer_pb2, duplicate_events_pb2, events_pb2, exchange_events_pb2

from services.activity.model.base import Working, working_models
from services.activity.model.customer import Customer, MergeMove, Reach
from services.activity.rules.erasing import ERASED_NAME
from services.activity.usecases.following import coverages, hand_overs
from services.activity.usecases.leads import going_along
from services.chassis.db.session import UnitOfWork

_KEY_SEPARATOR = "/"
# Rows of one statement; a merged customer rarely has more.
_ROWS_AT_ONCE = 500


def create(work: UnitOfWork, event: events_pb2.CustomerCreated | announcement_events_pb2.CustomerAnnounced) -> None:
    """A record was opened."""
    if work.session.get(Customer, event.customer_id) is None:
        work.session.add(
            Customer(
                customer_id=event.customer_id,
                customer_number=event.customer_number,
                display_name=event.display_name,
                kind=event.kind,
                tier=event.tier,
                lead_person_id=event.lead_person_id,
                organisation_path=event.organisation_path,
                create_time=event.create_time.ToDatetime(tzinfo=work.now.tzinfo),
            )
        )


def announce(work: UnitOfWork, event: announcement_events_pb2.CustomerAnnounced) -> None:
    """How a record stands: told to a service that did not follow from the beginning."""
    create(work, event)
    customer = work.session.get_one(Customer, event.customer_id)
    customer.display_name, customer.tier = event.display_name, event.tier
    customer.lead_person_id, customer.organisation_path = event.lead_person_id, event.organisation_path
    customer.merged_into_customer_id = event.merged_into_customer_id
    customer.gone = event.state == customer_pb2.CUSTOMER_STATE_ERASED
    coverages.support(work, event.customer_id, event.supports)


def change(work: UnitOfWork, event: events_pb2.CustomerUpdated) -> None:
    """Fields of a record changed."""
    if customer := work.session.get(Customer, event.customer_id):
        customer.display_name, customer.tier = event.display_name, event.tier


def reassign(work: UnitOfWork, event: events_pb2.CustomerReassigned) -> None:
    """A customer got another lead: what is open goes along, what was done stays with who did it."""
    if customer := work.session.get(Customer, event.customer_id):
        customer.lead_person_id, customer.organisation_path = event.lead_person_id, event.organisation_path
        # Who stood in for the former lead with this customer alone has no part in it any more.
        deputies = delete(Reach).where(
            Reach.customer_id == event.customer_id, Reach.lead_person_id == event.former_lead_person_id
        )
        work.session.execute(deputies.execution_options(synchronize_session=False))
        hand_overs.follow_customer(work, event)
        going_along.go_along(work, event)


def merge(work: UnitOfWork, event: duplicate_events_pb2.CustomersMerged) -> None:
    """One record was taken into another, with all that was kept of it; which rows those were is kept for an undo."""
    if survivor := work.session.get(Customer, event.survivor_customer_id):
        survivor.display_name = event.display_name
        survivor.lead_person_id, survivor.organisation_path = event.lead_person_id, event.organisation_path
    if merged := work.session.get(Customer, event.merged_customer_id):
        merged.merged_into_customer_id = event.survivor_customer_id
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
    if merged := work.session.get(Customer, event.merged_customer_id):
        merged.merged_into_customer_id = ""
        merged.lead_person_id, merged.organisation_path = event.lead_person_id, event.organisation_path
    for model in working_models():
        of_merge = select(MergeMove.row_key).filter_by(merge_id=event.merge_id, table_name=model.__tablename__)
        keys = [tuple(key.split(_KEY_SEPARATOR)) for key in work.session.scalars(of_merge)]
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            which = tuple_(*model.__mapper__.primary_key).in_(keys[start : start + _ROWS_AT_ONCE])
            _give(work, model, which & (model.customer_id == event.survivor_customer_id), event.merged_customer_id)
    work.session.execute(delete(MergeMove).where(MergeMove.merge_id == event.merge_id))


def remove(work: UnitOfWork, event: exchange_events_pb2.CustomerRemoved) -> None:
    """A record was taken back: what was kept of it meanwhile stays with who did it, and nothing new is kept."""
    if customer := work.session.get(Customer, event.customer_id):
        customer.gone = True


def erase(work: UnitOfWork, event: exchange_events_pb2.CustomerErased) -> None:
    """A customer's personal data was erased by law: so are the texts about it here; that something was done, and when, stays."""
    customer = work.session.get(Customer, event.customer_id)
    if customer is None:
        return
    merged = select(Customer).where(Customer.merged_into_customer_id == event.customer_id)
    for record in (customer, *work.session.scalars(merged)):
        record.display_name, record.gone = ERASED_NAME, True
    for model in working_models():
        if model.__erased__:
            statement = update(model).where(model.customer_id == event.customer_id).values(dict(model.__erased__))
            work.session.execute(statement.execution_options(synchronize_session=False))


def _give(work: UnitOfWork, model: type[Working], which: Any, customer_id: str) -> None:
    statement = update(model).where(which).values(customer_id=customer_id)
    work.session.execute(statement.execution_options(synchronize_session=False))
