"""What records hold of the bank's own fields: who sees which, and who changes which.

A field that the caller may not read is to him as one that there is not: no answer holds it, no refusal names it, and what he
writes leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotAllowed
from services.chassis.rpc.masking import masked
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.custom_fields import Definition, misfit
from services.customer.usecases.custom_fields import Definitions, definitions
from services.customer.usecases.refusals import MASK_CHARACTER, masked_value

CUSTOM_FIELDS = "custom_fields"
_PART = f"{CUSTOM_FIELDS}."

Values = Mapping[str, str]


class CustomValues:
    """The bank's own fields as the caller of one act reaches them."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._scope = cache(self._scope_of)

    def shown(self, row: Any, *, reveal: bool = False) -> dict[str, str]:
        """The values of a customer, or of a row, that the caller may read; those that identify masked, unless he reveals them."""
        held = _held(row)
        return {
            name: masked(value) if self._definitions[name].identifying and not reveal else value
            for name, value in self._readable_of(row, held)
        }

    def listed(self, row: Any) -> dict[str, str]:
        """The values of a row of a list, which comes without those that identify, that the caller may read."""
        return dict(self._readable_of(row, row.custom_fields or {}))

    def readable(self, row: Any) -> Iterator[Definition]:
        """The fields in use that the caller may read of a customer."""
        return (f for f in self._definitions.values() if not f.retired and self._may(f.read_permission, row))

    def writable(self, row: Any) -> Iterator[Definition]:
        """The fields in use that the caller may read and change of a customer."""
        return (field for field in self.readable(row) if self._may(field.write_permission, row))

    def opened(self, lead: RelationshipManager, kind: int, sent: Values) -> dict[str, Any]:
        """The values of a new record, as details hold them.

        Raises InvalidInput CUSTOM_FIELD_UNKNOWN, CUSTOM_FIELD_INVALID and VALUE_MASKED, and NotAllowed PERMISSION_DENIED.
        """
        return self._taken(lead, kind, {}, sent, [CUSTOM_FIELDS], new=True)

    def changed(self, row: Any, sent: Values, paths: Sequence[str]) -> dict[str, Any]:
        """The values that a record is to hold, as details hold them; refuses as `opened` does."""
        if not any(path == CUSTOM_FIELDS or path.startswith(_PART) for path in paths):
            return {CUSTOM_FIELDS: row.custom_fields or {}, "identifying_custom_fields": row.identifying_custom_fields or {}}
        return self._taken(row, row.kind, _held(row), sent, paths, new=False)

    def _readable_of(self, row: Any, held: Values) -> Iterator[tuple[str, str]]:
        # Nothing is asked of the database where the record holds nothing.
        return ((field.name, held[field.name]) for field in self.readable(row) if field.name in held) if held else iter(())

    @cached_property
    def _definitions(self) -> Definitions:
        return definitions(self._work)

    def _taken(self, row: Any, kind: int, held: Values, sent: Values, paths: Sequence[str], *, new: bool) -> dict[str, Any]:
        fields = {field.name: field for field in self.readable(row)}
        named = {path.removeprefix(_PART) for path in paths if path.startswith(_PART)}
        if CUSTOM_FIELDS in paths:
            named |= sent.keys() | fields.keys()
        if unknown := sorted(named - fields.keys()):
            violations = tuple(FieldViolation(_PART + name, "A field that the bank has defined.") for name in unknown)
            raise InvalidInput("CUSTOM_FIELD_UNKNOWN", "The bank has no such field.", violations=violations)
        wanted = dict(held)
        for name in sorted(named):
            field, before = fields[name], held.get(name, "")
            # A record that never had it is not held up by a field of today.
            required = kind in field.required_for and (new or before != "")
            wanted[name] = self._value(row, field, before, sent.get(name, ""), required=required)
        return self._parted({name: value for name, value in wanted.items() if value})

    def _value(self, row: Any, field: Definition, held: str, sent: str, *, required: bool) -> str:
        if field.identifying and MASK_CHARACTER in sent:
            if sent != masked(held):
                raise masked_value(_PART + field.name)
            return held
        if sent == held and held:
            return held
        value = field.tidy(sent)
        may_write = self._may(field.write_permission, row)
        if value != held and not may_write:
            violation = FieldViolation(_PART + field.name, "Leave it as it is.")
            permission = {"permission": field.write_permission}
            message = f"This needs the permission {field.write_permission}."
            raise NotAllowed("PERMISSION_DENIED", message, metadata=permission, violations=(violation,))
        # Who may not write it cannot be asked for it.
        if required and not value and may_write:
            raise misfit(field.name, "Customers of this kind have it.")
        return value

    def _parted(self, values: Values) -> dict[str, Any]:
        identifying = {name for name in values if name in self._definitions and self._definitions[name].identifying}
        return {
            CUSTOM_FIELDS: {name: value for name, value in values.items() if name not in identifying},
            "identifying_custom_fields": {name: value for name, value in values.items() if name in identifying},
        }

    def _may(self, permission: str, row: Any) -> bool:
        if not permission:
            return True
        scope = self._scope(permission)
        caller = self._work.caller
        return scope is not None and scope.covers(row.organisation_path, row.lead_person_id, caller.person_id)

    def _scope_of(self, permission: str) -> Scope | None:
        return self._work.caller.scope(permission) if self._work.caller.holds(permission) else None


def _held(row: Any) -> Values:
    return (row.custom_fields or {}) | (row.identifying_custom_fields or {})
