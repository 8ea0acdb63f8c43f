"""Looks into JSON columns: the one place where the databases differ in how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import REAL, ColumnElement, Integer, Numeric, Text, case, cast, column, exists, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

# Given a value inside JSON as text, or a number where it is one.
Condition = Callable[[ColumnElement[Any]], ColumnElement[bool]]


class JsonParts:
    """The parts of JSON columns as SQL, for one database."""

    def __init__(self, dialect_name: str) -> None:
        self._postgresql = dialect_name == "postgresql"

    def text(self, value: Any, name: str) -> ColumnElement[Any]:
        """What an object has under a name, as text; NULL where it has nothing."""
        if self._postgresql:
            return func.jsonb_extract_path_text(value, name, type_=Text)
        return cast(func.json_extract(value, f'$."{name}"'), Text)

    def number(self, value: Any, name: str) -> ColumnElement[Any]:
        """The same of an enum's number, 0 where there is none."""
        text = self.text(value, name)
        return func.coalesce(cast(text, Integer), 0)

    def truth(self, value: Any, name: str) -> ColumnElement[bool]:
        """The same of a truth value, false where there is none."""
        text = func.coalesce(self.text(value, name), "false")
        return text.in_(("true", "1"))

    def any_text(self, array: Any, holds: Condition) -> ColumnElement[bool]:
        """Whether a text in an array fulfils the condition."""
        each = func.jsonb_array_elements_text(array) if self._postgresql else func.json_each(array)
        row = each.table_valued(column("value", Text), name="each_text")
        return exists(select(literal(1)).select_from(row).where(holds(row.c.value)))

    def any_object(self, array: Any, holds: Condition) -> ColumnElement[bool]:
        """Whether an object in an array fulfils the condition."""
        each = func.jsonb_array_elements(array) if self._postgresql else func.json_each(array)
        row = each.table_valued(column("value", JSONB if self._postgresql else Text), name="each_object")
        return exists(select(literal(1)).select_from(row).where(holds(row.c.value)))

    def decimal(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """A text as a number; NULL where it is none."""
        if self._postgresql:
            return case((text.regexp_match(r"^[+-]?[0-9]+(\.[0-9]+)?$"), cast(text, Numeric)))
        # GLOB knows sets of characters, LIKE does not.
        return case((text.bool_op("NOT GLOB")("*[^0-9.+-]*"), cast(text, REAL)))
