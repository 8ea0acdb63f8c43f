"""Which customers a filter holds, as SQL: the tree of `rules.filters` over the columns that keep the contract's fields.

The schema follows from the contract's descriptor. Every condition is true or false, never NULL, so that NOT means the same
everywhere: a field that is not set equals the empty text and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from operator import ge, gt, le, lt
from typing import Any
from zoneinfo import ZoneInfo

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from sqlalchemy import ColumnElement, and_, exists, false, func, literal, not_, or_, select, tuple_
from workbench.customer.v1 import customer_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.db.types import OrderedText
from services.customer.model.key import CustomerKey
from services.customer.rules.custom_fields import FieldType
from services.customer.rules.filters import IS_SET, All, Asker, Comparison, Field, Kind, Node, Not, Schema, parsed
from services.customer.rules.names import after_prefix
from services.customer.rules.tokens import division_token
from services.customer.usecases import exact_keys, token_index
from services.customer.usecases.custom_fields import definitions
from services.customer.usecases.finding import COLUMNS
from services.customer.usecases.json_parts import JsonParts

# Whose values are no columns that can be compared: what is encrypted is asked by its keys, if at all.
_KEYS = ("identifier", "phone", "other_identifiers.number", "contact_points.value")
# Addresses are encrypted; the index has the codes of their divisions, which tell no house.
DIVISION = "addresses.division_code"
DIVISION_CODE_LENGTH = 6
_NOT_ASKED = ("etag", "custom_fields", "other_identifiers", "contact_points", "addresses")
_IDS = ("customer_id", "lead_person_id", "merged_into_customer_id")
_ORDERED_ENUMS = ("tier", "size")
CUSTOM_FIELDS = "custom_fields"
_CUSTOM_KINDS = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DATE,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.CHOICE: Kind.TEXT,
    FieldType.CHOICES: Kind.TEXT,
}
_ORDERS: dict[str, Callable[[Any, Any], Any]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def condition(work: UnitOfWork, text: str) -> ColumnElement[bool] | None:
    """What a filter asks of a row of `customers`, as the caller asks it now; None for an empty one.

    Raises InvalidInput FILTER_INVALID.
    """
    zone = ZoneInfo(work.database.bank_time_zone)
    asker = Asker(work.caller.person_id, work.now, work.business_date, zone)
    # Most lists have no filter, and need not know what the bank has defined.
    node = parsed(text, {**schema(), **_custom_fields(work)}, asker) if text.strip() else None
    return None if node is None else _Conditions(work).of(node)


@cache
def schema() -> Schema:
    """The fields that can be asked, by their paths."""
    keys = [Field(path, Kind.KEY) for path in _KEYS]
    return {field.path: field for field in (*_plain_fields(), *keys, Field(DIVISION, Kind.TEXT, repeated=True))}


def _custom_fields(work: UnitOfWork) -> Schema:
    """The bank's own fields that the caller may read wherever he may read customers; to him there are no others."""
    return {
        path: Field(path, _CUSTOM_KINDS[field.type], repeated=field.type == FieldType.CHOICES)
        for field in definitions(work).values()
        if not field.identifying and not field.retired and _may_ask(work, field.read_permission)
        for path in (f"{CUSTOM_FIELDS}.{field.name}",)
    }


def _may_ask(work: UnitOfWork, permission: str) -> bool:
    if not permission:
        return True
    if not work.caller.holds(permission):
        return False
    # Where it holds for a part of the customers only, asking would tell of the others.
    scope = work.caller.scope(permission)
    within = all(scope.covers(path, "", "nobody") for path in work.scope.organisation_paths)
    return within and (scope.own or not work.scope.own)


def _plain_fields() -> Iterator[Field]:
    for field in customer_pb2.Customer.DESCRIPTOR.fields:
        if field.name in (*_KEYS, *_NOT_ASKED):
            continue
        inner = field.message_type.fields if field.message_type and _kind(field) is None else ()
        if not inner:
            yield _field(field.name, field, repeated=field.is_repeated)
        for part in inner:
            yield _field(f"{field.name}.{part.name}", part, repeated=field.is_repeated)


