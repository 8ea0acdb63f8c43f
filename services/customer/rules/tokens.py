"""What a customer is found by: words of an index that both databases keep alike.

A token is a letter that says what it is and a text without spaces and ASCII marks, so that neither database takes it apart or
reads it as an operator. All are whole: a beginning that somebody types is a token by itself, so that the index is asked for
equal words only, which is as fast for 张 as for a rare name.

| | what | 张伟 of 王五 |
|---|---|---|
| `e` | a name whole, as a digest | `e0f…` |
| `p` | how a name begins | `p张`, `p张伟` |
| `y` | how its reading begins | `yz`, `yzh` … `yzhangwei` |
| `i` | its initials | `izw` |
| `c` `b` | a character, two that follow each other | `c张`, `c伟`, `b张伟` |
| `m` | how a syllable, or a word of letters, begins | `mz` … `mzhang`, `mw`, `mwe`, `mwei` |
| `d` | how the customer number begins | `d6000` |
| `t` | a tag, or the whole value of a field of the bank's own | `tvip` |
| `a` | how the code of a division begins in which it has an address | `a`, `a3` … `a310104` |
| `k` `l` `u` | the customer, who leads it, and the unit, for questions in somebody's scope | `k07…`, `l9f…`, `ue01` |
| `z` | a fixed part of all customers, for questions that half the bank answers | |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from services.chassis.words.folding import Word, fold, words
from services.chassis.words.readings import divided, readings
from services.chassis.words.tokens import safe

# How much of a name is a beginning, in characters and in letters; what is typed beyond is compared with the name itself.
PREFIX_CHARACTERS_MAX = 8
READING_LETTERS_MAX = 10
INITIALS_MIN, INITIALS_MAX = 2, 6
WORD_LETTERS_MAX = 8
# A customer number is found from so many characters on; what is typed beyond the last is compared with the number itself.
NUMBER_CHARACTERS = range(4, 13)
# Of one text; a name has 200 characters, which folding can lengthen.
WORDS_MAX = 250
# Of one customer, far below what either database takes in one row.
TOKENS_MAX = 4_000
DIGEST_BYTES = 8
_CHARACTERS_READ_BOTH_WAYS = 2
_NAME, _TEXT = "n", "t"
# Nested parts of all customers: one of 4,096, one of 256, and one of 16.
SMALL_PART, MIDDLE_PART, LARGE_PART = "z0", "z1", "z2"
_PARTS_OF_4096 = {SMALL_PART: 1, MIDDLE_PART: 16, LARGE_PART: 256}


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a name with its readings; a run of letters reads as it is written."""

    text: str
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findable:
    """What of a customer it is found by. `names` begins with the present one."""

    customer_id: str
    customer_number: str
    names: Sequence[str]
    # Readings that somebody gave for the present name, where the likeliest is not right.
    pinyin: str = ""
    tags: Sequence[str] = ()
    texts: Sequence[str] = ()
    division_codes: Sequence[str] = ()
    lead_person_id: str = ""
    organisation_path: str = ""


def units_of(name: str) -> list[Unit]:
    """The pieces of a name."""
    return [Unit(word.text, found) for word, found in _read(words(fold(name))[:WORDS_MAX])]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of a customer: its tokens in code point order, each once, and its names and texts as compared."""

    tokens: Sequence[str]
    forms: str


def entry_of(found: Findable) -> Entry:
    """What the index keeps of a customer."""
    names, texts = [units_of(name) for name in found.names], [units_of(text) for text in (*found.tags, *found.texts)]
    if found.pinyin and names:
        names[0] = _read_as(names[0], found.pinyin)
    return Entry(_tokens(found, names, texts), forms_of(names, texts))


def _tokens(found: Findable, names: Sequence[Sequence[Unit]], texts: Sequence[Sequence[Unit]]) -> list[str]:
    tokens = {customer_token(found.customer_id), lead_token(found.lead_person_id), unit_token(found.organisation_path)}
    for units in names:
        tokens.update(_name_tokens(units))
    tokens.update(_number_tokens(found.customer_number))
    for units in texts:
        tokens.add(tag_token(units))
        tokens.update(_part_tokens(units))
    for code in found.division_codes:
        tokens.update(division_token(code[:length]) for length in range(len(code) + 1))
    place = int.from_bytes(_digest(found.customer_id)[:2], "big") % 4096
    tokens.update(part for part, size in _PARTS_OF_4096.items() if place < size)
    return sorted(tokens)[:TOKENS_MAX]


def forms_of(names: Iterable[Sequence[Unit]], texts: Iterable[Sequence[Unit]]) -> str:
    """Names and other texts as they are compared with what a beginning or a part alone cannot decide: see `names_in`."""
    lines = [_NAME + _line(units) for units in names] + [_TEXT + _line(units) for units in texts]
    return "\n".join(lines)


def names_in(forms: str) -> list[list[Unit]]:
    """The names of which `forms_of` was made, the present one first."""
    return [_units(line[1:]) for line in forms.split("\n") if line.startswith(_NAME)]


def texts_in(forms: str) -> list[list[Unit]]:
    """Names and other texts of which `forms_of` was made."""
    return [_units(line[1:]) for line in forms.split("\n")]


def whole_token(units: Sequence[Unit]) -> str:
    """The token of a name as a whole; spaces inside count for nothing."""
    return f"e{_digest(joined(units)).hex()}"


def tag_token(units: Sequence[Unit]) -> str:
    """The token of a tag as a whole."""
    return f"t{_digest(joined(units)).hex()}"


def customer_token(customer_id: str) -> str:
    """The token of one customer."""
    return f"k{_end(customer_id)}"


def lead_token(person_id: str) -> str:
    """The token of whoever leads a customer."""
    return f"l{_end(person_id)}"


def unit_token(organisation_path: str) -> str:
    """The token of a unit: its own name in the path, which stays when a unit above it moves."""
    return f"u{safe(organisation_path.strip('/').rpartition('/')[2].lower())[:64]}"


def prefix_token(text: str) -> str:
    """The token of how a name begins, as far as it is kept."""
    return f"p{safe(text[:PREFIX_CHARACTERS_MAX])}"


def reading_token(letters: str) -> str:
    """The token of how a reading begins, as far as it is kept."""
    return f"y{safe(letters[:READING_LETTERS_MAX])}"


def initials_token(letters: str) -> str:
    """The token of initials."""
    return f"i{safe(letters[:INITIALS_MAX])}"


def word_token(letters: str) -> str:
    """The token of how a syllable or a word begins, as far as it is kept."""
    return f"m{safe(letters[:WORD_LETTERS_MAX])}"


def division_token(beginning: str) -> str:
    """The token of how a division's code begins."""
    return f"a{safe(beginning)}"


