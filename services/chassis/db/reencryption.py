"""Encrypts every value of a database anew with the current data key, a batch at a time, from where it was left.

Which columns hold encrypted values the mapped tables say: a new one is found as soon as it is there. Values are rewritten below
the use cases: what they mean does not change, so that no version is counted, no event leaves, and neither the audit trail nor a
field's history has an entry for a row. A row that somebody changes at the same moment is his: his value has the new key already.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.db.session import UnitOfWork
from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import EncryptedBytes, EncryptedText, UtcDateTime
from services.chassis.keys import data_keys

# Of text a batch is short work; of bytes (parts of files, half a megabyte each) it is bounded memory.
BATCH_ROWS_MAX = 500
BATCH_ROWS_OF_BYTES_MAX = 16

_Number = BigInteger().with_variant(Integer(), "sqlite")


class Reencryption(ChassisBase):
    """How far one table is with one key; what a batch rewrote commits with it."""

    __tablename__ = "reencryptions"

    key_id: Mapped[str] = mapped_column(Text, primary_key=True)
    table_name: Mapped[str] = mapped_column(Text, primary_key=True)
    # The primary key of the last row that was looked at, as JSON; empty before the first.
    last_row: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[int] = mapped_column(_Number, default=0)
    total: Mapped[int] = mapped_column(_Number, default=0)
    ended: Mapped[bool] = mapped_column(default=False)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)


def encrypted_tables(package: str) -> list[Table]:
    """The tables of a service's database that have encrypted columns: the service's own, and those of the chassis."""
    model = importlib.import_module(f"{package}.model")
    for module in pkgutil.iter_modules(model.__path__, f"{package}.model."):
        importlib.import_module(module.name)
    own = importlib.import_module(f"{package}.model.base").Base.metadata
    return [*with_encrypted_columns(ChassisBase.metadata), *with_encrypted_columns(own)]


def with_encrypted_columns(metadata: MetaData) -> list[Table]:
    """The tables among these that have encrypted columns, by name."""
    return [table for _, table in sorted(metadata.tables.items()) if _encrypted(table)]


def begin(work: UnitOfWork, tables: Sequence[Table]) -> None:
    """Notes what is to be done with the current key, unless that is noted; forgets what was noted of keys before."""
    key_id = data_keys().current
    work.session.execute(delete(Reencryption).where(Reencryption.key_id != key_id))
    known = set(work.session.scalars(select(Reencryption.table_name)))
    for table in tables:
        if table.name not in known:
            total = work.session.scalar(select(func.count()).select_from(table)) or 0
            work.session.add(Reencryption(key_id=key_id, table_name=table.name, total=total, update_time=work.now))


def step(work: UnitOfWork, table: Table) -> Reencryption:
    """Rewrites the next batch of the table; answers how far it is. Whoever else is at it waits here."""
    at = (data_keys().current, table.name)
    progress = work.session.get_one(Reencryption, at, with_for_update=True, populate_existing=True)
    if progress.ended:
        return progress
    size = BATCH_ROWS_OF_BYTES_MAX if any(_is_bytes(column) for column in _encrypted(table)) else BATCH_ROWS_MAX
    rows = work.session.execute(_batch(table, progress, size)).all()
    _rewrite(work.session, table, rows)
    if rows:
        progress.last_row = json.dumps(list(rows[-1][: len(table.primary_key)]))
    progress.done += len(rows)
    progress.total = max(progress.total, progress.done)
    progress.ended, progress.update_time = len(rows) < size, work.now
    return progress


def again(work: UnitOfWork, table: Table) -> None:
    """Has the table gone through once more, for values that a process wrote with the key before while the first round ran."""
    progress = work.session.get_one(Reencryption, (data_keys().current, table.name), with_for_update=True)
    progress.last_row, progress.done, progress.ended = "", 0, False


def values_by_key(session: Session, table: Table, key_ids: Sequence[str]) -> dict[str, int]:
    """How many values of the table each of the keys encrypts; under the empty name those of any other key."""
    counts = dict.fromkeys([*key_ids, ""], 0)
    for column in _encrypted(table):
        rest = func.count(column)
        of_key = [func.coalesce(func.sum(_has_key(column, kid).cast(Integer)), 0) for kid in key_ids]
        total, *each = session.execute(select(rest, *of_key).select_from(table)).one()
        for kid, count in zip(key_ids, each, strict=True):
            counts[kid] += count
        counts[""] += total - sum(each)
    return counts


def _encrypted(table: Table) -> list[Any]:
    return [column for column in table.columns if isinstance(column.type, (EncryptedText, EncryptedBytes))]


def _is_bytes(column: Any) -> bool:
    return isinstance(column.type, EncryptedBytes)


def _raw_type(column: Any) -> Any:
    return LargeBinary() if _is_bytes(column) else Text()


def _has_key(column: Any, kid: str) -> ColumnElement[bool]:
    beginning = f"{kid}."
    value = beginning.encode() if _is_bytes(column) else beginning
    return func.substr(type_coerce(column, _raw_type(column)), 1, len(beginning)) == literal(value, _raw_type(column))


def _batch(table: Table, progress: Reencryption, size: int) -> Any:
    key = list(table.primary_key)
    raw = [type_coerce(column, _raw_type(column)) for column in _encrypted(table)]
    statement = select(*key, *raw).order_by(*key).limit(size)
    # What has the new key already is passed over in the database: a second round costs a look, not a rewrite.
    old = [and_(column.is_not(None), ~_has_key(column, progress.key_id)) for column in _encrypted(table)]
    statement = statement.where(or_(*old))
    if progress.last_row:
        last = json.loads(progress.last_row)
        statement = statement.where(tuple_(*key) > tuple_(*last, types=[column.type for column in key]))
    return statement


def _rewrite(session: Session, table: Table, rows: Sequence[Any]) -> None:
    if not rows:
        return
    key, encrypted = list(table.primary_key), _encrypted(table)
    statement = table.update()
    for place, column in enumerate(key):
        statement = statement.where(column == bindparam(f"key_{place}", type_=column.type))
    for place, column in enumerate(encrypted):
        # Only what still is what was read: a value that changed meanwhile has been encrypted by whoever changed it.
        was = type_coerce(column, _raw_type(column)).is_not_distinct_from(bindparam(f"was_{place}", type_=_raw_type(column)))
        statement = statement.where(was)
    statement = statement.values(
        {column.name: bindparam(f"new_{place}", type_=_raw_type(column)) for place, column in enumerate(encrypted)}
    )
    cast("CursorResult[Any]", session.connection().execute(statement, list(_parameters(rows, len(key), encrypted))))


def _parameters(rows: Sequence[Any], keys: int, encrypted: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for row in rows:
        parameters = {f"key_{place}": value for place, value in enumerate(row[:keys])}
        for place, (column, value) in enumerate(zip(encrypted, row[keys:], strict=True)):
            parameters |= {f"was_{place}": value, f"new_{place}": _anew(column, value)}
        yield parameters


def _anew(column: Any, value: Any) -> Any:
    if value is None:
        return None
    ring, purpose = data_keys(), column.type.purpose
    if _is_bytes(column):
        return ring.encrypt_bytes(purpose, ring.decrypt_bytes(purpose, bytes(value)))
    return ring.encrypt(purpose, ring.decrypt(purpose, value))
