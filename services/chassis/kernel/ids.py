"""Ids: UUIDs of version 7 (RFC 9562), which sort by the time they were made and so keep indexes compact."""

from __future__ import annotations

from collections.abc import Callable

import uuid_utils

IdSource = Callable[[], str]


def uuid7() -> str:
    """A new UUID of version 7 in its canonical text form; it sorts after all that this process has made."""
    return str(uuid_utils.uuid7())
