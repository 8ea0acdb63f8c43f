"""Tokens: words of an index that both databases keep alike.

A token is a letter that says what it is and a text without spaces and ASCII marks, so that neither database takes it apart or
reads it as an operator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# All tokens of one of the groups; a token that ends with BEGINS stands for every token that begins so.
Clause = tuple[tuple[str, ...], ...]
BEGINS = "*"
# ASCII marks as their full-width forms, which folding leaves nowhere else.
_SAFE = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}


@dataclass(frozen=True, slots=True)
class Language:
    """How a database writes a question for tokens."""

    both: str
    either: str
    quote: str
    begins: str

    def question(self, clauses: Sequence[Clause]) -> str:
        """Clauses that all hold; tokens hold neither of the quotes nor an operator."""
        alternatives = ((self.both.join(map(self._token, group)) for group in clause) for clause in clauses)
        return self.both.join("(" + self.either.join(f"({group})" for group in groups) + ")" for groups in alternatives)

    def _token(self, token: str) -> str:
        text = token.removesuffix(BEGINS)
        return f"{self.quote}{text}{self.quote}{self.begins if text != token else ''}"


TSQUERY = Language(both=" & ", either=" | ", quote="'", begins=":*")
FTS5 = Language(both=" AND ", either=" OR ", quote='"', begins="*")


def safe(text: str) -> str:
    """The text as it can stand in a token."""
    return text if text.isalnum() else text.translate(_SAFE)


def character_tokens(characters: str) -> list[str]:
    """The tokens of characters that follow each other: `c张` for one, `b张伟` for each two."""
    if len(characters) == 1:
        return [f"c{safe(characters)}"]
    return [f"b{safe(characters[place : place + 2])}" for place in range(len(characters) - 1)]
