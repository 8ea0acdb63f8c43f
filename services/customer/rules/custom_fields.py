"""The bank's own fields: what a definition may say, and which values fit it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import cached_property

from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import InvalidInput
from services.chassis.words.texts import composed, refusal, text_fault
from services.customer.rules.patterns import Pattern

# In characters, of a value.
VALUE_LENGTH_MAX = 2_000
# The fields in use at most: a record holds no more.
FIELDS_MAX = 100

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,10})?")
_LENGTH = re.compile(r"[0-9]{1,4}")


class FieldType(IntEnum):
    """What the values of a field are, numbered as the contract numbers it."""

    TEXT = 1
    NUMBER = 2
    DATE = 3
    BOOLEAN = 4
    CHOICE = 5
    CHOICES = 6


_OF_CHOICES = frozenset({FieldType.CHOICE, FieldType.CHOICES})
_WITH_BOUNDS = frozenset({FieldType.TEXT, FieldType.NUMBER, FieldType.DATE})


# Slots would leave no room for what is worked out once.
@dataclass(frozen=True)
class Definition:
    """One field, as far as its values are concerned. What is empty does not bind."""

    name: str
    type: int
    choices: tuple[str, ...] = ()
    pattern: str = ""
    minimum: str = ""
    maximum: str = ""
    required_for: tuple[int, ...] = ()
    searchable: bool = False
    identifying: bool = False
    read_permission: str = ""
    write_permission: str = ""
    retired: bool = False

    def check(self) -> None:
        """Raises InvalidInput CUSTOM_FIELD_DEFINITION_INVALID where its parts do not fit each other."""
        for field, fault in _definition_faults(self):
            if fault:
                raise refusal("CUSTOM_FIELD_DEFINITION_INVALID", "The definition does not hold.", field, fault)

    def tidy(self, value: str) -> str:
        """A value in its one written form; empty where none is given.

        Raises InvalidInput CUSTOM_FIELD_INVALID, naming the field in the record and never the value.
        """
        if not (text := composed(value)):
            return ""
        tidy, fault = _READ[self.type](self, text)
        if fault := text_fault(text, VALUE_LENGTH_MAX) or fault:
            raise misfit(self.name, fault)
        return tidy

    @cached_property
    def shape(self) -> Pattern | None:
        """The pattern, understood."""
        return Pattern.of(self.pattern) if self.pattern else None


def misfit(name: str, fault: str) -> InvalidInput:
    """The refusal of a value."""
    return refusal("CUSTOM_FIELD_INVALID", "A value does not fit its field.", f"custom_fields.{name}", fault)


def _definition_faults(field: Definition) -> list[tuple[str, str]]:
    chooses = field.type in _OF_CHOICES
    return [
        ("choices", "A field of choices has some." if chooses and not field.choices else ""),
        ("choices", "Only a field of choices has some." if field.choices and not chooses else ""),
        ("choices", "Choices are written as they are seen." if any(composed(c) != c for c in field.choices) else ""),
        ("choices", next(filter(None, (text_fault(c, VALUE_LENGTH_MAX) for c in field.choices)), "")),
        ("pattern", "Only a text has a pattern." if field.pattern and field.type != FieldType.TEXT else ""),
        ("pattern", _pattern_fault(field.pattern)),
        *((name, _bound_fault(field, getattr(field, name))) for name in ("minimum", "maximum")),
        ("maximum", "" if _in_order(field) else "No less than the minimum."),
        ("searchable", "What identifies is not searched." if field.searchable and field.identifying else ""),
    ]


def _pattern_fault(pattern: str) -> str:
    try:
        Pattern.of(pattern)
    except ValueError as error:
        return str(error)
    return ""


def _bound_fault(field: Definition, bound: str) -> str:
    if not bound:
        return ""
    if field.type not in _WITH_BOUNDS:
        return "Only texts, numbers and dates have bounds."
    return "" if _bound(field.type, bound) is not None else "A number, a date, or of a text how many characters."


def _bound(kind: int, bound: str) -> Decimal | None:
    """A bound as a number that orders its kind; None where it is none."""
    if kind == FieldType.DATE:
        return _date_number(bound)
    form = _LENGTH if kind == FieldType.TEXT else _NUMBER
    return Decimal(bound) if form.fullmatch(bound) else None


def _date_number(text: str) -> Decimal | None:
    try:
        return Decimal(parse_date(text, "").toordinal())
    except InvalidInput:
        return None


def _in_order(field: Definition) -> bool:
    least, most = _bound(field.type, field.minimum), _bound(field.type, field.maximum)
    return least is None or most is None or least <= most


def _outside(field: Definition, measure: Decimal) -> str:
    least, most = _bound(field.type, field.minimum), _bound(field.type, field.maximum)
    if least is not None and measure < least:
        return f"At least {field.minimum}{_unit(field)}."
    if most is not None and measure > most:
        return f"At most {field.maximum}{_unit(field)}."
    return ""


def _unit(field: Definition) -> str:
    return " characters" if field.type == FieldType.TEXT else ""


# Each answers the value in its written form, and what is wrong with it.
def _text(field: Definition, text: str) -> tuple[str, str]:
    looks_right = field.shape is None or (len(text) <= VALUE_LENGTH_MAX and field.shape.matches(text))
    return text, _outside(field, Decimal(len(text))) or ("" if looks_right else f"A text of the form {field.pattern}")


def _number(field: Definition, text: str) -> tuple[str, str]:
    if not _NUMBER.fullmatch(text):
        return "", "A number such as -12.5, with up to 20 digits before the point and 10 behind it."
    number = Decimal(text)
    plain = f"{number:f}"
    tidy = plain.rstrip("0").rstrip(".") if "." in plain else plain
    tidy = tidy.removeprefix("-") if number == 0 else tidy
    return tidy, _outside(field, number)


def _date(field: Definition, text: str) -> tuple[str, str]:
    number = _date_number(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    return (text, _outside(field, number)) if number is not None else ("", "A date that exists, YYYY-MM-DD.")


def _boolean(_field: Definition, text: str) -> tuple[str, str]:
    return text, "" if text in ("true", "false") else "true or false."


def _choice(field: Definition, text: str) -> tuple[str, str]:
    return text, "" if text in field.choices else f"One of {', '.join(field.choices)}."


def _several_choices(field: Definition, text: str) -> tuple[str, str]:
    chosen = {part.strip() for part in text.split(",")}
    fault = "" if chosen <= set(field.choices) else f"Any of {', '.join(field.choices)}, with commas between them."
    return ",".join(choice for choice in field.choices if choice in chosen), fault


_READ: Mapping[int, Callable[[Definition, str], tuple[str, str]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _several_choices,
}
