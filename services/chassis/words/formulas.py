"""Text in a table that no spreadsheet takes for a formula, and back again without loss.

What begins a cell with `=`, `+`, `-` or `@`, in their full-width forms too, with a tab or a line break, is run or hidden by a
spreadsheet that opens the file (OWASP, CSV injection). Cells begin also after what another locale takes for a separator, and
blanks or quotes before the sign do not help. An apostrophe before the sign does; where some stand there already it is one more,
so that exactly one comes off again.
"""

from __future__ import annotations

import re

# Invisible characters that a spreadsheet drops before it looks.
_BLANKS = r" \u00a0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\"\u201c\u201d"
# ASCII, full-width and small forms, and the minus of mathematics.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
_SEPARATORS = r",;|\t\r\n\v\f\uff0c\uff1b"
_START = rf"(\A|[{_SEPARATORS}])([{_BLANKS}]*)"
_SIGN = re.compile(rf"{_START}('*)(?=[{_SIGNS}])")
_GUARDED = re.compile(rf"{_START}'('*)(?=[{_SIGNS}])")
# A control character that begins the text hides what follows.
_LEADING = re.compile(r"\A('*)(?=[\t\r\n\v\f])")
_GUARDED_LEADING = re.compile(r"\A'('*)(?=[\t\r\n\v\f])")


def neutralised(text: str) -> str:
    """The text with an apostrophe before each sign that could begin a formula."""
    guarded = _SIGN.sub(r"\1\2'\3", text)
    return _LEADING.sub(r"'\1", guarded)


def restored(text: str) -> str:
    """What `neutralised` was given; an apostrophe that a person set for the same purpose goes as well."""
    text = _GUARDED_LEADING.sub(r"\1", text)
    return _GUARDED.sub(r"\1\2\3", text)
