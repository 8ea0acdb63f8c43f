"""How characters and phrases are read, in the form in which a process has it soonest.

`python -m services.chassis.words.reading_table OUT_DIRECTORY` writes it from pypinyin's dictionaries, which take a third of a
second to import and ten times the memory. It is read when a name is read first, not at the start.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import orjson

TABLE_FILE = "readings.json"
# Longer ones are sayings, no names.
PHRASE_CHARACTERS_MAX = 6


@dataclass(frozen=True, slots=True)
class ReadingTable:
    """Readings without tones, with v for ü: of each phrase its syllables with spaces between, of each character the likeliest."""

    phrases: dict[str, str]
    characters: dict[str, str]


@cache
def reading_table() -> ReadingTable:
    """The table that was written beside the generated modules; FileNotFoundError where the environment is not prepared."""
    return ReadingTable(**orjson.loads(files("workbench").joinpath(TABLE_FILE).read_bytes()))


def write(out: Path) -> None:
    """Writes the table into the folder."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal

    phrases = {
        phrase: " ".join(to_normal(readings[0]) for readings in each)
        for phrase, each in PHRASES_DICT.items()
        if len(phrase) <= PHRASE_CHARACTERS_MAX
    }
    characters = {chr(code): to_normal(readings.partition(",")[0]) for code, readings in PINYIN_DICT.items() if readings}
    (out / TABLE_FILE).write_bytes(orjson.dumps({"phrases": phrases, "characters": characters}))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
