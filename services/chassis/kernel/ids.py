"""Ids: UUIDs of version 7 (RFC 9562), which sort by the time they were made and so keep indexes compact."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable

IdSource = Callable[[], str]


def uuid7() -> str:
    """A new UUID of version 7 in its canonical text form."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
