"""The filter language of lists and segments, after AIP-160: text to a tree whose fields, operators and values fit each other.

    kind = CORPORATE AND tier >= PREMIER AND (tags:"上市" OR listing:*) AND NOT state = CLOSED
    update_time > days_ago(30) lead_person_id = me() custom_fields.score < 12.5

As AIP-160 has it, OR binds tighter than AND, and two comparisons side by side are joined by AND. What each operator means stands
at `Comparison`. What may be asked is a `Schema`, which the caller makes of the contract: this module knows no customer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from services.chassis.kernel.errors import FieldViolation, InvalidInput

LENGTH_MAX = 4_000
COMPARISONS_MAX = 100
DEPTH_MAX = 16
# Of a number: so many any database compares exactly.
DIGITS_MAX = 15
# Of `days_ago`: a century.
DAYS_MAX = 36_525
ANY = "*"
# The operator of a comparison that asks only whether anything is there.
IS_SET = ":*"


class Kind(Enum):
    """What a field's values are."""

    TEXT = "a text"
    # Looked up by equality alone: an identifier, a telephone number, an address of the net.
    KEY = "a whole number or address"
    ID = "an id, or me()"
    ENUM = "one of its names"
    DATE = "a date such as 2026-01-31, today() or days_ago(30)"
    TIME = "a time such as 2026-01-31T08:00:00Z, a date, now() or days_ago(30)"
    NUMBER = "a number such as 12.5"
    BOOLEAN = "true or false"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may be asked: its path in the contract's names. `repeated`: it has any number of values."""

    path: str
    kind: Kind
    repeated: bool = False
    # For an enum its numbers by their names, without the enum's own; compared by order only where `ordered`.
    names: Mapping[str, int] = field(default_factory=dict)
    ordered: bool = False


Schema = Mapping[str, Field]
Value = str | int | bool | date | datetime | Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question about one field.

    | operator | of a field with one value | of one with many |
    |---|---|---|
    | `=` `!=` | equal, or not; of a text that ends in `*`, begins so | |
    | `<` `<=` `>` `>=` | in their order, a text by code points; never of a field that is not set | |
    | `:` | of a text: it stands in the field. Otherwise equal | one of the values is equal, or begins so |
    | `:*` | the field is set | there is a value |

    The last is an operator of its own, IS_SET. `prefix` says that the value is a beginning.
    """

    field: Field
    operator: str
    value: Value
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """What does not hold."""

    inner: Node


@dataclass(frozen=True, slots=True)
class All:
    """What holds together."""

    inner: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Of which one at least holds."""

    inner: tuple[Node, ...]


Node = Comparison | Not | All | Some


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when: what the functions of the language stand for. Days begin at midnight of the bank's zone."""

    person_id: str
    now: datetime
    today: date
    zone: tzinfo


def parsed(text: str, schema: Schema, asker: Asker) -> Node | None:
    """The tree of a filter; None for an empty one.

    Raises InvalidInput FILTER_INVALID, which names the column of the fault, counted from 1, in its violation and metadata.
    """
    if not text.strip():
        return None
    if len(text) > LENGTH_MAX:
        raise _refusal(LENGTH_MAX + 1, f"A filter has at most {LENGTH_MAX:,} characters.")
    _check_depth(text)
    try:
        node: Node = _Builder(schema, asker).transform(_grammar().parse(text))
    except UnexpectedInput as fault:
        raise _refusal(_place(fault, text) + 1, "Here a filter has something else; it reads as tier = PREMIER.") from None
    except VisitError as fault:
        raise fault.orig_exc from None
    if sum(1 for _ in comparisons(node)) > COMPARISONS_MAX:
        raise _refusal(len(text), f"A filter has at most {COMPARISONS_MAX} comparisons.")
    return node


def comparisons(node: Node) -> Iterator[Comparison]:
    """All comparisons of a tree, in the order in which they stand."""
    if isinstance(node, Comparison):
        yield node
    elif isinstance(node, Not):
        yield from comparisons(node.inner)
    else:
        for inner in node.inner:
            yield from comparisons(inner)


