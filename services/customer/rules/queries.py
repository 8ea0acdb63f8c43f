"""What somebody types to find a customer, as steps from the surest to the widest: each a question for the index.

A step asks for tokens (see `tokens`), and where those alone cannot decide it also says how a found name is compared with what
was typed. The steps are taken in turn until there are enough customers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.words.folding import Word, fold, words
from services.chassis.words.readings import spellings
from services.chassis.words.tokens import Clause, character_tokens
from services.customer.rules import tokens
from services.customer.rules.tokens import Unit

# What stands in a masked value, and in none that finds anything.
MASK_CHARACTER = "*"
# Of what is typed; more of it narrows nothing any more.
TERMS_MAX = 8
WORDS_MAX = 40
# Each beginning of a syllable that is written with two letters counts as an initial too: zhw as zw.
_DOUBLE_INITIALS = ("zh", "ch", "sh")


class Match(IntEnum):
    """By what a customer was found, the surest first; numbered as the contract numbers it."""

    NUMBER = 1
    IDENTIFIER = 2
    PHONE = 3
    EMAIL = 4
    NAME = 5
    NUMBER_PREFIX = 6
    NAME_PREFIX = 7
    PINYIN = 8
    INITIALS = 9
    TAG = 10
    PART = 11


class Candidate(Protocol):
    """A customer whose tokens fit."""

    @property
    def forms(self) -> str:
        """Its names and texts, as `tokens.forms_of` writes them."""

    @property
    def customer_number(self) -> str:
        """Its number."""


@dataclass(frozen=True, slots=True)
class Step:
    """One question: every clause holds. `accepts` compares a customer whose tokens fit; None where the tokens decide."""

    match: Match
    clauses: tuple[Clause, ...]
    accepts: Callable[[Candidate], bool] | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether few customers fit, as far as the question itself tells: one of its tokens says much."""
        if self.match == Match.NUMBER_PREFIX:
            # Numbers are given out in a row: whole banks share their first digits.
            return len(self.clauses[0][0][0]) > _TELLING_DIGITS
        return any(min(map(len, map("".join, clause))) >= _TELLING_LENGTH or _tells(clause) for clause in self.clauses)


# A token of so many characters is rare: its kind and four letters. Of Chinese, two characters say as much.
_TELLING_LENGTH = 5
_TELLING_CHARACTERS = 3
_TELLING_DIGITS = 8


def _tells(clause: Clause) -> bool:
    return all(any(not token.isascii() and len(token) >= _TELLING_CHARACTERS for token in group) for group in clause)


def refuse_masked(query: str) -> None:
    """Raises InvalidInput QUERY_MASKED: what a reader was shown in part finds nothing, and he should know why."""
    if MASK_CHARACTER in query:
        violation = FieldViolation("query", "Type the number as a whole, or leave the asterisks out.")
        raise InvalidInput("QUERY_MASKED", "A masked value finds nobody.", violations=(violation,))


def steps_of(query: str) -> list[Step]:
    """The steps for what is typed, the surest first; none where it says nothing."""
    folded = fold(query)
    whole = words(folded)[: tokens.WORDS_MAX]
    if not whole:
        return []
    terms = [words(term)[:WORDS_MAX] for term in folded.split()[:TERMS_MAX]]
    pieces = [piece for term in terms for piece in term][:WORDS_MAX]
    return [*_name_steps(query, whole), *_reading_steps(terms, pieces), *_part_steps(terms, pieces)]


def _name_steps(query: str, pieces: Sequence[Word]) -> Iterator[Step]:
    text = "".join(piece.text for piece in pieces)
    yield Step(Match.NAME, _all(tokens.whole_token([Unit(text, ())])))
    if number := _number_prefix(query):
        yield number
    beyond = len(text) > tokens.PREFIX_CHARACTERS_MAX

    def begins(candidate: Candidate) -> bool:
        return any(tokens.joined(name).startswith(text) for name in tokens.names_in(candidate.forms))

    yield Step(Match.NAME_PREFIX, _all(tokens.prefix_token(text)), begins if beyond else None)


def _number_prefix(query: str) -> Step | None:
    text = "".join(query.split())
    if not (text.isascii() and any(map(str.isdigit, text)) and (token := tokens.number_token(text))):
        return None

    def begins(candidate: Candidate) -> bool:
        return candidate.customer_number.lower().startswith(text.lower())

    return Step(Match.NUMBER_PREFIX, _all(token), begins if len(text) > tokens.NUMBER_CHARACTERS[-1] else None)


