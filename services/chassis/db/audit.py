"""The audit trail: what was done, by whom, and what it changed, provable later.

A record is written in the transaction of its act. Every few seconds a sealer hashes the unsealed records into a Merkle tree
and appends its root to a chain of seals, so that writers never queue behind each other for the chain. Changing or removing
a sealed record, or a seal in the middle, breaks the recomputed chain; removing its end shows against a noted chain head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Index, Integer, Text, func, insert, inspect, select, text, update
from sqlalchemy.orm import InstanceState, Mapped, Mapper, Session, mapped_column

from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import EncryptedText, UtcDateTime

SEAL_EVERY_SECONDS = 5.0
# One seal covers at most so many records; a busier service makes several seals a round.
SEAL_RECORDS_MAX = 10_000
# An act that changed more rows is several records, so that no record, and with it no page and no proof, grows with the act.
CHANGES_PER_RECORD_MAX = 100
# What stands in the trail in place of a value that it must not hold.
REDACTED = "•••"

_ROWS_AT_ONCE = 1_000

_Sequence = BigInteger().with_variant(Integer(), "sqlite")
_REFUSED = text("outcome <> 'OK'")


class AuditRecord(ChassisBase):
    """One act, or a part of one that changed many rows. Written once; only its seal is filled in, once."""

    __tablename__ = "audit_records"

    sequence: Mapped[int] = mapped_column(_Sequence, primary_key=True, init=False)
    act_time: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(Text)
    remote_address: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    # The kind and the id of what was acted on; what else the act touched stands in its changes and is found by AuditResource.
    resource: Mapped[str] = mapped_column(Text)
    resource_id: Mapped[str] = mapped_column(Text, index=True)
    outcome: Mapped[str] = mapped_column(Text)
    changes_json: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    correlation_id: Mapped[str] = mapped_column(Text)
    seal: Mapped[int | None] = mapped_column(_Sequence, init=False, default=None, index=True)

    # The trail is read by time, as a whole, of a person, of a method; refusals are few, and are found among all that went well.
    __table_args__ = (
        Index("ix_audit_records_act_time_sequence", "act_time", "sequence"),
        Index("ix_audit_records_person_id_act_time_sequence", "person_id", "act_time", "sequence"),
        Index("ix_audit_records_method_act_time_sequence", "method", "act_time", "sequence"),
        Index(
            "ix_audit_records_refused_act_time_sequence", "act_time", "sequence", sqlite_where=_REFUSED, postgresql_where=_REFUSED
        ),
    )

    def digest(self) -> bytes:
        """The leaf of the Merkle tree: a hash over every field but the seal."""
        fields = [
            self.sequence, self.act_time.isoformat(), self.person_id, self.login, self.remote_address, self.method,
            self.resource, self.resource_id, self.outcome, self.changes_json, self.purpose, self.correlation_id,
        ]  # fmt: skip
        return hashlib.sha256(b"\0" + json.dumps(fields, ensure_ascii=False).encode()).digest()


class AuditResource(ChassisBase):
    """A row that a record tells of beside the record's own resource: by it each row of a batch is found by its id.

    It is an index and no evidence: the sealed `changes_json` names the same rows.
    """

    __tablename__ = "audit_resources"

    resource_id: Mapped[str] = mapped_column(Text, primary_key=True)
    sequence: Mapped[int] = mapped_column(_Sequence, primary_key=True, autoincrement=False)


class AuditSeal(ChassisBase):
    """One link of the chain: the root over its records, and the hash that joins it to the link before."""

    __tablename__ = "audit_seals"

    seal: Mapped[int] = mapped_column(_Sequence, primary_key=True, autoincrement=False)
    seal_time: Mapped[datetime] = mapped_column(UtcDateTime)
    records: Mapped[int] = mapped_column(Integer)
    merkle_root: Mapped[str] = mapped_column(Text)
    chain_hash: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class TrailReport:
    """What a proof of the trail found; `fault` is empty where the trail is as it was written."""

    sealed_records: int
    unsealed_records: int
    seals: int
    chain_head: str
    fault: str


@dataclass(frozen=True, slots=True)
class Change:
    """What an act did to one row: `create`, `update` or `delete`, with each field's value before and after."""

    resource: str
    act: str
    fields: dict[str, tuple[Any, Any]]
    # The values themselves of the fields whose history is kept (`db.field_history`); the trail never holds them.
    kept: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def captured_changes(session: Session) -> list[Change]:
    """What the session is about to write, row by row; the chassis' own tables are no business of the trail."""
    acts = (("create", session.new), ("update", session.dirty), ("delete", session.deleted))
    changes = [
        Change(_resource(state), act, *_fields(state, act))
        for act, rows in acts
        for row in rows
        if not isinstance(row, ChassisBase)
        for state in (inspect(row),)
    ]
    return [change for change in changes if change.fields or change.act == "delete"]


