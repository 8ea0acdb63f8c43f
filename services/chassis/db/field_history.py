"""Field history: what each field of a record held before and after each change, by whom and when, so that it can be put back.

A mapped class names its fields in `__history__`, and every change of them that a session writes is an entry, whatever use
case, import or command made it: the same pass that finds an act's changes for the audit trail finds them. Opening a record
makes no entry. Values are encrypted, because names and numbers stand among them; a statement that changes many rows at once
passes the session's objects by, and is refused where it names such a field.

Entries are never deleted. Their values alone may be written again: with a newer data key, or emptied where the law has
personal data erased.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, insert, select, update
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from services.chassis.db.audit import Change
from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import EncryptedText, UtcDateTime

VALUE_PURPOSE = "chassis.field_change"
SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")


class FieldChange(ChassisBase):
    """One field, changed once. `before` and `after` are JSON, null for an empty field; an erased entry has neither."""

    __tablename__ = "field_changes"

    # Within one record the order of its changes, because whoever changes a record holds its row.
    sequence: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, init=False)
    change_id: Mapped[str] = mapped_column(Text, unique=True)
    # The table and the key of the row.
    resource: Mapped[str] = mapped_column(Text)
    resource_id: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column("value_before", EncryptedText(VALUE_PURPOSE))
    after: Mapped[str | None] = mapped_column("value_after", EncryptedText(VALUE_PURPOSE))
    change_time: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    correlation_id: Mapped[str] = mapped_column(Text)
    # The entry whose value this change put back; empty for any other change.
    restored_from: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_field_changes_resource_resource_id_sequence", "resource", "resource_id", "sequence"),)

    @property
    def is_erased(self) -> bool:
        """Whether its values were erased by law."""
        return self.before is None and self.after is None

    def value(self, *, after: bool) -> Any:
        """What the field held after the change, or before it; None where it was empty."""
        kept = self.after if after else self.before
        return None if kept is None else json.loads(kept)


def keep_changes(session: Session, changes: Iterable[Change], who: dict[str, Any], new_id: Any) -> None:
    """Writes an entry for each kept field of the changes; `who` gives an entry's columns from `change_time` on."""
    if rows := list(_rows(changes, who, new_id)):
        session.execute(insert(FieldChange), rows)


def changes_of(resource: str, resource_id: str) -> Any:
    """Selects the entries of one record, the latest first."""
    return (
        select(FieldChange)
        .where(FieldChange.resource == resource, FieldChange.resource_id == resource_id)
        .order_by(FieldChange.sequence.desc())
    )


def erase(session: Session, resource: str, resource_id: str) -> None:
    """Empties the values of a record's entries, where the law has its data erased; that there were changes stays.

    Whoever erases a record writes it first: the values that this takes out of it are entries as well.
    """
    session.flush()
    session.execute(
        update(FieldChange)
        .where(FieldChange.resource == resource, FieldChange.resource_id == resource_id)
        .values(before=None, after=None)
        .execution_options(synchronize_session=False)
    )


def refuse_unseen_changes(state: ORMExecuteState) -> None:
    """Raises TypeError for a statement that would change kept fields of many rows past the session's objects."""
    if not state.is_update or state.bind_mapper is None:
        return
    kept = getattr(state.bind_mapper.class_, "__history__", ())
    # What the statement sets stands in it, or (many rows by their keys) beside it.
    set_here = {getattr(column, "key", column) for column in (state.statement._values or ())}  # type: ignore[attr-defined] # noqa: SLF001
    beside = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    if unseen := set(kept) & set_here.union(*beside):
        raise TypeError(f"A statement would change {', '.join(sorted(unseen))} and leave no history; change the objects.")


def _rows(changes: Iterable[Change], who: dict[str, Any], new_id: Any) -> Iterator[dict[str, Any]]:
    for change in changes:
        resource, _, resource_id = change.resource.partition("/")
        for field, (before, after) in change.kept.items():
            values = {"before": _as_json(before), "after": _as_json(after)}
            yield {
                "change_id": new_id(), "resource": resource, "resource_id": resource_id, "field": field, **values, **who,
            }  # fmt: skip


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, sort_keys=True, separators=(",", ":"))
