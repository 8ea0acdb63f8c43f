"""One page of a list, and the token of the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.kernel.paging import PageToken


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
