"""Time zones: by name, and what a local time is as an instant."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_NAME = re.compile(r"[A-Za-z0-9+_-]{1,32}(/[A-Za-z0-9+_-]{1,32}){0,2}")
# What the database has beside zones.
_NO_ZONES = ("localtime", "Factory", "posixrules")
_NAMES_KEPT = 1_000


@lru_cache(maxsize=_NAMES_KEPT)
def zone_named(name: str) -> ZoneInfo | None:
    """The zone that the IANA database has under a name; None where it has none."""
    # What no zone is called is nothing to look for in the file system.
    if not _NAME.fullmatch(name) or name in _NO_ZONES:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a local time, as RFC 5545 (3.3.5) has it.

    Where clocks go back and it comes twice, the first; where clocks go forward and it does not come, as it would be with the
    offset before: 02:30 becomes 03:30.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