_GRAMMAR = r"""
    ?start: conjunction
    conjunction: sequence (_AND sequence)*
    sequence: disjunction+
    disjunction: term (_OR term)*
    ?term: negation | simple
    negation: (_NOT | _MINUS) simple
    ?simple: comparison | "(" conjunction ")"
    comparison: FIELD OPERATOR (TEXT | CALL ARGUMENT? ")" | WORD)

    _AND.3: /AND(?=[\s(])/
    _OR.3: /OR(?=[\s(])/
    _NOT.3: /NOT(?=[\s(])/
    _MINUS: "-"
    FIELD: /[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*/
    OPERATOR: /<=|>=|!=|=|<|>|:/
    TEXT.2: /"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/s
    CALL.2: /[A-Za-z_]+\(/
    ARGUMENT: /[0-9]+/
    WORD: /[^\s()"'<>=!:][^\s()"']*/
    %ignore /\s+/
"""
_NESTING = re.compile(r"""\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()]""", re.DOTALL)
_ORDERING = ("<", "<=", ">", ">=")
_NUMBER = re.compile(r"[+-]?([0-9]+)(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@cache
def _grammar() -> Lark:
    return Lark(_GRAMMAR, parser="lalr")


def _check_depth(text: str) -> None:
    """Refuses what is nested too deeply before anything walks it."""
    depth = 0
    for found in _NESTING.finditer(text):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth > DEPTH_MAX:
            raise _refusal(found.start() + 1, f"Parentheses are nested at most {DEPTH_MAX} deep.")


def _refusal(column: int, fault: str) -> InvalidInput:
    violation = FieldViolation("filter", f"Column {column}: {fault}")
    return InvalidInput("FILTER_INVALID", "The filter cannot be read.", metadata={"column": str(column)}, violations=(violation,))


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Makes typed nodes, and refuses what does not fit where it stands."""

    def __init__(self, schema: Schema, asker: Asker) -> None:
        super().__init__()
        self._schema, self._asker = schema, asker
        # Each answers None for a text that is no value of its kind.
        self._readers: Mapping[Kind, Callable[[Field, str], Value | None]] = {
            Kind.TEXT: lambda _, text: text,
            Kind.KEY: lambda _, text: text or None,
            Kind.ID: lambda _, text: text.lower(),
            Kind.ENUM: lambda asked, text: asked.names.get(text.upper()),
            Kind.DATE: lambda _, text: _date(text),
            Kind.TIME: lambda _, text: self._time(text),
            Kind.NUMBER: lambda _, text: _number(text),
            Kind.BOOLEAN: lambda _, text: {"true": True, "false": False}.get(text.lower()),
        }

    def conjunction(self, *nodes: Node) -> Node:
        return _joined(All, nodes)

    def sequence(self, *nodes: Node) -> Node:
        return _joined(All, nodes)

    def disjunction(self, *nodes: Node) -> Node:
        return _joined(Some, nodes)

    def negation(self, node: Node) -> Node:
        return Not(node)

    def comparison(self, name: Token, operator: Token, value: Token, argument: Token | None = None, *_closing: Token) -> Node:
        asked = self._field(name)
        if value.type == "WORD" and value == ANY:
            if operator != ":":
                raise _refusal(_column(operator), "That a field is set is asked with a colon: listing:*.")
            return Comparison(asked, IS_SET, "")
        _check_operator(asked, operator)
        if value.type == "CALL":
            return Comparison(asked, str(operator), self._called(asked, value, argument))
        text = unicodedata.normalize("NFC", _unquoted(value) if value.type == "TEXT" else str(value))
        if "\0" in text:
            raise _refusal(_column(value), "A value holds no NUL.")
        return self._compared(asked, str(operator), value, text)

    def _field(self, name: Token) -> Field:
        # Clients that read JSON write displayName. Names of the bank's own fields have no capitals.
        path = ".".join(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", part).lower() for part in name.split("."))
        if path not in self._schema:
            raise _refusal(_column(name), "There is no such field, or none that can be asked.")
        return self._schema[path]

    def _compared(self, asked: Field, operator: str, value: Token, text: str) -> Comparison:
        begins = operator in ("=", "!=") or (operator == ":" and asked.repeated)
        # An asterisk of the text itself is written with a backslash.
        begins = begins and text.endswith(ANY) and not (value.type == "TEXT" and value[:-1].endswith("\\*"))
        if asked.kind == Kind.TEXT and begins and len(text) > 1:
            return Comparison(asked, operator, text[:-1], prefix=True)
        return Comparison(asked, operator, self._value(asked, value, text))

    def _value(self, asked: Field, value: Token, text: str) -> Value:
        if (found := self._readers[asked.kind](asked, text)) is not None:
            return found
        wanted = f"one of {', '.join(asked.names)}" if asked.names else asked.kind.value
        raise _refusal(_column(value), f"{asked.path} is compared with {wanted}.")

    def _time(self, text: str) -> datetime | None:
        if _DATE.fullmatch(text):
            day = _date(text)
            return datetime(day.year, day.month, day.day, tzinfo=self._asker.zone) if day else None
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return None
        return instant if instant.tzinfo else None

    def _called(self, asked: Field, call: Token, argument: Token | None) -> Value:
        name = call[:-1]
        days = int(argument) if argument and argument.type == "ARGUMENT" and len(argument) <= DIGITS_MAX else None
        if name == "days_ago" and days is not None and days <= DAYS_MAX and asked.kind in (Kind.DATE, Kind.TIME):
            since = timedelta(days=days)
            day: Value = self._asker.today - since
            return day if asked.kind == Kind.DATE else self._asker.now - since
        plain: dict[tuple[str, Kind], Value] = {
            ("me", Kind.ID): self._asker.person_id,
            ("today", Kind.DATE): self._asker.today,
            ("now", Kind.TIME): self._asker.now,
        }
        if days is None and (value := plain.get((name, asked.kind))) is not None:
            return value
        raise _refusal(_column(call), f"{asked.path} is compared with {asked.kind.value}.")


def _place(fault: UnexpectedInput, text: str) -> int:
    token = getattr(fault, "token", None)
    if fault.pos_in_stream is None or (token is not None and token.type == "$END"):
        return len(text)
    return fault.pos_in_stream


def _joined(kind: type[All | Some], nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else kind(nodes)


def _check_operator(asked: Field, operator: Token) -> None:
    if asked.repeated and operator != ":":
        raise _refusal(_column(operator), f"{asked.path} has several values; that one is among them is asked with a colon.")
    if asked.kind == Kind.KEY and operator not in ("=", ":"):
        raise _refusal(_column(operator), f"{asked.path} is kept so that it can only be compared as a whole, with =.")
    unordered = asked.kind in (Kind.ID, Kind.BOOLEAN) or (asked.kind == Kind.ENUM and not asked.ordered)
    if unordered and operator in _ORDERING:
        raise _refusal(_column(operator), f"{asked.path} has no order; compare it with = or !=.")


def _unquoted(value: Token) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text) or sum(map(str.isdigit, text)) > DIGITS_MAX:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1
