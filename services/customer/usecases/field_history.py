"""What the fields of a record were before: listed with what identifies masked, revealed with a purpose, and put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Value
from workbench.customer.v1 import customer_pb2, timeline_service_pb2

from services.chassis.contract import snake_case
from services.chassis.db import listing
from services.chassis.db.field_history import FieldChange, changes_of
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.rpc.masking import mask_for
from services.customer.model.customer import Customer
from services.customer.usecases import customers, finding, people
from services.customer.usecases.custom_values import CUSTOM_FIELDS, CustomValues

RESOURCE = Customer.__tablename__
_FIELDS = customer_pb2.Customer.DESCRIPTOR.fields_by_name
# The bank's own fields stand in two columns of the record and are one field to whoever reads it.
_OWN_COLUMNS = (CUSTOM_FIELDS, "identifying_custom_fields")


def list_changes(work: UnitOfWork, request: timeline_service_pb2.ListFieldChangesRequest) -> Page:
    """A page of the changes of a record's fields as messages, the latest first.

    A change of nothing but fields that the caller may not read is left out, so that a page can have fewer than were asked for.
    """
    row = finding.shown_customer(work, request.customer_id)
    query, size = listing.query(request), page_size(request.page_size)
    statement = changes_of(RESOURCE, row.customer_id).limit(size + 1)
    if request.fields:
        statement = statement.where(FieldChange.field.in_(_columns(request.fields)))
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(FieldChange.sequence < listing.number(token.keys[0]))
    page = Page.of(work.session.scalars(statement).all(), size, query, lambda change: (str(change.sequence),))
    own = CustomValues(work)
    seen = [change for change in (Seen.of(change, row, own) for change in page.rows) if change is not None]
    names = people.names(work, (each.change.person_id for each in seen))
    return Page([each.as_message(names) for each in seen], page.next_page_token)


def reveal_change(work: UnitOfWork, customer_id: str, change_id: str, purpose: str) -> timeline_service_pb2.FieldChange:
    """One change with its values whole; who read it and why stays in the audit trail."""
    row = finding.shown_customer(work, customer_id)
    seen = _seen(work, row, change_id)
    work.resource, work.purpose = f"customers/{row.customer_id}", purpose
    return seen.as_message(people.names(work, [seen.change.person_id]), reveal=True)


def restore(work: UnitOfWork, request: timeline_service_pb2.RestoreFieldRequest) -> Customer:
    """Puts one of the two values of a change back, as a change like any other."""
    customer = finding.customer_to_change(work, request.customer_id, request.etag)
    seen = _seen(work, customer, request.change_id)
    if seen.change.is_erased:
        raise RuleBroken("CHANGE_ERASED", "The values of this change were erased by law.")
    value = seen.after if request.side == timeline_service_pb2.FIELD_CHANGE_SIDE_AFTER else seen.before
    sent = customer_pb2.Customer(**{seen.field: value}, customer_id=customer.customer_id)
    # Whatever the act writes from here on is what it puts back.
    work.restored_from = seen.change.change_id
    return customers.change_customer(work, sent, seen.paths)


@dataclass(frozen=True, slots=True)
class Seen:
    """A change as far as the caller may see it."""

    change: FieldChange
    # As the record names it.
    field: str
    before: Any
    after: Any
    # For a masked answer, where the record's own mask does not do it.
    masked: tuple[Any, Any] | None = None

    @classmethod
    def of(cls, change: FieldChange, row: Any, own: CustomValues) -> Seen | None:
        """None where all that changed are fields which the caller may not read."""
        before, after = change.value(after=False), change.value(after=True)
        if change.field not in _OWN_COLUMNS:
            return cls(change, change.field, before, after)
        sides = [_as_held(change.field, value, row) for value in (before, after)]
        before, after = (own.shown(side, reveal=True) for side in sides)
        hidden = before == after and not change.is_erased
        return None if hidden else cls(change, CUSTOM_FIELDS, before, after, tuple(own.shown(side) for side in sides))

    @property
    def paths(self) -> list[str]:
        """What a mask names to put a value of it back: of the bank's own fields those alone that changed."""
        if self.field != CUSTOM_FIELDS:
            return [self.field]
        names = sorted(self.before.keys() | self.after.keys())
        return [f"{CUSTOM_FIELDS}.{name}" for name in names if self.before.get(name) != self.after.get(name)]

    def as_message(self, names: Mapping[str, str], *, reveal: bool = False) -> timeline_service_pb2.FieldChange:
        """The change as it is answered."""
        before, after = (self.before, self.after) if reveal or self.masked is None else self.masked
        change = self.change
        return timeline_service_pb2.FieldChange(
            change_id=change.change_id,
            field=self.field,
            before=_shown(self.field, before, reveal=reveal),
            after=_shown(self.field, after, reveal=reveal),
            change_time=change.change_time,
            person_id=change.person_id,
            person_name=names.get(change.person_id, change.login),
            method=change.method,
            correlation_id=change.correlation_id,
            restored_from_change_id=change.restored_from,
            erased=change.is_erased,
        )


def _columns(names: Iterable[str]) -> list[str]:
    columns = [snake_case(name) for name in names]
    return [*columns, *_OWN_COLUMNS] if CUSTOM_FIELDS in columns else columns


def _seen(work: UnitOfWork, row: Any, change_id: str) -> Seen:
    statement = changes_of(RESOURCE, row.customer_id).where(FieldChange.change_id == change_id.lower())
    change: FieldChange | None = work.session.scalars(statement).one_or_none()
    seen = Seen.of(change, row, CustomValues(work)) if change else None
    if seen is None:
        raise NotFound("CHANGE_NOT_FOUND", "The record has no such change.")
    return seen


def _as_held(column: str, value: Any, row: Any) -> Any:
    """A row that held this of the bank's own fields, where the record is now: by that is decided who may read it."""
    held = dict.fromkeys(_OWN_COLUMNS) | {column: value}
    return SimpleNamespace(**held, lead_person_id=row.lead_person_id, organisation_path=row.organisation_path)


def _shown(field: str, value: Any, *, reveal: bool) -> Value:
    """The value as JSON writes the record's field, masked as the record is."""
    record = customer_pb2.Customer(**{field: value})
    mask = mask_for(record.DESCRIPTOR)
    if mask and not reveal:
        mask(record)
    return ParseDict(MessageToDict(record).get(_FIELDS[field].json_name), Value())
