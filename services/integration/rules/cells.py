"""Text in a table that no spreadsheet takes for a formula (OWASP, CSV injection)."""

from __future__ import annotations

import re

# ASCII, full-width and small forms, the minus of mathematics, and what begins a hidden cell; blanks before them do not help.
_FORMULA = re.compile(r"\A[\s\u200b-\u200f\ufeff\"']*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]")


def neutralised(text: str) -> str:
    """The text with an apostrophe before it where it could begin a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
