"""What a document is found by, and how well: words of its texts as tokens, and points for where they stand.

A token is one of `chassis.words.tokens`, perhaps with a letter before it that says where the word stands:

| | what | 房贷利率 of loans |
|---|---|---|
| `c` `b` | a character, two that follow each other, anywhere | `c房`, `b房贷`, `b贷利` |
| `w` | a word of letters anywhere, without its plural ending | `wloan` |
| `t` | the same in the title | `tb房贷`, `twloan` |
| `k` | the same among keywords or in the summary | |
| `o` | the same at least three times in all | |
| `a` | a key of those for whom it is | |

Latin words are asked for by their beginning; characters that somebody types in a row by each two of them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from services.chassis.words.folding import Word, fold, words
from services.chassis.words.tokens import BEGINS, Clause, character_tokens, safe

POINTS_ANYWHERE = 1
# By the letter before a token, the points for a word there beside those for its being there at all.
POINTS = {"t": 8, "k": 4, "o": 2}
OFTEN = 3
# Of what is typed; more of it narrows nothing any more.
TERMS_MAX = 8
RUN_CHARACTERS_MAX = 20
# Longer ones are no words.
WORD_LETTERS_MAX = 32
SNIPPET_CHARACTERS = 120
_BEFORE_CHARACTERS = 30
# So much of a text is looked through for a snippet letter by letter.
_LOOKED_THROUGH_CHARACTERS = 20_000
_PLURAL_LETTERS_MIN = 4
# Categories of Unicode: punctuation, spaces, and what shows nothing.
_MARKS = "PZC"


def tokens_of(title: str, named: Sequence[str], body: str) -> list[str]:
    """A document's tokens in code point order, each once; `named` are its keywords and its summary."""
    in_title, in_named, in_body = Counter(_words_in(title)), Counter[str](), Counter(_words_in(body))
    for text in named:
        in_named.update(_words_in(text))
    everywhere = in_title + in_named + in_body
    found = {*everywhere, *("t" + token for token in in_title), *("k" + token for token in in_named)}
    found.update("o" + token for token, count in everywhere.items() if count >= OFTEN)
    return sorted(found)


def terms_of(query: str) -> list[tuple[str, ...]]:
    """What is typed, word by word: the tokens that all must be there for it."""
    terms: list[tuple[str, ...]] = []
    for part in fold(query).split():
        terms += [tuple(_asked(run)) for run in _runs(_words_of(part))]
    return list(dict.fromkeys(terms))[:TERMS_MAX]


def audience_token(key: str) -> str:
    """The token of one audience, by its key."""
    return "a" + safe(key)


def anywhere(terms: Sequence[tuple[str, ...]], audiences: Sequence[str] | None) -> tuple[Clause, ...]:
    """All terms, wherever they stand, in what is for one of the audiences; None for whomever it is."""
    found = tuple((term,) for term in terms)
    return found if audiences is None else (*found, tuple((audience_token(key),) for key in audiences))


def placed(term: tuple[str, ...], place: str) -> tuple[Clause, ...]:
    """One term, where a letter of POINTS says."""
    return ((tuple(place + token for token in term),),)


def snippet(query: str, text: str) -> str:
    """A piece of a text about where the first of the words stands that is found; empty where none is. In one line."""
    shown = text[:_LOOKED_THROUGH_CHARACTERS]
    wanted = [part for part in fold(query).split() if part]
    typed = [part for part in query.casefold().split() if part]
    lowered = shown.casefold()
    if len(lowered) == len(shown):
        places = [place for part in typed if (place := lowered.find(part)) >= 0]
        if places:
            return _around(text, min(places))
    start = 0
    for sentence in shown.splitlines(keepends=True):
        folded = fold(sentence)
        places = [place for part in (*wanted, *_pieces(wanted)) if (place := folded.find(part)) >= 0]
        if places:
            # Folding rarely changes how long a text is; a little off, the piece is still about the word.
            return _around(text, start + min(places[0], max(len(sentence) - 1, 0)))
        start += len(sentence)
    return ""


def _pieces(wanted: Sequence[str]) -> Iterator[str]:
    for part in wanted:
        for run in _runs(_words_of(part)):
            letters = "".join(word.text for word in run)
            yield letters if not run[0].single else letters[:2]


def _around(text: str, place: int) -> str:
    start = max(0, place - _BEFORE_CHARACTERS)
    piece = " ".join(text[start : start + SNIPPET_CHARACTERS].split())
    return f"{'…' if start else ''}{piece}{'…' if start + SNIPPET_CHARACTERS < len(text) else ''}"


def _words_in(text: str) -> Iterator[str]:
    if not text.strip():
        return
    before = ""
    for word in _words_of(fold(text)):
        if not word.single:
            yield _word_token(word.text)
            before = ""
            continue
        yield from character_tokens(word.text)
        if before:
            yield from character_tokens(before + word.text)
        before = word.text


def _words_of(folded: str) -> list[Word]:
    """The words of a folded text; where it is nothing but marks, none."""
    return [word for word in words(folded) if not word.single or unicodedata.category(word.text)[0] not in _MARKS]


def _runs(pieces: Sequence[Word]) -> Iterator[list[Word]]:
    """Characters that follow each other together, and each word of letters by itself."""
    run: list[Word] = []
    for piece in pieces:
        if run and not (piece.single and run[0].single):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _asked(run: Sequence[Word]) -> list[str]:
    if not run[0].single:
        return [_word_token(run[0].text) + BEGINS]
    return character_tokens("".join(piece.text for piece in run[:RUN_CHARACTERS_MAX]))


def _word_token(letters: str) -> str:
    return "w" + safe(_singular(letters)[:WORD_LETTERS_MAX])


def _singular(word: str) -> str:
    """Without a plural ending, by the S-stemmer of Harman (1991): -ies to -y, -es to -e, -s off, with its exceptions."""
    if len(word) < _PLURAL_LETTERS_MIN or not word.isascii() or not word.endswith("s"):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]
