"""Keyset paging: a page token says after which row to go on, never how many rows to skip."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.kernel.errors import InvalidInput

PAGE_SIZE_DEFAULT = 50
PAGE_SIZE_MAX = 1_000


def page_size(requested: int) -> int:
    """The rows to answer: the default where 0 is asked, and never more than the maximum (AIP-158)."""
    if requested < 0:
        raise InvalidInput("PAGE_SIZE_INVALID", "page_size must be 0 or more.")
    return min(requested or PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)


@dataclass(frozen=True, slots=True)
class PageToken:
    """The position after the last row of a page: that row's sort keys, bound to the query that made it.

    A token holds only values that its reader has just been shown, and rows are always filtered by scope anew, so a forged
    token reaches nothing; the digest of the query refuses one that was made for another filter or order.
    """

    keys: tuple[str, ...]

    def encode(self, query: str) -> str:
        """The token as text for a client."""
        payload = json.dumps([_digest(query), *self.keys], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, query: str, keys: int) -> PageToken | None:
        """Reads a token with so many keys; None for the first page; InvalidInput where the text is not one of this query's."""
        if not text:
            return None
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            digest, *values = parts
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise cls.refused() from None
        if digest != _digest(query) or len(values) != keys or not all(map(_is_text, values)):
            raise cls.refused()
        return cls(tuple(values))

    @staticmethod
    def refused() -> InvalidInput:
        """The refusal of a token, also for a key that does not read as the type of its column."""
        return InvalidInput(
            "PAGE_TOKEN_INVALID", "page_token is not one that this list answered for these filters and this order."
        )


def _is_text(value: object) -> bool:
    # JSON can spell a NUL and half a surrogate pair; no database takes either.
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and where to go on; the token is empty on the last page."""

    rows: Sequence[Any]
    next_page_token: str

    @classmethod
    def of(cls, rows: Sequence[Any], size: int, query: str, keys: Callable[[Any], tuple[str, ...]]) -> Page:
        """A page from one row more than it holds: that there is one says that the list goes on."""
        following = PageToken(keys(rows[size - 1])).encode(query) if len(rows) > size else ""
        return cls(rows[:size], following)


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:12]
