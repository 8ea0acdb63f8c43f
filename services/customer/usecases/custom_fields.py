"""Defines the bank's own fields, and reads what is defined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from google.protobuf.field_mask_pb2 import FieldMask
from sqlalchemy import func, select, update
from workbench.customer.v1 import custom_field_pb2

from services.chassis.db.session import Database, UnitOfWork
from services.chassis.kernel.errors import (
    AlreadyExists,
    FieldViolation,
    InvalidInput,
    LimitReached,
    NotFound,
    StaleVersion,
    located,
)
from services.chassis.mapping import Mapper
from services.chassis.rpc.partial import check, check_mask
from services.chassis.words.texts import tidy_text
from services.customer.model.custom_field import CustomField, CustomFieldChanges
from services.customer.rules.custom_fields import FIELDS_MAX, Definition

DEFINE = "customer.field.define"
DISPLAY_NAME_LENGTH_MAX = 60
IMMUTABLE_FIELDS = ("type", "identifying")
CHANGEABLE_FIELDS = (
    "display_name_zh", "display_name_en", "choices", "pattern", "minimum", "maximum", "required_for", "searchable",
    "read_permission", "write_permission",
)  # fmt: skip

as_message = Mapper(custom_field_pb2.CustomField)

Definitions = Mapping[str, Definition]
# What each database of this process had, and after how many changes: read again only where that number has grown.
_known: WeakKeyDictionary[Database, tuple[int, Definitions]] = WeakKeyDictionary()


def definitions(work: UnitOfWork) -> Definitions:
    """All definitions by name, the retired ones too. Not for an act that changes them: it would see what may never come to be."""
    changes = work.session.scalar(select(CustomFieldChanges.changes)) or 0
    known = _known.get(work.database)
    if known is None or known[0] != changes:
        fields = work.session.scalars(select(CustomField)).all()
        # Read after the number: what another act commits between the two is read again with the next call.
        known = (changes, MappingProxyType({field.name: field.definition for field in fields}))
        _known[work.database] = known
    return known[1]


def list_fields(work: UnitOfWork, *, include_retired: bool) -> Sequence[CustomField]:
    """The fields by name that concern the caller."""
    statement = select(CustomField).order_by(CustomField.name)
    if not include_retired:
        statement = statement.where(~CustomField.retired)
    fields = work.session.scalars(statement).all()
    caller = work.caller
    return [f for f in fields if caller.holds(DEFINE) or not f.read_permission or caller.holds(f.read_permission)]


def define(work: UnitOfWork, sent: custom_field_pb2.CustomField) -> CustomField:
    """Defines a field."""
    _count_change(work)
    if work.session.get(CustomField, sent.name):
        violation = FieldViolation("custom_field.name", "A name that no field has, nor had.")
        raise AlreadyExists("CUSTOM_FIELD_EXISTS", "There is a field with this name.", violations=(violation,))
    _require_room(work)
    immutable = {name: getattr(sent, name) for name in IMMUTABLE_FIELDS}
    with located("custom_field"):
        field = CustomField(name=sent.name, **immutable, **_values(sent), create_time=work.now, update_time=work.now)
        field.definition.check()
    work.session.add(field)
    work.session.flush()
    return field


def change(work: UnitOfWork, sent: custom_field_pb2.CustomField, paths: Sequence[str]) -> CustomField:
    """Takes the named parts over and checks the definition whole."""
    check_mask(paths, custom_field_pb2.CustomField.DESCRIPTOR, "A definition")
    _count_change(work)
    field = _field(work, sent.name)
    if sent.etag and sent.etag != field.etag:
        raise StaleVersion("CUSTOM_FIELD_CHANGED", "The definition changed since you read it; read it again and repeat.")
    for name in IMMUTABLE_FIELDS:
        if name in paths and getattr(sent, name) != getattr(field, name):
            violation = FieldViolation(f"custom_field.{name}", "It never changes.")
            raise InvalidInput("FIELD_IMMUTABLE", f"{name} never changes.", violations=(violation,))
    merged = as_message(field)
    taken = [path for path in paths if path in CHANGEABLE_FIELDS]
    FieldMask(paths=taken).MergeMessage(sent, merged, replace_repeated_field=True)
    with located("custom_field"):
        check(merged)
        field.change(_values(merged), now=work.now)
    work.session.flush()
    return field


def retire(work: UnitOfWork, name: str, *, reinstate: bool) -> CustomField:
    """Takes a field out of use, or brings it back."""
    _count_change(work)
    field = _field(work, name)
    if field.retired and reinstate:
        _require_room(work)
    field.change({"retired": not reinstate}, now=work.now)
    work.session.flush()
    return field


def _count_change(work: UnitOfWork) -> None:
    # First of all: of two acts the second waits here for the first, and so sees what it did.
    work.session.execute(
        update(CustomFieldChanges).values(changes=CustomFieldChanges.changes + 1).execution_options(synchronize_session=False)
    )


def _field(work: UnitOfWork, name: str) -> CustomField:
    field = work.session.get(CustomField, name)
    if field is None:
        raise NotFound("CUSTOM_FIELD_NOT_FOUND", "There is no such field.")
    return field


def _require_room(work: UnitOfWork) -> None:
    in_use = work.session.scalar(select(func.count()).select_from(CustomField).where(~CustomField.retired))
    if (in_use or 0) >= FIELDS_MAX:
        raise LimitReached("CUSTOM_FIELDS_FULL", f"The bank has {FIELDS_MAX} fields of its own; retire one that nobody needs.")


def _values(sent: custom_field_pb2.CustomField) -> dict[str, Any]:
    values = {name: getattr(sent, name) for name in CHANGEABLE_FIELDS}
    names = {n: tidy_text(values[n], n, DISPLAY_NAME_LENGTH_MAX) for n in ("display_name_zh", "display_name_en")}
    return values | names | {name: list(values[name]) for name in ("choices", "required_for")}
