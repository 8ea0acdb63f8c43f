"""Names in any script: what is kept is what is seen, so that two names that look alike are alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from services.chassis.words.texts import composed, refusal, shows_something, text_fault
from services.customer.rules.dates import tidy_date

# In code points, after tidying.
NAME_LENGTH_MAX = 200
_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def tidy_name(name: str, field: str = "display_name", reason: str = "DISPLAY_NAME_INVALID") -> str:
    """The name composed (NFC), without spaces around it and with single spaces inside; raises InvalidInput naming the field."""
    tidy = composed(name)
    fault = text_fault(tidy, NAME_LENGTH_MAX)
    if not fault and not shows_something(tidy):
        fault = "A name has at least one character that is seen."
    if fault:
        raise refusal(reason, "The name cannot be kept as it is written.", field, fault)
    return tidy


def tidy_other_name(other: Mapping[str, Any], field: str) -> dict[str, Any]:
    """A further name as it is kept; raises InvalidInput NAME_INVALID or DATE_INVALID."""
    tidy = {"kind": other["kind"], "name": tidy_name(other["name"], f"{field}.name", "NAME_INVALID")}
    if until_date := tidy_date(other.get("until_date", ""), f"{field}.until_date"):
        tidy["until_date"] = until_date
    return tidy


def tidy_prefix(prefix: str) -> str:
    """A beginning of a name as the kept names write it; a space at its end stays, since it ends a word."""
    normal = unicodedata.normalize("NFC", prefix)
    tidy = " ".join(normal.split())
    return f"{tidy} " if tidy and normal[-1:].isspace() else tidy


def after_prefix(prefix: str) -> str | None:
    """The first text in code point order behind all that begin with a prefix; None where nothing is behind them."""
    for place in range(len(prefix) - 1, -1, -1):
        following = ord(prefix[place]) + 1
        if following in _SURROGATES:
            following = _SURROGATES.stop
        if following <= _LAST_CODE_POINT:
            return prefix[:place] + chr(following)
    return None
