"""Column types that mean the same on SQLite and PostgreSQL, and what of them is never shown."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Dialect, LargeBinary, String, Table, Text, TypeDecorator, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine

from services.chassis.keys import data_keys


# STRICT tables of SQLite know five type names; what they hold is decided by SQLAlchemy's own processors.
@compiles(String, "sqlite")
@compiles(Text, "sqlite")
def _sqlite_text(_type: Any, _compiler: Any, **_options: Any) -> str:
    return "TEXT"


@compiles(BigInteger, "sqlite")
@compiles(Boolean, "sqlite")
def _sqlite_integer(_type: Any, _compiler: Any, **_options: Any) -> str:
    return "INTEGER"


@event.listens_for(Table, "after_parent_attach")
def _sqlite_strict(table: Table, _metadata: Any) -> None:
    # A number in a text column is refused, as PostgreSQL refuses it.
    table.dialect_options["sqlite"]["strict"] = True


class OrderedText(TypeDecorator[str]):
    """Text that both databases order alike: by code point."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, aware and in UTC, to the microsecond. SQLite keeps it as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("An instant needs its time zone.")
        value = value.astimezone(UTC)
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if dialect.name == "sqlite" else value.astimezone(UTC)


class BusinessDate(TypeDecorator[date]):
    """A plain date in the bank's zone: never an instant. SQLite keeps it as `YYYY-MM-DD`."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        # A datetime is a date to Python; cut off here, it would be the day of some zone.
        if isinstance(value, datetime):
            raise TypeError("A business date has no time of day.")
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if value is not None and dialect.name == "sqlite" else value


class Json(TypeDecorator[Any]):
    """A value of lists, mappings, texts, whole numbers and truth values, inside one row; None is no value.

    PostgreSQL keeps it as JSONB, SQLite as text that its JSON functions read. What comes out equals what went in; change it by
    a new value, since nothing notices a change inside one.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSONB(none_as_null=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(value) if value is not None and dialect.name == "sqlite" else value


class EncryptedText(TypeDecorator[str]):
    """Text that is readable in memory only: AES-GCM at rest, bound to its purpose, its key's id in the value.

    The audit trail notes that such a column changed, never what it held.
    """

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else data_keys().encrypt(self.purpose, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - same
        return None if value is None else data_keys().decrypt(self.purpose, value)


class EncryptedJson(EncryptedText):
    """A JSON value that is readable in memory only. Set another value to change it: what is changed within is not seen."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        text = None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return super().process_bind_param(text, dialect)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        text = super().process_result_value(value, dialect)
        return None if text is None else json.loads(text)


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes that are readable in memory only, as `EncryptedText` is."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else data_keys().encrypt_bytes(self.purpose, value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - same
        return None if value is None else data_keys().decrypt_bytes(self.purpose, bytes(value))


MessageBytes = LargeBinary