def _field(path: str, field: FieldDescriptor, *, repeated: bool) -> Field:
    names = _enum_names(field.enum_type) if field.enum_type else {}
    kind = Kind.ID if path in _IDS else _kind(field) or Kind.TEXT
    return Field(path, kind, repeated, names, ordered=path in _ORDERED_ENUMS)


def _kind(field: FieldDescriptor) -> Kind | None:
    """What the values of a field are; None for a message whose own fields are asked."""
    if field.message_type:
        return Kind.TIME if field.message_type.full_name == "google.protobuf.Timestamp" else None
    if field.enum_type:
        return Kind.ENUM
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return Kind.BOOLEAN
    if field.cpp_type != FieldDescriptor.CPPTYPE_STRING:
        return Kind.NUMBER
    return Kind.DATE if field.name.endswith("_date") else Kind.TEXT


def _enum_names(enum: EnumDescriptor) -> dict[str, int]:
    """`PREMIER` and `CUSTOMER_TIER_PREMIER` alike."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    short = {value.name.removeprefix(prefix): value.number for value in enum.values}
    return short | {value.name: value.number for value in enum.values}


class _Conditions:
    """Makes conditions for the database of one transaction."""

    def __init__(self, work: UnitOfWork) -> None:
        self._dialect_name = work.session.get_bind().dialect.name
        self._postgresql = self._dialect_name == "postgresql"
        self._json = JsonParts(self._dialect_name)

    def of(self, node: Node) -> ColumnElement[bool]:
        """The condition of a tree."""
        if isinstance(node, Comparison):
            return self._comparison(node)
        if isinstance(node, Not):
            return not_(self.of(node.inner))
        inner = [self.of(each) for each in node.inner]
        return and_(*inner) if isinstance(node, All) else or_(*inner)

    def _comparison(self, asked: Comparison) -> ColumnElement[bool]:
        name, _, part = asked.field.path.partition(".")
        if asked.field.kind == Kind.KEY:
            return self._keyed(asked)
        if asked.field.path == DIVISION:
            return self._in_division(asked)
        if name == CUSTOM_FIELDS:
            return self._custom(asked, self._json.text(COLUMNS[name], part))
        column = COLUMNS[name]
        if not part:
            return self._json.any_text(column, self._test(asked)) if asked.field.repeated else self._test(asked)(column)
        if asked.field.repeated:
            return self._json.any_object(column, lambda row: self._test(asked)(self._part(row, part, asked.field.kind)))
        return self._test(asked)(self._part(column, part, asked.field.kind))

    def _custom(self, asked: Comparison, text: ColumnElement[Any]) -> ColumnElement[bool]:
        if asked.field.repeated and asked.operator != IS_SET:
            # Several choices stand with commas between them.
            wanted = f",{asked.value}" + ("" if asked.prefix else ",")
            return self._known(text, self._place(literal(",") + text + literal(","), wanted) > 0)
        if asked.field.kind == Kind.NUMBER:
            text = self._json.decimal(text)
        if asked.field.kind == Kind.BOOLEAN:
            text = func.coalesce(text, "false") == "true"
        return self._test(asked)(text)

    def _part(self, value: Any, part: str, kind: Kind) -> ColumnElement[Any]:
        if kind == Kind.BOOLEAN:
            return self._json.truth(value, part)
        if kind in (Kind.ENUM, Kind.NUMBER):
            return self._json.number(value, part)
        return self._json.text(value, part)

    def _test(self, asked: Comparison) -> Callable[[Any], ColumnElement[bool]]:
        """What a comparison asks of one value."""
        if asked.operator == "!=":
            return lambda value: not_(self._equal(asked, value))
        if asked.operator == IS_SET:
            return lambda value: self._is_set(asked.field.kind, value)
        if asked.operator in _ORDERS:
            return lambda value: self._ordered(asked, value)
        if asked.operator == ":" and asked.field.kind == Kind.TEXT and not asked.field.repeated:
            return lambda value: self._stands_in(asked, value)
        return lambda value: self._equal(asked, value)

    def _equal(self, asked: Comparison, value: Any) -> ColumnElement[bool]:
        if asked.prefix:
            return self._begins(str(asked.value), value)
        wanted = self._bound(asked, value)
        if asked.value == "":
            return or_(value.is_(None), value == wanted)
        return self._known(value, value == wanted)

    def _begins(self, prefix: str, value: Any) -> ColumnElement[bool]:
        by_code_point, behind = self._by_code_point(value), after_prefix(prefix)
        within = by_code_point >= prefix
        return self._known(value, and_(within, by_code_point < behind) if behind else within)

    def _ordered(self, asked: Comparison, value: Any) -> ColumnElement[bool]:
        compared = _ORDERS[asked.operator](self._by_code_point(value), self._bound(asked, value))
        if asked.field.kind in (Kind.TEXT, Kind.DATE):
            return and_(self._is_set(asked.field.kind, value), compared)
        return self._known(value, compared)

    def _stands_in(self, asked: Comparison, value: Any) -> ColumnElement[bool]:
        return self._known(value, self._place(value, str(asked.value)) > 0)

    def _place(self, value: Any, text: str) -> ColumnElement[int]:
        return (func.strpos if self._postgresql else func.instr)(value, text)

    def _is_set(self, kind: Kind, value: Any) -> ColumnElement[bool]:
        if kind == Kind.ENUM:
            return self._known(value, value != 0)
        if kind == Kind.BOOLEAN:
            return value
        return and_(value.is_not(None), value != "") if _is_text(value) else value.is_not(None)

    def _bound(self, asked: Comparison, value: Any) -> Any:
        """The value as the column, or the part of JSON, keeps it: there a date is text."""
        if isinstance(asked.value, date) and asked.field.kind == Kind.DATE and _is_text(value):
            return asked.value.isoformat()
        return float(asked.value) if isinstance(asked.value, Decimal) and not self._postgresql else asked.value

    def _by_code_point(self, value: Any) -> Any:
        # SQLite compares so by itself, PostgreSQL by the database's language.
        is_ordered = isinstance(value.type, OrderedText) or not _is_text(value)
        return value if is_ordered or not self._postgresql else value.collate("C")

    def _in_division(self, asked: Comparison) -> ColumnElement[bool]:
        beginning = str(asked.value)
        whole = asked.prefix or asked.operator == IS_SET or len(beginning) == DIVISION_CODE_LENGTH
        return token_index.has_token(self._dialect_name, division_token(beginning)) if whole else false()

    @staticmethod
    def _known(value: Any, compared: ColumnElement[bool]) -> ColumnElement[bool]:
        # A column that is never NULL is compared bare, so that an index of it serves.
        return compared if getattr(value, "nullable", True) is False else and_(value.is_not(None), compared)

    @staticmethod
    def _keyed(asked: Comparison) -> ColumnElement[bool]:
        keys = exact_keys.of_field(asked.field.path)
        if asked.operator == IS_SET:
            return COLUMNS.customer_id.in_(select(CustomerKey.customer_id).where(CustomerKey.name.in_(keys)))
        held = exact_keys.holders((name, index(str(asked.value))) for name, index in keys.items())
        return COLUMNS.customer_id.in_(held.with_only_columns(CustomerKey.customer_id))

    def _in_division(self, asked: Comparison) -> ColumnElement[bool]:
        beginning = str(asked.value)
        whole = asked.prefix or asked.operator == IS_SET or len(beginning) == DIVISION_CODE_LENGTH
        return token_index.has_token(self._dialect_name, division_token(beginning)) if whole else false()

    @staticmethod
    def _known(value: Any, compared: ColumnElement[bool]) -> ColumnElement[bool]:
        # A column that is never NULL is compared bare, so that an index of it serves.
        return compared if getattr(value, "nullable", True) is False else and_(value.is_not(None), compared)

    @staticmethod
    def _keyed(asked: Comparison) -> ColumnElement[bool]:
        keys = exact_keys.of_field(asked.field.path)
        any_key = exists(select(literal(1)).where(CustomerKey.customer_id == COLUMNS.customer_id))
        if asked.operator == IS_SET:
            return any_key.where(or_(*(CustomerKey.name == name for name in keys)))
        wanted = [(name, index(str(asked.value))) for name, index in keys.items()]
        return any_key.where(tuple_(CustomerKey.name, CustomerKey.value_index).in_(wanted)) if wanted else false()


def _is_text(value: Any) -> bool:
    return isinstance(value, ColumnElement) and value.type.python_type is str
