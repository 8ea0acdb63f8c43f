"""What two spellings of one name have in common: width, case, accents, traditional characters and look-alikes are set aside.

Both what is kept to be searched and what is searched for go through `fold`, so that either spelling finds the other. Nothing is
shown in folded form.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import opencc

# Latin letters that look like others with a stroke, and that Unicode does not take apart.
_STROKED = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
# What shows nothing by itself: accents, joiners, variation selectors.
_INVISIBLE = ("Mn", "Me", "Cf")
# Scripts that set no spaces between words: each character counts by itself (Thai to Khmer, kana, ideographs, Hangul).
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0x20000, 0x3FFFF),
)
_IDEOGRAPHS = ((0x3400, 0x9FFF), (0x20000, 0x3FFFF))


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a text that counts by itself: one character of a script without spaces, one symbol, or a run of letters."""

    text: str
    # One character that stands alone, rather than letters in a row.
    single: bool


def fold(text: str) -> str:
    """The text as it is compared: compatible forms, lower case, without accents, simplified, look-alikes as one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii():
        return folded
    if not all(map(is_ideograph, folded)):
        parts = unicodedata.normalize("NFD", folded)
        seen = "".join(character for character in parts if unicodedata.category(character) not in _INVISIBLE)
        folded = unicodedata.normalize("NFC", seen)
    return str(_simplified().convert(folded)).translate(_look_alikes())


def words(folded: str) -> list[Word]:
    """The pieces of a folded text in their order; marks between words are left out, unless the text is nothing but marks."""
    found = list(_words(folded))
    return found or [Word(character, single=True) for character in folded if not character.isspace()]


@lru_cache(maxsize=50_000)
def is_ideograph(character: str) -> bool:
    """Whether it is a Chinese character."""
    return _within(ord(character), _IDEOGRAPHS)


def _words(folded: str) -> Iterator[Word]:
    run = ""
    for character in folded:
        kind = _kind(character)
        if kind == _LETTER:
            run += character
            continue
        if run:
            yield Word(run, single=False)
            run = ""
        if kind == _SINGLE:
            yield Word(character, single=True)
    if run:
        yield Word(run, single=False)


_LETTER, _SINGLE, _MARK = range(3)


@lru_cache(maxsize=50_000)
def _kind(character: str) -> int:
    if _within(ord(character), _UNSPACED) or unicodedata.category(character)[0] == "S":
        return _SINGLE
    return _LETTER if character.isalnum() else _MARK


def _within(code_point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code_point <= last for first, last in ranges)


@cache
def _simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _look_alikes() -> dict[int, str]:
    """For a character the plain letter, digit or ideograph that Unicode's table of confusables says it looks like."""
    table: dict[str, list[dict[str, str]]] = json.loads(
        files("confusable_homoglyphs").joinpath("confusables.json").read_text(encoding="utf-8")
    )
    found = {
        ord(character): target
        for character, others in table.items()
        if len(character) == 1
        if (target := _plain_form(character, [other["c"] for other in others]))
    }
    return found | {ord(character): letters for character, letters in _STROKED.items()}


def _plain_form(character: str, others: list[str]) -> str:
    if character.isascii():
        return ""
    plain = [other.lower() for other in others if len(other) == 1 and other.isascii() and other.isalnum()]
    # A letter before a digit: what looks like both l and 1 is a letter in a name.
    plain.sort(key=str.isdigit)
    if plain or _is_common(character):
        # A common character is itself: 士 looks like 土, and is read otherwise.
        return (plain or [""])[0]
    return next((other for other in others if len(other) == 1 and _is_common(other)), "")


def _is_common(character: str) -> bool:
    """Whether it is a Chinese character of everyday use, one of those of GB 2312."""
    try:
        return is_ideograph(character) and len(character.encode("gb2312")) > 1
    except UnicodeEncodeError:
        return False
