"""What becomes of texts about a customer whose data is erased by law."""

from __future__ import annotations

from collections.abc import Sequence

# What stands in a column's place: no text, no value, or an empty list.
Erased = str | None | Sequence[str]
