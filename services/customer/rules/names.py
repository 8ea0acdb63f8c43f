"""Names in any script: what is kept is what is seen, so that two names that look alike are alike."""

from __future__ import annotations

import unicodedata

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# In code points, after tidying.
NAME_LENGTH_MAX = 200
# Persian, Indic scripts and emoji need these two to be written right; every other format character only hides or reorders.
_JOINERS = "\u200c\u200d"
# Letters by category that show nothing (Hangul fillers, combining grapheme joiner, Khmer inherent vowels, Mongolian separators).
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def tidy_name(name: str) -> str:
    """The name composed (NFC), without spaces around it and with single spaces inside.

    Raises InvalidInput DISPLAY_NAME_INVALID, naming the field `display_name`.
    """
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    if fault := _fault(tidy):
        violation = FieldViolation("display_name", fault)
        raise InvalidInput("DISPLAY_NAME_INVALID", "The name cannot be kept as it is written.", violations=(violation,))
    return tidy


def tidy_prefix(prefix: str) -> str:
    """A beginning of a name as the kept names write it; a space at its end stays, since it ends a word."""
    composed = unicodedata.normalize("NFC", prefix)
    tidy = " ".join(composed.split())
    return f"{tidy} " if tidy and composed[-1:].isspace() else tidy


def after_prefix(prefix: str) -> str | None:
    """The first text in code point order behind all that begin with a prefix; None where nothing is behind them."""
    for place in range(len(prefix) - 1, -1, -1):
        following = ord(prefix[place]) + 1
        if following in _SURROGATES:
            following = _SURROGATES.stop
        if following <= _LAST_CODE_POINT:
            return prefix[:place] + chr(following)
    return None


def _fault(name: str) -> str:
    if len(name) > NAME_LENGTH_MAX:
        return f"A name has at most {NAME_LENGTH_MAX} characters."
    if any(_hides(character) for character in name):
        return "A name holds no invisible characters and no marks of writing direction."
    if not any(unicodedata.category(character)[0] in "LNSP" for character in name):
        return "A name has at least one character that is seen."
    return ""


def _hides(character: str) -> bool:
    if character in _JOINERS:
        return False
    return character in _BLANKS or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")
