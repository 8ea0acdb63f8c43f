"""Fields that the bank defines for its customers 自定义字段: data, no code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import Json, OrderedText, UtcDateTime
from services.customer.model.base import Base
from services.customer.rules.custom_fields import Definition

_DEFINITION = tuple(field.name for field in fields(Definition))


class CustomField(Base):
    """One field. What is not said is empty; never deleted, since records may hold values of it."""

    __tablename__ = "custom_fields"

    name: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    display_name_zh: Mapped[str] = mapped_column(Text)
    display_name_en: Mapped[str] = mapped_column(Text)
    type: Mapped[int] = mapped_column(Integer)
    choices: Mapped[list[str]] = mapped_column(Json)
    pattern: Mapped[str] = mapped_column(Text)
    minimum: Mapped[str] = mapped_column(Text)
    maximum: Mapped[str] = mapped_column(Text)
    required_for: Mapped[list[int]] = mapped_column(Json)
    searchable: Mapped[bool] = mapped_column()
    identifying: Mapped[bool] = mapped_column()
    read_permission: Mapped[str] = mapped_column(Text)
    write_permission: Mapped[str] = mapped_column(Text)
    retired: Mapped[bool] = mapped_column(default=False)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def definition(self) -> Definition:
        """The field as far as its values are concerned."""
        values = {name: getattr(self, name) for name in _DEFINITION}
        return Definition(**values | {name: tuple(values[name]) for name in ("choices", "required_for")})

    def change(self, values: Mapping[str, Any], *, now: datetime) -> bool:
        """Takes over what differs; whether anything did. Raises InvalidInput CUSTOM_FIELD_DEFINITION_INVALID."""
        changed = {name: value for name, value in values.items() if value != getattr(self, name)}
        for name, value in changed.items():
            setattr(self, name, value)
        self.definition.check()
        if changed:
            self.update_time = now
        return bool(changed)


class CustomFieldChanges(Base):
    """Counts the changes of all definitions, each in its transaction: who has read them knows by it whether they still hold."""

    __tablename__ = "custom_field_changes"

    # There is one row.
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    changes: Mapped[int] = mapped_column(Integer)

    __table_args__ = (CheckConstraint("place = 1", name="place"),)
