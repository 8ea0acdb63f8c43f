"""Merging gives all that stands around one record to another, and can be undone: relations, people, groups, timeline, holdings.

What is done is answered as plain JSON: whoever merges keeps it, encrypted, since notes stand in what was taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, or_, select
from workbench.customer.v1 import relation_events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.db.types import BusinessDate, UtcDateTime
from services.customer.model.group import CustomerGroupMember
from services.customer.model.key_person import KeyPerson
from services.customer.model.relation import Relation
from services.customer.rules.relations import SINGLE, SYMMETRIC, RelationKind
from services.customer.usecases import timeline
from services.customer.usecases.datasets import linking

# What was done: lists of former values by the kind of row, and rows that were taken out.
Moved = dict[str, Any]

_MODELS = {model.__tablename__: model for model in (Relation, KeyPerson, CustomerGroupMember)}


def move(work: UnitOfWork, from_customer_id: str, to_customer_id: str) -> Moved:
    """Gives what stands around one record to another; a relation between the two, or one that is there already, is taken out.

    Whoever merges has found both in reach. The answer goes to `move_back`.
    """
    for customer_id in sorted((from_customer_id, to_customer_id)):
        work.hold(f"relations/{customer_id}")
    moving = _Moving(work, from_customer_id, to_customer_id)
    # Nothing is written before the row that it would clash with is settled.
    with work.session.no_autoflush:
        moving.relations()
        moving.key_persons()
        moving.members()
    work.session.flush()
    told = timeline.move(work, from_customer_id, to_customer_id)
    held = linking.move(work, from_customer_id, to_customer_id)
    return {
        "from_customer_id": from_customer_id,
        "to_customer_id": to_customer_id,
        "changed": moving.changed,
        "removed": moving.removed,
        "timeline": told,
        "holdings": held,
    }


def move_back(work: UnitOfWork, moved: Mapping[str, Any]) -> None:
    """Undoes a `move`, but for what somebody has taken out or ended since."""
    for customer_id in sorted((moved["from_customer_id"], moved["to_customer_id"])):
        work.hold(f"relations/{customer_id}")
    events = []
    with work.session.no_autoflush:
        for former in moved["changed"]:
            row = work.session.get(_MODELS[former["table"]], former["id"])
            if row is not None:
                _fill(row, former["values"])
                events += _told_of(row, former["values"])
        work.session.flush()
        for former in moved["removed"]:
            row = _restored(_MODELS[former["table"]], former["values"])
            if isinstance(row, Relation) and row.from_key_person_id and not work.session.get(KeyPerson, row.from_key_person_id):
                continue
            work.session.add(row)
            events += _told_of(row, None)
    work.session.flush()
    timeline.move_back(work, moved["from_customer_id"], moved["to_customer_id"], moved["timeline"])
    linking.move_back(work, moved["from_customer_id"], moved["to_customer_id"], moved.get("holdings", ()))
    work.record(*events)


class _Moving:
    """One move, and what it has done."""

    def __init__(self, work: UnitOfWork, from_customer_id: str, to_customer_id: str) -> None:
        self._work, self._from, self._to = work, from_customer_id, to_customer_id
        self.changed: list[dict[str, Any]] = []
        self.removed: list[dict[str, Any]] = []

    def relations(self) -> None:
        """Relations get the new end; the exact same ones, and those between the two, go."""
        kept = list(self._relations_of(self._to))
        for relation in self._relations_of(self._from):
            ends = self._new_ends(relation)
            if ends[0] == ends[2] or any(_same(ends, relation, other) for other in kept):
                self._remove(relation)
                self._work.record(relation_events_pb2.RelationDeleted(**_relation_ids(relation)))
                continue
            values: dict[str, Any] = dict(zip(_ENDS, ends, strict=True))
            if relation.kind in SINGLE and relation.to_customer_id == self._from and self._is_taken(relation, kept):
                # The record that stays keeps its own; this one ended with the record that it was of.
                values["end_date"] = max(relation.start_date, self._work.business_date)
            self._change(relation, "relation_id", values)
            kept.append(relation)
            self._work.record(*_told_of(relation, values))

    def key_persons(self) -> None:
        """People of the company, and links of people to the record."""
        for column in ("customer_id", "person_customer_id"):
            for person in self._work.session.scalars(select(KeyPerson).where(getattr(KeyPerson, column) == self._from)):
                self._change(person, "key_person_id", {column: self._to})

    def members(self) -> None:
        """Times in groups, but for those in which the other record is in the group as well."""
        mine = select(CustomerGroupMember).where(CustomerGroupMember.customer_id == self._from)
        others = self._work.session.scalars(select(CustomerGroupMember).where(CustomerGroupMember.customer_id == self._to)).all()
        for member in self._work.session.scalars(mine).all():
            if any(other.group_id == member.group_id and other.days.overlap(member.days) for other in others):
                self._remove(member)
            else:
                self._change(member, "member_id", {"customer_id": self._to})

    def _relations_of(self, customer_id: str) -> Sequence[Relation]:
        ends = or_(Relation.from_customer_id == customer_id, Relation.to_customer_id == customer_id)
        # The rows themselves are held as well: one that is being ended is waited for.
        statement = select(Relation).where(ends).order_by(Relation.relation_id).with_for_update()
        return self._work.session.scalars(statement).all()

    def _new_ends(self, relation: Relation) -> tuple[str | None, str | None, str]:
        from_id = self._to if relation.from_customer_id == self._from else relation.from_customer_id
        to_id = self._to if relation.to_customer_id == self._from else relation.to_customer_id
        if relation.kind in SYMMETRIC and from_id is not None:
            from_id, to_id = sorted((from_id, to_id))
        return from_id, relation.from_key_person_id, to_id

    def _is_taken(self, relation: Relation, kept: Sequence[Relation]) -> bool:
        return relation.end_date is None and any(
            other.kind == relation.kind and other.to_customer_id == self._to and other.end_date is None for other in kept
        )

    def _change(self, row: Any, key: str, values: Mapping[str, Any]) -> None:
        former = {name: _plain(getattr(row, name)) for name in values}
        self.changed.append({"table": row.__tablename__, "id": getattr(row, key), "values": former})
        for name, value in values.items():
            setattr(row, name, value)
        if hasattr(row, "update_time"):
            row.update_time = self._work.now

    def _remove(self, row: Any) -> None:
        columns = [attribute.key for attribute in inspect(type(row)).column_attrs if attribute.key != "version"]
        self.removed.append({"table": row.__tablename__, "values": {name: _plain(getattr(row, name)) for name in columns}})
        self._work.session.delete(row)


# How a value that JSON has as text becomes its column's again.
_READ = {BusinessDate: date.fromisoformat, UtcDateTime: datetime.fromisoformat}
_ENDS = ("from_customer_id", "from_key_person_id", "to_customer_id")


def _same(ends: tuple[str | None, str | None, str], relation: Relation, other: Relation) -> bool:
    return (
        tuple(getattr(other, name) for name in _ENDS) == ends
        and (other.kind, other.label) == (relation.kind, relation.label)
        and other.days.overlap(relation.days)
    )


def _told_of(row: Any, changed: Mapping[str, Any] | None) -> list[Any]:
    """The event that tells of a row which has changed, or has come back."""
    if not isinstance(row, Relation):
        return []
    if changed is None:
        end_date = row.end_date.isoformat() if row.end_date else ""
        dates = {"start_date": row.start_date.isoformat(), "end_date": end_date}
        return [relation_events_pb2.RelationCreated(**_relation_ids(row), **dates)]
    names = {"from_customer_id": "from_party", "from_key_person_id": "from_party", "to_customer_id": "to_party"}
    fields = sorted({names.get(name, name) for name in changed})
    return [relation_events_pb2.RelationUpdated(**_relation_ids(row), changed_fields=fields)]


def _relation_ids(relation: Relation) -> dict[str, Any]:
    return {
        "relation_id": relation.relation_id,
        "kind": RelationKind(relation.kind).value,
        **{name: getattr(relation, name) or "" for name in _ENDS},
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _fill(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, _typed(type(row), name, value))


def _restored(model: Any, values: Mapping[str, Any]) -> Any:
    return model(**{name: _typed(model, name, value) for name, value in values.items()})


def _typed(model: Any, name: str, value: Any) -> Any:
    read = _READ.get(type(getattr(model, name).type))
    return value if read is None or value is None else read(value)
