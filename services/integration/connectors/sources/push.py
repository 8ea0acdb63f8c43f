"""No source: files are pushed through the API, or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import BinaryIO

from services.integration.connectors.sources.port import Found, Surroundings, gone
from services.integration.model.feed_definition import FeedDefinition


class PushSource:
    """Nothing to be found."""

    lists = False

    def __init__(self, _definition: FeedDefinition, _surroundings: Surroundings) -> None:
        """Needs nothing."""

    def find(self, _dates: Sequence[date] | None = None) -> list[Found]:
        return []

    def beside(self, _name: str) -> Found | None:
        return None

    def open(self, _found: Found) -> BinaryIO:
        raise gone()

    def close(self) -> None:
        """Nothing is held."""