def _reading_steps(terms: Sequence[Sequence[Word]], pieces: Sequence[Word]) -> Iterator[Step]:
    def reads(candidate: Candidate) -> bool:
        return any(_follows(pieces, name) for name in tokens.names_in(candidate.forms))

    letters = "".join(piece.text for piece in pieces if not piece.single)
    if all(piece.single for piece in pieces):
        return
    if any(piece.single for piece in pieces):
        yield Step(Match.PINYIN, tuple(_mixed_clauses(pieces)), reads)
        return
    yield Step(Match.PINYIN, _all(tokens.reading_token(letters)), reads if len(letters) > tokens.READING_LETTERS_MAX else None)
    if len(terms) == 1 or all(len(piece.text) == 1 for piece in pieces):
        yield from _initials_steps(letters)


def _initials_steps(letters: str) -> Iterator[Step]:
    collapsed = letters
    for pair in _DOUBLE_INITIALS:
        collapsed = collapsed.replace(pair, pair[0])
    if not tokens.INITIALS_MIN <= len(collapsed) <= tokens.INITIALS_MAX or not letters.isalpha():
        return

    def begins(candidate: Candidate) -> bool:
        return any(_initials_follow(letters, name) for name in tokens.names_in(candidate.forms))

    groups = tuple((tokens.initials_token(initials),) for initials in dict.fromkeys((letters, collapsed)))
    yield Step(Match.INITIALS, (groups,), begins if collapsed != letters else None)


def _part_steps(terms: Sequence[Sequence[Word]], pieces: Sequence[Word]) -> Iterator[Step]:
    yield Step(Match.TAG, _all(tokens.tag_token([Unit(piece.text, ()) for piece in pieces])))
    clauses = tuple(clause for term in terms for clause in _part_clauses(term))
    sure = all(_is_decided(term) for term in terms)

    def holds(candidate: Candidate) -> bool:
        texts = tokens.texts_in(candidate.forms)
        return all(any(_contains(term, text) for text in texts) for term in terms)

    yield Step(Match.PART, clauses, None if sure else holds)


def _is_decided(term: Sequence[Word]) -> bool:
    """Whether a term's tokens say all of it: one or two characters, or a word whose letters all stand in the token."""
    if all(piece.single for piece in term):
        return len(term) <= 2  # noqa: PLR2004 - a bigram
    (first, *more) = term
    return not more and len(first.text) <= tokens.WORD_LETTERS_MAX and not spellings(first.text)


def _mixed_clauses(pieces: Sequence[Word]) -> Iterator[Clause]:
    first = pieces[0]
    if first.single:
        run = "".join(piece.text for piece in _singles(pieces))
        yield ((tokens.prefix_token(run),),)
        pieces = pieces[len(run) :]
    yield from _part_clauses(pieces)


def _singles(pieces: Sequence[Word]) -> Iterator[Word]:
    for piece in pieces:
        if not piece.single:
            return
        yield piece


def _part_clauses(term: Sequence[Word]) -> Iterator[Clause]:
    run = ""
    for piece in (*term, Word("", single=False)):
        if piece.single:
            run += piece.text
            continue
        if run:
            yield from (((token,),) for token in character_tokens(run))
            run = ""
        if piece.text:
            yield _word_clause(piece.text)


def _word_clause(letters: str) -> Clause:
    spelt = [tuple(dict.fromkeys(map(tokens.word_token, syllables))) for syllables in spellings(letters)]
    return ((tokens.word_token(letters),), *spelt)


def _follows(pieces: Sequence[Word], units: Sequence[Unit]) -> bool:
    """Whether a name's units begin as the pieces do: characters as they are, letters as readings, each perhaps only begun."""
    if not pieces:
        return True
    if not units:
        return False
    piece, unit = pieces[0], units[0]
    if piece.single:
        return unit.text == piece.text and _follows(pieces[1:], units[1:])
    return any(_reading_follows(piece.text, reading, pieces[1:], units[1:]) for reading in unit.readings)


def _reading_follows(letters: str, reading: str, pieces: Sequence[Word], units: Sequence[Unit]) -> bool:
    if reading.startswith(letters):
        return _follows(pieces, units)
    return letters.startswith(reading) and _follows([Word(letters[len(reading) :], single=False), *pieces], units)


def _initials_follow(letters: str, units: Sequence[Unit]) -> bool:
    if not letters:
        return True
    if not units:
        return False
    begun = (1, 2) if letters[:2] in _DOUBLE_INITIALS else (1,)
    return any(
        reading.startswith(letters[:length]) and _initials_follow(letters[length:], units[1:])
        for reading in units[0].readings
        for length in begun
    )


def _contains(term: Sequence[Word], units: Sequence[Unit]) -> bool:
    return any(_follows(term, units[place:]) for place in range(len(units)))


def _all(*wanted: str) -> tuple[Clause, ...]:
    return tuple(((token,),) for token in wanted)
