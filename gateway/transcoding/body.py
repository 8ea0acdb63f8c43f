"""A request's body to a parsed JSON value, within limits, and without the leniencies of the parser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# A message on the wire may nest 100 levels, of which a level of a free JSON object takes three.
JSON_DEPTH_MAX = 32

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"


def parse_json(body: bytes, depth_max: int = JSON_DEPTH_MAX) -> Any:
    """The value of a JSON text in UTF-8 whose objects name no key twice; raises InvalidInput."""
    # A text can nest no deeper than it has opening brackets, so that most need no closer look.
    if body.count(b"[") + body.count(b"{") > depth_max and _depth(body) > depth_max:
        raise InvalidInput("BODY_TOO_DEEP", f"The body nests deeper than {depth_max} levels.")
    try:
        return json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise InvalidInput("BODY_NOT_JSON", "The body is not valid UTF-8.") from None
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise InvalidInput("BODY_NOT_JSON", f"The body is not valid JSON{where}.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuses what RFC 8259 leaves open: of two values under one name, one would be lost without a word."""
    value = dict(pairs)
    if len(value) != len(pairs):
        name = _repeated(name for name, _ in pairs)
        shown = name if name.isascii() and name.isprintable() else "[…]"
        violation = FieldViolation(shown[:64], "stands twice in one object")
        raise InvalidInput("FIELD_REPEATED", "An object of the body names a field twice.", violations=(violation,))
    return value


def _repeated(names: Iterable[str]) -> str:
    seen: set[str] = set()
    return next(name for name in names if name in seen or seen.add(name))  # type: ignore[func-returns-value]


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are words in JSON, not numbers")


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for byte in _STRING.sub(b"", body):
        if byte in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif byte in _CLOSING:
            depth -= 1
    return deepest