def inserted_changes(model: type[Any], rows: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    """What an insert of many rows did, which passes the session's objects by; values under their attributes' names."""
    mapper: Mapper[Any] = inspect(model)
    keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    secret = {attribute.key: _is_secret(attribute.columns[0]) for attribute in mapper.column_attrs}
    for row in rows:
        resource = f"{model.__tablename__}/{','.join(str(row[key]) for key in keys)}"
        shown = {name: (None, _shown(value, secret=secret[name])) for name, value in row.items() if value is not None}
        yield Change(resource, "create", shown)


def changes_as_json(changes: Iterable[Change]) -> str:
    """The changes as the trail keeps them: one object per row, later changes of a row after earlier ones."""
    rows = [{"resource": c.resource, "act": c.act, "fields": {k: list(v) for k, v in c.fields.items()}} for c in changes]
    return json.dumps(rows, ensure_ascii=False, default=str, separators=(",", ":"))


def write_act(session: Session, act: Mapping[str, Any], resource: str, changes: Sequence[Change]) -> None:
    """Writes what was done: `act` has a record's fields but for resource and changes. Most acts are one record and no more."""
    parts = [changes[start : start + CHANGES_PER_RECORD_MAX] for start in range(0, len(changes), CHANGES_PER_RECORD_MAX)] or [[]]
    records = []
    for part in parts:
        told = resource or (part[0].resource if part else "")
        resource = ""
        records.append(AuditRecord(**act, resource=told, resource_id=_id(told), changes_json=changes_as_json(part)))
    session.add_all(records)
    session.flush()
    further = [
        {"resource_id": resource_id, "sequence": record.sequence}
        for record, part in zip(records, parts, strict=True)
        for resource_id in dict.fromkeys(_id(change.resource) for change in part)
        if resource_id != record.resource_id
    ]
    if further:
        session.execute(insert(AuditResource), further)


def touches(resource_id: str) -> ColumnElement[bool]:
    """Whether a record tells of the row with this id; each half walks its own index."""
    first = select(AuditRecord.sequence).where(AuditRecord.resource_id == resource_id)
    further = select(AuditResource.sequence).where(AuditResource.resource_id == resource_id)
    return AuditRecord.sequence.in_(first.union_all(further))


def seal(session: Session, now: datetime) -> int:
    """Seals what is not sealed yet, oldest first; answers how many records. The caller makes sure that one seals at a time."""
    unsealed = select(AuditRecord).where(AuditRecord.seal.is_(None)).order_by(AuditRecord.sequence).limit(SEAL_RECORDS_MAX)
    in_bounded_memory = unsealed.execution_options(yield_per=_ROWS_AT_ONCE)
    digests = {record.sequence: record.digest() for record in session.scalars(in_bounded_memory)}
    if not digests:
        return 0
    last = session.scalars(select(AuditSeal).order_by(AuditSeal.seal.desc()).limit(1)).first()
    number = last.seal + 1 if last else 1
    root = merkle_root(list(digests.values()))
    chain_hash = _chain_hash(last.chain_hash if last else "", number, len(digests), root)
    session.add(AuditSeal(seal=number, seal_time=now, records=len(digests), merkle_root=root, chain_hash=chain_hash))
    session.execute(
        update(AuditRecord)
        .where(AuditRecord.seal.is_(None), AuditRecord.sequence.in_(digests))
        .values(seal=number)
        .execution_options(synchronize_session=False)
    )
    return len(digests)


def verify(session: Session) -> TrailReport:
    """Recomputes every seal from its records and the chain from its seals, in bounded memory."""
    head, sealed, number, fault = "", 0, 0, ""
    links = select(AuditSeal).order_by(AuditSeal.seal).execution_options(yield_per=_ROWS_AT_ONCE)
    with closing(_records_by_seal(session)) as records:
        for link in session.scalars(links):
            number += 1
            covered, digests = next(records, (link.seal, []))
            root = merkle_root(digests)
            head = _chain_hash(head, number, len(digests), root)
            sealed += len(digests)
            if not fault and (covered, link.seal, link.merkle_root, link.chain_hash) != (number, number, root, head):
                fault = f"Seal {number}: its records are not what was sealed."
        if not fault and next(records, None) is not None:
            fault = f"Records carry a seal after {number}, which the chain does not have."
    unsealed = session.scalar(select(func.count()).select_from(AuditRecord).where(AuditRecord.seal.is_(None))) or 0
    return TrailReport(sealed, unsealed, number, head, fault)


def merkle_root(leaves: Sequence[bytes]) -> str:
    """The root over the leaves, hexadecimal; an odd node moves up unpaired (RFC 6962 tells leaves from nodes so)."""
    level = list(leaves) or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()


def _chain_hash(previous: str, number: int, records: int, root: str) -> str:
    return hashlib.sha256(f"{previous}|{number}|{records}|{root}".encode()).hexdigest()


def _records_by_seal(session: Session) -> Generator[tuple[int | None, list[bytes]]]:
    statement = (
        select(AuditRecord)
        .where(AuditRecord.seal.is_not(None))
        .order_by(AuditRecord.seal, AuditRecord.sequence)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    # Closed also where the proof stops early: PostgreSQL keeps a cursor for it.
    with closing(session.scalars(statement)) as found:
        for number, records in groupby(found, key=lambda record: record.seal):
            yield number, [record.digest() for record in records]


def _id(resource: str) -> str:
    return resource.partition("/")[2]


def _resource(state: InstanceState[Any]) -> str:
    mapper = state.mapper
    key = ",".join(str(state.attrs[mapper.get_property_by_column(column).key].value) for column in mapper.primary_key)
    return f"{mapper.local_table.name}/{key}"  # type: ignore[attr-defined]  # a mapped class here stands on a Table


def _fields(state: InstanceState[Any], act: str) -> tuple[dict[str, tuple[Any, Any]], dict[str, tuple[Any, Any]]]:
    fields: dict[str, tuple[Any, Any]] = {}
    kept: dict[str, tuple[Any, Any]] = {}
    with_history = getattr(state.class_, "__history__", ()) if act == "update" else ()
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if not history.has_changes() or act == "delete":
            continue
        secret = _is_secret(attribute.columns[0])
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        if (before, after) != (None, None):
            fields[attribute.key] = (_shown(before, secret=secret), _shown(after, secret=secret))
        if attribute.key in with_history and before != after:
            kept[attribute.key] = (before, after)
    return fields, kept


def _is_secret(column: ColumnElement[Any]) -> bool:
    return isinstance(column.type, EncryptedText) or bool(column.info.get("secret", False))


def _shown(value: Any, *, secret: bool) -> Any:
    if value is None or not secret:
        return value.hex() if isinstance(value, bytes) else value
    return REDACTED