def number_token(text: str) -> str:
    """The token of how a customer number begins; empty where too little is given."""
    length = max((length for length in NUMBER_CHARACTERS if length <= len(text)), default=0)
    return f"d{safe(text[:length].lower())}" if length else ""


def joined(units: Iterable[Unit]) -> str:
    """The text of units without what stood between them."""
    return "".join(unit.text for unit in units)


def _read_as(units: Sequence[Unit], pinyin: str) -> list[Unit]:
    """The units with a reading that somebody gave for the whole; one that does not fit its characters says nothing of them."""
    syllables = tuple(pinyin.split())
    if len(syllables) != len(units):
        syllables = divided("".join(syllables), len(units))
    if not syllables:
        return list(units)
    return [Unit(unit.text, tuple(dict.fromkeys((given, *unit.readings)))) for unit, given in zip(units, syllables, strict=True)]


def _line(units: Sequence[Unit]) -> str:
    return " ".join("\t".join((unit.text, *unit.readings)) for unit in units)


def _units(line: str) -> list[Unit]:
    pieces = (piece.split("\t") for piece in line.split(" ") if piece)
    return [Unit(text, tuple(found)) for text, *found in pieces]


def _read(pieces: Sequence[Word]) -> Iterator[tuple[Word, tuple[str, ...]]]:
    """Each word with its readings: characters in a row are read together, since neighbours decide how one is read."""
    row: list[Word] = []
    for piece in pieces:
        if piece.single:
            row.append(piece)
            continue
        yield from _read_row(row)
        row = []
        yield piece, (piece.text,)
    yield from _read_row(row)


def _read_row(row: Sequence[Word]) -> Iterator[tuple[Word, tuple[str, ...]]]:
    if row:
        yield from zip(row, readings([piece.text for piece in row]), strict=True)


def _name_tokens(units: Sequence[Unit]) -> list[str]:
    return [
        whole_token(units),
        *_beginnings("p", safe(joined(units)[:PREFIX_CHARACTERS_MAX])),
        *_reading_tokens(units),
        *_part_tokens(units),
    ]


def _reading_tokens(units: Sequence[Unit]) -> list[str]:
    if all(unit.readings in ((), (unit.text,)) for unit in units):
        return []
    tokens: list[str] = []
    for letters in _spelt_beginnings(units):
        tokens += _beginnings("y", safe(letters))
    initials = "".join(unit.readings[0][:1] for unit in units[:INITIALS_MAX] if unit.readings)
    return tokens + _beginnings("i", safe(initials))[INITIALS_MIN - 1 :]


def _spelt_beginnings(units: Sequence[Unit]) -> list[str]:
    """The first letters of the name as it can be read; two ways for each of its first two characters at most."""
    spelt = [""]
    for place, unit in enumerate(units[:READING_LETTERS_MAX]):
        ways = unit.readings[:2] if place < _CHARACTERS_READ_BOTH_WAYS else unit.readings[:1]
        spelt = [before + reading for before in spelt for reading in ways or ("",)]
    return [letters[:READING_LETTERS_MAX] for letters in spelt]


def _part_tokens(units: Sequence[Unit]) -> list[str]:
    tokens: list[str] = []
    before = ""
    for unit in units:
        for reading in unit.readings:
            tokens += _word_beginnings(reading)
        if unit.readings == (unit.text,):
            before = ""
            continue
        text = safe(unit.text)
        tokens.append("c" + text)
        if before:
            tokens.append("b" + before + text)
        before = text
    return tokens


@lru_cache(maxsize=10_000)
def _word_beginnings(reading: str) -> tuple[str, ...]:
    return tuple(_beginnings("m", safe(reading[:WORD_LETTERS_MAX])))


def _beginnings(kind: str, text: str) -> list[str]:
    return [kind + text[:length] for length in range(1, len(text) + 1)]


def _number_tokens(number: str) -> list[str]:
    text = safe(number.lower())
    return ["d" + text[:length] for length in NUMBER_CHARACTERS if length <= len(text)]


def _end(some_id: str) -> str:
    # The end of an id is what chance made of it.
    return safe(some_id.lower().replace("-", ""))[-16:]


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()
