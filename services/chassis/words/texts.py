"""Free text as it is kept: what is stored is what is seen, so that two texts that look alike are alike."""

from __future__ import annotations

import unicodedata

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# Persian, Indic scripts and emoji need these two to be written right; every other format character only hides or reorders.
_JOINERS = "\u200c\u200d"
# Letters by category that show nothing (Hangul fillers, combining grapheme joiner, Khmer inherent vowels, Mongolian separators).
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"


def refusal(reason: str, message: str, field: str, fault: str) -> InvalidInput:
    """A refusal that names one field and what would fit; never the value."""
    return InvalidInput(reason, message, violations=(FieldViolation(field, fault),))


def composed(text: str) -> str:
    """The text composed (NFC), without spaces around it and with single spaces inside."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def tidy_text(text: str, field: str, length_max: int) -> str:
    """The text composed and tidied, or empty; raises InvalidInput TEXT_INVALID where it hides characters or is too long."""
    tidy = composed(text)
    if fault := text_fault(tidy, length_max):
        raise refusal("TEXT_INVALID", "The text cannot be kept as it is written.", field, fault)
    return tidy


def tidy_lines(text: str, field: str, length_max: int) -> str:
    """A text of several lines composed and without spaces at their ends, or empty; raises InvalidInput TEXT_INVALID."""
    lines = unicodedata.normalize("NFC", text).replace("\t", "    ").splitlines()
    tidy = "\n".join(line.rstrip() for line in lines).strip("\n")
    shown = tidy.replace("\n", "")
    fault = f"At most {length_max} characters." if len(tidy) > length_max else ""
    if not (shown.isascii() and shown.isprintable()) and any(map(_hides, shown)):
        fault = "No invisible characters and no marks of writing direction."
    if fault:
        raise refusal("TEXT_INVALID", "The text cannot be kept as it is written.", field, fault)
    return tidy


def text_fault(text: str, length_max: int) -> str:
    """What keeps a composed text from being kept; empty where nothing does."""
    if len(text) > length_max:
        return f"At most {length_max} characters."
    # Most text is plain: it is looked at letter by letter only where it is not.
    if not text.isascii() and any(map(_hides, text)):
        return "No invisible characters and no marks of writing direction."
    return ""


def shows_something(text: str) -> bool:
    """Whether at least one character of the text is seen."""
    return any(unicodedata.category(character)[0] in "LNSP" for character in text)


def _hides(character: str) -> bool:
    if character in _JOINERS:
        return False
    return character in _BLANKS or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")
