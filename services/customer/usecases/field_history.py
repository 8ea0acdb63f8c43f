"""What the fields of a record were before: listed with what identifies masked, revealed with a purpose, and put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Value
from workbench.customer.v1 import customer_pb2, timeline_service_pb2

from services.chassis.contract import snake_case
from services.chassis.db.field_history import FieldChange, changes_of
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.rpc.masking import mask_for
from services.customer.model.customer import Customer
from services.customer.usecases import customers, finding, pages, people

RESOURCE = Customer.__tablename__
_FIELDS = customer_pb2.Customer.DESCRIPTOR.fields_by_name
# The bank's own fields stand in two columns of the record and are one field to whoever reads it.
_OWN_FIELDS = ("custom_fields", "identifying_custom_fields")


def list_changes(work: UnitOfWork, request: timeline_service_pb2.ListFieldChangesRequest) -> Page:
    """A page of the changes of a record's fields as messages, the latest first."""
    customer_id = finding.shown_customer(work, request.customer_id).customer_id
    query, size = pages.query(request), page_size(request.page_size)
    statement = _visible(changes_of(RESOURCE, customer_id)).limit(size + 1)
    if request.fields:
        statement = statement.where(FieldChange.field.in_([snake_case(name) for name in request.fields]))
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(FieldChange.sequence < pages.number(token.keys[0]))
    rows = work.session.scalars(statement).all()
    page = Page.of(rows, size, query, lambda row: (str(row.sequence),))
    names = people.names(work, (change.person_id for change in page.rows))
    return Page([_as_message(change, names) for change in page.rows], page.next_page_token)


def reveal_change(work: UnitOfWork, customer_id: str, change_id: str, purpose: str) -> timeline_service_pb2.FieldChange:
    """One change with its values whole; who read it and why stays in the audit trail."""
    row = finding.shown_customer(work, customer_id)
    change = _change(work, row.customer_id, change_id)
    work.resource, work.purpose = f"customers/{row.customer_id}", purpose
    return _as_message(change, people.names(work, [change.person_id]), reveal=True)


def restore(work: UnitOfWork, request: timeline_service_pb2.RestoreFieldRequest) -> Customer:
    """Puts one of the two values of a change back, as a change like any other."""
    customer = finding.customer_to_change(work, request.customer_id, request.etag)
    change = _change(work, customer.customer_id, request.change_id)
    if change.is_erased:
        raise RuleBroken("CHANGE_ERASED", "The values of this change were erased by law.")
    value = change.value(after=request.side == timeline_service_pb2.FIELD_CHANGE_SIDE_AFTER)
    sent = _record(change.field, value)
    sent.customer_id = customer.customer_id
    # Whatever the act writes from here on is what it puts back.
    work.restored_from = change.change_id
    return customers.change_customer(work, sent, [change.field])


def _visible(statement: Any) -> Any:
    return statement.where(FieldChange.field.not_in(_OWN_FIELDS))


def _change(work: UnitOfWork, customer_id: str, change_id: str) -> FieldChange:
    statement = _visible(changes_of(RESOURCE, customer_id)).where(FieldChange.change_id == change_id.lower())
    change: FieldChange | None = work.session.scalars(statement).one_or_none()
    if change is None:
        raise NotFound("CHANGE_NOT_FOUND", "The record has no such change.")
    return change


def _record(field: str, value: Any) -> customer_pb2.Customer:
    """A record that holds this one field."""
    return customer_pb2.Customer(**{field: value})


def _as_message(change: FieldChange, names: Mapping[str, str], *, reveal: bool = False) -> timeline_service_pb2.FieldChange:
    return timeline_service_pb2.FieldChange(
        change_id=change.change_id,
        field=change.field,
        before=_shown(change.field, change.value(after=False), reveal=reveal),
        after=_shown(change.field, change.value(after=True), reveal=reveal),
        change_time=change.change_time,
        person_id=change.person_id,
        person_name=names.get(change.person_id, change.login),
        method=change.method,
        correlation_id=change.correlation_id,
        restored_from_change_id=change.restored_from,
        erased=change.is_erased,
    )


def _shown(field: str, value: Any, *, reveal: bool) -> Value:
    """The value as JSON writes the record's field, masked as the record is."""
    record = _record(field, value)
    mask = mask_for(record.DESCRIPTOR)
    if mask and not reveal:
        mask(record)
    return ParseDict(MessageToDict(record).get(_FIELDS[field].json_name), Value())
