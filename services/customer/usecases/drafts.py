"""Customers as callers send them: the contract's message to the plain details that the record is checked by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from workbench.customer.v1 import customer_pb2

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.mapping import values_of
from services.chassis.rpc.masking import masked
from services.chassis.rpc.partial import check
from services.customer.model.customer import DETAILS, Customer
from services.customer.rules.details import Details
from services.customer.usecases.answering import as_record
from services.customer.usecases.custom_values import CUSTOM_FIELDS
from services.customer.usecases.refusals import MASK_CHARACTER, masked_value

IMMUTABLE_FIELDS = ("customer_number", "kind")
# Of which parts single ones can be named in a mask: `preferences.language_code`, `custom_fields.branch_code`.
PARTED_FIELDS = ("preferences", CUSTOM_FIELDS)
_CHANGEABLE = frozenset(DETAILS)
_FIELDS = customer_pb2.Customer.DESCRIPTOR.fields_by_name
# In lists of these an entry's value may come masked.
_MASKED_ENTRIES = (("other_identifiers", "number"), ("contact_points", "value"))


def details_of_draft(draft: customer_pb2.Customer) -> Details:
    """The details of a record that is to be opened; raises InvalidInput VALUE_MASKED where one is masked."""
    for name in ("identifier", "phone"):
        if MASK_CHARACTER in getattr(draft, name):
            raise masked_value(name)
    for name, value in _MASKED_ENTRIES:
        for place, entry in enumerate(getattr(draft, name)):
            if MASK_CHARACTER in getattr(entry, value):
                raise masked_value(f"{name}[{place}].{value}")
    return _details(draft)


def check_mask(paths: Sequence[str]) -> None:
    """Raises InvalidInput FIELD_UNKNOWN for a path that names nothing which a mask can name."""
    if unknown := sorted({path for path in paths if not _is_known(path)}):
        violation = FieldViolation("update_mask", f"A customer has no {', '.join(unknown)} that a mask can name.")
        raise InvalidInput("FIELD_UNKNOWN", "The mask names a field that does not exist.", violations=(violation,))


def merged(customer: Customer, sent: customer_pb2.Customer, paths: Sequence[str]) -> Details:
    """What the record is to hold, without the bank's own fields; the contract's limits are checked on the whole of it."""
    _refuse_immutable(customer, sent, paths)
    kept = as_record(customer)
    record = customer_pb2.Customer()
    record.CopyFrom(kept)
    changeable = [path for path in paths if path.partition(".")[0] in _CHANGEABLE - {CUSTOM_FIELDS}]
    FieldMask(paths=changeable).MergeMessage(sent, record, replace_message_field=True, replace_repeated_field=True)
    for name in ("identifier", "phone"):
        setattr(record, name, _unmasked(name, getattr(record, name), getattr(kept, name)))
    for name, value in _MASKED_ENTRIES:
        unmask_entries(getattr(record, name), getattr(kept, name), name, value)
    if any(path.partition(".")[0] == CUSTOM_FIELDS for path in paths):
        record.custom_fields.update(sent.custom_fields)
    check(record)
    return _details(record)


def _is_known(path: str) -> bool:
    name, dot, part = path.partition(".")
    if not dot or name not in PARTED_FIELDS:
        return path in _FIELDS
    return name == CUSTOM_FIELDS or part in _FIELDS[name].message_type.fields_by_name


def _refuse_immutable(customer: Customer, sent: customer_pb2.Customer, paths: Sequence[str]) -> None:
    for name in IMMUTABLE_FIELDS:
        if name in paths and getattr(sent, name) != getattr(customer, name):
            violation = FieldViolation(name, "It never changes.")
            raise InvalidInput("FIELD_IMMUTABLE", f"{name} never changes.", violations=(violation,))


def _unmasked(name: str, value: str, kept: str) -> str:
    if MASK_CHARACTER not in value or value == kept:
        return value
    if value == masked(kept):
        # A reader sent back what he was shown: he does not mean to change it.
        return kept
    raise masked_value(name)


def unmask_entries(entries: Any, kept: Any, name: str, value: str) -> None:
    """Puts back what a reader was shown masked and sent back, entry by entry, whatever their order."""
    free = list(kept)
    for place, entry in enumerate(entries):
        if MASK_CHARACTER not in getattr(entry, value):
            continue
        alike = [other for other in free if masked(getattr(other, value)) == getattr(entry, value)]
        matching = [other for other in alike if other.kind == entry.kind]
        chosen = _chosen(entry, matching, value)
        if chosen is None:
            raise masked_value(f"{name}[{place}].{value}")
        free.remove(chosen)
        setattr(entry, value, getattr(chosen, value))


def _chosen(entry: Any, matching: Sequence[Any], value: str) -> Any:
    """Which of the kept entries, that all look like this one masked, it is; None where none is, or nobody can tell."""
    if len({getattr(other, value) for other in matching}) == 1:
        return matching[0]
    alike = [other for other in matching if _rest(other, value) == _rest(entry, value)]
    return alike[0] if len({getattr(other, value) for other in alike}) == 1 else None


def _rest(entry: Any, value: str) -> dict[str, Any]:
    return {name: part for name, part in values_of(entry).items() if name != value}


def _details(message: customer_pb2.Customer) -> Details:
    return Details(**{name: value for name, value in values_of(message).items() if name in _CHANGEABLE - {CUSTOM_FIELDS}})
