"""A name's reading as the record keeps it: pinyin without tones, one word a syllable.

Chinese characters are read as `chassis.words.readings` finds them. Names in Latin letters are read as written, without their
accents; of other scripts there is no reading.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from services.chassis.words.folding import is_ideograph
from services.chassis.words.readings import likeliest

READING_LENGTH_MAX = 1_400
_WORD = re.compile(r"[a-z0-9]+")
# A longer name is no person's: what stands first in it is no family name.
_PERSON_LENGTH_MAX = 5


def reading(name: str, *, of_person: bool) -> str:
    """The name's reading, or empty; `of_person` reads what stands first as a family name."""
    syllables = likeliest(name, of_person=of_person and len(name) <= _PERSON_LENGTH_MAX)
    # Each Chinese character is a word of its own; letters of one word stay together.
    runs = groupby(zip(name, syllables, strict=True), lambda pair: is_ideograph(pair[0]))
    text = " ".join((" " if chinese else "").join(syllable for _, syllable in run) for chinese, run in runs)
    plain = unicodedata.normalize("NFKD", text).casefold()
    shown = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(_WORD.findall(shown))[:READING_LENGTH_MAX].rstrip()


def tidy_reading(text: str) -> str:
    """A reading that somebody gave: its words with single spaces."""
    return " ".join(text.split())
